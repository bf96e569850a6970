import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addListenOptions } from '../../src/cli/listen.ts';
import { LiveLine, liveText } from '../../src/cli/live-line.ts';
import { decodeEvent } from '../../src/events.ts';
import { withFakeWebAudio } from '../node/fake-web-audio/options.ts';
import { linesOf, runCli, runCliUntil } from './cli.ts';

const MODEL = fileURLToPath(new URL('../fixtures/starter/gru-128x2.safetensors', import.meta.url));
const WORDS: string[] = JSON.parse(readFileSync(new URL('../../samples/expected.json', import.meta.url), 'utf8'))[
  'words.wav'
];

/** Runs `earshot listen` with a fake in place of node-web-audio-api; ends it with a signal once the output has this. */
const runListen = (microphone: string, args: string[], until?: RegExp, signal?: NodeJS.Signals) =>
  runCliUntil(until, ['listen', '-m', MODEL, ...args], withFakeWebAudio(microphone), signal);

describe('earshot listen', () => {
  it('writes a line a detection until Ctrl-C, and ends cleanly', async () => {
    const { stdout, stderr, code } = await runListen('speaking', [], /right.*\n/);
    expect(linesOf(stdout).map((line) => line.split(/ +/)[1])).toEqual(WORDS);
    expect([stderr, code]).toEqual(['', 0]);
  });

  it("hears the same with the browser's worklet", async () => {
    const { stdout, stderr, code } = await runListen('speaking', ['--worklet'], /right.*\n/);
    expect(linesOf(stdout).map((line) => line.split(/ +/)[1])).toEqual(WORDS);
    expect([stderr, code]).toEqual(['', 0]);
  });

  it('writes events, and what the network says at every frame', async () => {
    const args = ['--frames', '--format', 'jsonl', '--device', 'fake'];
    const { stdout, code } = await runListen('speaking', args, /"right".*\n/, 'SIGTERM');
    const [first, ...events] = linesOf(stdout).map(decodeEvent);
    expect(first).toEqual({ type: 'file', path: 'microphone', format: 'live', sampleRate: 16000, channels: 1 });
    const frames = events.filter(({ type }) => type === 'frame');
    expect(frames.map((frame) => 'index' in frame && frame.index)).toEqual(frames.map((_, n) => n));
    expect(code).toBe(0);
  });

  it('writes a table', async () => {
    const { stdout } = await runListen('speaking', ['--format', 'csv', '-t', '0.5'], /right.*\n/);
    const [head, row] = linesOf(stdout);
    expect(head).toBe('path,label,score,start,end');
    expect(row).toMatch(/^microphone,\w+,0\.\d+,/);
  });

  it.each([
    ['none', 'EARSHOT_MICROPHONE_MISSING'],
    ['no-alsa', 'EARSHOT_AUDIO_BACKEND'],
    ['unplugged', 'EARSHOT_MICROPHONE_LOST'],
  ])('says in one line what is wrong: %s', async (microphone, code) => {
    const run = await runListen(microphone, ['--format', 'jsonl']);
    expect(linesOf(run.stderr)).toEqual([expect.stringMatching(new RegExp(`^earshot: microphone: .* \\(${code}\\)$`))]);
    expect(decodeEvent(linesOf(run.stdout).at(-1) ?? '')).toMatchObject({ type: 'error', code, path: 'microphone' });
    expect(run.code).toBe(1);
  });

  it('tells which microphones there are', async () => {
    const run = await runListen('speaking', ['--list-devices']);
    expect(run).toEqual({ stdout: 'Fake Microphone\t17\n', stderr: '', code: 0 });
    expect(await runListen('none', ['--list-devices'])).toMatchObject({ stdout: '', code: 0 });
    expect(await runListen('no-alsa', ['--list-devices'])).toMatchObject({ stdout: '', code: 1 });
  });

  it('refuses what makes no sense', async () => {
    expect((await runCli(['listen', '--frames'])).code).toBe(2);
    expect((await runCli(['listen', '--format', 'srt'])).code).toBe(2);
    const { code, stderr } = await runCli(['listen', '--model', 'nowhere']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('EARSHOT_MODEL_NOT_FOUND')]);
  });

  it('has its options in docs/command-line.md', () => {
    const page = readFileSync(new URL('../../docs/command-line.md', import.meta.url), 'utf8');
    const section = page.split('\n## ').find((part) => part.startsWith('earshot listen')) ?? '';
    for (const { short, long } of addListenOptions(new Command()).options) {
      for (const flag of [short, long]) if (flag) expect(section).toMatch(new RegExp(`\\| .*\`${flag}[ \`]`));
    }
  });
});

describe('LiveLine', () => {
  const terminal = (isTTY: boolean) => {
    const written: string[] = [];
    const stream = { isTTY, write: (piece: string) => written.push(piece) } as unknown as NodeJS.WriteStream;
    return { written, line: new LiveLine(stream) };
  };

  it('shows how loud it is and what is heard', () => {
    const moment = { time: 12.3, label: 'yes', posterior: 0.83 };
    expect(liveText(0.0316, moment)).toBe('0:12  [############------------]  -30 dB  yes 0.83');
    expect(liveText(0, moment)).toContain(`[${'-'.repeat(24)}]  -60 dB`);
    expect(liveText(1, moment)).toContain(`[${'#'.repeat(24)}]    0 dB`);
  });

  it('is redrawn in its place at most ten times a second, and leaves nothing behind', () => {
    const { written, line } = terminal(true);
    for (let n = 0; n < 5; n++) line.level({ rms: 0.1, peak: 0.2 });
    line.hide();
    line.hide();
    expect(written).toHaveLength(2);
    expect(written[0].startsWith('\r\u001b[K0:00')).toBe(true);
    expect(written[1]).toBe('\r\u001b[K');
  });

  it('keeps away from what is no terminal', () => {
    const { written, line } = terminal(false);
    line.level({ rms: 0.1, peak: 0.2 });
    line.hide();
    expect([written, line.isUsed]).toEqual([[], false]);
  });
});
