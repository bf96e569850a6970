import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  ElmanTraining,
  GruTraining,
  LstmTraining,
  type RecurrentTraining,
} from '../../../src/train/network/recurrent.ts';
import { Signal } from '../../../src/train/network/signal.ts';
import { worst } from '../../helpers/kernels.ts';
import { bench, FUSED, put } from '../helpers.ts';

type Nested = number | Nested[];
const flat = (values: Nested): number[] => (Array.isArray(values) ? values.flatMap(flat) : [values]);

/** Outputs and gradients of two-layer nets by PyTorch in double precision. */
const golden = JSON.parse(readFileSync(new URL('../../golden/pytorch-cells.json', import.meta.url), 'utf8'));
const CELLS = { rnn: ElmanTraining, gru: GruTraining, lstm: LstmTraining };
const TENSORS = ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'] as const;

/** Single precision against double. */
const TOLERANCE = 2e-6;

const CASES = (Object.keys(CELLS) as (keyof typeof CELLS)[]).flatMap((cell) =>
  FUSED.map((isFused) => [cell, isFused] as const),
);

describe.each(CASES)('two layers of %s, fused multiply-adds: %s', (cell, isFused) => {
  const { steps, batch: rows, input, hidden } = golden;
  const { weights, x, h0, c0, outputs, hN, cN, coefficients, gradients } = golden.cells[cell];

  const run = async () => {
    const b = await bench(isFused);
    const vector: number[] = [];
    const offsets: Record<string, number> = {};
    for (const [name, values] of Object.entries<Nested>(weights)) {
      offsets[name] = vector.length * 4;
      vector.push(...flat(values));
    }
    const source = new Signal(b.memory, { steps, rows }, input);
    const layers: RecurrentTraining[] = [];
    for (const l of [0, 1]) {
      const below = layers.at(-1)?.output ?? source;
      const part = (name: 'ih' | 'hh', inputs: number) => ({
        weight: offsets[`weight_${name}_l${l}`],
        bias: offsets[`bias_${name}_l${l}`],
        outputs: weights[`bias_${name}_l${l}`].length,
        inputs,
      });
      const parameters = { input: part('ih', below.size), hidden: part('hh', hidden), passesGradient: true };
      layers.push(new CELLS[cell](b.kernels, b.memory, below, parameters));
    }
    const weightsAt = put(b, vector);
    const gradientsAt = b.memory.floats(vector.length);
    source.values.set(flat(x));
    layers.forEach((layer, l) => {
      layer.output.initial.set(flat(h0[l]));
      if (layer instanceof LstmTraining) layer.cells.initial.set(flat(c0[l]));
    });
    for (const layer of layers) layer.forward(weightsAt);
    const top = layers[1].output;
    const result = {
      outputs: top.values.slice(),
      hN: layers.map(({ output }) => output.final.slice()),
      cN: layers.map((layer) => (layer instanceof LstmTraining ? layer.cells.final.slice() : undefined)),
    };
    top.gradients.set(flat(coefficients));
    for (const layer of layers.toReversed()) layer.backward(gradientsAt);
    const gradientOf = (name: string) => b.memory.view(gradientsAt + offsets[name], flat(weights[name]).length);
    return { ...result, layers, source, gradientOf };
  };

  test('give the outputs and last states of PyTorch', async () => {
    const result = await run();
    expect(worst(result.outputs, flat(outputs))).toBeLessThan(TOLERANCE);
    for (const l of [0, 1]) {
      expect(worst(result.hN[l], flat(hN[l]))).toBeLessThan(TOLERANCE);
      if (cN) expect(worst(result.cN[l]!, flat(cN[l]))).toBeLessThan(TOLERANCE);
    }
  });

  test('give its gradients for all parameters, the inputs and the first states', async () => {
    const { layers, source, gradientOf } = await run();
    for (const l of [0, 1]) {
      for (const name of TENSORS.map((tensor) => `${tensor}_l${l}`)) {
        expect(worst(gradientOf(name), flat(gradients[name])), name).toBeLessThan(5 * TOLERANCE);
      }
      const layer = layers[l];
      expect(worst(layer.stateGradient, flat(gradients.h0[l]))).toBeLessThan(TOLERANCE);
      if (layer instanceof LstmTraining) {
        expect(worst(layer.cellGradient, flat(gradients.c0[l]))).toBeLessThan(TOLERANCE);
      }
    }
    expect(worst(source.gradients, flat(gradients.x))).toBeLessThan(TOLERANCE);
  });
});
