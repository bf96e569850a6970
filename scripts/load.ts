import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_MODEL, openModel } from 'earshot/node';
import { measureLoad } from './load-point.js';
import { FRAME_EVERY, MESSAGE_MILLISECONDS } from './load-task.js';
import { loadBefore, writeResult } from './result-file.js';

// npm run load [-- SECONDS STREAMS…]: many streams of speech at the pace of real time, 16 kHz, messages of 100 ms,
// frame_every=5 and detections, from another process. Latency is the time from the sending of the message that completes
// a frame to the arrival of the frame's event, so both ways through the loopback and the generator are in it.

const REFERENCE_MODEL = 'gru-128x2';

const [seconds = 60, ...counts] = process.argv.slice(2).map(Number);
const before = loadBefore();
const models = mkdtempSync(join(tmpdir(), 'earshot-models-'));
copyFileSync(`models/${DEFAULT_MODEL}.safetensors`, pathOf(DEFAULT_MODEL));
copyFileSync(`test/fixtures/starter/${REFERENCE_MODEL}.safetensors`, pathOf(REFERENCE_MODEL));
const points = [];
for (const model of await differentModels()) {
  for (const streams of counts.length > 0 ? counts : [1, 10, 100, 500, 1000, 2000]) {
    points.push(await measureLoad(models, model, streams, seconds));
    console.error(JSON.stringify(points.at(-1)));
  }
}
rmSync(models, { recursive: true });
writeResult('load', before, { seconds, messageMilliseconds: MESSAGE_MILLISECONDS, frameEvery: FRAME_EVERY, points });

function pathOf(model: string): string {
  return join(models, `${model}.safetensors`);
}

/** The default one, and the reference where it is another. */
async function differentModels(): Promise<string[]> {
  const names = [DEFAULT_MODEL, REFERENCE_MODEL];
  const [standard, reference] = await Promise.all(names.map((name) => openModel(pathOf(name))));
  return standard.fingerprint === reference.fingerprint ? [DEFAULT_MODEL] : names;
}
