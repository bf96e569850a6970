import type { Kernels } from './kernels.js';
import { plainKernels } from './plain.js';
import { simdKernels } from './simd.js';

/** `simd` where the host has it and `plain` elsewhere, unless one is asked for. */
export async function bestKernels(wanted: 'simd' | 'plain' | undefined): Promise<Kernels> {
  return wanted === 'plain' ? plainKernels() : ((await simdKernels()) ?? plainKernels());
}
