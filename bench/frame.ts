import { readFile } from 'node:fs/promises';
import { Channel } from '../src/channel.js';
import { FrontEnd } from '../src/front-end.js';
import type { Kernels } from '../src/kernels/kernels.js';
import { SlotLayout } from '../src/kernels/slot.js';
import { loadModel, type Model } from '../src/model.js';
import { openModel } from '../src/node/open-model.js';
import { babble } from '../test/helpers/sound.js';
import { type Contender, interleave } from './interleave.js';
import { stackedModel } from './onnx/graph.js';
import { readNetwork } from './onnx/network.js';
import { createOpponent } from './onnx/opponent.js';

const MODEL = new URL('../test/fixtures/starter/gru-128x2.safetensors', import.meta.url);
const SHIPPED = ['commands', 'commands-small'];
const FRAMES = 200;
const RATES = [8000, 16000, 44100, 48000];
const POOL_STREAMS = 64;
const NOBODY = { frame() {}, detection() {} };

/** Time of one 20 ms frame, whole and in parts, beside what a user would put together instead. */
export async function benchFrame(): Promise<void> {
  const bytes = await readFile(MODEL);
  const simd = await loadModel(bytes);
  const plain = await loadModel(bytes, { kernels: 'plain' });
  const opponents = await Promise.all(
    (['node', 'web'] as const).map((runtime) => createOpponent(stackedModel(readNetwork(bytes)), runtime)),
  );
  const shipped = await Promise.all(SHIPPED.map((name) => openModel(name)));
  const frames = Array.from({ length: FRAMES }, (_, k) => babble(8000 * 5, 8000).subarray(k * 160, k * 160 + 256));
  const opponentContenders = opponents.map((opponent) => ({
    name: `Meyda + ${opponent.name}`,
    units: FRAMES,
    run: async () => {
      for (const frame of frames) await opponent.frame(frame);
    },
  }));
  const times = await interleave([
    ...RATES.map((rate) => wholeLine(simd, rate, `Earshot ${rate} Hz`)),
    ...RATES.filter((rate) => rate !== 8000).map((rate) => resampling(simd, rate)),
    extraction(simd),
    networkStep(simd, 1),
    networkStep(simd, POOL_STREAMS),
    decision(simd),
    wholeLine(plain, 8000, 'Earshot 8000 Hz, plain kernels'),
    ...opponentContenders,
    ...shipped.flatMap((model, n) => [
      wholeLine(model, 16000, `${SHIPPED[n]} 16000 Hz`),
      networkStep(model, 1, `${SHIPPED[n]} network`),
      networkStep(model, POOL_STREAMS, `${SHIPPED[n]} network`),
    ]),
  ]);
  report(times);
  for (const opponent of opponents) await opponent.dispose();
}

function wholeLine(model: Model, sampleRate: number, name: string): Contender {
  const spotter = model.spotter({ sampleRate });
  const samples = babble((sampleRate / 50) * FRAMES, sampleRate);
  return { name, units: FRAMES, run: () => spotter.push(samples, NOBODY) };
}

/** The front end without an extractor: resampling and cutting into frames. */
function resampling(model: Model, sampleRate: number): Contender {
  const layout = new SlotLayout(model.network.layout.bytes);
  const nothing = { extract() {} };
  const filter = model.resamplerFilter(sampleRate);
  const frontEnd = new FrontEnd(model.kernels, layout, model.config, nothing, model.network.features, filter);
  const slot = model.kernels.memory.allocate(layout.bytes);
  const count = (sampleRate / 50) * FRAMES;
  const samples = model.kernels.memory.allocate(count * 4);
  model.kernels.memory.f32.set(babble(count, sampleRate), samples >> 2);
  return {
    name: `resampler ${sampleRate} Hz`,
    units: FRAMES,
    run: () => {
      for (let taken = 0; taken < count; ) {
        taken += frontEnd.write(slot, samples + taken * 4, count - taken);
        frontEnd.take(slot);
      }
    },
  };
}

function extraction(model: Model): Contender {
  const extractor = model.extractor('fused');
  const { memory } = model.kernels;
  const samples = memory.allocate((160 * FRAMES + 256) * 4);
  const out = memory.allocate(model.config.coefficients * 4);
  memory.f32.set(babble(160 * FRAMES + 256, 8000), samples >> 2);
  return {
    name: 'MFCC',
    units: FRAMES,
    run: () => {
      for (let k = 0; k < FRAMES; k++) extractor.extract(samples + k * 160 * 4, out);
    },
  };
}

function networkStep(model: Model, streams: number, name = 'network'): Contender {
  const { kernels, network } = model;
  const slots = Int32Array.from({ length: streams }, () => kernels.memory.allocate(network.layout.bytes));
  slots.forEach((slot, s) => {
    fillFeatures(kernels, slot + network.features, model.config.coefficients, s);
  });
  const steps = Math.ceil(FRAMES / streams);
  return {
    name: `${name}, ${streams} stream${streams > 1 ? 's' : ''}`,
    units: steps * streams,
    run: () => {
      for (let k = 0; k < steps; k++) network.step(slots, streams);
    },
  };
}

function fillFeatures(kernels: Kernels, address: number, count: number, seed: number): void {
  for (let i = 0; i < count; i++) kernels.memory.f32[(address >> 2) + i] = 40 * Math.sin(seed + i);
}

function decision(model: Model): Contender {
  const channel = new Channel(model, {});
  return {
    name: 'decision',
    units: FRAMES,
    run: () => {
      for (let k = 0; k < FRAMES; k++) channel.report(NOBODY);
    },
  };
}

function report(times: Map<string, number>): void {
  const reference = times.get('Earshot 8000 Hz') ?? Number.NaN;
  console.log('One 20 ms frame of one stream, 2 x GRU-128 at every frame unless another model is named');
  console.log('Medians of interleaved rounds');
  console.log(`${'what'.padEnd(44)}${'µs'.padStart(9)}${'ratio'.padStart(9)}`);
  for (const [name, time] of times) {
    console.log(`${name.padEnd(44)}${time.toFixed(2).padStart(9)}${(time / reference).toFixed(2).padStart(9)}`);
  }
}
