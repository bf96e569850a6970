import { EarshotError } from 'earshot';
import { isLoopback } from './origin.js';

/**
 * How many places each address has taken. Those of loopback and of Unix sockets are not counted: proxies and programs
 * of this machine come from there, and share what there is in all.
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
    if (this.#of(address) < this.#most) return;
    const what = `There are ${this.#most} ${this.#what} from this address already`;
    throw new EarshotError('EARSHOT_LIMIT', what, { value: address });
  }

  take(address: string): void {
    if (address !== '' && !isLoopback(address)) this.#taken.set(address, this.#of(address) + 1);
  }

  giveBack(address: string): void {
    if (this.#of(address) > 1) this.#taken.set(address, this.#of(address) - 1);
    else this.#taken.delete(address);
  }

  #of(address: string): number {
    return this.#taken.get(address) ?? 0;
  }
}
