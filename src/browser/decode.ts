import { EarshotError } from '../errors.js';
import { sampleRateOf } from './file-rate.js';

/** Where a file does not tell, which is the rate of Opus and the usual one of videos. */
const USUAL_RATE = 48000;
/** What every browser's contexts can have: w3.org/TR/webaudio, "createBuffer". */
const LOWEST_CONTEXT_RATE = 8000;
const HIGHEST_CONTEXT_RATE = 96000;

/**
 * Decodes a whole file, in memory, at its own sample rate where the file tells it: the browser's decoder would resample
 * to any other.
 * @throws EarshotError EARSHOT_AUDIO_EMPTY, EARSHOT_AUDIO_DAMAGED
 */
export async function decode(file: Blob, otherRate = USUAL_RATE): Promise<AudioBuffer> {
  const buffer = await file.arrayBuffer().catch((cause) => {
    const what = 'The file cannot be read: it is a folder, it is gone, or this page may not';
    throw new EarshotError('EARSHOT_AUDIO_DAMAGED', what, { cause });
  });
  const bytes = new Uint8Array(buffer);
  if (bytes.length === 0) throw new EarshotError('EARSHOT_AUDIO_EMPTY', 'There are no bytes of audio');
  const rate = sampleRateOf(bytes) ?? otherRate;
  const sampleRate = Math.min(HIGHEST_CONTEXT_RATE, Math.max(LOWEST_CONTEXT_RATE, rate));
  const context = new OfflineAudioContext({ numberOfChannels: 1, length: 1, sampleRate });
  return context.decodeAudioData(bytes.buffer).catch((cause) => {
    const what = 'The browser cannot decode this file: not audio, damaged, or of a format that it does not know';
    throw new EarshotError('EARSHOT_AUDIO_DAMAGED', what, { cause });
  });
}
