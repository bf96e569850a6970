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

/** Versions of Node that join vectors well (22 has the flag too, and gains nothing) and that the tests have run with. */
const JOINING = ['24', '26'];

/**
 * Has V8 join pairs of operations on 128 bits into one on 256, where it can: the same bits in three quarters of the time.
 * That is an experiment of V8 behind a flag, which holds for all WebAssembly that the process compiles from then on.
 */
export function joinVectors(): void {
  const [major] = process.versions.node.split('.');
  if (JOINING.includes(major)) setFlagsFromString('--experimental-wasm-revectorize');
}
