import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_MODEL } from 'earshot/node';
import { afterAll, expect, it } from 'vitest';
// As built, because threads load what is built.
import { Crew } from '../../../dist/server/engine/crew.js';
import type { StreamSetup } from '../../../server/engine/orders.ts';
import type { StreamReport } from '../../../server/engine/reports.ts';
import { smallModelBytes } from '../../helpers/models.ts';
import { directoryOf } from '../../train/evaluate/helpers.ts';

const PATIENCE = { timeout: 10_000 };

const SETUP: StreamSetup = {
  model: DEFAULT_MODEL,
  sampleRate: 8000,
  encoding: 's16le',
  channels: 1,
  frameEvery: 1,
  frameFormat: 'json',
  events: ['frame'],
};

let crew: Crew | undefined;
afterAll(() => crew?.stop());

it('a thread that dies takes its own streams with it, and is replaced', async () => {
  const faults: Error[] = [];
  crew = await Crew.start(
    { models: [[DEFAULT_MODEL, DEFAULT_MODEL]] },
    2,
    () => {},
    (error) => faults.push(error),
  );
  const reports: StreamReport[][] = [[], [], []];
  const open = (n: number, setup = SETUP) => crew?.open(setup, { report: (report) => reports[n].push(report) });
  const [first, second] = [open(0), open(1)];
  first?.audio(new Uint8Array(1600));
  // A fault of ours, as good as any: the thread has no such model. It goes to the first of two with one stream each.
  open(2, { ...SETUP, model: 'nothing' });
  while (!reports[0].some(({ outcome }) => outcome === 'failed')) await sleep(5);
  expect(reports[2].map(({ outcome }) => outcome)).toEqual(['failed']);
  expect(faults.map(({ message }) => message)).toEqual(['This thread has no model nothing']);
  second?.audio(new Uint8Array(1600));
  second?.command({ type: 'close' });
  while (reports[1].at(-1)?.outcome !== 'closed') await sleep(5);
  expect(reports[1].at(-1)).toMatchObject({ samples: 800, commands: 1 });
  while (crew.size < 2) await sleep(5);
});

it('a thread whose models are missing when it is to be replaced is replaced once they are back', async () => {
  const folder = directoryOf({ 'model.safetensors': smallModelBytes() });
  const [path, away] = ['model.safetensors', 'away'].map((name) => join(folder, name));
  const faults: string[] = [];
  const small = await Crew.start(
    { models: [['small', path]] },
    1,
    () => {},
    ({ message }) => faults.push(message),
  );
  renameSync(path, away);
  small.open({ ...SETUP, model: 'nothing' }, { report: () => {} });
  await expect.poll(() => faults.length, PATIENCE).toBe(2);
  expect([small.size, faults[1]]).toEqual([0, expect.stringContaining(path)]);
  renameSync(away, path);
  await expect.poll(() => small.size, PATIENCE).toBe(1);
  await small.stop();
});

it('ends also the thread that is just being started', async () => {
  const faults: Error[] = [];
  const stopping = await Crew.start(
    { models: [[DEFAULT_MODEL, DEFAULT_MODEL]] },
    1,
    () => {},
    (error) => faults.push(error),
  );
  stopping.open({ ...SETUP, model: 'nothing' }, { report: () => {} });
  await expect.poll(() => faults.length, PATIENCE).toBe(1);
  await stopping.stop();
  await sleep(300);
  expect(stopping.size).toBe(0);
});
