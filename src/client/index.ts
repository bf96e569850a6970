export { EarshotError, type ErrorCode } from '../errors.js';
export type { DetectionEvent, FrameEvent, SpotterEvent } from '../events.js';
export {
  type ConnectionState,
  type ConnectOptions,
  connect,
  type StreamClient,
  type StreamClientEvent,
  type StreamConfiguration,
} from './connect.js';
export type { StreamClosedEvent, StreamEvent, StreamOpenedEvent, Totals } from './messages.js';
export type { Socket, SocketClass } from './socket.js';
export { type SubscribeOptions, type Subscription, type SubscriptionEvent, subscribe } from './subscribe.js';
