import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Announcer } from '../../web/announcer.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What the live region holds, and what a screen reader says of it: any text that is not the one before. */
function listening() {
  const said: string[] = [];
  let held = '';
  const announcer = new Announcer((text) => {
    if (text !== '' && text !== held) said.push(text);
    held = text;
  });
  const add = (...words: string[]) => {
    for (const word of words) announcer.add(word);
    vi.advanceTimersByTime(200);
  };
  return { said, add };
}

it('says a word at once', () => {
  const { said, add } = listening();
  add('stop');
  expect(said).toEqual(['Heard stop']);
});

it('says a word that follows itself once more', () => {
  const { said, add } = listening();
  add('go');
  vi.advanceTimersByTime(5000);
  add('go');
  add('go');
  vi.advanceTimersByTime(5000);
  expect(said).toEqual(['Heard go', 'Heard go', 'Heard go']);
});

it('leaves the region empty for a while, so that a screen reader sees it change', () => {
  const shown: [string, number][] = [];
  const announcer = new Announcer((text) => shown.push([text, Date.now()]));
  announcer.add('go');
  vi.advanceTimersByTime(5000);
  announcer.add('go');
  vi.advanceTimersByTime(5000);
  const [[empty, emptied], [text, set]] = shown.slice(-2);
  expect([empty, text]).toEqual(['', 'Heard go']);
  expect(set - emptied).toBeGreaterThanOrEqual(100);
});

it('says words that come while it speaks together, afterwards', () => {
  const { said, add } = listening();
  add('up', 'down', 'left');
  expect(said).toEqual(['Heard up']);
  vi.advanceTimersByTime(2000);
  expect(said).toEqual(['Heard up', 'Heard down, left']);
  vi.advanceTimersByTime(5000);
  add('go');
  expect(said.at(-1)).toBe('Heard go');
});

it('leaves words out rather than flood', () => {
  const { said, add } = listening();
  add(...new Array(100).fill('go'));
  vi.advanceTimersByTime(60_000);
  expect(said).toEqual(['Heard go', 'Heard 94 words, then go, go, go, go, go']);
});
