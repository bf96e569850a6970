import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Announcer } from '../../web/announcer.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function listening() {
  const said: string[] = [];
  return { said, announcer: new Announcer((text) => said.push(text)) };
}

it('says a word at once', () => {
  const { said, announcer } = listening();
  announcer.add('stop');
  expect(said).toEqual(['Heard stop']);
});

it('says words that come while it speaks together, afterwards', () => {
  const { said, announcer } = listening();
  for (const word of ['up', 'down', 'left']) announcer.add(word);
  expect(said).toEqual(['Heard up']);
  vi.advanceTimersByTime(2000);
  expect(said).toEqual(['Heard up', 'Heard down, left']);
  vi.advanceTimersByTime(5000);
  announcer.add('go');
  expect(said.at(-1)).toBe('Heard go');
});

it('leaves words out rather than flood', () => {
  const { said, announcer } = listening();
  for (let i = 0; i < 100; i++) announcer.add('go');
  vi.advanceTimersByTime(60_000);
  expect(said).toEqual(['Heard go', 'Heard 94 words, then go, go, go, go, go']);
});
