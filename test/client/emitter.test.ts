import { expect, it, vi } from 'vitest';
import { Emitter } from '../../src/client/emitter.ts';
import { collect } from './helpers.ts';

type Event = { type: 'a'; n: number } | { type: 'b'; n: number };

class Speaker extends Emitter<Event, Event> {
  say(...numbers: number[]): void {
    for (const n of numbers) this.tell({ type: n % 2 ? 'a' : 'b', n });
  }

  end(error?: unknown): void {
    this.endLoops(error);
  }
}

const numbers = (events: readonly Event[]) => events.map(({ n }) => n);

it('calls back by type, until it is told to stop', () => {
  const speaker = new Speaker();
  const heard: number[] = [];
  const off = speaker.on('a', ({ n }) => heard.push(n));
  speaker.say(1, 2, 3);
  off();
  speaker.say(5);
  expect(heard).toEqual([1, 3]);
});

it('refuses what it could not call', () => {
  expect(() => new Speaker().on('a', 5 as never)).toThrow(expect.objectContaining({ code: 'EARSHOT_BAD_ARGUMENT' }));
});

it('gives each loop all events from its beginning on, also those that come faster than it reads', async () => {
  const speaker = new Speaker();
  const first = collect(speaker);
  speaker.say(1, 2);
  const second = collect(speaker);
  speaker.say(3);
  await Promise.resolve();
  speaker.say(4);
  speaker.end();
  expect([numbers(await first), numbers(await second)]).toEqual([
    [1, 2, 3, 4],
    [3, 4],
  ]);
  expect(await collect(speaker)).toEqual([]);
});

it('ends loops with an error, after what came before it', async () => {
  const speaker = new Speaker();
  const heard: number[] = [];
  const reading = (async () => {
    for await (const { n } of speaker) heard.push(n);
  })();
  speaker.say(1, 2);
  speaker.end(new Error('over'));
  await expect(reading).rejects.toThrow('over');
  expect(heard).toEqual([1, 2]);
});

it('keeps nothing for a loop that was left', async () => {
  const speaker = new Speaker();
  const loop = speaker[Symbol.asyncIterator]();
  speaker.say(1);
  for await (const { n } of loop) if (n === 1) break;
  speaker.say(3);
  expect(await loop.next()).toEqual({ done: true, value: undefined });
});

it('lets the mistake of one callback spoil nothing for the others, and hides it from nobody', async () => {
  const later = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation(() => {});
  const speaker = new Speaker();
  const heard: number[] = [];
  speaker.on('a', () => {
    throw new Error('a mistake');
  });
  speaker.on('a', ({ n }) => heard.push(n));
  speaker.say(1);
  const [[rethrow]] = later.mock.calls;
  later.mockRestore();
  expect(heard).toEqual([1]);
  expect(rethrow).toThrow('a mistake');
});
