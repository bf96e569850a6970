import type { ModelConfig } from '../config.js';
import { TrainingMemory, trainingKernels } from './kernels/kernels.js';
import { crossEntropy } from './loss.js';
import { type FeatureStatistics, TrainingNetwork } from './network/network.js';
import { RecurrentTraining } from './network/recurrent.js';
import { parameterPlan } from './parameters.js';

/** How far back in time the last output's loss is felt. */
export interface GradientReach {
  /** Seconds between two steps of the recurrent layers. */
  readonly stepSeconds: number;
  /**
   * For each recurrent layer, from the input up: the norm of dL/dh at 0, 1, 2, … steps before the last one, over the
   * norm at the last one; the mean over streams of the logarithms, as a factor.
   */
  readonly layers: readonly Float64Array[];
}

export interface ReachInput {
  readonly config: ModelConfig;
  /** All parameters, as `vectorOf` makes them of a model's tensors. */
  readonly parameters: Float32Array;
  readonly statistics: FeatureStatistics;
  /** MFCCs, [frames][rows][coefficients]. */
  readonly features: Float32Array;
  readonly rows: number;
}

/**
 * Back-propagates the loss of the last step alone (against the label that the network itself gives there) and watches
 * its gradient on the way back: the vanishing gradient (Hochreiter 1991; Bengio et al. 1994) of each layer.
 */
export async function gradientReach(input: ReachInput): Promise<GradientReach> {
  const { config, parameters, statistics, features, rows } = input;
  const memory = new TrainingMemory();
  const kernels = await trainingKernels(memory);
  const frames = features.length / rows / config.coefficients;
  const network = new TrainingNetwork(kernels, memory, config, statistics, { steps: frames, rows });
  const { floats } = parameterPlan(config);
  const weights = memory.floats(floats);
  const gradients = memory.floats(floats);
  memory.view(weights, floats).set(parameters);
  const recurrent = network.layers.filter((layer) => layer instanceof RecurrentTraining);
  const reaches = recurrent.map((layer) => watch(layer));
  network.features.values.set(features);
  network.forward(weights);
  setLoss(network);
  network.backward(gradients);
  const stepSeconds = (config.hopSamples / config.sampleRate) * (frames / network.logits.steps);
  return { stepSeconds, layers: reaches };
}

function setLoss({ logits }: TrainingNetwork): void {
  const { values, steps, rows, size } = logits;
  const last = (steps - 1) * rows;
  const weights = new Float32Array(steps * rows).fill(1, last);
  const labels = Array.from({ length: rows }, (_, row) => {
    const scores = values.subarray((last + row) * size, (last + row + 1) * size);
    return scores.indexOf(Math.max(...scores));
  });
  crossEntropy(logits, { labels, weights, smoothing: 0 });
}

/** Fills an array with a layer's reach while the gradient passes. */
function watch(layer: RecurrentTraining): Float64Array {
  const { steps, rows, size } = layer.output;
  const reach = new Float64Array(steps);
  const lastNorms = new Float64Array(rows);
  layer.onStateGradient = (t, gradient) => {
    let logs = 0;
    for (let row = 0; row < rows; row++) {
      const norm = Math.hypot(...gradient.subarray(row * size, (row + 1) * size));
      if (t === steps - 1) lastNorms[row] = norm;
      logs += Math.log(norm / lastNorms[row]);
    }
    reach[steps - 1 - t] = Math.exp(logs / rows);
  };
  return reach;
}
