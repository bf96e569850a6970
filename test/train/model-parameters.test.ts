import { expect, test } from 'vitest';
import { readModelFile } from '../../src/model-file.ts';
import { quantise } from '../../src/rnn/quantise.ts';
import { writeSafetensors } from '../../src/rnn/safetensors.ts';
import { parametersOf } from '../../src/train/model-parameters.ts';
import { modelTensors } from '../../src/train/model-tensors.ts';
import { initialParameters } from '../../src/train/parameters.ts';
import { smallConfig } from './helpers.ts';

const config = smallConfig({ convolutions: [{ channels: 8, kernel: 3, stride: 1 }] });
const statistics = { mean: new Float32Array(10).fill(3), deviation: new Float32Array(10).fill(2) };
const written = modelTensors(config, initialParameters(config, 1), statistics);

test.each([
  '',
  'gru.',
  'encoder.$&.',
])('recurrent layers may stand under the prefix "%s", with 32 and with 8 bits', (prefix) => {
  const tensors = new Map([...written.tensors].map(([name, tensor]) => [name.replace(/^rnn\./, () => prefix), tensor]));
  for (const as of [(file: typeof written) => file, quantise]) {
    const [usual, renamed] = [written, { ...written, tensors }].map((file) =>
      readModelFile(writeSafetensors(as(file))),
    );
    expect(parametersOf(renamed)).toEqual(parametersOf(usual));
  }
});
