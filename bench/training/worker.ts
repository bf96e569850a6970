import { parentPort, workerData } from 'node:worker_threads';
import type { ModelConfig } from '../../src/config.js';
import { TrainingMemory, trainingKernels } from '../../src/train/kernels/kernels.js';
import { crossEntropy } from '../../src/train/loss.js';
import { TrainingNetwork } from '../../src/train/network/network.js';
import { initialState, Optimiser } from '../../src/train/optimiser.js';
import { initialParameters, parameterPlan } from '../../src/train/parameters.js';
import { Random } from '../../src/train/random.js';
import { PRESETS } from '../../src/train/recipe.js';
import { TeamMember, type TeamMemory } from '../../src/train/team.js';

export interface BenchWorker {
  readonly config: ModelConfig;
  readonly team: TeamMemory;
  readonly index: number;
  /** Streams of this worker's part of a batch, and steps of a segment. */
  readonly rows: number;
  readonly steps: number;
}

const { config, team, index, rows, steps } = workerData as BenchWorker;
const memory = new TrainingMemory();
const kernels = await trainingKernels(memory);
const statistics = {
  mean: new Float32Array(config.coefficients),
  deviation: new Float32Array(config.coefficients).fill(1),
};
const network = new TrainingNetwork(kernels, memory, config, statistics, { steps, rows });
// AdamW for all, as in PyTorch.
const optimiser = new Optimiser(kernels, memory, parameterPlan(config), [], PRESETS.plain);
optimiser.state = initialState(initialParameters(config, 1));
const member = new TeamMember(team, index);
const random = new Random(2, index);
// Mean 0 and variance 1, as normalised features have.
const features = Float32Array.from(network.features.values, () => random.between(-Math.sqrt(3), Math.sqrt(3)));
const labels = Int32Array.from({ length: rows }, () => random.below(config.labels.length));
// The last third of a clip is judged.
const judged = Math.floor(steps / 3) * rows;
const weights = new Float32Array(steps * rows).fill(1 / judged / team.size, steps * rows - judged);

parentPort?.on('message', (count: number) => {
  for (let n = 0; n < count; n++) trainingStep();
  parentPort?.postMessage('done');
});

function trainingStep(): void {
  network.features.values.set(features);
  network.forward(optimiser.weights);
  const loss = crossEntropy(network.logits, { labels, weights, smoothing: PRESETS.plain.labelSmoothing });
  optimiser.gradientView.fill(0);
  network.backward(optimiser.gradients);
  member.sum(optimiser.gradientView, loss);
  optimiser.step(1e-3);
}
