import type { ModelConfig } from '../config.js';
import { unexpected } from '../errors.js';
import { readModelFile } from '../model-file.js';
import { timeStride } from './frames.js';
import { type GradientReach, gradientReach } from './gradient-reach.js';
import { parametersOf } from './model-parameters.js';
import { Random } from './random.js';
import { type BadFile, badFile } from './recordings/bad-file.js';
import { convertRate } from './recordings/convert-rate.js';
import { soundFiles } from './recordings/files.js';
import { readSound } from './recordings/sound.js';
import { SegmentExtractor } from './segment-extractor.js';

/** Streams that are averaged over, where there is sound for so many, and how long each is: the loss is that of its end. */
const MOST_ROWS = 32;
const SECONDS = 2;
const SEED = 1;

export interface ModelReach extends GradientReach {
  /** What the model is called in tables and charts. */
  readonly model: string;
  /** Streams that were averaged over. */
  readonly streams: number;
  readonly cell: ModelConfig['cell'];
}

/**
 * How far the gradient reaches back in a model, over at most 64 seconds of recordings, drawn at random but always the same
 * ones.
 * @param data files and directories
 * @param onBadFile told of each file that cannot be read; the rest goes on
 * @throws EarshotError EARSHOT_MODEL_DAMAGED, EARSHOT_FILE_NOT_FOUND; EARSHOT_BAD_ARGUMENT where there are no more than two seconds
 */
export async function modelReach(
  model: string,
  bytes: Uint8Array,
  data: readonly string[],
  onBadFile: (file: BadFile) => void = () => {},
): Promise<ModelReach> {
  const file = readModelFile(bytes);
  const { config } = file;
  const { parameters, statistics } = parametersOf(file);
  const { features, rows } = await someFeatures(config, data, onBadFile);
  const reach = await gradientReach({ config, parameters, statistics, features, rows });
  return { model, cell: config.cell, streams: rows, ...reach };
}

/** MFCCs of some recordings, one after another and cut into streams, [frames][rows][coefficients]. */
async function someFeatures(config: ModelConfig, paths: readonly string[], onBadFile: (file: BadFile) => void) {
  const { sampleRate, hopSamples, frameSamples, coefficients } = config;
  const stride = timeStride(config);
  const frames = Math.floor((SECONDS * sampleRate) / hopSamples / stride) * stride;
  const length = (frames - 1) * hopSamples + frameSamples;
  const sound = new Float32Array(MOST_ROWS * length);
  let filled = 0;
  for (const path of inRandomOrder(await soundFiles(paths))) {
    if (filled === sound.length) break;
    try {
      const samples = convertRate(await readSound(path), sampleRate).subarray(0, sound.length - filled);
      sound.set(samples, filled);
      filled += samples.length;
    } catch (error) {
      onBadFile(badFile(path, error));
    }
  }
  const rows = Math.floor(filled / length);
  if (rows === 0) {
    const what = `seconds of recordings, more than ${SECONDS}`;
    throw unexpected('EARSHOT_BAD_ARGUMENT', 'data', what, filled / sampleRate);
  }
  const extractor = await SegmentExtractor.create(config, length);
  const features = new Float32Array(frames * rows * coefficients);
  for (let row = 0; row < rows; row++) {
    const stream = sound.subarray(row * length, (row + 1) * length);
    extractor.extract(stream, features, rows, row);
  }
  return { features, rows };
}

/** Files of one folder follow each other, and may all hold the same word. */
function inRandomOrder(paths: readonly string[]): string[] {
  return new Random(SEED).shuffle([...paths]);
}
