import { EarshotError } from '../errors.js';
import type { MicrophoneInfo } from './microphones.js';

/** node-web-audio-api: it opens ALSA when it is imported, so that it is imported only where a device or a decoder is wanted. */
export type WebAudio = typeof import('node-web-audio-api') & {
  /** Missing in its types. */
  readonly mediaDevices: Pick<MediaDevices, 'enumerateDevices' | 'getUserMedia'>;
};

/** @throws EarshotError EARSHOT_AUDIO_BACKEND where it does not load */
export async function loadWebAudio(): Promise<WebAudio> {
  try {
    return (await import('node-web-audio-api')) as unknown as WebAudio;
  } catch (cause) {
    throw new EarshotError(
      'EARSHOT_AUDIO_BACKEND',
      'node-web-audio-api, which decodes AAC and M4A and opens microphones, does not load. On Linux it needs ALSA: apt-get install libasound2' +
        ` (${(cause as Error).message})`,
      { cause },
    );
  }
}

/** The microphones that there are. */
export async function microphonesOf({ mediaDevices }: WebAudio): Promise<MicrophoneInfo[]> {
  const devices = await mediaDevices.enumerateDevices();
  return devices.filter(({ kind }) => kind === 'audioinput').map(({ deviceId, label }) => ({ deviceId, label }));
}
