import fc from 'fast-check';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Model } from '../../src/model.ts';
import { openModel } from '../../src/node/open-model.ts';
import {
  alone,
  encodeS16,
  eventsOf,
  pieces,
  RawClient,
  sampleNames,
  sampleOf,
  startServer,
  type TestServer,
  words,
} from './server.ts';

let server: TestServer;
let model: Model;
beforeAll(async () => {
  [server, model] = await Promise.all([startServer(), openModel()]);
});

const stream = (query = ''): RawClient => new RawClient(`${server.url}/v1/stream?${query}`);

async function streamWhole(query: string, parts: readonly Uint8Array[]): Promise<RawClient> {
  const client = stream(query);
  await client.next('ready');
  for (const part of parts) client.send(part);
  client.send({ type: 'close' });
  expect(await client.closed).toEqual({ code: 1000, reason: '' });
  return client;
}

describe('a stream', () => {
  it('gives exactly the frames and detections of a spotter, in messages of any length', async () => {
    const { sampleRate, samples } = words();
    const expected = alone(model, sampleRate, samples);
    const bytes = encodeS16(samples);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 3, maxLength: 12 }),
        async (lengths) => {
          const client = await streamWhole(`sample_rate=${sampleRate}`, pieces(bytes, [...lengths, 4001]));
          expect(eventsOf(client.messages)).toEqual(expected);
          const closed = client.messages.at(-1);
          expect(closed).toMatchObject({
            type: 'closed',
            samples: samples.length,
            frames: expected.filter((e) => e.type === 'frame').length,
          });
          const seqs = client.messages.flatMap(({ type, seq }) => (type !== 'ack' && seq ? [seq] : []));
          expect(seqs).toEqual(seqs.map((_, i) => i + 1));
        },
      ),
      { numRuns: 6 },
    );
  });

  it('gives each of eight streams at once exactly its own', async () => {
    const all = await Promise.all(
      sampleNames.map(async (name, i) => {
        const { sampleRate, samples } = sampleOf(name);
        const parts = pieces(encodeS16(samples), [3200, 101 + i, 7]);
        const client = await streamWhole(`sample_rate=${sampleRate}&name=${name}`, parts);
        return { events: eventsOf(client.messages), expected: alone(model, sampleRate, samples) };
      }),
    );
    for (const { events, expected } of all) expect(events).toEqual(expected);
  });

  it.each([
    ['f32le', (samples: Float32Array) => new Uint8Array(samples.buffer.slice(0))],
    ['linear16', encodeS16],
  ])('takes %s', async (encoding, encode) => {
    const { sampleRate, samples } = sampleOf('go');
    const client = await streamWhole(`sample_rate=${sampleRate}&encoding=${encoding}`, pieces(encode(samples), [999]));
    expect(eventsOf(client.messages)).toEqual(alone(model, sampleRate, samples));
  });

  it.each(['mulaw', 'alaw'])('takes %s, and the mean of two channels', async (encoding) => {
    const bytes = Uint8Array.from({ length: 8000 }, (_, i) => (i * 37) % 256);
    const twice = Uint8Array.from({ length: 16000 }, (_, i) => bytes[i >> 1]);
    const mono = await streamWhole(`sample_rate=8000&encoding=${encoding}`, pieces(bytes, [1001]));
    const stereo = await streamWhole(`sample_rate=8000&encoding=${encoding}&channels=2`, pieces(twice, [1001]));
    expect(mono.of('frame').length).toBe(50);
    expect(eventsOf(stereo.messages)).toEqual(eventsOf(mono.messages));
  });

  it('sends each Nth frame, M in one message, and only the kinds wanted', async () => {
    const { sampleRate, samples } = words();
    const expected = alone(model, sampleRate, samples);
    const parts = pieces(encodeS16(samples), [3200]);
    const some = await streamWhole(`sample_rate=${sampleRate}&frame_every=5&frames_per_message=4`, parts);
    expect(eventsOf(some.messages)).toEqual(
      expected.filter((event) => event.type !== 'frame' || event.index % 5 === 0),
    );
    expect(some.of('frames').some(({ frames }) => frames.length === 4)).toBe(true);
    const detections = await streamWhole(`sample_rate=${sampleRate}&events=detection`, parts);
    expect(eventsOf(detections.messages)).toEqual(expected.filter((event) => event.type === 'detection'));
  });

  it('sends frames in their binary form, equal to the last bit, and JSON to subscribers beside it', async () => {
    const { sampleRate, samples } = words();
    const expected = alone(model, sampleRate, samples);
    const parts = pieces(encodeS16(samples), [3200]);
    const subscriber = new RawClient(`${server.url}/v1/events?events=frame,detection,stream_closed&stream=packed`);
    await subscriber.next('subscribed');
    const client = await streamWhole(`sample_rate=${sampleRate}&name=packed&frame_format=binary`, parts);
    expect(eventsOf(client.messages)).toEqual(expected);
    expect(client.of('frame')).toEqual([]);
    await subscriber.next('stream_closed');
    expect(eventsOf(subscriber.messages)).toEqual(expected);
    subscriber.socket.close();
    const grouped = `sample_rate=${sampleRate}&frame_format=binary&frames_per_message=6&events=frame`;
    const frames = await streamWhole(grouped, parts);
    expect(eventsOf(frames.messages)).toEqual(expected.filter(({ type }) => type === 'frame'));
    expect(frames.of('frames').map(({ frames }) => frames.length)).toContain(6);
  });

  it('acknowledges audio at least every half second of it', async () => {
    const { sampleRate, samples } = words();
    const client = await streamWhole(`sample_rate=${sampleRate}&events=`, pieces(encodeS16(samples), [3200]));
    const acked = client.of('ack').map((ack) => ack.samples);
    expect(acked.at(-1)).toBe(samples.length);
    client.of('ack').reduce((before, ack) => {
      expect(ack.samples).toBeGreaterThanOrEqual(before.samples);
      return ack;
    });
  });

  it('ends an utterance at flush, begins anew, and forgets at reset', async () => {
    const { sampleRate, samples } = sampleOf('go');
    const bytes = encodeS16(samples);
    const client = stream(`sample_rate=${sampleRate}`);
    await client.next('ready');
    client.send(bytes);
    client.send({ type: 'flush' });
    client.send(bytes.subarray(0, 8001));
    client.send({ type: 'reset' });
    client.send(bytes);
    client.send({ type: 'close' });
    await client.closed;
    const whole = alone(model, sampleRate, samples);
    const events = eventsOf(client.messages);
    expect(events.slice(0, whole.length)).toEqual(whole);
    expect(events.slice(-whole.length)).toEqual(whole);
    expect(client.of('ack').at(-1)).toMatchObject({ commands: 3, samples: 2 * samples.length + 4000 });
    expect(client.of('warning')).toEqual([expect.objectContaining({ code: 'EARSHOT_AUDIO_TRUNCATED' })]);
  });

  it('configures its own stream only, from exactly where it stands', async () => {
    const { sampleRate, samples } = words();
    const bytes = encodeS16(samples);
    const [changed, other] = [stream(`sample_rate=${sampleRate}`), stream(`sample_rate=${sampleRate}`)];
    await Promise.all([changed.next('ready'), other.next('ready')]);
    changed.send({ type: 'configure', threshold: 1, events: ['detection'] });
    for (const client of [changed, other]) {
      for (const part of pieces(bytes, [3200])) client.send(part);
      client.send({ type: 'close' });
    }
    await Promise.all([changed.closed, other.closed]);
    expect(eventsOf(changed.messages)).toEqual([]);
    expect(eventsOf(other.messages)).toEqual(alone(model, sampleRate, samples));
  });

  it('tells only of the labels that are wanted', async () => {
    const { sampleRate, samples } = words();
    const client = stream(`sample_rate=${sampleRate}&events=detection`);
    await client.next('ready');
    client.send({ type: 'configure', labels: ['go', 'left'] });
    client.send(encodeS16(samples));
    client.send({ type: 'close' });
    await client.closed;
    expect(client.of('detection').map(({ label }) => label)).toEqual(['go', 'left']);
  });

  it.each([
    ['EARSHOT_AUDIO_SLOW', 0.5, /^8000 samples a second come, 0\.50 times the announced; unless the network/],
    ['EARSHOT_AUDIO_FAST', 2, /^32000 samples a second come, 2\.00 times the announced; unless this is a recording/],
  ])('warns of a rate that is not that of the audio, and tells the same events: %s', async (code, ratio, message) => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const client = stream('sample_rate=16000');
    await client.next('ready');
    const seconds = 22;
    const second = new Int16Array(16000 * ratio).map((_, i) => 3000 * Math.sin(i * i));
    for (let sent = second.length; sent <= seconds * second.length; sent += second.length) {
      client.send(new Uint8Array(second.buffer));
      // All but what is not acknowledged before more comes.
      while (!client.of('ack').some(({ samples }) => samples > sent - 4000)) {
        await client.next('ack', client.messages.length);
      }
      vi.advanceTimersByTime(1000);
    }
    client.send({ type: 'close' });
    await client.closed;
    expect(client.of('warning')).toEqual([{ type: 'warning', code, message: expect.stringMatching(message) }]);
    const samples = Float32Array.from({ length: seconds * second.length }, (_, i) => second[i % second.length] / 32768);
    expect(eventsOf(client.messages)).toEqual(alone(model, 16000, samples));
  });

  it('reads audio that comes too fast more slowly, and loses nothing', async () => {
    const { sampleRate, samples } = words();
    const long = new Float32Array(12 * samples.length);
    for (let i = 0; i < 12; i++) long.set(samples, i * samples.length);
    const client = await streamWhole(`sample_rate=${sampleRate}&frame_every=50`, pieces(encodeS16(long), [32000]));
    expect(client.of('closed')[0].samples).toBe(long.length);
    expect(client.of('warning')[0]).toMatchObject({ code: 'EARSHOT_BUFFER_HIGH' });
    const expected = alone(model, sampleRate, long).filter((event) => event.type === 'detection');
    expect(client.of('detection').length).toBe(expected.length);
  });
});
