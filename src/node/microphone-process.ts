import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { unlessAborted } from '../client/unless-aborted.js';
import { EarshotError } from '../errors.js';
import type { Command } from '../worklet/protocol.js';
import type { FromMicrophone, ToMicrophone } from './microphone-messages.js';
import type { MicrophoneInfo, MicrophoneRequest, MicrophoneSink, Microphones } from './microphones.js';

/** How much of what the system's libraries print is kept, to be shown when they crash. */
const KEPT_CHARACTERS = 2000;

/**
 * Microphones by node-web-audio-api, in a process of its own: the library gives a microphone back only when garbage is
 * collected, it prints to standard output, and what goes wrong in a driver ends the whole process.
 */
export const microphoneProcess: Microphones = {
  async list() {
    const helper = new Helper();
    try {
      return await new Promise<MicrophoneInfo[]>((resolve, reject) => {
        helper.onFailure = reject;
        helper.onMessage = (message) => {
          if (message.type === 'devices') resolve(message.devices);
        };
        helper.send({ type: 'list' });
      });
    } finally {
      await helper.close();
    }
  },

  async open({ device, worklet, signal }: MicrophoneRequest, sink: MicrophoneSink) {
    signal?.throwIfAborted();
    const helper = new Helper();
    try {
      const opened = new Promise<void>((resolve, reject) => {
        helper.onFailure = reject;
        helper.onMessage = (message) => {
          if (message.type !== 'open') return;
          try {
            sink.open(message.sampleRate);
            helper.onFailure = (error) => sink.end(error);
            tellLater(helper, sink);
            resolve();
          } catch (error) {
            reject(error);
          }
        };
        helper.send({ type: 'open', device, worklet });
      });
      await unlessAborted(opened, signal);
    } catch (error) {
      await helper.close();
      throw error;
    }
    return {
      close: () => helper.close(),
      command: (command: Command) => helper.send({ type: 'command', command }),
    };
  },
};

/** Tells what comes from now on, once the caller of `open` knows that it is open. */
function tellLater(helper: Helper, sink: MicrophoneSink): void {
  const early: FromMicrophone[] = [];
  helper.onMessage = (message) => early.push(message);
  setImmediate(() => {
    helper.onMessage = (message) => tell(sink, message);
    for (const message of early) tell(sink, message);
  });
}

function tell(sink: MicrophoneSink, message: FromMicrophone): void {
  if (message.type === 'samples') sink.samples(message.samples);
  else if (message.type === 'report') sink.report?.(message.report);
}

/** The process, and what is to be done when it says something. */
class Helper {
  onMessage: (message: FromMicrophone) => void = () => {};
  /** Called once at most, and not after `close`. */
  onFailure: (error: EarshotError) => void = () => {};
  readonly #process: ChildProcess;
  readonly #gone: Promise<unknown>;
  #isOver = false;
  #printed = '';

  constructor() {
    this.#process = startProcess();
    this.#gone = once(this.#process, 'close').catch(() => {});
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#printed = (this.#printed + text).slice(-KEPT_CHARACTERS);
    });
    this.#process.on('message', (message: FromMicrophone) => this.#take(message));
    this.#process.on('error', (cause) => this.#fail(crashed(cause.message, cause)));
    this.#process.on('close', (code, by) =>
      this.#fail(crashed(`${by ?? `exit code ${code}`}: ${this.#printed.trim()}`)),
    );
  }

  send(message: ToMicrophone): void {
    // One that has just ended tells so itself.
    if (this.#process.connected) this.#process.send(message, () => {});
  }

  async close(): Promise<void> {
    this.#isOver = true;
    this.#process.kill('SIGKILL');
    await this.#gone;
  }

  #take(message: FromMicrophone): void {
    if (this.#isOver) return;
    if (message.type === 'failed') this.#fail(new EarshotError(message.code, message.message));
    else this.onMessage(message);
  }

  #fail(error: EarshotError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.onFailure(error);
  }
}

const crashed = (how: string, cause?: unknown): EarshotError =>
  new EarshotError('EARSHOT_AUDIO_BACKEND', `The process of the microphone ended (${how})`, { cause });

function startProcess(): ChildProcess {
  // Where this is not compiled, as in tests, neither is the other.
  const isSource = import.meta.url.endsWith('.ts');
  const file = isSource ? './microphone-main.ts' : './microphone-main.js';
  return fork(fileURLToPath(new URL(file, import.meta.url)), {
    execArgv: isSource ? ['--import', 'tsx'] : [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}
