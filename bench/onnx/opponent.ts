import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { meydaFeatures } from './features.js';
import { floats, loadRuntime, type RuntimeName } from './session.js';

/** Keyword spotting as it would be put together from packages today: Meyda's MFCCs into onnxruntime. */
export interface Opponent {
  /** The runtime and its version. */
  readonly name: string;
  /**
   * One network step, states carried. Steps must not overlap.
   * @param mfcc [batch][coefficients], neither scaled nor normalised; for one stream simply its coefficients
   * @returns posteriors [batch][labels], a new array each time
   */
  step(mfcc: Float32Array): Promise<Float32Array>;
  /** Features and one step of one stream: 256 samples in [-1, 1] at 8 kHz in, its posteriors out. */
  frame(samples: Float32Array): Promise<Float32Array>;
  /** Features alone: 20 MFCCs, overwritten by the next call. */
  features(samples: Float32Array): Float32Array;
  /** Puts zeros in every state, as at the start of a stream. */
  reset(): void;
  /** Frees the session. */
  dispose(): Promise<void>;
}

/**
 * Opens a model made by `stackedModel`, on one thread.
 *
 * The input tensor is made once. The states that a run returns are handed to the next run as they are; writing them
 * into tensors made beforehand (`run`'s `fetches`) was 2 µs slower in onnxruntime-node 1.30.0, and onnxruntime-web
 * leaves such tensors as they were.
 */
export async function createOpponent(model: Uint8Array, runtimeName: RuntimeName = 'node'): Promise<Opponent> {
  const runtime = await loadRuntime(runtimeName);
  const session = await runtime.open(model);
  const feeds: Record<string, Tensor> = {};
  for (const { name, shape } of fixedShapes(session.inputMetadata)) {
    const size = shape.reduce((product, n) => product * n, 1);
    feeds[name] = new runtime.Tensor('float32', new Float32Array(size), shape);
  }
  const input = floats(feeds.mfcc);
  const zeroStates = { ...feeds };
  const states = session.inputNames.filter((name) => name !== 'mfcc').map((name) => ({ name, next: `${name}_out` }));
  const extract = meydaFeatures();

  const run = async () => {
    const results = await session.run(feeds);
    for (const { name, next } of states) feeds[name] = results[next];
    return floats(results.posteriors);
  };

  return {
    name: runtime.name,
    step: (mfcc) => {
      input.set(mfcc);
      return run();
    },
    frame: (samples) => {
      extract(samples, input);
      return run();
    },
    features: (samples) => {
      extract(samples, input);
      return input;
    },
    reset: () => {
      Object.assign(feeds, zeroStates);
    },
    dispose: () => session.release(),
  };
}

/** Names and shapes of tensors whose sizes are all fixed. */
function fixedShapes(metadata: readonly InferenceSession.ValueMetadata[]): { name: string; shape: number[] }[] {
  return metadata.map((value) => {
    if (!value.isTensor) throw new Error(`Expected \`${value.name}\` to be a tensor`);
    return { name: value.name, shape: value.shape.map(Number) };
  });
}
