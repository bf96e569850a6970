import { Output } from './output.js';
import { Progress } from './progress.js';

/** Where a command tells what. */
export interface Outlets {
  /** Standard output. */
  results: Output;
  /** Standard error. */
  messages: Output;
  progress: Progress;
}

/** Those of this process. What is written to a terminal takes the place of the progress bar there. */
export function openOutlets(): Outlets {
  const progress = new Progress(process.stderr);
  const hide = () => progress.hide();
  const results = new Output(process.stdout, process.stdout.isTTY ? hide : undefined);
  const messages = new Output(process.stderr, hide);
  return { results, messages, progress };
}
