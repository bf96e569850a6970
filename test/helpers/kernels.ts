import type { Kernels } from '../../src/kernels/kernels.ts';
import { plainKernels } from '../../src/kernels/plain.ts';
import { simdKernels } from '../../src/kernels/simd.ts';

/** Fresh SIMD kernels; the machines that test must have them. */
export async function simdOrThrow(): Promise<Kernels> {
  const kernels = await simdKernels();
  if (!kernels) throw new Error('This machine has no WebAssembly SIMD');
  return kernels;
}

/** One of each kind, with memories of their own. */
export const bothKernels = async (): Promise<Kernels[]> => [plainKernels(), await simdOrThrow()];

/** Copies values into newly reserved memory; returns their address. */
export function put({ memory }: Kernels, values: ArrayLike<number>): number {
  const address = memory.allocate(values.length * 4);
  memory.f32.set(values, address >> 2);
  return address;
}

/** A list of addresses, as kernels take it; returns its own address. */
export function putList({ memory }: Kernels, addresses: readonly number[]): number {
  const list = memory.allocate(addresses.length * 4);
  memory.i32.set(addresses, list >> 2);
  return list;
}

/** A copy of floats. */
export const take = ({ memory }: Kernels, address: number, count: number): Float32Array =>
  memory.f32.slice(address >> 2, (address >> 2) + count);

/** The addresses of all bytes that a call changes. */
export function changedBytes({ memory }: Kernels, call: () => void): number[] {
  const before = memory.i8.slice();
  call();
  const after = memory.i8;
  const changed: number[] = [];
  for (let i = 0; i < before.length; i++) if (before[i] !== after[i]) changed.push(i);
  return changed;
}

/** The bits of floats, so that -0 and NaN count too. */
export const bits = (values: Float32Array): Int32Array =>
  new Int32Array(values.buffer.slice(values.byteOffset, values.byteOffset + values.byteLength));

/** The largest absolute difference; NaN if one of them is NaN. */
export function worst(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) throw new Error(`${actual.length} values, expected ${expected.length}`);
  let largest = 0;
  for (let i = 0; i < actual.length; i++) {
    const difference = Math.abs(actual[i] - expected[i]);
    // Written so that NaN stays.
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}
