import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { closeServer, openServer } from '../src/page-server/open-server.ts';
import { createPageHandler } from '../src/page-server/page-handler.ts';

const PATIENCE_MS = 30_000;
const POLL_MS = 100;

/** A browser with one page. */
export interface Browser {
  open(url: string): Promise<void>;
  /** What an expression of the page comes to, as JSON carries it. */
  evaluate<T>(expression: string): Promise<T>;
}

/** The page that listens (as built, in dist/), served to a browser. */
export class ListeningPage {
  readonly #browser: Browser;
  readonly #server = createServer(createPageHandler());

  /** Opens it and waits for its model. */
  static async open(browser: Browser): Promise<ListeningPage> {
    const page = new ListeningPage(browser);
    await browser.open((await openServer(page.#server, 0, '127.0.0.1')).href);
    await page.untilPhase('Ready');
    return page;
  }

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** The words of its list, the oldest first. */
  heard(): Promise<string[]> {
    return this.#browser.evaluate(
      '[...document.querySelectorAll("#detections .word")].map((word) => word.textContent).reverse()',
    );
  }

  /** Starts or stops listening. */
  async toggle(): Promise<void> {
    await this.#browser.evaluate('document.querySelector("#start").click()');
  }

  /** Drops a bundled sample on it, as a file, and waits until it was heard. */
  async drop(name: string): Promise<void> {
    await this.#browser.evaluate(`fetch("samples/${name}").then((response) => response.blob()).then((blob) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([blob], "${name}"));
      dispatchEvent(new DragEvent("drop", { dataTransfer, cancelable: true }));
    })`);
    await this.untilPhase(`Heard all of ${name}`);
  }

  /** Waits until it says what it does. */
  async untilPhase(text: string): Promise<void> {
    let said = '';
    for (const end = Date.now() + PATIENCE_MS; !said.includes(text); await wait(POLL_MS)) {
      if (Date.now() > end) throw new Error(`The page says "${said}", not "${text}"`);
      said = await this.#browser.evaluate(
        '["#phase-text", "#trouble:not([hidden])"].map((part) => document.querySelector(part)?.innerText).join(" ")',
      );
    }
  }

  async close(): Promise<void> {
    await closeServer(this.#server);
  }
}
