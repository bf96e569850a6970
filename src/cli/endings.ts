import { EXIT } from './exit-codes.js';
import type { Outlets } from './outlets.js';

/**
 * Ends the program when its output is not wanted any more (`| head`): without a word if the reader has left, with one
 * for anything else, such as a full disk.
 */
export function endOnClosedOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.done);
    process.stderr.write(`earshot: Results cannot be written: ${error.message}\n`);
    process.exit(EXIT.failed);
  });
  // Nobody is left to be told.
  process.stderr.on('error', () => {});
}

/**
 * On Ctrl-C or `kill`, ends the program after the lines that are on their way. A second one ends it at once.
 * @param finish what is to be done before
 * @returns tells whether the end has begun
 */
export function endOnSignals(
  outlets: Outlets,
  finish: () => Promise<unknown> | undefined = () => undefined,
): () => boolean {
  let isEnding = false;
  const end = async (code: number) => {
    isEnding = true;
    outlets.progress.hide();
    await finish()?.catch(() => {});
    await Promise.all([outlets.results.close(), outlets.messages.close()]);
    process.exit(code);
  };
  process.once('SIGINT', () => end(EXIT.interrupted));
  process.once('SIGTERM', () => end(EXIT.terminated));
  return () => isEnding;
}
