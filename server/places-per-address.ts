import { isIPv6 } from 'node:net';
import { EarshotError } from 'earshot';
import { isLoopback } from './origin.js';

/**
 * How many places each address has taken. Those of loopback and of Unix sockets are not counted: proxies and programs
 * of this machine come from there, and share what there is in all. Of IPv6 the first half counts: the other is what one
 * host may choose (RFC 4291, section 2.5.4).
 */
export class PlacesPerAddress {
  readonly #most: number;
  readonly #what: string;
  readonly #taken = new Map<string, number>();

  /** @param what takes a place, in the plural */
  constructor(most: number, what: string) {
    this.#most = most;
    this.#what = what;
  }

  /** @throws EarshotError EARSHOT_LIMIT where the address may take no more */
  check(address: string): void {
    if (this.#of(networkOf(address)) < this.#most) return;
    const what = `There are ${this.#most} ${this.#what} from this address already`;
    throw new EarshotError('EARSHOT_LIMIT', what, { value: address });
  }

  take(address: string): void {
    if (address !== '' && !isLoopback(address)) this.#change(networkOf(address), 1);
  }

  giveBack(address: string): void {
    this.#change(networkOf(address), -1);
  }

  #change(network: string, by: number): void {
    const taken = this.#of(network) + by;
    if (taken > 0) this.#taken.set(network, taken);
    else this.#taken.delete(network);
  }

  #of(network: string): number {
    return this.#taken.get(network) ?? 0;
  }
}

const GROUPS = 8;

/** An IPv4 address as it is (also within IPv6), of an IPv6 address the first half. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address;
  const [head, tail = []] = address.split('::').map((part) => part.split(':').filter(Boolean));
  const zeros = Array.from({ length: GROUPS - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail].slice(0, GROUPS / 2).join(':');
}
