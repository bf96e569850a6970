import { beforeEach, expect, it, vi } from 'vitest';
import type { Listener } from '../../src/browser/index.ts';
import { EarshotError } from '../../src/errors.ts';
import { type Phase, Session, type SessionHost } from '../../web/session.ts';
import type { Source } from '../../web/sources.ts';

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A source that takes its time to start and to stop, and can come to its end. */
class FakeSource implements Source {
  readonly kind = 'file';
  readonly name: string;
  started = 0;
  stopped = 0;
  readonly configured: unknown[] = [];
  finish = (): void => {};
  fail = (_: EarshotError): void => {};

  constructor(name: string) {
    this.name = name;
  }

  async start(options: Parameters<Source['start']>[0]): Promise<Listener> {
    this.started++;
    await sleep(20);
    const finished = new Promise<void>((resolve) => {
      this.finish = resolve;
    });
    this.fail = (error) => {
      options.onError?.(error);
      this.finish();
    };
    const stop = async () => {
      this.stopped++;
      await sleep(30);
      this.finish();
    };
    const configure = (decision: unknown) => this.configured.push(decision);
    const listener = { sampleRate: 16000, labels: [], kernels: 'simd', lostBlocks: 0, state: 'running' };
    return { ...listener, finished, configure, stop } as unknown as Listener;
  }
}

const PATIENCE = { timeout: 5000 };
const open = ({ started, stopped }: FakeSource): boolean => started > stopped;

let phases: string[];
let threshold: number;
let session: Session;
beforeEach(() => {
  vi.stubGlobal('document', { baseURI: 'http://localhost/' });
  phases = [];
  threshold = 0.9;
  session = new Session({
    model: new Uint8Array(0),
    server: () => undefined,
    decision: () => ({ threshold }),
    phase: (phase: Phase, source: Source) => phases.push(`${source.name} ${phase}`),
    begin: () => {},
    error: () => {},
  } as unknown as SessionHost);
});

it('hears the last of several choices, however quickly they follow each other, and releases the others', async () => {
  const sources = ['a', 'b', 'c', 'd'].map((name) => new FakeSource(name));
  const [first, ...later] = sources;
  void session.hear(first);
  await sleep(40);
  for (const source of later) {
    void session.hear(source);
    await sleep(5);
  }
  await expect.poll(() => phases.at(-1), PATIENCE).toBe('d running');
  await expect.poll(() => sources.map(open), PATIENCE).toEqual([false, false, false, true]);
});

it('stops what is being opened while the one before is being ended', async () => {
  const [first, second] = [new FakeSource('first'), new FakeSource('second')];
  void session.hear(first);
  await sleep(40);
  void session.hear(second);
  expect(session.isActive).toBe(true);
  void session.stop();
  await expect.poll(() => [first, second].map(open), PATIENCE).toEqual([false, false]);
  await sleep(100);
  expect(phases.at(-1)).toBe('second stopped');
});

it('begins with the thresholds of when it begins', async () => {
  const source = new FakeSource('file');
  void session.hear(source);
  threshold = 0.5;
  await sleep(40);
  expect(source.configured).toEqual([{ threshold: 0.5 }]);
});

it('tells the end of a source from a stop and from a fault', async () => {
  const ends: [string, (source: FakeSource) => void][] = [
    ['finished', (source) => source.finish()],
    ['stopped', () => void session.stop()],
    ['stopped', (source) => source.fail(new EarshotError('EARSHOT_CONNECTION', 'lost'))],
  ];
  for (const [phase, end] of ends) {
    const source = new FakeSource('file');
    void session.hear(source);
    await sleep(40);
    end(source);
    await expect.poll(() => phases.at(-1), PATIENCE).toBe(`file ${phase}`);
  }
});
