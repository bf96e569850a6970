/** What clients may take of a server. */
export interface Limits {
  /** Length of one message in bytes. */
  messageBytes: number;
  /** Streams that are open or may be resumed. */
  streams: number;
  /** The same from one address that is not loopback. */
  streamsPerAddress: number;
  subscribers: number;
  /** The same from one address that is not loopback. */
  subscribersPerAddress: number;
  /** Audio of one stream that is not yet classified; more is not read from the socket. */
  unreadSeconds: number;
  /** Without any message for so long, a producer is closed. */
  idleSeconds: number;
  /** Text messages a second, on average; more are not read from the socket. */
  textsPerSecond: number;
  /** Binary messages a second, on average; more are not read from the socket. */
  audioMessagesPerSecond: number;
  /** Bytes waiting for a client: above it frames are not sent to a subscriber, and a producer is not read. */
  sendBytes: number;
  /** Bytes waiting for a subscriber above which it is closed. */
  sendBytesMost: number;
  /** How long a session waits for its producer to come back. */
  graceSeconds: number;
  /** Messages kept for a producer that comes back, and how long all of them may be together, in characters or bytes. */
  resumeMessages: number;
  resumeLength: number;
  /** Events other than frames kept for subscribers that come back. */
  history: number;
}

/** Safe for a machine that others can reach. */
export const DEFAULT_LIMITS: Readonly<Limits> = {
  messageBytes: 1024 * 1024,
  streams: 2500,
  streamsPerAddress: 100,
  subscribers: 500,
  subscribersPerAddress: 100,
  unreadSeconds: 10,
  idleSeconds: 60,
  textsPerSecond: 50,
  audioMessagesPerSecond: 1000,
  sendBytes: 256 * 1024,
  sendBytesMost: 4 * 1024 * 1024,
  graceSeconds: 30,
  resumeMessages: 512,
  resumeLength: 1024 * 1024,
  history: 1000,
};

/** Those asked for, and defaults for what is left out. */
export function limitsOf(given: { [Name in keyof Limits]?: number | undefined } = {}): Limits {
  const asked = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...DEFAULT_LIMITS, ...Object.fromEntries(asked) };
}
