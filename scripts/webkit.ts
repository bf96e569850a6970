import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';

const DRIVER = 'WebKitWebDriver';
const BROWSER = '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser';
const PATIENCE_MS = 30_000;
const POLL_MS = 100;

/**
 * WebKitGTK's little browser on a screen that nobody sees, driven by WebDriver (w3.org/TR/webdriver2). Needs the packages
 * webkit2gtk-driver and xvfb.
 */
export class WebKit {
  readonly #environment: NodeJS.ProcessEnv;
  /** The driver and its screen, the latest first. */
  readonly #processes: ChildProcess[] = [];
  #session = '';

  static async start(environment: NodeJS.ProcessEnv): Promise<WebKit> {
    const webkit = new WebKit(environment);
    try {
      await webkit.#connect();
      return webkit;
    } catch (error) {
      await webkit.close();
      throw error;
    }
  }

  private constructor(environment: NodeJS.ProcessEnv) {
    this.#environment = environment;
  }

  async #connect(): Promise<void> {
    const screen = this.#spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x1024x24'], this.#environment);
    const DISPLAY = `:${await firstLine(screen.stdio[3] as Readable)}`;
    const port = await freePort();
    // Without a language, `navigator.language` is "C", which Intl refuses.
    this.#spawn(DRIVER, [`--port=${port}`], { ...this.#environment, DISPLAY, LANG: 'en_GB.UTF-8' });
    const driver = `http://127.0.0.1:${port}`;
    await untilThere(`${driver}/status`);
    const alwaysMatch = { 'webkitgtk:browserOptions': { binary: BROWSER, args: ['--automation'] } };
    const { sessionId } = await call<{ sessionId: string }>('POST', `${driver}/session`, {
      capabilities: { alwaysMatch },
    });
    this.#session = `${driver}/session/${sessionId}`;
  }

  #spawn(program: string, args: string[], env: NodeJS.ProcessEnv): ChildProcess {
    const process = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    // Whoever waits for it tells.
    process.on('error', () => {});
    this.#processes.unshift(process);
    return process;
  }

  async open(url: string): Promise<void> {
    await call('POST', `${this.#session}/url`, { url });
  }

  /** What an expression of the page comes to, as JSON carries it. */
  evaluate<T>(expression: string): Promise<T> {
    const script = `const tell = arguments[0]; Promise.resolve(${expression}).then(tell, (error) => tell(String(error)))`;
    return call('POST', `${this.#session}/execute/async`, { script, args: [] });
  }

  /** As a user does it. */
  async click(selector: string): Promise<void> {
    const found = await call<Record<string, string>>('POST', `${this.#session}/element`, {
      using: 'css selector',
      value: selector,
    });
    await call('POST', `${this.#session}/element/${Object.values(found)[0]}/click`, {});
  }

  async close(): Promise<void> {
    if (this.#session !== '') await call('DELETE', this.#session);
    for (const process of this.#processes) {
      if (process.pid === undefined || process.exitCode !== null) continue;
      process.kill();
      await once(process, 'close');
    }
  }
}

async function firstLine(stream: Readable): Promise<string> {
  for await (const line of createInterface({ input: stream })) return line;
  throw new Error('Xvfb does not start');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function untilThere(url: string): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; ; await wait(POLL_MS)) {
    if (
      await fetch(url).then(
        (response) => response.ok,
        () => false,
      )
    )
      return;
    if (Date.now() > end) throw new Error(`${DRIVER} does not start`);
  }
}

async function call<T>(method: 'POST' | 'DELETE', url: string, body?: object): Promise<T> {
  const response = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) });
  const { value } = (await response.json()) as { value: T & { error?: string; message?: string } };
  if (!response.ok) throw new Error(`${value.error}: ${value.message}`);
  return value;
}
