#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { endOnClosedOutput } from './endings.js';
import { addEvaluateCommand } from './evaluate.js';
import { EXIT } from './exit-codes.js';
import { addFileCommand } from './file.js';
import { addGradientsCommand } from './gradients.js';
import { addInfoCommand } from './info.js';
import { addListenCommand } from './listen.js';
import { addPageCommand } from './page.js';
import { addServeCommand } from './serve.js';
import { addStreamCommand } from './stream.js';
import { addSubscribeCommand } from './subscribe.js';
import { addTrainCommand } from './train.js';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

const program = new Command('earshot')
  .description('Finds spoken keywords in audio.')
  .version(version)
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'earshot: ')) })
  .showHelpAfterError('(--help tells more)')
  .exitOverride();
addFileCommand(program);
addListenCommand(program);
addInfoCommand(program);
addTrainCommand(program);
addEvaluateCommand(program);
addGradientsCommand(program);
addPageCommand(program);
addServeCommand(program);
addSubscribeCommand(program);
addStreamCommand(program);

endOnClosedOutput();
try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
}
