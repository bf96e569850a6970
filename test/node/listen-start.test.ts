import { describe, expect, it, vi } from 'vitest';
import { EarshotError } from '../../src/errors.ts';
import type { SpotterEvent } from '../../src/events.ts';
import { loadModel } from '../../src/model.ts';
import type { ListenOptions } from '../../src/node/listen.ts';
import { startListening } from '../../src/node/listen-start.ts';
import type { MicrophoneRequest, MicrophoneSink, Microphones } from '../../src/node/microphones.ts';
import type { Command } from '../../src/worklet/protocol.ts';
import { smallModel, smallModelBytes } from '../helpers/models.ts';
import { babble, cut } from '../helpers/sound.ts';

const RATE = 16000;
const DECISION = { threshold: 0.35, refractoryFrames: 5, minimumFrames: 2 };

/** Microphones that say what they are told to. */
class FakeMicrophones implements Microphones {
  sink!: MicrophoneSink;
  opened = 0;
  closed = 0;
  failure: Error | undefined;
  /** What a worklet elsewhere is given, at the start and later. */
  readonly decisions: unknown[] = [];

  async list() {
    return [];
  }

  async open({ signal, worklet }: MicrophoneRequest, sink: MicrophoneSink) {
    if (this.failure) throw this.failure;
    if (worklet) this.decisions.push(worklet.decision);
    this.sink = sink;
    this.opened++;
    sink.open(RATE);
    let isOpen = true;
    const close = async () => {
      if (isOpen) this.closed++;
      isOpen = false;
    };
    await Promise.resolve();
    if (signal?.aborted) {
      await close();
      throw signal.reason;
    }
    const command = (given: Command) => void (given.type === 'configure' && this.decisions.push(given.decision));
    return { close, command };
  }

  say(samples: Float32Array): void {
    for (const piece of cut(samples, [1024])) this.sink.samples(piece);
  }
}

async function listening(options: Partial<ListenOptions> = {}) {
  const microphones = new FakeMicrophones();
  const model = await smallModel();
  const listener = await startListening({ model, decision: DECISION, ...options }, microphones);
  return { microphones, listener, model };
}

describe('listen', () => {
  it('gives the events of a spotter', async () => {
    const events: SpotterEvent[] = [];
    const take = (event: SpotterEvent) => events.push(event);
    const { microphones, listener, model } = await listening({ onFrame: take, onDetection: take });
    const sound = babble(2 * RATE, RATE);
    microphones.say(sound);
    expect(events).toEqual(model.spotter({ sampleRate: RATE, decision: DECISION }).push(sound));
    expect(events.some(({ type }) => type === 'detection')).toBe(true);
    expect([listener.sampleRate, listener.labels]).toEqual([RATE, model.labels]);
    await listener.stop();
  });

  it('tells every 50 ms how loud it is', async () => {
    const onLevel = vi.fn();
    const { microphones, listener } = await listening({ onLevel });
    microphones.say(Float32Array.from({ length: RATE }, (_, i) => (i % 2 === 0 ? 0.5 : -0.5)));
    expect(onLevel).toHaveBeenCalledTimes(20);
    expect(onLevel).toHaveBeenLastCalledWith({ rms: 0.5, peak: 0.5 });
    await listener.stop();
  });

  it('calls nobody after stop, and stops once', async () => {
    const onFrame = vi.fn();
    const onError = vi.fn();
    const { microphones, listener } = await listening({ onFrame, onError });
    await Promise.all([listener.stop(), listener.stop()]);
    microphones.say(babble(RATE, RATE));
    microphones.sink.end(new EarshotError('EARSHOT_MICROPHONE_LOST', 'gone'));
    await listener.finished;
    expect([microphones.closed, onFrame.mock.calls.length, onError.mock.calls.length]).toEqual([1, 0, 0]);
  });

  it('can be stopped by whoever is told of a detection', async () => {
    const onDetection = vi.fn(() => void stop());
    const { microphones, listener } = await listening({ onDetection });
    const stop = () => listener.stop();
    microphones.say(babble(4 * RATE, RATE));
    expect(onDetection).toHaveBeenCalledTimes(1);
    await listener.finished;
    expect(microphones.closed).toBe(1);
  });

  it('tells once that the microphone has gone, and releases it', async () => {
    const onError = vi.fn();
    const { microphones, listener } = await listening({ onError });
    const error = new EarshotError('EARSHOT_MICROPHONE_LOST', 'gone');
    microphones.sink.end(error);
    microphones.sink.end(error);
    await listener.finished;
    expect(onError.mock.calls).toEqual([[error]]);
    expect(microphones.closed).toBe(1);
  });

  it('stops while it starts, before it starts, and later, by a signal', async () => {
    const microphones = new FakeMicrophones();
    const model = await smallModel();
    const controller = new AbortController();
    const starting = startListening({ model, signal: controller.signal }, microphones);
    controller.abort('enough');
    await expect(starting).rejects.toBe('enough');
    expect([microphones.opened, microphones.closed]).toEqual([1, 1]);
    await expect(startListening({ model, signal: controller.signal }, microphones)).rejects.toBe('enough');
    expect(microphones.opened).toBe(1);
    const later = new AbortController();
    const listener = await startListening({ model, signal: later.signal }, microphones);
    later.abort();
    await listener.finished;
    expect(microphones.closed).toBe(2);
  });

  it('finds wrong options before it opens a microphone', async () => {
    const microphones = new FakeMicrophones();
    const model = await smallModel();
    const bad = { code: 'EARSHOT_BAD_ARGUMENT' };
    await expect(startListening({ model, decision: { threshold: 2 } }, microphones)).rejects.toMatchObject(bad);
    await expect(startListening({ model, extractor: 'x' as never }, microphones)).rejects.toMatchObject(bad);
    await expect(startListening({ model: {} as never }, microphones)).rejects.toMatchObject(bad);
    await expect(startListening({ model, onDetections() {} } as never, microphones)).rejects.toThrow('onDetections');
    expect(microphones.opened).toBe(0);
  });

  it('starts and stops a hundred times without keeping microphones or memory', async () => {
    const microphones = new FakeMicrophones();
    const model = await loadModel(smallModelBytes());
    let slots = 0;
    for (let n = 0; n < 100; n++) {
      const listener = await startListening({ model, onFrame: () => {} }, microphones);
      microphones.say(babble(1000, RATE));
      await listener.stop();
      if (n === 1) slots = model.kernels.memory.i8.length;
    }
    expect([microphones.opened, microphones.closed]).toEqual([100, 100]);
    expect(model.kernels.memory.i8.length).toBe(slots);
  });

  it.each([false, true])('changes what listening began with, and no smoothing (worklet: %s)', async (worklet) => {
    const decision = { ...DECISION, smoothingFrames: 9 };
    const { listener } = await listening({ worklet, decision });
    listener.configure({ ...decision, threshold: 0.4 });
    expect(() => listener.configure({ smoothingFrames: 8 })).toThrow('to be 9, as at the start, got 8');
    await listener.stop();
  });

  it('sends a worklet decisions that can be sent, whatever the caller has', async () => {
    const decision = new Proxy({ threshold: 0.4 }, {});
    const { microphones, listener } = await listening({ worklet: true, decision });
    listener.configure(new Proxy({ threshold: 0.5 }, {}));
    expect(structuredClone(microphones.decisions)).toMatchObject([{ threshold: 0.4 }, { threshold: 0.5 }]);
    await listener.stop();
  });

  it('changes the decision while it listens', async () => {
    const onDetection = vi.fn();
    const { microphones, listener } = await listening({ onDetection });
    listener.configure({ threshold: 1 });
    microphones.say(babble(2 * RATE, RATE));
    expect(onDetection).not.toHaveBeenCalled();
    expect(() => listener.configure({ threshold: 3 })).toThrow(
      expect.objectContaining({ code: 'EARSHOT_BAD_ARGUMENT' }),
    );
    await listener.stop();
  });
});
