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

/** On Ctrl-C or `kill`, ends the program after the lines that are on their way. A second one ends it at once. */
export function endOnSignals(outlets: Outlets): void {
  process.once('SIGINT', () => end(outlets, EXIT.interrupted));
  process.once('SIGTERM', () => end(outlets, EXIT.terminated));
}

async function end({ results, messages, progress }: Outlets, code: number): Promise<void> {
  progress.hide();
  await Promise.all([results.close(), messages.close()]);
  process.exit(code);
}
