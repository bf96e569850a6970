// Run by snapshot.test.ts in a process of its own: restores a snapshot and hears the rest of the signal.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadModel } from '../../src/model.ts';

const [folder, options] = process.argv.slice(2);
const model = await loadModel(readFileSync(join(folder, 'model')));
const spotter = model.spotter(JSON.parse(options));
spotter.restore(readFileSync(join(folder, 'snapshot')));
const rest = new Float32Array(new Uint8Array(readFileSync(join(folder, 'rest'))).buffer);
const events = [...spotter.push(rest), ...spotter.flush()];
writeFileSync(join(folder, 'events.json'), JSON.stringify(events));
