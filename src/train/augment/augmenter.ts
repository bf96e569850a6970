import { drawSpan } from '../data/draw-span.js';
import type { TrainingData } from '../data/training-data.js';
import type { SegmentKind } from '../loss.js';
import type { Random } from '../random.js';
import type { Span } from '../recordings/span.js';
import { gate } from './gate.js';
import { addAtSnr, addFloor, scale, setPeak } from './level.js';
import { throughLine } from './line.js';
import { drawNoise } from './noise.js';
import { readAtSpeed } from './resample-clip.js';
import { Rooms } from './rooms.js';
import { RunOn } from './run-on.js';
import { tilt } from './tilt.js';

type Range = readonly [low: number, high: number];

/** How strongly recordings are changed. Shares are of segments, from 0 to 1. */
export interface Augmentation {
  /** Largest shift either way, in seconds. */
  readonly shiftS: number;
  /** Largest change of speed either way, as a share. */
  readonly speed: number;
  readonly gainDb: Range;
  readonly noiseShare: number;
  readonly noiseSnrDb: Range;
  /** Someone talks in the background, where there is running speech. */
  readonly talkShare: number;
  readonly talkSnrDb: Range;
  /** Of words: noise suppression. */
  readonly gateShare: number;
  readonly tiltShare: number;
  readonly roomShare: number;
  readonly lineShare: number;
  /** White noise under everything, such as a microphone makes: root mean square against full scale. */
  readonly floorShare: number;
  readonly floorDb: Range;
  /** Peak of noise that is a `_silence_`, below full scale. */
  readonly silencePeakDb: Range;
  /** Of segments whose MFCCs are masked. */
  readonly maskShare: number;
}

/** Samples of 16 bits reach this far. */
const LARGEST = 32767 / 32768;
/** Share of `_silence_` without any sound at all. */
const DEAD_SILENCE_SHARE = 0.03;

/** Makes segments of sound for training: each time another, the same for the same random numbers. */
export class Augmenter {
  readonly #data: TrainingData;
  readonly #sampleRate: number;
  readonly #options: Augmentation;
  readonly #noise: Float32Array;
  readonly #rooms: Rooms;
  readonly #runOn: RunOn;

  /** @param segmentSamples length of all segments: a second, and what the last frame covers beyond */
  constructor(data: TrainingData, sampleRate: number, segmentSamples: number, options: Augmentation) {
    this.#data = data;
    this.#sampleRate = sampleRate;
    this.#options = options;
    this.#noise = new Float32Array(segmentSamples);
    this.#rooms = new Rooms(data, sampleRate, segmentSamples);
    this.#runOn = new RunOn(data, sampleRate);
  }

  /** Writes one segment to `out`. `span` is the recording of a word or of speech. */
  segment(kind: SegmentKind, span: Span | undefined, random: Random, out: Float32Array): void {
    if (kind === 'silence') this.#silence(random, out);
    else this.#sound(kind, span, random, out);
    for (let i = 0; i < out.length; i++) out[i] = Math.max(-1, Math.min(LARGEST, out[i]));
  }

  #silence(random: Random, out: Float32Array): void {
    const { silencePeakDb, floorShare, floorDb } = this.#options;
    drawNoise(this.#data, random, out);
    setPeak(out, random.between(...silencePeakDb));
    if (random.chance(floorShare)) addFloor(out, random.between(...floorDb), random);
    if (random.chance(DEAD_SILENCE_SHARE)) out.fill(0);
  }

  #sound(kind: SegmentKind, span: Span | undefined, random: Random, out: Float32Array): void {
    const { speed, gainDb, tiltShare, roomShare, lineShare, floorShare, floorDb } = this.#options;
    const rate = this.#sampleRate;
    const factor = 1 + random.between(-speed, speed);
    if (!span) this.#runOn.fill(factor, random, out);
    else if (kind === 'word') this.#word(span, factor, random, out);
    else this.#speech(span, factor, random, out);
    if (random.chance(tiltShare)) tilt(out, rate, random);
    if (random.chance(roomShare)) this.#rooms.add(out, random);
    scale(out, 10 ** (random.between(...gainDb) / 20));
    this.#addBackground(random, out);
    if (random.chance(lineShare)) throughLine(out, rate, random);
    if (random.chance(floorShare)) addFloor(out, random.between(...floorDb), random);
  }

  #addBackground(random: Random, out: Float32Array): void {
    const { noiseShare, noiseSnrDb, talkShare, talkSnrDb } = this.#options;
    const { speech } = this.#data;
    if (random.chance(noiseShare)) {
      drawNoise(this.#data, random, this.#noise);
      addAtSnr(out, this.#noise, random.between(...noiseSnrDb));
    }
    if (random.chance(talkShare) && speech.length > 0) {
      this.#speech(drawSpan(speech, random), 1, random, this.#noise);
      addAtSnr(out, this.#noise, random.between(...talkSnrDb));
    }
  }

  /** The middle of the recording comes near the middle of the second. */
  #word({ offset, length }: Span, factor: number, random: Random, out: Float32Array): void {
    const { shiftS, gateShare } = this.#options;
    const middle = (0.5 + random.between(-shiftS, shiftS)) * this.#sampleRate;
    readAtSpeed(this.#data.samples, offset, offset + length, factor, middle - length / 2 / factor, out);
    if (random.chance(gateShare)) gate(out, this.#sampleRate, random);
  }

  /** Any second of the recording. */
  #speech({ offset, length }: Span, factor: number, random: Random, out: Float32Array): void {
    const room = Math.max(0, length - out.length * factor);
    readAtSpeed(this.#data.samples, offset, offset + length, factor, -random.below(room + 1) / factor, out);
  }
}
