import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Command } from 'commander';
import { EarshotError } from '../errors.js';
import { DEFAULT_MODEL, openModel } from '../node/open-model.js';
import { closeServer, openServer } from '../page-server/open-server.js';
import { createPageHandler, PAGE_FILE } from '../page-server/page-handler.js';
import { EXIT } from './exit-codes.js';
import { failureLine, failureOf } from './failure.js';
import { wholeNumber } from './numbers.js';

const EXAMPLES = `
Examples:
  $ earshot page
  $ earshot page --model ./jarvis.safetensors
`;

interface PageOptions {
  port: number;
  host: string;
  model: string;
}

/** Adds `earshot page` to the program. */
export function addPageCommand(program: Command): void {
  program
    .command('page')
    .summary('see it listen, in a browser')
    .description('Serves a page that listens to the microphone and shows what the network hears, until Ctrl-C.')
    .option('-p, --port <number>', 'port, or 0 for any that is free', wholeNumber(0, 65535), 8080)
    .option('--host <name>', 'name or address of this machine to be reached by', '127.0.0.1')
    .option('-m, --model <model>', 'path of a model, or the name of one that comes with Earshot', DEFAULT_MODEL)
    .addHelpText('after', EXAMPLES)
    .action(async (options: PageOptions) => {
      process.exitCode = await servePage(options);
    });
}

/** @returns the exit code, when somebody has ended it */
async function servePage({ port, host, model }: PageOptions): Promise<number> {
  try {
    await openModel(model);
  } catch (error) {
    process.stderr.write(failureLine(model, failureOf(error)));
    return EXIT.failed;
  }
  const server = createServer(createPageHandler(model));
  try {
    checkBuilt();
    const address = await openServer(server, port, host);
    process.stdout.write(`Listening page: ${address}\nCtrl-C ends it.\n`);
  } catch (error) {
    process.stderr.write(failureLine('page', failureOf(error)));
    return EXIT.failed;
  }
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await closeServer(server);
  return EXIT.done;
}

function checkBuilt(): void {
  if (existsSync(PAGE_FILE)) return;
  throw new EarshotError('EARSHOT_FILE_NOT_FOUND', 'The page is not built; run `npm run build`', { value: PAGE_FILE });
}
