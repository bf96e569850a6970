import { expect, test } from 'vitest';
import { readModelFile } from '../../src/model-file.ts';
import { writeSafetensors } from '../../src/rnn/safetensors.ts';
import { modelTensors } from '../../src/train/model-tensors.ts';
import { TrainingNetwork } from '../../src/train/network/network.ts';
import { initialParameters } from '../../src/train/parameters.ts';
import { checkTeacher, Teacher } from '../../src/train/teacher.ts';
import { bench, numbers, put, smallConfig } from './helpers.ts';

const config = smallConfig({ convolutions: [{ channels: 8, kernel: 3, stride: 2 }] });
const statistics = { mean: new Float32Array(10).fill(5), deviation: new Float32Array(10).fill(20) };
const parameters = initialParameters(config, 3);
const model = readModelFile(writeSafetensors(modelTensors(config, parameters, statistics)));

test('a teacher says what its network says, segment after segment, and leaves the features as they were', async () => {
  const shape = { steps: 6, rows: 3 };
  const b = await bench();
  const teacher = new Teacher(b.kernels, b.memory, model, shape);
  const network = new TrainingNetwork(b.kernels, b.memory, config, statistics, shape);
  const weights = put(b, parameters);
  for (const sources of [
    [-1, -1, -1],
    [2, 0, -1],
    [1, 1, 2],
  ]) {
    const features = numbers(6 * 3 * 10, 7 + sources[0], 40);
    const before = features.slice();
    teacher.carry(sources);
    network.carry(sources);
    network.features.values.set(features);
    network.forward(weights);
    expect(teacher.hear(features)).toEqual(network.logits.values);
    expect(features).toEqual(before);
  }
});

test('a teacher that cannot be run in training is refused', () => {
  const teacher = { ...model, config: { ...config, linearBeforeReset: false } };
  expect(() => checkTeacher(teacher, config)).toThrow(expect.objectContaining({ code: 'EARSHOT_BAD_ARGUMENT' }));
});

test.each([
  ['labels', smallConfig({ labels: ['_silence_', '_unknown_', 'no'] })],
  ['coefficients', smallConfig({ coefficients: 13 })],
  ['frames a step', smallConfig()],
])('a teacher of other %s is refused', (name, learner) => {
  expect(() => checkTeacher(model, config)).not.toThrow();
  const changed = name === 'frames a step' ? learner : { ...learner, convolutions: config.convolutions };
  expect(() => checkTeacher(model, changed)).toThrow(
    expect.objectContaining({
      code: 'EARSHOT_BAD_ARGUMENT',
      message: expect.stringContaining(`the teacher's ${name}`),
    }),
  );
});
