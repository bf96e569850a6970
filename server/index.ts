export { type Grant, readTokenFile } from './access.js';
export { createEarshotServer, EarshotServer, type ServerOptions } from './earshot-server.js';
export { DEFAULT_LIMITS, type Limits } from './limits.js';
export { isLoopback } from './origin.js';
export { SAMPLE_RATES } from './protocol/parameters.js';
export { REFUSALS } from './protocol/refusals.js';
export {
  detection as detectionSchema,
  frame as frameSchema,
  type ToProducer,
  type ToSubscriber,
  toProducer as toProducerSchema,
  toSubscriber as toSubscriberSchema,
} from './protocol/server-messages.js';
