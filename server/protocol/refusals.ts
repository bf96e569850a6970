import { EarshotError, type ErrorCode } from 'earshot';

/**
 * Every error by which the server refuses a client: the close code of a WebSocket that it ends, and the status of the
 * answer to a request that has not become a WebSocket. Close codes below 4000 are of RFC 6455, section 7.4.1; the others
 * are of the protocol.
 */
export const REFUSALS = {
  EARSHOT_SHUTDOWN: { closeCode: 1001, status: 503 },
  EARSHOT_MESSAGE_SIZE: { closeCode: 1009, status: 413 },
  EARSHOT_PARAMETER: { closeCode: 4400, status: 400 },
  EARSHOT_AUDIO_RATE: { closeCode: 4400, status: 400 },
  EARSHOT_UNAUTHORISED: { closeCode: 4401, status: 401 },
  EARSHOT_FORBIDDEN: { closeCode: 4403, status: 403 },
  EARSHOT_NOT_FOUND: { closeCode: 4404, status: 404 },
  EARSHOT_MODEL_NOT_FOUND: { closeCode: 4404, status: 404 },
  EARSHOT_IDLE: { closeCode: 4408, status: 408 },
  EARSHOT_NAME_TAKEN: { closeCode: 4409, status: 409 },
  EARSHOT_SESSION_UNKNOWN: { closeCode: 4410, status: 410 },
  EARSHOT_SESSION_TAKEN: { closeCode: 4411, status: 409 },
  EARSHOT_MESSAGE: { closeCode: 4422, status: 422 },
  EARSHOT_LIMIT: { closeCode: 4429, status: 429 },
  EARSHOT_TOO_SLOW: { closeCode: 4430, status: 408 },
  EARSHOT_INTERNAL: { closeCode: 4500, status: 500 },
} as const satisfies Partial<Record<ErrorCode, { closeCode: number; status: number }>>;

interface Refusal {
  code: keyof typeof REFUSALS;
  message: string;
  closeCode: number;
  status: number;
}

/** An error as a client is told it. A fault of ours is told without its message, which is nobody's business. */
export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof EarshotError) || !(error.code in REFUSALS)) {
    return { code: 'EARSHOT_INTERNAL', message: 'The server made a mistake', ...REFUSALS.EARSHOT_INTERNAL };
  }
  const code = error.code as keyof typeof REFUSALS;
  return { code, message: error.message, ...REFUSALS[code] };
}
