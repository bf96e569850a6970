/** A recurrent cell by the name our model files give it; `rnn` is Elman's with tanh. */
export type Cell = 'rnn' | 'gru' | 'lstm';

/**
 * For each gate in ONNX's order, its place in PyTorch's.
 * GRU: z, r, h from r, z, n. LSTM: i, o, f, c from i, f, g, o.
 */
const ONNX_FROM_PYTORCH: Record<Cell, readonly number[]> = {
  rnn: [0],
  gru: [1, 0, 2],
  lstm: [0, 3, 1, 2],
};

/** Gates of a cell: rows of its weight matrices per hidden unit. */
export const gateCount = (cell: Cell): number => ONNX_FROM_PYTORCH[cell].length;

/** A copy of a weight matrix or bias with its gate blocks, equal parts along the first axis, put in ONNX's order. */
export function toOnnxGates(cell: Cell, pytorch: Float32Array): Float32Array {
  const order = ONNX_FROM_PYTORCH[cell];
  const block = pytorch.length / order.length;
  const onnx = new Float32Array(pytorch.length);
  order.forEach((from, to) => {
    onnx.set(pytorch.subarray(from * block, (from + 1) * block), to * block);
  });
  return onnx;
}
