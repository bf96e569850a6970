import { unexpected } from '../errors.js';
import type { Kernels } from './kernels.js';
import { plainKernels } from './plain.js';
import { simdKernels } from './simd.js';

/**
 * `simd` where the host has it and `plain` elsewhere, or `plain` where that is asked for.
 * @throws EarshotError EARSHOT_BAD_ARGUMENT for other names
 */
export async function bestKernels(wanted: 'simd' | 'plain' = 'simd'): Promise<Kernels> {
  if (wanted !== 'simd' && wanted !== 'plain') {
    throw unexpected('EARSHOT_BAD_ARGUMENT', 'kernels', "'simd' or 'plain'", wanted);
  }
  return wanted === 'plain' ? plainKernels() : ((await simdKernels()) ?? plainKernels());
}
