import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32 } from '../src/checksum.ts';
import type { SpotterEvent } from '../src/events.ts';
import { smallModel, smallModelBytes } from './helpers/models.ts';
import { babble } from './helpers/sound.ts';

const CONFIG = { cell: 'lstm', convolutions: [{ channels: 8, kernel: 3, stride: 2 }] } as const;
const config = { ...CONFIG, convolutions: [...CONFIG.convolutions] };
const OPTIONS = { sampleRate: 44100, decision: { smoothingFrames: 4, threshold: 0.3 } };
const signal = babble(60000, 44100);

describe('Spotter.snapshot and restore', () => {
  it('go on at any sample as if nothing had been between', async () => {
    const model = await smallModel(config);
    const whole = model.spotter(OPTIONS);
    const expected = [...whole.push(signal), ...whole.flush()];
    fc.assert(
      fc.property(fc.integer({ min: 0, max: signal.length }), fc.integer({ min: 0, max: 4000 }), (at, other) => {
        const first = model.spotter(OPTIONS);
        const events: SpotterEvent[] = first.push(signal.subarray(0, at));
        const snapshot = first.snapshot();
        first.push(babble(500, 44100, 5));
        const second = model.spotter(OPTIONS);
        second.push(babble(other, 44100, 9));
        second.restore(snapshot);
        events.push(...second.push(signal.subarray(at)), ...second.flush());
        expect(events).toEqual(expected);
        first.dispose();
        second.dispose();
      }),
      { numRuns: 40 },
    );
  });

  it('go on in another process', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-'));
    try {
      const model = await smallModel(config);
      const whole = model.spotter(OPTIONS);
      const expected = [...whole.push(signal), ...whole.flush()];
      const half = model.spotter(OPTIONS);
      const first = half.push(signal.subarray(0, 31111));
      writeFileSync(join(folder, 'snapshot'), half.snapshot());
      writeFileSync(join(folder, 'model'), smallModelBytes(config));
      writeFileSync(join(folder, 'rest'), new Uint8Array(signal.slice(31111).buffer));
      const script = fileURLToPath(new URL('./helpers/resume.ts', import.meta.url));
      const args = ['--import', 'tsx', script, folder, JSON.stringify(OPTIONS)];
      const run = spawnSync(process.execPath, args, { encoding: 'utf8' });
      expect(run.stderr).toBe('');
      const rest = JSON.parse(readFileSync(join(folder, 'events.json'), 'utf8'));
      expect([...first, ...rest]).toEqual(expected);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('keep that the stream has ended', async () => {
    const model = await smallModel(config);
    const spotter = model.spotter(OPTIONS);
    spotter.push(signal);
    spotter.flush();
    const restored = model.spotter(OPTIONS);
    restored.restore(spotter.snapshot());
    expect(() => restored.push(signal)).toThrow(expect.objectContaining({ code: 'EARSHOT_ENDED' }));
  });

  it('refuse a snapshot of another model, rate or smoothing, and change nothing', async () => {
    const model = await smallModel(config);
    const spotter = model.spotter(OPTIONS);
    spotter.push(signal.subarray(0, 30000));
    const others = [
      (await smallModel(config, {}, 8)).spotter(OPTIONS),
      model.spotter({ ...OPTIONS, sampleRate: 48000 }),
      model.spotter({ ...OPTIONS, decision: { smoothingFrames: 40 } }),
    ];
    const before = spotter.snapshot();
    for (const other of others) {
      expect(() => spotter.restore(other.snapshot())).toThrow(
        expect.objectContaining({ code: 'EARSHOT_SNAPSHOT_MISMATCH' }),
      );
    }
    expect(spotter.snapshot()).toEqual(before);
  });

  it('refuse other smoothing, however many labels there are', async () => {
    const frames = fc.integer({ min: 1, max: 40 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 9 }), frames, frames, async (count, one, other) => {
        fc.pre(one !== other);
        const model = await smallModel({ labels: Array.from({ length: count }, (_, n) => `word ${n}`) });
        const [from, to] = [one, other].map((smoothingFrames) => model.spotter({ decision: { smoothingFrames } }));
        expect(() => to.restore(from.snapshot())).toThrow(
          expect.objectContaining({ code: 'EARSHOT_SNAPSHOT_MISMATCH' }),
        );
      }),
      { numRuns: 30 },
    );
  });

  it('refuse what are no bytes', async () => {
    const spotter = (await smallModel()).spotter();
    const { buffer } = spotter.snapshot();
    expect(() => spotter.restore(buffer as never)).toThrow(expect.objectContaining({ code: 'EARSHOT_BAD_ARGUMENT' }));
  });

  it('refuse damaged bytes: any change is noticed', async () => {
    const spotter = (await smallModel()).spotter();
    spotter.push(babble(3000, 8000));
    const good = spotter.snapshot();
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), fc.nat(good.length), (at, flip, cut) => {
        const bad = good.slice();
        bad[at] ^= flip;
        for (const bytes of [bad, cut < good.length ? good.subarray(0, cut) : new Uint8Array([...good, 0])]) {
          expect(() => spotter.restore(bytes)).toThrow(expect.objectContaining({ code: 'EARSHOT_SNAPSHOT_DAMAGED' }));
        }
      }),
    );
  });

  it('say so when the snapshot was made by a newer version', async () => {
    const spotter = (await smallModel()).spotter();
    const bytes = spotter.snapshot();
    const view = new DataView(bytes.buffer);
    view.setUint32(8, 2, true);
    view.setUint32(4, crc32(bytes.subarray(8)), true);
    expect(() => spotter.restore(bytes)).toThrow(expect.objectContaining({ code: 'EARSHOT_SNAPSHOT_TOO_NEW' }));
  });
});

describe('crc32', () => {
  it('has the check value of its specification', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  });
});
