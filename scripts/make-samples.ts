/**
 * Makes samples/*.wav and samples/expected.json from free voices of Debian 12:
 *
 *     apt-get install espeak-ng flite festival festvox-kallpc16k sox
 *     npx tsx scripts/make-samples.ts
 *
 * The same packages give the same bytes: the voices are deterministic and the noise is seeded. samples/README.md names
 * the voices, their licences and how the table below was chosen.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Random } from '../src/train/random.ts';
import { wavFile } from '../web/wav.ts';

const RATE = 16_000;
const FOLDER = join(dirname(fileURLToPath(import.meta.url)), '..', 'samples');

/** Half of full scale, -6 dBFS. */
const PEAK = 0.5;
/** Quiet before the first sound and after the last, in seconds. */
const PAD = 0.25;
/** Shorter recordings are padded to this many seconds, the length of a clip in Speech Commands. */
const SHORTEST = 1;
/** Sound starts and ends where 10 ms reach this part of the peak (-40 dB); FADE seconds more are kept on each side. */
const SOUND = 0.01;
const FADE = 0.01;
/** Root mean square of the noise: -66 dBFS, a quiet room. Digital silence is nothing that a microphone delivers. */
const NOISE = 10 ** (-66 / 20);

type Voice =
  | { engine: 'flite'; voice: 'awb' | 'rms' | 'slt'; stretch: number }
  | { engine: 'festival'; voice: 'kal_diphone'; stretch: number }
  | { engine: 'espeak-ng'; voice: string; wordsPerMinute: number };

interface Sample {
  file: string;
  voice: Voice;
  /** Each text is spoken on its own; `gap` seconds of quiet lie between two of them. */
  texts: string[];
  gap?: number;
  /** The keywords in it, in order: what is said, not what a model hears. */
  words: string[];
}

const word = (file: string, text: string, voice: Voice): Sample => ({
  file,
  voice,
  texts: [text],
  words: [text],
});

const SEQUENCE = ['on', 'off', 'go', 'down', 'left', 'right'];

const SAMPLES: Sample[] = [
  word('yes.wav', 'yes', { engine: 'festival', voice: 'kal_diphone', stretch: 1 }),
  word('no.wav', 'no', { engine: 'flite', voice: 'slt', stretch: 1.3 }),
  word('up.wav', 'up', { engine: 'festival', voice: 'kal_diphone', stretch: 1.2 }),
  word('left.wav', 'left', { engine: 'espeak-ng', voice: 'en-us', wordsPerMinute: 170 }),
  word('stop.wav', 'stop', { engine: 'flite', voice: 'awb', stretch: 0.8 }),
  word('go.wav', 'go', { engine: 'flite', voice: 'rms', stretch: 0.85 }),
  {
    file: 'words.wav',
    voice: { engine: 'flite', voice: 'rms', stretch: 1.25 },
    texts: SEQUENCE,
    gap: 0.45,
    words: SEQUENCE,
  },
  {
    file: 'sentence.wav',
    voice: { engine: 'flite', voice: 'awb', stretch: 1 },
    texts: ['yes', 'Please say it again.', 'no'],
    gap: 0.4,
    words: ['yes', 'no'],
  },
  {
    file: 'no-words.wav',
    voice: { engine: 'flite', voice: 'rms', stretch: 1 },
    texts: ['The weather in April was cold and rainy.'],
    words: [],
  },
];

/** Lets a voice say the text: samples in [-1, 1] at RATE. */
function speak(voice: Voice, text: string, scratch: string): Float64Array {
  const path = join(scratch, 'speech.wav');
  const quiet = { stdio: ['pipe', 'ignore', 'pipe'] as ['pipe', 'ignore', 'pipe'] };
  if (voice.engine === 'flite') {
    const stretch = `duration_stretch=${voice.stretch}`;
    execFileSync('flite', ['-voice', voice.voice, '--setf', stretch, '-t', text, path], quiet);
  } else if (voice.engine === 'festival') {
    const scheme = `(voice_${voice.voice})
      (Parameter.set 'Duration_Stretch ${voice.stretch})
      (utt.save.wave (utt.synth (Utterance Text "${text}")) "${path}" 'riff)`;
    execFileSync('festival', ['--pipe'], { ...quiet, input: scheme });
  } else {
    execFileSync('espeak-ng', ['-v', voice.voice, '-s', String(voice.wordsPerMinute), '-w', path, text], quiet);
  }
  // sox resamples what is not at RATE (espeak-ng speaks at 22,050 Hz); -D keeps its own dither out.
  const format = ['-t', 'raw', '-r', String(RATE), '-c', '1', '-b', '16', '-e', 'signed-integer', '-L', '-'];
  const bytes = execFileSync('sox', ['-D', path, ...format]);
  const samples = new Float64Array(bytes.length / 2);
  for (let i = 0; i < samples.length; i++) samples[i] = bytes.readInt16LE(2 * i) / 32768;
  return samples;
}

/** Cuts the silence off, fades the ends and brings the peak to PEAK. */
function trim(samples: Float64Array): Float64Array {
  const mean = samples.reduce((sum, x) => sum + x, 0) / samples.length;
  const peak = samples.reduce((most, x) => Math.max(most, Math.abs(x - mean)), 0);
  const block = RATE / 100;
  const loud = (start: number) => samples.subarray(start, start + block).some((x) => Math.abs(x - mean) > SOUND * peak);
  let start = 0;
  while (!loud(start)) start += block;
  let end = Math.ceil(samples.length / block) * block;
  while (!loud(end - block)) end -= block;

  const fade = FADE * RATE;
  const out = new Float64Array(end - start + 2 * fade);
  for (let i = 0; i < out.length; i++) {
    const gain = Math.min(1, (i + 1) / fade, (out.length - i) / fade);
    const x = samples[start - fade + i] ?? mean;
    out[i] = ((x - mean) / peak) * PEAK * gain;
  }
  return out;
}

/** Puts the parts one after the other, with quiet between and around them. */
function arrange(parts: Float64Array[], gap: number): Float64Array {
  const pause = Math.round(gap * RATE);
  const sound = parts.reduce((sum, part) => sum + part.length, 0) + (parts.length - 1) * pause;
  const pad = Math.max(PAD * RATE, Math.ceil((SHORTEST * RATE - sound) / 2));
  const out = new Float64Array(sound + 2 * pad);
  let at = pad;
  for (const part of parts) {
    out.set(part, at);
    at += part.length + pause;
  }
  return out;
}

/** White noise in place; the sum of two uniform numbers in [-a, a] has a root mean square of a · √(2/3). */
function addNoise(samples: Float64Array, seed: number): void {
  const random = Random.fromState(seed);
  const a = NOISE * Math.sqrt(1.5);
  for (let i = 0; i < samples.length; i++) samples[i] += a * 2 * (random.unit() + random.unit() - 1);
}

mkdirSync(FOLDER, { recursive: true });
const scratch = mkdtempSync(join(tmpdir(), 'earshot-samples-'));
try {
  let total = 0;
  for (const [index, sample] of SAMPLES.entries()) {
    const parts = sample.texts.map((text) => trim(speak(sample.voice, text, scratch)));
    const samples = arrange(parts, sample.gap ?? 0);
    addNoise(samples, index + 1);
    const wav = wavFile(samples, RATE);
    writeFileSync(join(FOLDER, sample.file), wav);
    total += wav.length;
    console.log(`${sample.file.padEnd(14)} ${(samples.length / RATE).toFixed(2)} s  ${wav.length} bytes`);
  }
  const lines = SAMPLES.map(
    ({ file, words }) => `  ${JSON.stringify(file)}: [${words.map((w) => `"${w}"`).join(', ')}]`,
  );
  writeFileSync(join(FOLDER, 'expected.json'), `{\n${lines.join(',\n')}\n}\n`);
  console.log(`${'total'.padEnd(14)} ${total} bytes`);
} finally {
  rmSync(scratch, { recursive: true });
}
