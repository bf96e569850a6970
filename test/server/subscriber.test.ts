import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Connection } from '../../server/connection.ts';
import { Hub } from '../../server/hub.ts';
import { DEFAULT_LIMITS } from '../../server/limits.ts';
import { Metrics } from '../../server/metrics.ts';
import { subscriberParameters } from '../../server/protocol/parameters.ts';
import { Subscriber } from '../../server/subscriber.ts';
import { randomSource } from '../helpers/sound.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A connection whose other side reads when a test wants it to. */
class SlowLine {
  readonly messages: { type: string; seq: number; message: string }[] = [];
  bufferedBytes = 0;
  mostBytes = 0;
  failed = false;

  send(text: string): void {
    this.messages.push(JSON.parse(text));
    this.bufferedBytes += text.length;
    this.mostBytes = Math.max(this.mostBytes, this.bufferedBytes);
  }

  fail(): void {
    this.failed = true;
  }

  read(bytes = this.bufferedBytes): void {
    this.bufferedBytes = Math.max(0, this.bufferedBytes - bytes);
  }

  numbersOf(type: string): number[] {
    return this.messages.filter((message) => message.type === type).map(({ seq }) => seq);
  }
}

function subscribed(history: number, events: number) {
  const metrics = new Metrics();
  const hub = new Hub(history, 1, metrics, () => {});
  const publish = (kind: 'detection' | 'frame', times = 1) => {
    for (let i = 0; i < times; i++) hub.publish(kind, 'kitchen', `"type":"${kind}","label":"${'long'.repeat(40)}"`);
  };
  publish('detection', events);
  const line = new SlowLine();
  const parameters = subscriberParameters(new URLSearchParams('since=0&events=detection,frame'));
  const connection = line as unknown as Connection;
  const subscriber = new Subscriber(connection, hub, parameters, ['*'], DEFAULT_LIMITS, metrics);
  subscriber.begin();
  return { hub, line, subscriber, publish };
}

it('replays a history that is longer than may wait as fast as it is read, in order with what comes meanwhile', () => {
  const { hub, line, publish } = subscribed(1_000_000, 100_000);
  const random = randomSource(1);
  const detections = Array.from({ length: 100_000 }, (_, i) => i + 1);
  while (line.messages.at(-1)?.seq !== hub.seq) {
    line.read(200_000 * (random() + 1));
    vi.advanceTimersByTime(10);
    publish('frame');
    publish('detection');
    detections.push(hub.seq);
  }
  expect(line.numbersOf('detection')).toEqual(detections);
  expect(line.mostBytes).toBeLessThan(DEFAULT_LIMITS.sendBytesMost);
  expect(line.failed).toBe(false);
  line.read();
  publish('frame');
  expect(line.numbersOf('frame').at(-1)).toBe(hub.seq);
  expect(line.numbersOf('warning').length).toBe(1);
});

it('says what is gone when the history is overtaken while it is replayed', () => {
  const { hub, line, publish } = subscribed(3000, 3000);
  publish('detection', 4000);
  line.read();
  vi.advanceTimersByTime(10);
  line.read();
  vi.advanceTimersByTime(10);
  const later = Array.from({ length: 3000 }, (_, i) => 4001 + i);
  expect(line.numbersOf('detection')).toEqual([...Array.from({ length: 2000 }, (_, i) => i + 1), ...later]);
  expect(line.messages.filter(({ type }) => type === 'warning')).toMatchObject([{ message: /up to number 4000/ }]);
  expect(hub.seq).toBe(7000);
});

it('replays nothing more to a subscriber that is gone', () => {
  const { line, subscriber } = subscribed(100_000, 100_000);
  subscriber.gone();
  const sent = line.messages.length;
  line.read();
  vi.advanceTimersByTime(1000);
  expect(line.messages.length).toBe(sent);
});

it('says with keepalive up to which event it has told all', () => {
  const { hub, line, subscriber, publish } = subscribed(100_000, 5000);
  const told = () => {
    subscriber.text('{"type":"keepalive"}');
    return line.messages.at(-1)?.seq;
  };
  expect(told()).toBe(line.numbersOf('detection').at(-1));
  expect(told()).toBeLessThan(hub.seq);
  while (line.numbersOf('detection').length < 5000) {
    line.read();
    vi.advanceTimersByTime(10);
  }
  publish('frame', 3);
  expect(told()).toBe(hub.seq);
});

it('asks streams for frames only when those come or go who want them', () => {
  let asked = 0;
  const metrics = new Metrics();
  const hub = new Hub(10, 10, metrics, () => asked++);
  const come = (events: string) => {
    const parameters = subscriberParameters(new URLSearchParams(`events=${events}`));
    const connection = new SlowLine() as unknown as Connection;
    const subscriber = new Subscriber(connection, hub, parameters, ['*'], DEFAULT_LIMITS, metrics);
    subscriber.begin();
    return subscriber;
  };
  const plain = come('detection');
  expect([hub.wantsFrames('kitchen'), asked]).toEqual([false, 0]);
  const watcher = come('frame,detection');
  expect([hub.wantsFrames('kitchen'), asked]).toEqual([true, 1]);
  plain.gone();
  expect([hub.wantsFrames('kitchen'), asked]).toEqual([true, 1]);
  watcher.gone();
  expect([hub.wantsFrames('kitchen'), asked]).toEqual([false, 2]);
});
