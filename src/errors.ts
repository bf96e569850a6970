/**
 * Every error that Earshot raises on purpose carries one of these codes. They are stable: a program may branch on
 * them. docs/errors.md says what each one means and what to do.
 */
export const ERROR_CODES = [
  'EARSHOT_BAD_ARGUMENT',
  'EARSHOT_ENDED',
  'EARSHOT_DISPOSED',
  'EARSHOT_MODEL_NOT_FOUND',
  'EARSHOT_MODEL_DAMAGED',
  'EARSHOT_MODEL_TOO_NEW',
  'EARSHOT_SNAPSHOT_DAMAGED',
  'EARSHOT_SNAPSHOT_TOO_NEW',
  'EARSHOT_SNAPSHOT_MISMATCH',
  'EARSHOT_EVENT_INVALID',
  'EARSHOT_AUDIO_EMPTY',
  'EARSHOT_AUDIO_UNKNOWN',
  'EARSHOT_AUDIO_UNSUPPORTED',
  'EARSHOT_AUDIO_DAMAGED',
  'EARSHOT_AUDIO_TRUNCATED',
  'EARSHOT_AUDIO_RATE',
  'EARSHOT_AUDIO_BACKEND',
  'EARSHOT_FILE_NOT_FOUND',
  'EARSHOT_FILE_UNREADABLE',
  'EARSHOT_INSECURE_CONTEXT',
  'EARSHOT_UNSUPPORTED',
  'EARSHOT_MICROPHONE_DENIED',
  'EARSHOT_MICROPHONE_MISSING',
  'EARSHOT_MICROPHONE_LOST',
  'EARSHOT_WORKLET_FAILED',
  'EARSHOT_PORT_BUSY',
  'EARSHOT_PARAMETER',
  'EARSHOT_MESSAGE',
  'EARSHOT_MESSAGE_SIZE',
  'EARSHOT_UNAUTHORISED',
  'EARSHOT_FORBIDDEN',
  'EARSHOT_NOT_FOUND',
  'EARSHOT_NAME_TAKEN',
  'EARSHOT_SESSION_UNKNOWN',
  'EARSHOT_SESSION_TAKEN',
  'EARSHOT_IDLE',
  'EARSHOT_LIMIT',
  'EARSHOT_TOO_SLOW',
  'EARSHOT_BUFFER_HIGH',
  'EARSHOT_AUDIO_SLOW',
  'EARSHOT_AUDIO_FAST',
  'EARSHOT_EVENTS_LOST',
  'EARSHOT_SHUTDOWN',
  'EARSHOT_INTERNAL',
  'EARSHOT_INSECURE_HOST',
  'EARSHOT_TOKEN_FILE',
  'EARSHOT_CONNECTION',
  'EARSHOT_CLIENT_BUFFER_FULL',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** An error with a stable `code` and, where one value is to blame, that `value`. */
export class EarshotError extends Error {
  override readonly name = 'EarshotError';
  readonly code: ErrorCode;
  readonly value: unknown;

  constructor(code: ErrorCode, message: string, details: { value?: unknown; cause?: unknown } = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.value = details.value;
  }
}

/** The error for a value that is not what it should be: "Expected `x` to be …, got …". */
export function unexpected(code: ErrorCode, name: string, expectation: string, value: unknown): EarshotError {
  return new EarshotError(code, `Expected \`${name}\` to be ${expectation}, got ${show(value)}`, { value });
}

/**
 * What the compiler tells those who write TypeScript: that options are an object, without keys that nobody reads.
 * @throws EarshotError EARSHOT_BAD_ARGUMENT
 */
export function checkOptions(name: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw unexpected('EARSHOT_BAD_ARGUMENT', name, 'an object', options);
  }
  const odd = Object.keys(options).find((key) => !known.includes(key));
  if (odd === undefined) return;
  const what = `There is no \`${odd}\` in \`${name}\`, only ${known.join(', ')}`;
  throw new EarshotError('EARSHOT_BAD_ARGUMENT', what, { value: odd });
}

const SHOWN_CHARACTERS = 80;

function show(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : describe(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

function describe(value: unknown): string {
  if (value === null || typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return `a ${value.constructor?.name ?? 'object'}`;
}
