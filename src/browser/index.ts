export type { ServerAddress } from '../client/index.js';
export * from '../engine.js';
export { fetchModel } from './fetch-model.js';
export { listen } from './listen.js';
export { type AudioSource, listenTo } from './listen-to.js';
export { listDevices, type Microphone } from './microphone.js';
export type {
  FrameInspection,
  Listener,
  ListenerState,
  ListenOptions,
  RemoteListenOptions,
  RemoteServer,
} from './options.js';
export { workletUrl } from './worklet-url.js';
