/**
 * Makes speech to train with from free voices of Debian 12, in many voices, pitches and speeds:
 *
 *     apt-get install espeak-ng flite festival festvox-kallpc16k festvox-us-slt-hts bible-kjv
 *     npx tsx scripts/make-voices.ts DIR
 *
 * `DIR/words/WORD/*.wav` holds single words, for --data: the ten commands, and words that sound like them, like parts of
 * them, or that hold them as a part. `DIR/sentences/*.wav` holds running speech, for --negatives: pieces of the King
 * James Bible, and some of the other words one after another; a command word within a sentence is not meant as a
 * command. The same packages give the same recordings; what is there is kept.
 */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Random } from '../src/train/random.ts';

const run = promisify(execFile);

const COMMANDS = ['yes', 'no', 'up', 'down', 'left', 'right', 'on', 'off', 'stop', 'go'];
const OTHERS = (
  'yet yell chess guess less yard note nose snow mow knot nor cup pup upper supper drown town gown dawn lift laughed ' +
  'let lest bright ride rye write-off own one honey awful cough doff soft stock stoop top shop got ghost gold toe girl ' +
  'computer hello okay please thanks window water music light table seven zero cat happy tree marvin sheila wow'
).split(' ');
/** Words that hold a command: "no" at the end of "piano" is none. */
const HOLDERS = (
  'yesterday piano casino volcano domino rhino kimono soprano notice nobody November known update upset upon cupcake ' +
  'puppet download sundown downstairs countdown leftover cleft copyright upright outright brightly python canyon ' +
  'baton icon online honest office often takeoff layoff trophy nonstop stopwatch stopping cargo mango logo ago ' +
  'Chicago tango vertigo going gopher bingo'
).split(' ');
const VOICES_A_COMMAND = 60;
const VOICES_A_WORD = 12;
const SENTENCES = 1400;
const SENTENCE_WORDS = [5, 18] as const;
const LISTS = 400;
const LIST_WORDS = [3, 9] as const;
const PROCESSES = 2;

const FLITE = ['kal16', 'awb', 'rms', 'slt'];
const FESTIVAL = ['kal_diphone', 'cmu_us_slt_arctic_hts'];
const ACCENTS = ['en-us', 'en-gb', 'en-gb-scotland', 'en-gb-x-gbclan', 'en-gb-x-rp', 'en-gb-x-gbcwmd', 'en-029'];
const VARIANTS = (
  'm1 m2 m3 m4 m5 m6 m7 m8 f1 f2 f3 f4 f5 Alex Alicia Andrea Andy Annie Denis Diogo Gene Henrique Hugo Jacky Lee Marco ' +
  'Mario Michael Mike Nguyen adam anika antonio aunty belinda benjamin boris caleb david ed edward gustave john linda ' +
  'max michel miguel norbert pablo paul pedro quincy rob robert sandro shelby steph travis victor zac grandma grandpa'
).split(' ');

interface Utterance {
  readonly path: string;
  readonly text: string;
  readonly random: Random;
}

/** Half of all that is said is said by the voices that were made from people. */
async function speak({ path, text, random }: Utterance): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const part = `${path}.part`;
  const engine = random.unit();
  if (engine < 0.4) {
    const stretch = `duration_stretch=${random.between(0.75, 1.35).toFixed(2)}`;
    const pitch = `int_f0_target_mean=${random.between(80, 220).toFixed(0)}`;
    await run('flite', ['-voice', pick(FLITE, random), '--setf', stretch, '--setf', pitch, '-t', text, part]);
  } else if (engine < 0.5) {
    const scheme = `(begin (voice_${pick(FESTIVAL, random)})
      (Parameter.set 'Duration_Stretch ${random.between(0.8, 1.3).toFixed(2)})
      (utt.save.wave (utt.synth (Utterance Text "${text}")) "${part}" 'riff))`;
    await run('festival', ['-b', scheme]);
  } else {
    const voice = `${pick(ACCENTS, random)}+${pick(VARIANTS, random)}`;
    const [pitch, speed] = [random.between(20, 80), random.between(120, 220)].map((x) => x.toFixed(0));
    await run('espeak-ng', ['-v', voice, '-p', pitch, '-s', speed, '-w', part, text]);
  }
  renameSync(part, path);
}

const pick = <T>(values: readonly T[], random: Random): T => values[random.below(values.length)];

function words(folder: string): Utterance[] {
  return [...COMMANDS, ...OTHERS, ...HOLDERS].flatMap((word, n) => {
    const count = n < COMMANDS.length ? VOICES_A_COMMAND : VOICES_A_WORD;
    return Array.from({ length: count }, (_, take) => ({
      path: join(folder, word, `voice${take}_nohash_0.wav`),
      text: word,
      random: new Random(n, take),
    }));
  });
}

function sentences(folder: string): Utterance[] {
  const text = execFileSync('bible', ['-f', 'gen1:1-rev22:21'], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  const spoken = text
    .replace(/^\S+ /gm, '')
    .split(/\s+/)
    .map((word) => word.replace(/[^A-Za-z',.]/g, ''));
  return Array.from({ length: SENTENCES }, (_, n) => {
    const random = new Random(-1, n);
    const start = random.below(spoken.length - SENTENCE_WORDS[1]);
    const length = Math.round(random.between(...SENTENCE_WORDS));
    const piece = spoken.slice(start, start + length).join(' ');
    return { path: join(folder, `${n}.wav`), text: piece, random };
  });
}

function lists(folder: string): Utterance[] {
  const said = [...OTHERS, ...HOLDERS];
  return Array.from({ length: LISTS }, (_, n) => {
    const random = new Random(-2, n);
    const length = Math.round(random.between(...LIST_WORDS));
    const text = Array.from({ length }, () => pick(said, random)).join(' ');
    return { path: join(folder, `list${n}.wav`), text, random };
  });
}

const folder = process.argv[2];
if (!folder || folder.startsWith('-'))
  throw new Error('Expected a folder to write to: npx tsx scripts/make-voices.ts DIR');
const all = [
  ...words(join(folder, 'words')),
  ...sentences(join(folder, 'sentences')),
  ...lists(join(folder, 'sentences')),
];
const missing = all.filter(({ path }) => !existsSync(path));
let done = 0;
const next = missing.values();
await Promise.all(
  Array.from({ length: PROCESSES }, async () => {
    for (const utterance of next) {
      await speak(utterance);
      if (++done % 100 === 0) console.log(`${done} of ${missing.length}`);
    }
  }),
);
console.log(`${done} recordings made`);
