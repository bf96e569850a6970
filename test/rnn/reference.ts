import type { ConvolutionConfig, ModelConfig } from '../../src/config.ts';
import type { Tensor } from '../../src/rnn/safetensors.ts';

/** Values at one frame of the input. */
export interface Frame {
  frame: number;
  values: number[];
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** What torch.nn.Conv1d and ReLU make of a whole sequence that `kernel - 1` frames of zeros precede, in float64. */
export function convolve(
  sequence: readonly Frame[],
  weight: Tensor,
  bias: Tensor,
  { channels, kernel, stride }: ConvolutionConfig,
): Frame[] {
  const inputs = weight.shape[1];
  const due = sequence.filter((_, t) => t % stride === 0);
  return due.map(({ frame }, i) => {
    const t = i * stride;
    const values = Array.from({ length: channels }, (_, channel) => {
      let sum = bias.values[channel];
      for (let k = 0; k < kernel; k++) {
        const input = sequence[t - (kernel - 1) + k]?.values ?? new Array(inputs).fill(0);
        for (let c = 0; c < inputs; c++) sum += weight.values[(channel * inputs + c) * kernel + k] * input[c];
      }
      return Math.max(0, sum);
    });
    return { frame, values };
  });
}

function multiply({ values, shape: [rows, columns] }: Tensor, x: readonly number[], bias: Tensor): number[] {
  return Array.from({ length: rows }, (_, r) => {
    let sum = bias.values[r];
    for (let c = 0; c < columns; c++) sum += values[r * columns + c] * x[c];
    return sum;
  });
}

function recur(sequence: readonly Frame[], config: ModelConfig, tensor: (name: string) => Tensor): Frame[] {
  const { hiddenSize: size, cell, linearBeforeReset } = config;
  let h = new Array<number>(size).fill(0);
  let c = new Array<number>(size).fill(0);
  return sequence.map(({ frame, values: x }) => {
    const W = multiply(tensor('weight_ih'), x, tensor('bias_ih'));
    const U = multiply(tensor('weight_hh'), h, tensor('bias_hh'));
    const sum = (gate: number, i: number) => W[gate * size + i] + U[gate * size + i];
    if (cell === 'rnn') {
      h = h.map((_, i) => Math.tanh(sum(0, i)));
    } else if (cell === 'lstm') {
      c = c.map((old, i) => sigmoid(sum(1, i)) * old + sigmoid(sum(0, i)) * Math.tanh(sum(2, i)));
      h = c.map((now, i) => sigmoid(sum(3, i)) * Math.tanh(now));
    } else {
      const r = h.map((_, i) => sigmoid(sum(0, i)));
      const reset = multiply(
        tensor('weight_hh'),
        h.map((old, i) => r[i] * old),
        tensor('bias_hh'),
      );
      h = h.map((old, i) => {
        const z = sigmoid(sum(1, i));
        const u = linearBeforeReset ? r[i] * U[2 * size + i] : reset[2 * size + i];
        return (1 - z) * Math.tanh(W[2 * size + i] + u) + z * old;
      });
    }
    return { frame, values: h };
  });
}

function softmax(logits: readonly number[]): number[] {
  const powers = logits.map((logit) => Math.exp(logit - Math.max(...logits)));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/**
 * The posteriors of a whole sequence of features in float64, layer after layer, straight from the tensors of the file.
 * Frames that strided convolutions leave out carry those before them.
 */
export function referencePosteriors(
  config: ModelConfig,
  tensors: ReadonlyMap<string, Tensor>,
  features: readonly ArrayLike<number>[],
): number[][] {
  const [mean, deviation] = [tensors.get('feature_mean')!.values, tensors.get('feature_std')!.values];
  let sequence: Frame[] = features.map((x, frame) => ({
    frame,
    values: Array.from(x, (value, i) => (value - mean[i]) / deviation[i]),
  }));
  config.convolutions.forEach((convolution, n) => {
    sequence = convolve(sequence, tensors.get(`conv.${n}.weight`)!, tensors.get(`conv.${n}.bias`)!, convolution);
  });
  for (let layer = 0; layer < config.layers; layer++) {
    sequence = recur(sequence, config, (name) => tensors.get(`rnn.${name}_l${layer}`)!);
  }
  const posteriors: number[][] = [];
  for (const { frame, values } of sequence) {
    posteriors[frame] = softmax(multiply(tensors.get('dense.weight')!, values, tensors.get('dense.bias')!));
  }
  return features.map((_, frame) => posteriors.findLast((p, f) => f <= frame && p !== undefined)!);
}
