// What the core gives to all: to Node, to browsers, and to whoever brings a host of his own.

export { encodeS16, mixDown, PCM_ENCODINGS, PcmDecoder, type PcmEncoding, type Samples } from './audio/pcm.js';
export type { ChannelOptions, Inspection, SpotterSink } from './channel.js';
export type { ConvolutionConfig, DecisionConfig, ModelConfig } from './config.js';
export { EarshotError, ERROR_CODES, type ErrorCode } from './errors.js';
export { eventSink } from './event-sink.js';
export {
  type DetectionEvent,
  decodeEvent,
  type EarshotEvent,
  type ErrorEvent,
  encodeEvent,
  type FileEvent,
  type FrameEvent,
  type SpotterEvent,
  type WarningEvent,
} from './events.js';
export type { ExtractorName } from './features/extractor.js';
export { type LoadOptions, loadModel, type Model } from './model.js';
export { type ModelInfo, modelInfo } from './model-info.js';
export type { LayerInspection } from './rnn/recurrent.js';
export { spot } from './spot.js';
export type { Spotter } from './spotter.js';
export type { PoolStream, SpotterPool } from './spotter-pool.js';
export type { Timeline } from './timeline.js';
