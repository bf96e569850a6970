import { EarshotError } from '../errors.js';
import type { ListenOptions } from './options.js';
import { checkSecureContext } from './support.js';

/** A microphone, as a page may know it. */
export interface Microphone {
  deviceId: string;
  /** Empty until the page was allowed to listen once. */
  label: string;
}

/**
 * The microphones of this device.
 * @throws EarshotError EARSHOT_INSECURE_CONTEXT, EARSHOT_UNSUPPORTED
 */
export async function listDevices(): Promise<Microphone[]> {
  const devices = await mediaDevices().enumerateDevices();
  return devices.filter(({ kind }) => kind === 'audioinput').map(({ deviceId, label }) => ({ deviceId, label }));
}

/**
 * Asks the user for a microphone and opens it. The caller must stop the tracks.
 * @throws EarshotError EARSHOT_MICROPHONE_DENIED, EARSHOT_MICROPHONE_MISSING, EARSHOT_MICROPHONE_LOST,
 *   EARSHOT_INSECURE_CONTEXT, EARSHOT_UNSUPPORTED
 */
export async function openMicrophone(options: Omit<ListenOptions, 'model'>): Promise<MediaStream> {
  const { deviceId, echoCancellation = false, noiseSuppression = false, autoGainControl = false } = options;
  const device = deviceId ? { deviceId: { exact: deviceId } } : {};
  try {
    return await mediaDevices().getUserMedia({
      audio: { ...device, echoCancellation, noiseSuppression, autoGainControl },
    });
  } catch (error) {
    throw error instanceof EarshotError ? error : microphoneError(error);
  }
}

function mediaDevices(): MediaDevices {
  checkSecureContext();
  const devices = globalThis.navigator?.mediaDevices;
  if (devices === undefined) throw new EarshotError('EARSHOT_UNSUPPORTED', 'This browser lets no page use microphones');
  return devices;
}

/** What getUserMedia may throw: w3.org/TR/mediacapture-streams, 10.2. */
function microphoneError(cause: unknown): EarshotError {
  const name = cause instanceof Error ? cause.name : '';
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return new EarshotError('EARSHOT_MICROPHONE_DENIED', 'The page was not allowed to use the microphone', { cause });
    case 'NotFoundError':
    case 'OverconstrainedError':
      return new EarshotError('EARSHOT_MICROPHONE_MISSING', 'There is no such microphone', { cause });
    case 'NotReadableError':
    case 'AbortError':
      return new EarshotError('EARSHOT_MICROPHONE_LOST', 'The microphone gives no sound', { cause });
    default:
      return new EarshotError('EARSHOT_UNSUPPORTED', `The microphone cannot be opened: ${cause}`, { cause });
  }
}
