import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clock, subRipTime } from '../../src/cli/formats/clock.ts';
import type { FormatOptions } from '../../src/cli/formats/format.ts';
import { FORMATS, type FormatName } from '../../src/cli/formats/index.ts';
import { type DetectionEvent, decodeEvent, type EarshotEvent, type FrameEvent } from '../../src/events.ts';

const LABELS = ['_silence_', '_unknown_', 'go', 'right'];

const file = (path: string): EarshotEvent => ({ type: 'file', path, format: 'wav', sampleRate: 16000, channels: 1 });

const detection = (label: string, start: number, end: number, channel?: number): DetectionEvent => {
  const samples = { startSample: Math.round(start * 16000), endSample: Math.round(end * 16000) };
  return { type: 'detection', label, score: 0.8125, start, end, ...samples, ...(channel !== undefined && { channel }) };
};

const frame: FrameEvent = { type: 'frame', index: 3, time: 0.092, sample: 1472, posteriors: [0.5, 0.25, 0.125, 0.125] };

/** What a format makes of whole files, each given as its events. */
function write(name: FormatName, files: EarshotEvent[][], changes: Partial<FormatOptions> = {}): string {
  const options = { labels: LABELS, perChannel: false, frames: false, severalFiles: false, ...changes };
  const format = FORMATS[name].create(options);
  return format.head + files.map((events) => events.map((e) => format.write(e)).join('') + format.endFile()).join('');
}

describe('text', () => {
  it('has a line a detection: when it begins, what, how sure', () => {
    const events = [file('a.wav'), detection('go', 3.42, 3.9), frame, detection('right', 3599.996, 3600.5)];
    expect(write('text', [events])).toBe('0:03.42  go     0.81\n1:00:00.00  right  0.81\n');
  });

  it('names the channel where channels are heard apart', () => {
    expect(write('text', [[file('a.wav'), detection('go', 0, 1, 2)]])).toBe('0:00.00  go     0.81  channel 2\n');
  });

  it('says so when nothing was heard', () => {
    expect(write('text', [[file('a.wav'), frame]])).toBe('nothing heard\n');
  });

  it('puts the results of several files under their names', () => {
    const files = [[file('a.wav'), detection('go', 1, 2)], [file('b\n.wav')]];
    expect(write('text', files, { severalFiles: true })).toBe(
      'a.wav\n  0:01.00  go     0.81\n\nb .wav\n  nothing heard\n',
    );
  });

  it('lets no control character of a label or path through to the terminal', () => {
    const files = [[file('\u001b]0;x\u0007.wav'), detection('\u001b[31mgo\r', 1, 2)]];
    const text = write('text', files, { severalFiles: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f]/);
  });
});

describe('jsonl', () => {
  it('has every event on a line of its own, unchanged', () => {
    const events: EarshotEvent[] = [
      file('a\n.wav'),
      frame,
      detection('go', 0.1 + 0.2, 1),
      { type: 'warning', code: 'EARSHOT_AUDIO_TRUNCATED', message: 'short', path: 'a\n.wav' },
      { type: 'error', code: 'EARSHOT_AUDIO_DAMAGED', message: 'bad', path: 'a\n.wav' },
    ];
    const text = write('jsonl', [events], { frames: true });
    expect(text.endsWith('\n')).toBe(true);
    expect(text.slice(0, -1).split('\n').map(decodeEvent)).toEqual(events);
  });
});

describe('csv', () => {
  it('has a header and a row a detection, quoted where it must be', () => {
    const path = 'a, "b"\nc.wav';
    const rows = parseCsv(write('csv', [[file(path), frame, detection('go', 3.42, 3.9)]]));
    expect(rows).toEqual([
      ['path', 'label', 'score', 'start', 'end'],
      [path, 'go', '0.812500', '3.42', '3.9'],
    ]);
  });

  it('has a column for the channel where channels are heard apart', () => {
    const rows = parseCsv(write('csv', [[file('a.wav'), detection('go', 1, 2, 0)]], { perChannel: true }));
    expect(rows.map((row) => row.at(-1))).toEqual(['channel', '0']);
  });

  it('has a row a frame and a column a label where frames are asked for', () => {
    const events = [file('a.wav'), frame, detection('go', 1, 2), { ...frame, channel: 1 }];
    const rows = parseCsv(write('csv', [events], { frames: true, perChannel: true }));
    expect(rows[0]).toEqual(['path', 'frame', 'time', ...LABELS, 'channel']);
    expect(rows[1].slice(0, 4)).toEqual(['a.wav', '3', '0.092', '0.500000']);
    expect(rows).toHaveLength(3);
    expect(rows[2].at(-1)).toBe('1');
  });

  it('gives back any path', () => {
    fc.assert(
      fc.property(fc.string(), (path) => {
        expect(parseCsv(write('csv', [[file(path), detection('go', 1, 2)]]))[1][0]).toBe(path);
      }),
    );
  });
});

describe('srt', () => {
  it('has numbered cues with times and labels', () => {
    const events = [file('a.wav'), detection('go', 3.4204, 3.9), frame, detection('right\n\nnow', 3661.5, 3662.25, 1)];
    expect(parseSubRip(write('srt', [events]))).toEqual([
      { number: 1, start: 3.42, end: 3.9, text: 'go' },
      { number: 2, start: 3661.5, end: 3662.25, text: '1: right now' },
    ]);
  });

  it('is empty when nothing was heard', () => {
    expect(write('srt', [[file('a.wav'), frame]])).toBe('');
  });
});

describe('audacity', () => {
  it('has start, end and label apart by tabs', () => {
    const text = write('audacity', [[file('a.wav'), detection('go', 3.42, 3.9), detection('ri\tght', 1, 2, 0)]]);
    expect(text).toBe('3.420000\t3.900000\tgo\n1.000000\t2.000000\t0: ri ght\n');
  });
});

describe('times', () => {
  it('are those of the clock to the hundredth, and of SubRip to the millisecond', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (seconds) => {
        expect(clock(seconds)).toMatch(/^(\d+:[0-5]\d|\d|[1-5]\d):[0-5]\d\.\d\d$/);
        expect(secondsOf(clock(seconds))).toBeCloseTo(seconds, 1.9);
        expect(subRipTime(seconds)).toMatch(/^\d{2,}:[0-5]\d:[0-5]\d,\d{3}$/);
        expect(Math.abs(secondsOf(subRipTime(seconds)) - seconds)).toBeLessThan(0.000501);
      }),
    );
  });
});

/** Seconds of "h:m:s", with a point or a comma. */
function secondsOf(time: string): number {
  return time
    .replace(',', '.')
    .split(':')
    .reduce((sum, part) => 60 * sum + Number(part), 0);
}

function parseSubRip(text: string) {
  return text
    .split('\n\n')
    .slice(0, -1)
    .map((cue) => {
      const [number, times, ...lines] = cue.split('\n');
      const [start, end] = times.split(' --> ').map(secondsOf);
      return { number: Number(number), start, end, text: lines.join('\n') };
    });
}

/** RFC 4180, character by character. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (isQuoted && c === '"' && text[i + 1] === '"') field += text[++i];
    else if (c === '"') isQuoted = !isQuoted;
    else if (isQuoted || (c !== ',' && c !== '\n')) field += c;
    else {
      row.push(field);
      field = '';
      if (c === ',') continue;
      rows.push(row);
      row = [];
    }
  }
  expect([isQuoted, row, field]).toEqual([false, [], '']);
  return rows;
}
