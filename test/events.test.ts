import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../src/errors.ts';
import { decodeEvent, type EarshotEvent, encodeEvent } from '../src/events.ts';

const count = fc.nat();
const seconds = fc.double({ min: 0, max: 1e6, noNaN: true }).map((x) => x + 0);
const probability = fc.double({ min: 0, max: 1, noNaN: true }).map((x) => x + 0);
const optional = <T>(key: string, value: fc.Arbitrary<T>) =>
  fc.option(value.map((v) => ({ [key]: v }))).map((o) => o ?? {});
const trouble = (type: 'warning' | 'error') =>
  fc
    .tuple(
      fc.record({ type: fc.constant(type), code: fc.constantFrom(...ERROR_CODES), message: fc.string() }),
      optional('path', fc.string()),
    )
    .map(([event, more]) => ({ ...event, ...more }));
const withChannel = <T>(event: fc.Arbitrary<T>) =>
  fc.tuple(event, optional('channel', count)).map(([e, more]) => ({ ...e, ...more }));

const anyEvent = fc.oneof(
  withChannel(
    fc.record({
      type: fc.constant('frame'),
      index: count,
      time: seconds,
      sample: count,
      posteriors: fc.array(probability),
    }),
  ),
  withChannel(
    fc.record({
      type: fc.constant('detection'),
      label: fc.string(),
      score: probability,
      start: seconds,
      end: seconds,
      startSample: count,
      endSample: count,
    }),
  ),
  fc.record({
    type: fc.constant('file'),
    path: fc.string({ unit: 'binary' }),
    format: fc.string(),
    sampleRate: fc.integer({ min: 8000, max: 192000 }),
    channels: fc.integer({ min: 1, max: 64 }),
  }),
  trouble('warning'),
  trouble('error'),
) as fc.Arbitrary<EarshotEvent>;

describe('encodeEvent and decodeEvent', () => {
  it('give back every event exactly, in one line', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const line = encodeEvent(event);
        expect(line).not.toContain('\n');
        expect(decodeEvent(line)).toEqual(event);
      }),
      { numRuns: 2000 },
    );
  });

  it('refuse everything that is no event, with a code and nothing else', () => {
    const nearly = anyEvent.chain((event) =>
      fc
        .tuple(fc.constantFrom(...Object.keys(event)), fc.jsonValue())
        .map(([key, value]) => ({ ...event, [key]: value })),
    );
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      nearly.map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(text, (line) => {
        try {
          expect(JSON.parse(encodeEvent(decodeEvent(line)))).toEqual(JSON.parse(line));
        } catch (error) {
          expect(error).toMatchObject({ name: 'EarshotError', code: 'EARSHOT_EVENT_INVALID' });
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('name the field that is wrong', () => {
    const line = '{"type":"detection","label":"yes","score":2,"start":0,"end":1,"startSample":0,"endSample":1}';
    expect(() => decodeEvent(line)).toThrow(/`score`/);
  });
});
