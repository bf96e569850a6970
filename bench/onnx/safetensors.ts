/** The tensors of a safetensors file by name, row-major, and its metadata. */
export interface Safetensors {
  tensors: Record<string, Float32Array>;
  metadata: Record<string, string>;
}

interface Entry {
  dtype: string;
  data_offsets: [number, number];
}

/** Reads a safetensors file of float32 tensors: header length (uint64), header (JSON), data. Trusts the file. */
export function readSafetensors(file: Uint8Array): Safetensors {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const start = 8 + Number(view.getBigUint64(0, true));
  const { __metadata__: metadata = {}, ...entries } = JSON.parse(new TextDecoder().decode(file.subarray(8, start)));
  const tensors: Record<string, Float32Array> = {};
  for (const [name, { dtype, data_offsets }] of Object.entries<Entry>(entries)) {
    if (dtype !== 'F32') throw new Error(`Expected \`${name}\` to be F32, got ${dtype}`);
    const [begin, end] = data_offsets;
    // Copied: a Float32Array wants an aligned start, and a Buffer's `slice` would not copy.
    tensors[name] = new Float32Array(Uint8Array.from(file.subarray(start + begin, start + end)).buffer);
  }
  return { tensors, metadata };
}
