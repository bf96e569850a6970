import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { WebSocket } from 'ws';

const START_MS = 60_000;
const ANSWER_MS = 60_000;

/** Microphones are allowed without asking, and nothing is fetched that nobody asked for. */
const PREFERENCES = {
  'media.navigator.permission.disabled': true,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'toolkit.telemetry.reportingpolicy.firstRun': false,
  'app.update.auto': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
};

interface Answer {
  id?: number;
  type: 'success' | 'error' | 'event';
  message?: string;
  result?: unknown;
}

type Evaluated =
  | { type: 'success'; result: { value: string } }
  | { type: 'exception'; exceptionDetails: { text: string } };

/** A Firefox without a window, in a new profile, driven by WebDriver BiDi (w3.org/TR/webdriver-bidi). */
export class Firefox {
  readonly #profile: string;
  readonly #process: ChildProcess;
  #socket!: WebSocket;
  #context = '';
  #sent = 0;
  readonly #waiting = new Map<number, (answer: Answer) => void>();

  /** @param program path or name of the browser */
  static async start(program: string, environment: NodeJS.ProcessEnv): Promise<Firefox> {
    const firefox = new Firefox(program, environment);
    try {
      await firefox.#connect();
      return firefox;
    } catch (error) {
      await firefox.close();
      throw error;
    }
  }

  private constructor(program: string, environment: NodeJS.ProcessEnv) {
    this.#profile = mkdtempSync(join(tmpdir(), 'earshot-firefox-'));
    const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref('${name}', ${JSON.stringify(value)});`);
    writeFileSync(join(this.#profile, 'user.js'), lines.join('\n'));
    const args = ['--headless', '--no-remote', '--remote-debugging-port', '0', '--profile', this.#profile];
    this.#process = spawn(program, args, { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
  }

  async open(url: string): Promise<void> {
    await this.#call('browsingContext.navigate', { context: this.#context, url, wait: 'complete' });
  }

  /** What an expression of the page comes to, as JSON carries it; the page takes it for a gesture of the user. */
  async evaluate<T>(expression: string): Promise<T> {
    const evaluated = await this.#call<Evaluated>('script.evaluate', {
      expression: `Promise.resolve(${expression}).then((value) => JSON.stringify(value ?? null))`,
      target: { context: this.#context },
      awaitPromise: true,
      userActivation: true,
    });
    if (evaluated.type === 'exception') throw new Error(evaluated.exceptionDetails.text);
    return JSON.parse(evaluated.result.value);
  }

  /** Opens another tab in front of the page, which is then hidden. */
  async hidePage(): Promise<void> {
    await this.#call('browsingContext.create', { type: 'tab', background: false });
    const state = await this.evaluate('document.visibilityState');
    if (state !== 'hidden') throw new Error(`The page in the background is ${state}`);
  }

  async close(): Promise<void> {
    this.#socket?.close();
    if (this.#process.exitCode === null) {
      this.#process.kill();
      await once(this.#process, 'close');
    }
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  async #connect(): Promise<void> {
    this.#socket = new WebSocket(`${await this.#address()}/session`);
    this.#socket.on('message', (data) => this.#take(JSON.parse(String(data))));
    await once(this.#socket, 'open');
    await this.#call('session.new', { capabilities: {} });
    const { contexts } = await this.#call<{ contexts: { context: string }[] }>('browsingContext.getTree', {});
    this.#context = contexts[0].context;
  }

  /** Where it says that it listens. */
  async #address(): Promise<string> {
    const said = this.#process.stderr as Readable;
    for await (const line of createInterface({ input: said, signal: AbortSignal.timeout(START_MS) })) {
      const address = /WebDriver BiDi listening on (ws:\S+)/.exec(line);
      if (!address) continue;
      // What else it says is read by nobody, but must not fill the pipe.
      setImmediate(() => said.resume());
      return address[1];
    }
    throw new Error('Firefox does not start');
  }

  async #call<T = unknown>(method: string, params: object): Promise<T> {
    const id = ++this.#sent;
    const answer = await new Promise<Answer>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`Firefox does not answer ${method}`)), ANSWER_MS);
      this.#waiting.set(id, (given) => {
        clearTimeout(timer);
        resolve(given);
      });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
    if (answer.type === 'error') throw new Error(`${method}: ${answer.message}`);
    return answer.result as T;
  }

  #take(answer: Answer): void {
    if (answer.id === undefined) return;
    this.#waiting.get(answer.id)?.(answer);
    this.#waiting.delete(answer.id);
  }
}
