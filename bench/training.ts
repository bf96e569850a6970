import { BATCH, earshotTrainer, type Trainer, torchTrainer } from './training/contenders.js';

/** Recordings of an epoch: those of Speech Commands that the models are trained on. */
const EPOCH_CLIPS = 40_718;
const STEPS = 6;
const ROUNDS = 9;
const WARM_UP_ROUNDS = 2;

/**
 * An epoch of 2 x GRU-128 on one-second clips of 20 MFCCs at 20 ms, batch 128: forward, backward and AdamW, on two cores,
 * beside PyTorch. Some steps are timed in turn, and extrapolated.
 */
export async function benchTraining(): Promise<void> {
  const torch = await torchTrainer();
  const trainers = [await earshotTrainer(), ...(torch ? [torch] : [])];
  const seconds = await secondsPerEpoch(trainers);
  for (const trainer of trainers) await trainer.close();
  console.log('An epoch of 40,718 clips, 2 x GRU-128 at batch 128 on two cores; median of interleaved rounds');
  const [own, other] = seconds;
  trainers.forEach(({ name }, n) => {
    console.log(`${name.padEnd(44)}${seconds[n].toFixed(1).padStart(8)} s`);
  });
  if (torch) console.log(`${'ratio'.padEnd(44)}${(own / other).toFixed(2).padStart(8)}`);
  else console.log('PyTorch skipped: python3 finds no torch here (Debian: python3-torch, libopenblas0-pthread)');
}

async function secondsPerEpoch(trainers: readonly Trainer[]): Promise<number[]> {
  const times: number[][] = trainers.map(() => []);
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    for (const [n, trainer] of trainers.entries()) {
      const start = performance.now();
      await trainer.run(STEPS);
      if (round >= 0) times[n].push((performance.now() - start) / 1000 / STEPS);
    }
  }
  return times.map((list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)] * (EPOCH_CLIPS / BATCH));
}
