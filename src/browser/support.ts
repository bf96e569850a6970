import { EarshotError } from '../errors.js';

/**
 * Checks that this page may and can listen.
 * @throws EarshotError EARSHOT_INSECURE_CONTEXT, EARSHOT_UNSUPPORTED
 */
export function checkSupport(): void {
  checkSecureContext();
  if (!('AudioWorkletNode' in globalThis)) {
    throw new EarshotError('EARSHOT_UNSUPPORTED', 'This browser has no AudioWorklet');
  }
}

/** @throws EarshotError EARSHOT_INSECURE_CONTEXT */
export function checkSecureContext(): void {
  if (globalThis.isSecureContext) return;
  const advice = 'Browsers let only pages from https:// or localhost listen';
  throw new EarshotError('EARSHOT_INSECURE_CONTEXT', `${advice}, not ${globalThis.location?.origin}`);
}
