export type { AudioFacts, Warn } from '../files/audio-stream.js';
export * from '../index.js';
export type { Level } from './level-meter.js';
export { type Listener, type ListenOptions, listDevices, listen } from './listen.js';
export type { MicrophoneInfo } from './microphones.js';
export { type OpenAudioOptions, openAudio } from './open-audio.js';
export { DEFAULT_MODEL, openModel } from './open-model.js';
export { type SpotAudioOptions, type SpotFileOptions, spotAudio, spotFile } from './spot-file.js';
export { SpotterTransform, type SpotterTransformOptions } from './spotter-transform.js';
