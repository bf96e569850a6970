import { getEventListeners } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { DetectionEvent } from '../../src/events.ts';
import type { Model } from '../../src/model.ts';
import { listDevices, listen } from '../../src/node/listen.ts';
import { starterModel } from '../helpers/models.ts';
import { withFakeWebAudio } from './fake-web-audio/options.ts';

// The real process of a microphone, with a fake in place of node-web-audio-api: there may be neither ALSA nor a device.
const use = (microphone: string) => {
  vi.stubEnv('EARSHOT_FAKE_STARTED', started);
  for (const [name, value] of Object.entries(withFakeWebAudio(microphone))) vi.stubEnv(name, value);
};

const expected: Record<string, string[]> = JSON.parse(
  readFileSync(new URL('../../samples/expected.json', import.meta.url), 'utf8'),
);

const directory = mkdtempSync(join(tmpdir(), 'earshot-listen-'));
const started = join(directory, 'started');

/** Processes of microphones that still run, of those that were started. */
function microphonesRunning(): number {
  const processes = readFileSync(started, 'utf8').trim().split('\n').map(Number);
  expect(processes.length).toBeGreaterThan(0);
  return processes.filter(isRunning).length;
}

function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}

afterAll(() => rmSync(directory, { recursive: true }));

const hear = async (options: Partial<Parameters<typeof listen>[0]> = {}) => listen({ model: await model, ...options });
const model: Promise<Model> = starterModel();

afterEach(() => vi.unstubAllEnvs());

describe('a microphone in a process of its own', () => {
  it('is heard at a rate that it has, and released at stop', async () => {
    use('speaking');
    const heard: string[] = [];
    await new Promise<void>((resolve, reject) => {
      const onDetection = ({ label }: { label: string }) => {
        heard.push(label);
        if (heard.length === expected['words.wav'].length) resolve();
      };
      hear({ onDetection, onError: reject }).then((listener) => {
        expect(listener.sampleRate).toBe(16000);
        stop = () => listener.stop();
      }, reject);
    });
    await stop();
    expect(heard).toEqual(expected['words.wav']);
    expect(microphonesRunning()).toBe(0);
  });
  let stop = async () => {};

  it("is heard by the browser's worklet too, with the same words at the same times", async () => {
    use('speaking');
    const heardWith = async (worklet: boolean): Promise<DetectionEvent[]> => {
      const heard: DetectionEvent[] = [];
      const onLevel = vi.fn();
      const control = new AbortController();
      const onDetection = (event: DetectionEvent) => {
        heard.push(event);
        if (heard.length === expected['words.wav'].length) control.abort();
      };
      const listener = await hear({ worklet, onDetection, onLevel, signal: control.signal });
      await listener.finished;
      expect(onLevel).toHaveBeenCalled();
      return heard;
    };
    const heard = await heardWith(true);
    expect(heard.map(({ label }) => label)).toEqual(expected['words.wav']);
    expect(heard).toEqual(await heardWith(false));
    expect(microphonesRunning()).toBe(0);
  });

  it("takes new thresholds also in the browser's worklet", async () => {
    use('speaking');
    const heard: string[] = [];
    let frames = 0;
    const onDetection = ({ label }: { label: string }) => heard.push(label);
    const listener = await hear({ worklet: true, onDetection, onFrame: () => frames++ });
    listener.configure({ threshold: 1, thresholds: {} });
    expect(() => listener.configure({ threshold: 2 })).toThrow('threshold');
    await vi.waitUntil(() => frames > 260, { timeout: 20_000 });
    await listener.stop();
    // The first word may have been heard before the thresholds were there.
    expect(heard).not.toContain(expected['words.wav'].at(-1));
  });

  it.each([
    ['none', 'EARSHOT_MICROPHONE_MISSING', /pipewire-alsa/],
    ['denied', 'EARSHOT_MICROPHONE_DENIED', /group "audio"/],
    ['busy', 'EARSHOT_MICROPHONE_LOST', /Another program/],
    ['no-alsa', 'EARSHOT_AUDIO_BACKEND', /apt-get install libasound2/],
    ['crash', 'EARSHOT_AUDIO_BACKEND', /SIGSEGV/],
  ])('says what is wrong: %s', async (kind, code, message) => {
    use(kind);
    await expect(hear()).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(microphonesRunning()).toBe(0);
  });

  it('is chosen by id, label or a part of that', async () => {
    use('speaking');
    expect(await listDevices()).toEqual([{ deviceId: '17', label: 'Fake Microphone' }]);
    const listener = await hear({ device: 'fake mic' });
    await listener.stop();
    const missing = { code: 'EARSHOT_MICROPHONE_MISSING', message: expect.stringContaining('"Fake Microphone"') };
    await expect(hear({ device: 'other' })).rejects.toMatchObject(missing);
    expect(microphonesRunning()).toBe(0);
  });

  it('that is unplugged is told of once', async () => {
    use('unplugged');
    const onError = vi.fn();
    const listener = await hear({ onError });
    await listener.finished;
    expect(onError.mock.calls).toEqual([[expect.objectContaining({ code: 'EARSHOT_MICROPHONE_LOST' })]]);
    expect(microphonesRunning()).toBe(0);
  });

  it('that cannot be opened is no longer known to the signal', async () => {
    use('busy');
    const { signal } = new AbortController();
    await expect(hear({ signal })).rejects.toMatchObject({ code: expect.stringMatching(/^EARSHOT_/) });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(microphonesRunning()).toBe(0);
  });

  it('can be given up while it opens', async () => {
    use('waiting');
    const controller = new AbortController();
    const starting = hear({ signal: controller.signal });
    setTimeout(() => controller.abort('enough'), 300);
    await expect(starting).rejects.toBe('enough');
    expect(microphonesRunning()).toBe(0);
  });
});
