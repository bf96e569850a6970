import type { RemoteServer } from '../src/browser/index.js';
import { element } from './element.js';
import type { Phase } from './session.js';

const PROMISES = {
  here: 'Hears words as you say them. No sound leaves this page.',
  server: `Hears words as you say them. The sound goes to the server at ${location.host}.`,
};

/** What is known of the connection in each phase. */
const CONNECTION: Record<Phase, string> = {
  idle: 'Not connected',
  starting: 'Connecting …',
  running: `Connected to ${location.host}`,
  suspended: `Connected to ${location.host}`,
  reconnecting: 'Connection lost; trying again …',
  stopped: 'Not connected',
  finished: 'Not connected',
};

/** The choice of where to listen: in this page, or on the server that it came from. */
export class Place {
  readonly #server = element('place-server', HTMLInputElement);
  readonly #access = element('access', HTMLElement);
  readonly #token = element('token', HTMLInputElement);
  readonly #connection = element('connection', HTMLElement);
  readonly #connectionText = element('connection-text', HTMLElement);

  /** @param onChange called when the user has chosen */
  constructor(onChange: () => void) {
    for (const choice of [element('place-here', HTMLInputElement), this.#server]) {
      choice.addEventListener('change', () => {
        this.#show();
        onChange();
      });
    }
    this.#token.addEventListener('change', onChange);
    // A browser may keep the choice when the page is loaded again.
    this.#show();
  }

  /** Undefined for this page. The server listens with its default model, which is that of the page. */
  get server(): RemoteServer | undefined {
    if (!this.#server.checked) return undefined;
    return {
      address: new URL('.', document.baseURI).href,
      token: this.#token.value.trim() || undefined,
    };
  }

  showConnection(phase: Phase): void {
    this.#connection.dataset.phase = phase;
    this.#connectionText.textContent = CONNECTION[phase];
  }

  #show(): void {
    const place = this.#server.checked ? 'server' : 'here';
    document.body.dataset.place = place;
    element('promise', HTMLElement).textContent = PROMISES[place];
    this.#access.hidden = place === 'here';
    this.#connection.hidden = place === 'here';
  }
}
