import { INT8_MAX } from '../kernels/kernels.js';
import type { Tensor, TensorFile } from './safetensors.js';

/** The weight matrices among PyTorch's names, as `networkWeights` looks for them. */
const WEIGHT_MATRIX = /(^|\.)weight_[ih]h_l\d+$|^dense\.weight$|^conv\.\d+\.weight$/;

/**
 * A model's tensors with its weights rounded to 8 bits, a quarter of the size. Every weight matrix NAME, of shape
 * [rows, columns] (a convolution: [out, in, kernel], a row being all weights of one output), becomes I8 of the same
 * shape, and `NAME_scale`, F32 of shape [rows], is put behind it. Row r holds round(w / scale[r]) with
 * scale[r] = max |w| / 127 over that row, so that no weight moves by more than half a scale and -128 is not used; a row
 * of zeros has the scale 0. Biases, `feature_mean`, `feature_std`, matrices that have 8 bits already and the metadata
 * stay as they are.
 */
export function quantise({ metadata, tensors }: TensorFile): TensorFile {
  const quantised: TensorFile = { metadata: { ...metadata }, tensors: new Map() };
  for (const [name, tensor] of tensors) {
    if (WEIGHT_MATRIX.test(name) && tensor.values instanceof Float32Array) {
      const { weights, scales } = quantiseRows(tensor.shape, tensor.values);
      quantised.tensors.set(name, weights).set(`${name}_scale`, scales);
    } else {
      quantised.tensors.set(name, tensor);
    }
  }
  return quantised;
}

/** The inverse, but for what rounding took away: tensors with weights of 32 bits, and no scales. */
export function dequantise(tensors: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const floats = new Map<string, Tensor>();
  for (const [name, tensor] of tensors) {
    const scales = tensors.get(`${name}_scale`);
    if (scales) floats.set(name, scaledRows(tensor, scales));
    else if (!name.endsWith('_scale')) floats.set(name, tensor);
  }
  return floats;
}

function scaledRows({ shape, values }: Tensor, scales: Tensor): Tensor {
  const columns = values.length / shape[0];
  return { shape, values: Float32Array.from(values, (w, i) => w * scales.values[Math.floor(i / columns)]) };
}

function quantiseRows(shape: readonly number[], values: Float32Array): { weights: Tensor; scales: Tensor } {
  const [rows] = shape;
  const columns = values.length / rows;
  const scales = new Float32Array(rows);
  const weights = new Int8Array(values.length);
  for (let r = 0; r < rows; r++) {
    const row = values.subarray(r * columns, (r + 1) * columns);
    const scale = Math.fround(row.reduce((largest, w) => Math.max(largest, Math.abs(w)), 0) / INT8_MAX);
    if (scale === 0) continue;
    scales[r] = scale;
    for (let c = 0; c < columns; c++) {
      weights[r * columns + c] = Math.max(-INT8_MAX, Math.min(INT8_MAX, Math.round(row[c] / scale)));
    }
  }
  return { weights: { shape, values: weights }, scales: { shape: [rows], values: scales } };
}
