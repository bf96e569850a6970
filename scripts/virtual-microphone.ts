import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const PATIENCE_MS = 10_000;
const POLL_MS = 100;

/**
 * A PulseAudio server of our own, with a sink that plays to nobody and whose monitor is the microphone. Needs the
 * packages pulseaudio, pulseaudio-utils and libasound2-plugins.
 */
export class VirtualMicrophone {
  /** For processes that are to have this microphone, and no other. */
  readonly environment: NodeJS.ProcessEnv;
  readonly #directory: string;
  readonly #server: ChildProcess;

  /** @throws where there is no PulseAudio, or it does not start */
  static async start(): Promise<VirtualMicrophone> {
    const microphone = new VirtualMicrophone(mkdtempSync(join(tmpdir(), 'earshot-pulse-')));
    try {
      await microphone.#whenReady();
      return microphone;
    } catch (error) {
      await microphone.stop();
      throw error;
    }
  }

  private constructor(directory: string) {
    const socket = join(directory, 'native');
    this.#directory = directory;
    this.environment = {
      ...process.env,
      HOME: directory,
      XDG_RUNTIME_DIR: directory,
      PULSE_RUNTIME_PATH: directory,
      PULSE_SERVER: `unix:${socket}`,
    };
    const modules = [
      `module-native-protocol-unix socket=${socket} auth-anonymous=1`,
      'module-null-sink sink_name=said',
    ];
    const loads = modules.flatMap((module) => ['-L', module]);
    this.#server = spawn('pulseaudio', ['-n', '--daemonize=no', '--use-pid-file=no', '--exit-idle-time=-1', ...loads], {
      env: this.environment,
      stdio: 'ignore',
    });
    // `whenReady` tells.
    this.#server.on('error', () => {});
  }

  /** Plays a file into it; resolves when it has been played. */
  async play(path: string): Promise<void> {
    const [code] = await once(spawn('paplay', [path], { env: this.environment, stdio: 'inherit' }), 'close');
    if (code !== 0) throw new Error(`paplay ended with exit code ${code}`);
  }

  /** How many programs are recording from it. */
  listeners(): number {
    return this.#control('list', 'short', 'source-outputs')
      .split('\n')
      .filter((line) => line !== '').length;
  }

  /** Resolves when so many programs are recording from it. */
  async untilListeners(count: number): Promise<void> {
    for (const end = Date.now() + PATIENCE_MS; this.listeners() !== count; await wait(POLL_MS)) {
      if (Date.now() > end) throw new Error(`${this.listeners()} programs are recording, not ${count}`);
    }
  }

  async stop(): Promise<void> {
    if (this.#server.pid !== undefined && this.#server.exitCode === null) {
      this.#server.kill();
      await once(this.#server, 'close');
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #whenReady(): Promise<void> {
    for (const end = Date.now() + PATIENCE_MS; ; await wait(POLL_MS)) {
      try {
        this.#control('set-default-source', 'said.monitor');
        return;
      } catch (cause) {
        if (Date.now() > end) throw new Error('PulseAudio does not start; are its packages installed?', { cause });
      }
    }
  }

  #control(...args: string[]): string {
    return execFileSync('pactl', args, {
      env: this.environment,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  }
}
