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

/** Of Node 24. That of Node 22 gains nothing by the flag, that of Node 26 breaks down while it compiles; ARM has none. */
const JOINING_V8 = '13.6.';

/**
 * Has V8 join pairs of operations on 128 bits into one on 256, where it can: the same bits in three quarters of the time.
 * That is an experiment of V8 behind a flag, which holds for all WebAssembly that the process compiles from then on.
 */
export function joinVectors(): void {
  const { arch, versions } = process;
  if (arch === 'x64' && versions.v8.startsWith(JOINING_V8)) setFlagsFromString('--experimental-wasm-revectorize');
}
