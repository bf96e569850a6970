import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, it } from 'vitest';
import { comeAndGo } from '../../scripts/visits.ts';
import { startServer, type TestServer } from './server.ts';

// The short form of `npm run soak`, which also looks at memory.

const VISITS = 600;

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ limits: { graceSeconds: 0.5 } });
});

const openFiles = (): number => readdirSync('/proc/self/fd').length;

async function number(name: string): Promise<number> {
  const response = await fetch(`${server.url.replace('ws', 'http')}/metrics`, { headers: { Connection: 'close' } });
  return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(await response.text())?.[1]);
}

it.runIf(process.platform === 'linux')('clients that come and go at any moment leave nothing behind', async () => {
  const before = openFiles();
  await comeAndGo(`${server.url}/`, VISITS);
  expect(await number('earshot_streams_opened_total')).toBeGreaterThan(VISITS / 10);
  expect(await number('earshot_streams_resumed_total')).toBeGreaterThan(0);
  while ((await number('earshot_streams')) > 0) await sleep(50);
  expect(await number('earshot_subscribers')).toBe(0);
  while (openFiles() > before) await sleep(50);
});
