import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeS16 } from '../../src/audio/pcm.ts';
import { decodeEvent, type EarshotEvent } from '../../src/events.ts';
import { loadModel } from '../../src/model.ts';
import { wav } from '../files/helpers.ts';
import { babble } from '../helpers/sound.ts';
import { directoryWith, eagerModelBytes, linesOf, runCli, startCli } from './cli.ts';

const RATE = 16000;
const UNKNOWN_SIZE = 0xffffffff;
const SAMPLES = fileURLToPath(new URL('../../samples', import.meta.url));
const EXPECTED = join(SAMPLES, 'expected.json');

const speech = (seconds: number, seed?: number) => encodeS16(babble(seconds * RATE, RATE, seed));
const eventsIn = (stdout: string): EarshotEvent[] => linesOf(stdout).map(decodeEvent);
const typesIn = (stdout: string) => eventsIn(stdout).map(({ type }) => type);

let directory: string;
let model: string[];
const path = (name: string) => join(directory, name);

beforeAll(() => {
  directory = directoryWith({
    'eager.safetensors': eagerModelBytes(),
    'one.wav': wav({ data: speech(1) }),
    'audio/a.wav': wav({ data: speech(1) }),
    'audio/README.txt': 'This is no audio.',
    'audio/.hidden.wav': 'no audio',
    'audio/deeper/b.wav': wav({ channels: 2, data: speech(2, 5) }),
    'mixed/broken.wav': 'This is no audio.',
    'mixed/nothing': wav({ data: new Uint8Array(0), dataBytes: UNKNOWN_SIZE }),
    'mixed/short.wav': wav({ data: speech(1), dataBytes: 100_000 }),
    'notes/README.txt': 'This is no audio.',
    'no-samples.wav': wav({ data: new Uint8Array(0), dataBytes: UNKNOWN_SIZE }),
    'raw.pcm': speech(1),
  });
  model = ['--model', path('eager.safetensors')];
});

describe('earshot file', () => {
  it('writes the very events that a spotter gives for the same samples', async () => {
    const { stdout } = await runCli(['file', path('one.wav'), '--frames', '--format', 'jsonl', ...model]);
    const spotter = (await loadModel(eagerModelBytes())).spotter({ sampleRate: RATE });
    const samples = Int16Array.from(new Int16Array(speech(1).buffer));
    const events = [...spotter.push(Float32Array.from(samples, (s) => s / 32768)), ...spotter.flush()];
    expect(events.length).toBeGreaterThan(49);
    expect(eventsIn(stdout).slice(1)).toEqual(events);
  });

  it.runIf(existsSync(EXPECTED))('hears the words in the samples', async () => {
    const { code, stdout } = await runCli(['file', SAMPLES, '--format', 'jsonl']);
    expect(code).toBe(0);
    const heard = new Map<string, string[]>();
    let labels: string[] = [];
    for (const event of eventsIn(stdout)) {
      if (event.type === 'detection') labels.push(event.label);
      if (event.type !== 'file') continue;
      labels = [];
      heard.set(event.path.slice(SAMPLES.length + 1), labels);
    }
    const expected: Record<string, string[]> = JSON.parse(readFileSync(EXPECTED, 'utf8'));
    expect([...heard.keys()]).toEqual(Object.keys(expected).sort());
    for (const [name, words] of Object.entries(expected)) {
      if (words.length === 0) expect(heard.get(name)).toEqual([]);
      else expect(heard.get(name)).toEqual(expect.arrayContaining(words));
    }
  });

  it('hears all audio in a directory, and passes over what is none', async () => {
    const { code, stdout, stderr } = await runCli(['file', path('audio'), ...model]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`${path('audio/a.wav')}\n  0:00`);
    expect(stdout).toContain(`\n\n${path('audio/deeper/b.wav')}\n  0:0`);
    expect(stdout).not.toContain('README');
  });

  it('reads on after a file that it cannot read, and says which it was', async () => {
    const paths = ['nothing.wav', 'mixed', 'notes', 'no-samples.wav', 'audio/README.txt', 'one.wav'].map(path);
    const { code, stdout, stderr } = await runCli(['file', ...paths, '--format', 'jsonl', ...model]);
    expect(code).toBe(1);
    const events = eventsIn(stdout);
    const failures = events.filter((event) => event.type === 'error').map(({ path, code }) => [path, code]);
    expect(failures).toEqual([
      [path('nothing.wav'), 'EARSHOT_FILE_NOT_FOUND'],
      [path('mixed/broken.wav'), 'EARSHOT_AUDIO_UNKNOWN'],
      [path('mixed/nothing'), 'EARSHOT_AUDIO_EMPTY'],
      [path('notes'), 'EARSHOT_FILE_NOT_FOUND'],
      [path('no-samples.wav'), 'EARSHOT_AUDIO_EMPTY'],
      [path('audio/README.txt'), 'EARSHOT_AUDIO_UNKNOWN'],
    ]);
    const files = events.filter((event) => event.type === 'file').map(({ path }) => path);
    expect(files).toEqual(['mixed/nothing', 'mixed/short.wav', 'no-samples.wav', 'one.wav'].map(path));
    expect(events.find((event) => event.type === 'warning')).toMatchObject({
      code: 'EARSHOT_AUDIO_TRUNCATED',
      path: path('mixed/short.wav'),
    });
    expect(events.at(-1)).toMatchObject({ type: 'detection' });

    const complaints = linesOf(stderr);
    expect(complaints).toHaveLength(failures.length + 1);
    expect(complaints[0]).toBe(
      `earshot: ${path('nothing.wav')}: There is no such file or directory (EARSHOT_FILE_NOT_FOUND)`,
    );
    expect(complaints[3]).toMatch(/^earshot: .*short\.wav: warning: .* \(EARSHOT_AUDIO_TRUNCATED\)$/);
  });

  it('hears channels apart', async () => {
    const { stdout } = await runCli([
      ...['file', path('audio/deeper/b.wav'), '--per-channel', '--frames', '--format', 'jsonl'],
      ...model,
    ]);
    const frames = eventsIn(stdout).filter((event) => event.type === 'frame');
    expect(frames.slice(0, 4).map(({ index, channel }) => [index, channel])).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ]);
  });

  it('reads PCM without a header from standard input', async () => {
    const raw = ['--encoding', 's16le', '--rate', String(RATE)];
    const args = ['--format', 'jsonl', ...model];
    const fromStdin = await runCli(['file', '-', ...raw, ...args], readFileSync(path('raw.pcm')));
    const fromFile = await runCli(['file', path('one.wav'), ...args]);
    expect(fromStdin.code).toBe(0);
    expect(eventsIn(fromStdin.stdout)[0]).toEqual({
      ...{ type: 'file', path: '-', format: 'raw' },
      ...{ sampleRate: RATE, channels: 1 },
    });
    expect(linesOf(fromStdin.stdout).slice(1)).toEqual(linesOf(fromFile.stdout).slice(1));
  });

  it('tells of a word while its stream goes on', async () => {
    const cli = startCli('file', '-', '--format', 'csv', ...model);
    cli.stdin.write(wav({ data: speech(10), dataBytes: UNKNOWN_SIZE }));
    const lines = createInterface(cli.stdout)[Symbol.asyncIterator]();
    expect((await lines.next()).value).toBe('path,label,score,start,end');
    const [name, , , start] = String((await lines.next()).value).split(',');
    expect(name).toBe('-');
    expect(Number(start)).toBeLessThan(2);
    cli.stdin.end(speech(1));
    const [code] = await once(cli, 'exit');
    expect(code).toBe(0);
  });

  it('ends on Ctrl-C with whole lines and code 130', async () => {
    const cli = startCli('file', '-', '--format', 'jsonl', '--frames', ...model);
    cli.stdin.on('error', () => {});
    cli.stdin.write(wav({ data: speech(20), dataBytes: UNKNOWN_SIZE }));
    await once(cli.stdout, 'readable');
    cli.kill('SIGINT');
    const [stdout, stderr, [code]] = await Promise.all([text(cli.stdout), text(cli.stderr), once(cli, 'exit')]);
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
    expect(stdout.endsWith('\n')).toBe(true);
    expect(typesIn(stdout)).toContain('frame');
  });

  it('ends without a word when nobody reads its output any more', async () => {
    const cli = startCli('file', '-', '--format', 'jsonl', '--frames', ...model);
    cli.stdin.on('error', () => {});
    cli.stdin.write(wav({ data: speech(1), dataBytes: UNKNOWN_SIZE }));
    await once(cli.stdout, 'readable');
    cli.stdout.destroy();
    cli.stdin.write(speech(20));
    const [stderr, [code]] = await Promise.all([text(cli.stderr), once(cli, 'exit')]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('does not wait for the end of input that it cannot read', async () => {
    const cli = startCli('file', '-', ...model);
    cli.stdin.on('error', () => {});
    cli.stdin.write(new Uint8Array(300_000).fill(1));
    const [stderr, [code]] = await Promise.all([text(cli.stderr), once(cli, 'exit')]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^earshot: -: Not audio .* \(EARSHOT_AUDIO_UNKNOWN\)\n$/);
  });

  it('names a model that it cannot read', async () => {
    const { code, stdout, stderr } = await runCli(['file', path('one.wav'), '--model', path('one.wav')]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^earshot: .*one\.wav: Not a model.* \(EARSHOT_MODEL_DAMAGED\)\n$/);
  });
});

describe('wrong usage', () => {
  it.each([
    ['no command', [], /Usage: earshot/],
    ['no path', ['file'], /missing required argument 'paths'/],
    ['an unknown option', ['file', 'a.wav', '--what'], /unknown option '--what'/],
    ['an unknown format', ['file', 'a.wav', '--format', 'xml'], /Allowed choices are text, jsonl, csv, srt, audacity/],
    ['a threshold above 1', ['file', 'a.wav', '--threshold', '1.5'], /Expected 0 to 1/],
    ['a threshold that is no number', ['file', 'a.wav', '--threshold', ''], /Expected 0 to 1/],
    ['frames in a format without', ['file', 'a.wav', '--frames'], /--format text has no place for --frames/],
    ['subtitles of two files', ['file', 'a', 'b', '--format', 'srt'], /--format srt describes one file/],
    ['an encoding without a rate', ['file', 'a', '--encoding', 'u8'], /--encoding needs --rate/],
    ['a rate without an encoding', ['file', 'a', '--rate', '8000'], /--rate needs --encoding/],
    ['standard input twice', ['file', '-', '-'], /only once/],
  ])('is answered with code 2: %s', async (_what, args, message) => {
    const { code, stdout, stderr } = await runCli(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
  });
});
