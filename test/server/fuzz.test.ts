import { beforeAll, expect, it } from 'vitest';
import { attack } from '../../scripts/attack.ts';
import { SteadyStream } from '../../scripts/steady-stream.ts';
import { startServer, type TestServer } from './server.ts';

// The short form of `npm run fuzz`.

const MESSAGES = 600;

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});

it('hostile clients do not change what a stream beside them hears, and find no fault', async () => {
  const steady = await SteadyStream.open(server.url);
  const { messages, closeCodes } = await attack(`${server.url}/`, MESSAGES, () => steady.goOn());
  expect(messages).toBeGreaterThanOrEqual(MESSAGES);
  expect(Object.keys(closeCodes)).toEqual(expect.arrayContaining(['1006', '1009', '4400', '4409', '4410', '4422']));
  expect(closeCodes[4500]).toBeUndefined();
  expect(await steady.finish()).toMatchObject({ isSame: true });
});
