import * as v from 'valibot';
import { EarshotError } from '../errors.js';

/** A named array of numbers. 8-bit values stand for `value · scale` with a scale that the file keeps beside them. */
export interface Tensor {
  shape: readonly number[];
  values: Float32Array | Int8Array;
}

/** What a safetensors file holds. */
export interface TensorFile {
  metadata: Record<string, string>;
  tensors: Map<string, Tensor>;
}

const BYTES_PER_VALUE = { F32: 4, I8: 1 } as const;
/** The format's own limit on its header. */
const HEADER_LIMIT_BYTES = 100_000_000;
const LENGTH_BYTES = 8;
/** The key of the header that is not a tensor. */
const METADATA = '__metadata__';

const size = v.pipe(v.number(), v.integer(), v.minValue(0));
const entry = v.object({
  dtype: v.string(),
  shape: v.array(size),
  data_offsets: v.strictTuple([size, size]),
});
const metadata = v.record(v.string(), v.string());

/**
 * Reads a safetensors file (github.com/huggingface/safetensors, "Format"): the header's length as 64 bits, a header in
 * JSON, then the data without gaps. Tensors must be F32 or I8.
 * @throws EarshotError EARSHOT_MODEL_DAMAGED
 */
export function readSafetensors(bytes: Uint8Array): TensorFile {
  const headerBytes = headerLength(bytes);
  const dataStart = LENGTH_BYTES + headerBytes;
  const header = parseHeader(bytes.subarray(LENGTH_BYTES, dataStart));
  const data = bytes.subarray(dataStart);
  const { [METADATA]: notes = {}, ...entries } = header;
  const checked = Object.entries(entries).map(([name, value]) => [name, check(entry, value, name)] as const);
  checkCover(
    checked.map(([, { data_offsets }]) => data_offsets),
    data.length,
  );
  const tensors = new Map(checked.map(([name, value]) => [name, readTensor(name, value, data)]));
  return { metadata: check(metadata, notes, METADATA), tensors };
}

/** Every byte of the data belongs to exactly one tensor, so that a wrong offset cannot go unnoticed. */
function checkCover(ranges: [start: number, end: number][], bytes: number): void {
  let covered = 0;
  for (const [start, end] of ranges.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    if (start !== covered) throw damaged(`its tensors leave a gap or overlap at byte ${covered}`, start);
    covered = end;
  }
  if (covered !== bytes) throw damaged(`its tensors cover ${covered} bytes, the file holds ${bytes}`, bytes);
}

function headerLength(bytes: Uint8Array): number {
  if (bytes.length < LENGTH_BYTES) throw damaged(`${bytes.length} bytes are too few for a header`, bytes.length);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES).getBigUint64(0, true));
  if (length > HEADER_LIMIT_BYTES || length > bytes.length - LENGTH_BYTES) {
    throw damaged(`its header claims ${length} bytes, the file holds ${bytes.length}`, length);
  }
  return length;
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new EarshotError('EARSHOT_MODEL_DAMAGED', 'Not a model: its header is not JSON', { cause });
  }
  if (header === null || typeof header !== 'object' || Array.isArray(header)) {
    throw damaged('its header is not an object', header);
  }
  return header as Record<string, unknown>;
}

function readTensor(
  name: string,
  { dtype, shape, data_offsets }: v.InferOutput<typeof entry>,
  data: Uint8Array,
): Tensor {
  if (dtype !== 'F32' && dtype !== 'I8') throw damaged(`tensor ${name} has type ${dtype}, expected F32 or I8`, dtype);
  const [start, end] = data_offsets;
  const length = shape.reduce((product, n) => product * n, 1);
  if (end - start !== length * BYTES_PER_VALUE[dtype]) {
    throw damaged(`tensor ${name} of shape [${shape}] cannot lie at bytes ${start} to ${end}`, data_offsets);
  }
  // A copy, because the data need not be aligned. (Not `slice`, which for Node's Buffer is a view.)
  const { buffer } = new Uint8Array(data.subarray(start, end));
  return { shape, values: dtype === 'F32' ? new Float32Array(buffer) : new Int8Array(buffer) };
}

function check<T>(schema: v.GenericSchema<unknown, T>, value: unknown, name: string): T {
  const result = v.safeParse(schema, value);
  if (!result.success) throw damaged(`its entry ${name} is malformed: ${result.issues[0].message}`, value);
  return result.output;
}

const damaged = (why: string, value: unknown): EarshotError =>
  new EarshotError('EARSHOT_MODEL_DAMAGED', `Not a model, or a damaged one: ${why}`, { value });

/** Writes a safetensors file: tensors in the order of the map, the header padded to a multiple of 8 bytes. */
export function writeSafetensors({ metadata, tensors }: TensorFile): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { [METADATA]: metadata };
  let offset = 0;
  for (const [name, { shape, values }] of tensors) {
    const dtype = values instanceof Int8Array ? 'I8' : 'F32';
    header[name] = { dtype, shape, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
  }
  const json = JSON.stringify(header);
  const unpadded = new TextEncoder().encode(json).length;
  const text = new TextEncoder().encode(json + ' '.repeat((8 - (unpadded % 8)) % 8));
  const bytes = new Uint8Array(LENGTH_BYTES + text.length + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, LENGTH_BYTES);
  let at = LENGTH_BYTES + text.length;
  for (const { values } of tensors.values()) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return bytes;
}
