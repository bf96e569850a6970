import { connect } from 'earshot/client';
import { expect, it } from 'vitest';
import { openModel } from '../../src/node/open-model.ts';
import { Line } from '../server/line.ts';
import { alone, startServer } from '../server/server.ts';
import { collect, expectSame, longSpeech, sendOverCuts } from './helpers.ts';

const CUTS = 500;

it(`goes on after ${CUTS} cuts within a minute and a half of speech as if nothing had been`, async () => {
  const [server, model] = await Promise.all([startServer(), openModel()]);
  const { sampleRate, samples } = longSpeech(18);
  const line = await Line.to(server.url);
  const client = await connect(line.url, { sampleRate });
  const events = collect(client);
  await sendOverCuts(client, line, samples, CUTS);
  expect(await client.close()).toMatchObject({ samples: samples.length });
  expectSame(await events, alone(model, sampleRate, samples));
  line.close();
});
