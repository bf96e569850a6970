import { attack } from './attack.js';
import { loadBefore, writeResult } from './result-file.js';
import { startServerProcess } from './server-process.js';
import { SteadyStream } from './steady-stream.js';

// npm run fuzz [-- MESSAGES]: hostile clients beside one that behaves well, whose events must stay exactly those of a
// spotter alone.

const messages = Number(process.argv[2] ?? 10_000);
const before = loadBefore();
const server = await startServerProcess();
const steady = await SteadyStream.open(server.url);
const attacked = await attack(server.url, messages, () => steady.goOn());
const { events, isSame } = await steady.finish();
const faults = await server.metric('earshot_refusals_total{code="EARSHOT_INTERNAL"}');
await server.stop();
writeResult('fuzz', before, { ...attacked, steadyStreamEvents: events, isSame, faultsOfTheServer: faults });
if (!isSame || faults > 0) throw new Error('The well-behaved stream was disturbed, or the server made a mistake');
