import { setFlagsFromString } from 'node:v8';
import { TRAINING_RELAXED_WASM } from './bytes.js';

/**
 * Whether this engine runs relaxed SIMD, which multiplies and adds in one instruction where the processor can. Node 20
 * has it behind a flag, which is set here; later ones as it is.
 */
export function canFuse(): boolean {
  if (WebAssembly.validate(TRAINING_RELAXED_WASM)) return true;
  setFlagsFromString('--experimental-wasm-relaxed-simd');
  return WebAssembly.validate(TRAINING_RELAXED_WASM);
}
