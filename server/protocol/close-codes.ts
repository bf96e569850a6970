import type { ErrorCode } from 'earshot';

/**
 * WebSocket close code of every error that ends a connection. From 4400 on they are HTTP's status plus 4000; those
 * below are of RFC 6455, section 7.4.1.
 */
export const CLOSE_CODES = {
  EARSHOT_SHUTDOWN: 1001,
  EARSHOT_MESSAGE_SIZE: 1009,
  EARSHOT_PARAMETER: 4400,
  EARSHOT_AUDIO_RATE: 4400,
  EARSHOT_UNAUTHORISED: 4401,
  EARSHOT_FORBIDDEN: 4403,
  EARSHOT_MODEL_NOT_FOUND: 4404,
  EARSHOT_IDLE: 4408,
  EARSHOT_NAME_TAKEN: 4409,
  EARSHOT_SESSION_UNKNOWN: 4410,
  EARSHOT_SESSION_TAKEN: 4411,
  EARSHOT_MESSAGE: 4422,
  EARSHOT_LIMIT: 4429,
  EARSHOT_TOO_SLOW: 4430,
  EARSHOT_INTERNAL: 4500,
} as const satisfies Partial<Record<ErrorCode, number>>;

/** An error that ends a connection. */
export type FatalCode = keyof typeof CLOSE_CODES;

/** RFC 6455: the purpose of the connection is fulfilled. */
export const NORMAL_CLOSURE = 1000;
