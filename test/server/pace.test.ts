import { describe, expect, it } from 'vitest';
import { type Departure, Pace } from '../../server/pace.ts';

const SAMPLE_RATE = 16000;
const MESSAGE_SECONDS = 0.1;

/** A stream at a pace of its own, and all that was said about it. */
class Producer {
  readonly pace = new Pace(SAMPLE_RATE);
  readonly told: Departure[] = [];
  nowMilliseconds = 5000;

  /** Messages of 0.1 s that hold so much of what was announced. */
  speak(seconds: number, ratio = 1): this {
    for (let i = 0; i < Math.round(seconds / MESSAGE_SECONDS); i++) {
      this.nowMilliseconds += 1000 * MESSAGE_SECONDS;
      this.burst(MESSAGE_SECONDS * ratio);
    }
    return this;
  }

  /** Audio that comes at once. */
  burst(seconds: number): this {
    const departure = this.pace.add(Math.round(seconds * SAMPLE_RATE), this.nowMilliseconds);
    if (departure) this.told.push(departure);
    return this;
  }

  /** Nothing comes. */
  wait(seconds: number): this {
    this.nowMilliseconds += 1000 * seconds;
    return this;
  }

  get kinds(): string[] {
    return this.told.map(({ kind }) => kind);
  }
}

const producer = () => new Producer();

describe('the pace of audio', () => {
  it.each([
    ['slow', 8000],
    ['slow', 44100 * (16000 / 48000)],
    ['fast', 48000 * (16000 / 44100)],
    ['fast', 48000],
  ])('is told once, and how it is, when a microphone is announced at the wrong rate: %s, %d Hz', (kind, rate) => {
    const { told } = producer().speak(120, rate / SAMPLE_RATE);
    expect(told.map((departure) => departure.kind)).toEqual([kind]);
    expect(told[0].samplesPerSecond / rate).toBeCloseTo(1, 2);
    expect(told[0].ratio * SAMPLE_RATE).toBeCloseTo(told[0].samplesPerSecond);
  });

  it('is told within 21 s', () => {
    expect(producer().speak(19, 0.5).kinds).toEqual([]);
    expect(producer().speak(21, 0.5).kinds).toEqual(['slow']);
  });

  it('is told again after it was right in between, and when it turns over', () => {
    expect(producer().speak(60, 0.5).speak(60).speak(60, 0.5).kinds).toEqual(['slow', 'slow']);
    expect(producer().speak(60, 0.5).speak(60, 2).kinds).toEqual(['slow', 'fast']);
  });

  it.each<[string, () => Producer]>([
    ['real time, on a clock that is 1 % out', () => producer().speak(300, 0.99).speak(300, 1.01)],
    ['a burst at the start', () => producer().burst(30).burst(30).speak(60)],
    ['a network that stands still for 1.5 s each 30 s', () => stalling()],
    ['a producer that catches up', () => producer().speak(30).wait(25).burst(5).burst(20).speak(60)],
    ['a producer that pauses', () => pausing()],
    ['one that sends keepalive only, then a word', () => producer().speak(3).wait(300).speak(3).wait(300).speak(3)],
  ])('is nothing to tell for %s', (_, play) => {
    expect(play().kinds).toEqual([]);
  });

  it('begins anew when it is told to', () => {
    const restarted = producer().speak(15, 0.5);
    restarted.pace.restart();
    expect(restarted.speak(15, 0.5).kinds).toEqual([]);
    expect(restarted.speak(10, 0.5).kinds).toEqual(['slow']);
  });
});

function stalling(): Producer {
  const stalled = producer();
  for (let i = 0; i < 10; i++) stalled.speak(28.5).wait(1.5).burst(1.5);
  return stalled;
}

function pausing(): Producer {
  const paused = producer();
  for (let i = 0; i < 20; i++) paused.speak(4).wait(3);
  return paused;
}
