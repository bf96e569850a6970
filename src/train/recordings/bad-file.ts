import { EarshotError, type ErrorCode } from '../../errors.js';

/** A file that could not be read, and why. */
export interface BadFile {
  path: string;
  code: ErrorCode;
  message: string;
}

/**
 * What to tell of an error that reading a file gave.
 * @throws the error itself if it is none of ours and none of the file system's
 */
export function badFile(path: string, error: unknown): BadFile {
  if (error instanceof EarshotError) return { path, code: error.code, message: error.message };
  if (error instanceof Error && 'syscall' in error) {
    return { path, code: 'EARSHOT_FILE_UNREADABLE', message: error.message };
  }
  throw error;
}

/** Whether a job gave a bad file in place of a result. */
export const isBad = (result: object): result is BadFile => 'code' in result;
