import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { reachReport } from '../src/train/reach-report.js';
import { PRESETS } from '../src/train/recipe.js';
import type { TrainProgress } from '../src/train/train-options.js';
import { compareCells } from './cells/compare.js';
import { cellsPage, fillIn, reachMarkdown, reachMs } from './cells/page.js';
import { chartPicture } from './cells/picture.js';
import { loadBefore, writeResult } from './result-file.js';

// npm run compare-cells -- --data DIR… --test DIR… --work DIR [OPTIONS]: Elman, LSTM, GRU and a classifier of single frames of equal
// size. Writes docs/cells.md, docs/results/cells.json, and the table and picture of docs/vanishing-gradient.md. Stopped
// and started again with the same options it goes on where it was.

interface Options {
  data: string[];
  test: string[];
  negatives: string[];
  noise: string[];
  words: string;
  epochs: string;
  hidden: string;
  seeds: string;
  workers: string;
  work: string;
}

const WORDS = 'yes,no,up,down,left,right,on,off,stop,go';

const options = new Command()
  .requiredOption('--data <paths...>', 'as of `earshot train`')
  .requiredOption('--test <dirs...>', 'directories of clips that take no part in training; no lists')
  .option('--negatives <paths...>', 'as of `earshot train`', [])
  .option('--noise <paths...>', 'as of `earshot train`', [])
  .option('--words <list>', 'with commas between them', WORDS)
  .option('--epochs <n>', 'of each run', '10')
  .option('--hidden <n>', 'units of a layer of the GRU, a multiple of 4', '88')
  .option('--seeds <n>', 'runs of each network', '3')
  .option('--workers <n>', 'threads', `${availableParallelism()}`)
  .requiredOption('--work <dir>', 'where models and checkpoints are kept')
  .parse()
  .opts<Options>();

const before = loadBefore();
const [epochs, hiddenSize, seeds, workers] = [options.epochs, options.hidden, options.seeds, options.workers].map(
  Number,
);
const recipe = { ...PRESETS.plain, epochs, hiddenSize };
let recordings = 0;

const figures = await compareCells({
  data: options.data,
  test: options.test,
  negatives: options.negatives,
  noise: options.noise,
  words: options.words.split(','),
  recipe,
  seeds,
  workers,
  work: options.work,
  cache: join(options.work, 'cache'),
  onProgress: report,
});

function report(run: string, progress: TrainProgress): void {
  const now = new Date().toISOString().slice(11, 19);
  if (progress.type === 'data') {
    recordings = progress.data.training.length;
    console.log(`${now} ${run}: after epoch ${progress.done}`);
  } else if (progress.type === 'epoch') {
    console.log(`${now} ${run}: ${JSON.stringify(progress.entry)}`);
  }
}

const command = `npm run compare-cells -- --data DIR… --test DIR… --negatives DIR… --noise DIR… --work DIR --epochs ${epochs} --hidden ${hiddenSize} --seeds ${seeds}`;
await writeFile('docs/cells.md', cellsPage(figures, { epochs, seeds, layers: recipe.layers, recordings, command }));
const picture = await chartPicture(await reachReport(figures.map(({ runs }) => runs[0].reach)));
await mkdir('docs/images', { recursive: true });
if (picture) await writeFile('docs/images/gradient-reach.png', picture);
const image = picture
  ? '![The norm of dL/dh against the distance, a curve a layer](images/gradient-reach.png)\n\n'
  : '';
const page = await readFile('docs/vanishing-gradient.md', 'utf8');
await writeFile('docs/vanishing-gradient.md', fillIn(page, 'reach', `${image}${reachMarkdown(figures)}`));
writeResult('cells', before, {
  command,
  recordings,
  networks: figures.map(({ recipe: _, runs, ...network }) => ({
    ...network,
    runs: runs.map(({ reach, ...run }) => ({ ...run, reachMs: reachMs({ reach, ...run }) })),
  })),
});
