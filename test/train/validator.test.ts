import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TrainingData } from '../../src/train/data/training-data.ts';
import { clipLength, segmentFrames } from '../../src/train/frames.ts';
import type { TrainingNetwork } from '../../src/train/network/network.ts';
import type { SegmentExtractor } from '../../src/train/segment-extractor.ts';
import { Validator } from '../../src/train/validator.ts';
import { smallConfig } from './helpers.ts';

const ROWS = 4;
const FRESH = 0;
const FOLLOWS = 1;
const config = smallConfig();
const steps = segmentFrames(config);

/** Says of each clip whether it followed another one. */
function fakeNetwork() {
  const size = config.labels.length;
  let heard = new Array(ROWS).fill(false);
  let follows = heard;
  const network = {
    logits: { rows: ROWS, steps, size, values: new Float32Array(steps * ROWS * size) },
    features: { steps, values: new Float32Array(ROWS) },
    carry: (sources: Int32Array) => {
      follows = Array.from(sources, (source) => source >= 0 && heard[source]);
    },
    forward: () => {
      heard = Array.from(network.features.values, (clip) => clip > 0);
      network.logits.values.fill(0);
      for (let step = 0; step < steps; step++) {
        follows.forEach((isSo, row) => {
          network.logits.values[(step * ROWS + row) * size + (isSo ? FOLLOWS : FRESH)] = 9;
        });
      }
    },
  };
  return network as unknown as TrainingNetwork;
}

const extractor = {
  extract: (_: Float32Array, features: Float32Array, _rows: number, row: number) => {
    features[row] = 1;
  },
} as unknown as SegmentExtractor;

test('clips are labelled over all their frames where the model wants more of them', () => {
  const long = smallConfig({ decision: { ...config.decision, clipFrames: clipLength(config) + 1 } });
  const data = { samples: new Int16Array(100) } as unknown as TrainingData;
  const clips = [{ offset: 0, length: 100, label: FRESH, source: 0 }];
  const validator = new Validator({ network: fakeNetwork(), extractor }, long, data, clips);
  expect(validator.run(0).clip).toBe(1);
});

test('each clip is heard afresh, and each one after another in streams, however few there are', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 20 }), (count) => {
      const data = { samples: new Int16Array(100) } as unknown as TrainingData;
      const clips = Array.from({ length: count }, () => ({ offset: 0, length: 100, label: FOLLOWS, source: 0 }));
      const validator = new Validator({ network: fakeNetwork(), extractor }, config, data, clips);
      expect(validator.run(0)).toEqual({ clip: 0, streamed: count, clips: count });
    }),
  );
});
