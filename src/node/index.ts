export { PCM_ENCODINGS, type PcmEncoding } from '../audio/pcm.js';
export type { AudioFacts, AudioFormat, AudioStream, AudioWarning, Warn } from '../files/audio-stream.js';
export type { RawAudio } from '../files/raw.js';
export * from '../index.js';
export { type OpenAudioOptions, openAudio } from './open-audio.js';
export { DEFAULT_MODEL, openModel } from './open-model.js';
export { type SpotAudioOptions, type SpotFileOptions, spotAudio, spotFile } from './spot-file.js';
export { SpotterTransform, type SpotterTransformOptions } from './spotter-transform.js';
