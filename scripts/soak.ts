import { setTimeout as sleep } from 'node:timers/promises';
import { loadBefore, writeResult } from './result-file.js';
import { startServerProcess } from './server-process.js';
import { comeAndGo } from './visits.js';

// npm run soak [-- VISITS]: producers and subscribers come and leave at every possible moment, in order and not.
// Afterwards no stream and no file descriptor may be left, and memory may not have grown since the warm-up.

const GRACE_SECONDS = 30;
const WARM_UP_VISITS = 2000;
const ROUNDS = 4;
/** By which the size of a process varies from one collection of garbage to the next. */
const TOLERATED_MEGABYTES = 20;

const visits = Number(process.argv[2] ?? 6000);
const before = loadBefore();
const server = await startServerProcess();
const fresh = await look();
const warm = await after(WARM_UP_VISITS);
const rounds = [];
for (let round = 0; round < ROUNDS; round++) rounds.push(await after(Math.ceil(visits / ROUNDS)));
const end = rounds[ROUNDS - 1];
await server.stop();
writeResult('soak', before, { warmUpVisits: WARM_UP_VISITS, visits, fresh, warm, rounds });
if (end.streams > 0 || end.subscribers > 0) throw new Error('Streams or subscribers were left behind');
if (end.openFiles > fresh.openFiles) throw new Error('File descriptors were left behind');
if (end.megabytes > warm.megabytes + TOLERATED_MEGABYTES) throw new Error('Memory has grown');

/** What is left of so many visits once sessions whose producers were lost have been given up. */
async function after(count: number) {
  await comeAndGo(server.url, count);
  await sleep(1000 * (GRACE_SECONDS + 3));
  return look();
}

async function look() {
  return {
    streams: await server.metric('earshot_streams'),
    subscribers: await server.metric('earshot_subscribers'),
    opened: await server.metric('earshot_streams_opened_total'),
    resumed: await server.metric('earshot_streams_resumed_total'),
    openFiles: server.openFiles(),
    megabytes: Math.round((await server.metric('process_resident_memory_bytes')) / 2 ** 20),
  };
}
