import { describe, expect, it } from 'vitest';
import { loadModel } from '../../src/model.ts';
import { readModelFile } from '../../src/model-file.ts';
import type { FramesReport, ProcessorOptions, Report } from '../../src/worklet/protocol.ts';
import { WorkletSpotter } from '../../src/worklet/worklet-spotter.ts';
import { smallModelBytes } from '../helpers/models.ts';
import { babble } from '../helpers/sound.ts';

const bytes = smallModelBytes();
const model = await loadModel(bytes);
const signal = babble(16000, 8000);

interface Run {
  spotter: WorkletSpotter;
  reports: Report[];
}

function start(options: Partial<ProcessorOptions> = {}, sampleRate = 8000): Run {
  const reports: Report[] = [];
  const given = { model: readModelFile(bytes), activations: false, samples: false, ...options };
  // A port copies what it posts.
  const spotter = new WorkletSpotter(model, sampleRate, given, (report) => reports.push(structuredClone(report)));
  return { spotter, reports };
}

/** Plays a signal in blocks whose lengths repeat. */
function play({ spotter }: Run, samples: Float32Array, lengths = [128], channels = 1): boolean {
  let wantsMore = true;
  for (let at = 0, n = 0; at < samples.length; n++) {
    const block = samples.subarray(at, at + lengths[n % lengths.length]);
    wantsMore = spotter.process(new Array(channels).fill(block), 128, at);
    at += block.length;
  }
  return wantsMore;
}

const frames = ({ reports }: Run): FramesReport[] => reports.filter((report) => report.type === 'frames');

/** Posteriors of all frames, row by row. */
const posteriors = (run: Run): number[] =>
  frames(run).flatMap(({ values, count }) => [...values.subarray(0, count * model.labels.length)]);

function inOnePiece(samples: Float32Array): number[] {
  const all: number[] = [];
  model.spotter().push(samples, { frame: (_, row) => all.push(...row), detection: () => {} });
  return all;
}

describe('WorkletSpotter', () => {
  it('reports three frames of 20 ms together', () => {
    const run = start({ decision: { threshold: 1 } });
    play(run, signal);
    expect(frames(run).map(({ first, count }) => [first, count])).toEqual(
      Array.from({ length: 33 }, (_, n) => [3 * n, 3]),
    );
  });

  it('hears the same in blocks of any length', () => {
    const run = start({ length: signal.length });
    play(run, signal, [128, 1, 256, 77]);
    expect(posteriors(run).slice(0, 99 * 3)).toEqual(inOnePiece(signal).slice(0, 99 * 3));
  });

  it('hears the mean of the channels, however many there are', () => {
    const [one, three] = [start(), start()];
    play(one, signal);
    play(three, signal, [128], 4);
    expect(posteriors(three)).toEqual(posteriors(one));
  });

  it('goes on when the number of channels changes', () => {
    const [steady, changing] = [start(), start()];
    play(steady, signal);
    const counts = [1, 2, 6, 1, 4];
    for (let at = 0, n = 0; at < signal.length; at += 128, n++) {
      const block = signal.subarray(at, at + 128);
      changing.spotter.process(new Array(counts[n % counts.length]).fill(block), 128, at);
    }
    const expected = posteriors(steady);
    const differences = posteriors(changing).map((value, n) => Math.abs(value - expected[n]));
    expect(Math.max(...differences)).toBeLessThan(1e-5);
  });

  it('hears silence where nothing comes in any more, and waits for the first block that does', () => {
    const [waiting, silent] = [start(), start()];
    waiting.spotter.process([], 128, 0);
    waiting.spotter.process(undefined, 128, 128);
    play(waiting, signal.subarray(0, 1280));
    for (let n = 0; n < 50; n++) waiting.spotter.process([], 128, 0);
    play(silent, signal.subarray(0, 1280));
    play(silent, new Float32Array(6400));
    expect(posteriors(waiting)).toEqual(posteriors(silent));
  });

  it('counts the blocks that the host leaves out', () => {
    const run = start();
    const block = signal.subarray(0, 128);
    // It jumps twice, of which the first is its start.
    for (const currentFrame of [0, 1280, 1408, 1792, 1920]) run.spotter.process([block], 128, currentFrame);
    play(run, signal.subarray(0, 640));
    expect(frames(run)[0].lostBlocks).toBe(2);
  });

  it('ends after the last sample that was announced, and flushes', () => {
    const run = start({ length: 1000, samples: true });
    expect(play(run, signal.subarray(0, 1024))).toBe(false);
    expect(run.reports.at(-1)).toEqual({ type: 'finished' });
    const spotter = model.spotter();
    const expected = [...spotter.push(signal.subarray(0, 1000)), ...spotter.flush()].filter((e) => e.type === 'frame');
    expect(posteriors(run)).toEqual(expected.flatMap((frame) => frame.posteriors));
    const samples = run.reports.flatMap((report) => (report.type === 'samples' ? [...report.values] : []));
    expect(samples).toEqual([...signal.subarray(0, 1000)]);
  });

  it('reports a detection at once, after its frame', () => {
    const threshold = Math.max(...inOnePiece(signal).filter((_, i) => i % 3 > 0)) * 0.9;
    const run = start({ decision: { threshold, smoothingFrames: model.config.decision.smoothingFrames } });
    play(run, signal);
    const at = run.reports.findIndex(({ type }) => type === 'detection');
    const [before, detection] = [run.reports[at - 1] as FramesReport, run.reports[at]];
    expect(detection).toMatchObject({ endFrame: before.first + before.count - 1 });
  });

  it('carries what the network holds when asked to', () => {
    const run = start({ activations: true });
    play(run, signal);
    const { values, count, first } = frames(run).at(-1) as FramesReport;
    const width = values.length / 3;
    const row = values.subarray((count - 1) * width, count * width);
    const spotter = model.spotter();
    spotter.push(signal.subarray(0, (first + count - 1) * 160 + 256));
    const { posteriors, features, layers } = spotter.inspect();
    expect([...row]).toEqual([...posteriors, ...features, ...layers.flatMap(({ hidden }) => [...hidden])]);
    expect(run.spotter.activationSizes).toEqual([10, 12, 12]);
  });

  it('changes its decisions while it runs', () => {
    const run = start();
    run.spotter.configure({ threshold: 0 });
    play(run, signal);
    expect(run.reports.some(({ type }) => type === 'detection')).toBe(true);
    expect(() => run.spotter.configure({ threshold: 2 })).toThrow('threshold');
  });
});
