import { EarshotError } from '../errors.js';
import { moovFirst, mp4DelaySeconds } from '../files/mp4.js';
import type { DecodeWholeFile } from '../files/whole-file.js';
import { loadWebAudio } from './web-audio.js';

/**
 * Decodes AAC, MP4 and Matroska with node-web-audio-api, in a context of the file's own rate, without
 * the encoder's delay where an MP4 file states it.
 * @throws EarshotError EARSHOT_AUDIO_BACKEND where node-web-audio-api does not load, EARSHOT_AUDIO_UNSUPPORTED for a codec
 *   that it lacks, EARSHOT_AUDIO_DAMAGED
 */
export const decodeWholeFile: DecodeWholeFile = async (bytes, sampleRate) => {
  const { OfflineAudioContext } = await loadWebAudio();
  const context = new OfflineAudioContext(1, 1, sampleRate);
  const whole = moovFirst(bytes);
  const audio = await context.decodeAudioData(whole.buffer).catch((cause: Error) => {
    const isUnsupported = /unsupported codec/i.test(cause.message);
    throw new EarshotError(
      isUnsupported ? 'EARSHOT_AUDIO_UNSUPPORTED' : 'EARSHOT_AUDIO_DAMAGED',
      `node-web-audio-api cannot decode the file: ${cause.message}`,
      { cause },
    );
  });
  const delaySamples = Math.round(mp4DelaySeconds(whole) * sampleRate);
  return Array.from({ length: audio.numberOfChannels }, (_, c) => audio.getChannelData(c).subarray(delaySamples));
};
