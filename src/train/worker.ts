import { parentPort, workerData } from 'node:worker_threads';
import { Learner, type LearnerOptions } from './learner.js';
import type { OptimiserState } from './optimiser.js';
import { Random } from './random.js';
import { learningRate } from './schedule.js';
import { TeamMember, type TeamMemory } from './team.js';
import { type Right, Validator } from './validator.js';

/** What a worker is started with. */
export interface WorkerStart extends LearnerOptions {
  readonly index: number;
  readonly team: TeamMemory;
  readonly state: OptimiserState;
}

/** What a worker is told to do: an epoch, counted from 0. */
export interface EpochTask {
  readonly epoch: number;
  readonly validates: boolean;
}

/** What it tells: from the first worker only, how far it is; from all, the end of an epoch. */
export type WorkerReport =
  | { readonly type: 'step'; readonly step: number; readonly steps: number; readonly loss: number }
  | {
      readonly type: 'epoch';
      /** Mean over the epoch. */
      readonly loss: number;
      readonly gradientNorm: number;
      readonly right: Right | undefined;
      /** From the first worker: all have the same. */
      readonly state: OptimiserState | undefined;
    };

const port = parentPort;
// Not awaited here: Node 20 can crash where a thread is ended while its module still waits.
if (port) void work(workerData as WorkerStart, (report) => port.postMessage(report));

async function work(start: WorkerStart, tell: (report: WorkerReport) => void): Promise<void> {
  const { index, team, recipe, rows, config, data } = start;
  const learner = await Learner.create(start);
  const { optimiser } = learner;
  const member = new TeamMember(team, index);
  // Not folder by folder: a clip would mostly follow one of the same word.
  const order = new Random(start.seed).shuffle(Int32Array.from(data.validation.keys()));
  const clips = Array.from(order, (n) => data.validation[n]).filter((_, n) => n % team.size === index);
  let validator: Validator | undefined;
  optimiser.state = start.state;

  const runEpoch = ({ epoch, validates }: EpochTask): void => {
    const order = learner.order(epoch);
    const steps = learner.stepsPerEpoch;
    let losses = 0;
    let norms = 0;
    for (let step = 0; step < steps; step++) {
      const first = step * recipe.batch + index * rows;
      const own = learner.accumulate(order.subarray(first, first + rows), epoch, step, index * rows);
      const loss = member.sum(optimiser.gradientView, own) / recipe.batch;
      const rate = learningRate(rateOf(recipe), epoch * steps + step, recipe.epochs * steps);
      norms += optimiser.step(rate, member);
      losses += loss;
      if (index === 0) tell({ type: 'step', step: step + 1, steps, loss });
    }
    if (validates) validator ??= new Validator(learner, config, data, clips);
    tell({
      type: 'epoch',
      loss: losses / steps,
      gradientNorm: norms / steps,
      right: validates ? validator?.run(optimiser.average) : undefined,
      state: index === 0 ? optimiser.state : undefined,
    });
  };
  parentPort?.on('message', runEpoch);
}

function rateOf({ peakRate, warmUp }: WorkerStart['recipe']) {
  return { peak: peakRate, warmUp };
}
