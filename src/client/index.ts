export { EarshotError, type ErrorCode } from '../errors.js';
export type { DetectionEvent, FrameEvent, SpotterEvent } from '../events.js';
export { connect } from './connect.js';
export type { StreamClosedEvent, StreamEvent, StreamOpenedEvent, Totals } from './messages.js';
export type { ConnectionState } from './reconnecting-socket.js';
export type { Access, ServerAddress, Socket, SocketClass } from './socket.js';
export type { ConnectOptions, StreamClient, StreamClientEvent, StreamConfiguration } from './stream-client.js';
export { subscribe } from './subscribe.js';
export type { SubscribeOptions, Subscription, SubscriptionEvent } from './subscription.js';
