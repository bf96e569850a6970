import { listDevices } from '../src/browser/index.js';
import { element } from './element.js';

/** The choice of a microphone, which follows what is plugged in. */
export class Devices {
  readonly #select = element('device', HTMLSelectElement);
  /** How often the list was asked for. */
  #asked = 0;

  /** @param onChoice called when the user has chosen another one */
  constructor(onChoice: (deviceId: string) => void) {
    this.#select.addEventListener('change', () => onChoice(this.#select.value));
    navigator.mediaDevices?.addEventListener('devicechange', () => this.refresh());
    this.refresh();
  }

  /** The id of the chosen one; '' is the system's default. */
  get chosen(): string {
    return this.#select.value;
  }

  /** Reads the list again; browsers tell names only once the microphone was allowed. */
  async refresh(): Promise<void> {
    const asked = ++this.#asked;
    const devices = await listDevices().catch(() => []);
    // An answer that comes late is older than the list that is there.
    if (asked < this.#asked) return;
    const named = devices.filter(({ deviceId, label }) => deviceId !== '' && deviceId !== 'default' && label !== '');
    const chosen = this.#select.value;
    const options = named.map(({ deviceId, label }) => new Option(label, deviceId));
    this.#select.replaceChildren(new Option('Default microphone', ''), ...options);
    this.#select.value = named.some(({ deviceId }) => deviceId === chosen) ? chosen : '';
  }
}
