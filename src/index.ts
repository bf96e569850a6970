export * from './engine.js';
export type { AudioFormat, AudioStream, AudioWarning } from './files/audio-stream.js';
export { type OpenStreamOptions, openAudioStream } from './files/open-stream.js';
export type { RawAudio } from './files/raw.js';
export { quantise } from './rnn/quantise.js';
export { readSafetensors, type Tensor, type TensorFile, writeSafetensors } from './rnn/safetensors.js';
