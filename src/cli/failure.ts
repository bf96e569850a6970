import { EarshotError, type ErrorCode } from '../errors.js';
import { oneLine } from './formats/one-line.js';

/** Something that may well happen to a user, to be told in one line. */
export interface Failure {
  code: ErrorCode;
  message: string;
  /** The file that it is about, where the file system told. */
  path?: string | undefined;
}

/**
 * What to tell the user about an error of ours or of the file system.
 * @throws the error itself if it was not foreseen, so that its stack is seen
 */
export function failureOf(error: unknown): Failure {
  if (error instanceof EarshotError) return error;
  if (isSystemError(error)) return systemFailure(error);
  throw error;
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string';
}

function systemFailure({ code, message, path }: NodeJS.ErrnoException): Failure {
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return { code: 'EARSHOT_FILE_NOT_FOUND', message: 'There is no such file or directory', path };
  }
  // "EACCES: permission denied, open 'PATH'": the path is told anyway.
  const [, reason = message] = /^E\w+: ([^,]*)/.exec(message) ?? [];
  return { code: 'EARSHOT_FILE_UNREADABLE', message: `Cannot be read or written: ${reason}`, path };
}

/** `earshot: ABOUT: message (CODE)`, with the line's end; a path that the failure knows takes the place of `about`. */
export function failureLine(about: string, { code, message, path = about }: Failure): string {
  return `earshot: ${oneLine(path)}: ${oneLine(message)} (${code})\n`;
}

/** The same for a warning. */
export function warningLine(about: string, { code, message }: Failure): string {
  return failureLine(about, { code, message: `warning: ${message}` });
}
