import { EarshotError } from '../../errors.js';
import type { Span } from './span.js';

/** Where in a recording something is said, in seconds; all of it if not given. */
export interface Piece {
  readonly start?: number | undefined;
  readonly end?: number | undefined;
}

/** The samples of a piece. @throws EarshotError EARSHOT_AUDIO_EMPTY where the recording is over before */
export function pieceOf({ offset, length }: Span, { start = 0, end = Infinity }: Piece, sampleRate: number): Span {
  const from = Math.round(start * sampleRate);
  const piece = { offset: offset + from, length: Math.min(length, Math.round(end * sampleRate)) - from };
  if (piece.length > 0) return piece;
  throw emptyPiece({ start, end });
}

export function emptyPiece({ start = 0, end = Infinity }: Piece): EarshotError {
  const where = `from ${start} s to ${end === Infinity ? 'its end' : `${end} s`}`;
  return new EarshotError('EARSHOT_AUDIO_EMPTY', `There is no sound ${where}`, { value: start });
}
