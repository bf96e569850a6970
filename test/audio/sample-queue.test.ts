import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SampleQueue } from '../../src/audio/sample-queue.ts';
import type { Kernels } from '../../src/kernels/kernels.ts';
import { plainKernels } from '../../src/kernels/plain.ts';
import { take } from '../helpers/kernels.ts';

/** What was pushed and not yet taken, as a plain list. */
interface Model {
  waiting: number[];
  /** Samples are numbered, so that none can be mistaken for another. */
  next: number;
}

interface Real {
  kernels: Kernels;
  queue: SampleQueue;
  capacity: number;
}

class Push implements fc.Command<Model, Real> {
  readonly #count: number;

  constructor(count: number) {
    this.#count = count;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, { queue, capacity }: Real): void {
    const samples = Float32Array.from({ length: this.#count }, () => model.next++);
    const accepted = queue.push(samples);
    expect(accepted).toBe(Math.min(samples.length, capacity - model.waiting.length));
    model.waiting.push(...samples.subarray(0, accepted));
    expect([queue.length, queue.room]).toEqual([model.waiting.length, capacity - model.waiting.length]);
  }

  toString(): string {
    return `push ${this.#count}`;
  }
}

class Shift implements fc.Command<Model, Real> {
  readonly #count: number;

  constructor(count: number) {
    this.#count = count;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, { kernels, queue }: Real): void {
    queue.shift((samples, count) => {
      const taken = Math.min(this.#count, count);
      expect([...take(kernels, samples, count)]).toEqual(model.waiting);
      model.waiting.splice(0, taken);
      return taken;
    });
    expect(queue.length).toBe(model.waiting.length);
  }

  toString(): string {
    return `shift ${this.#count}`;
  }
}

class Clear implements fc.Command<Model, Real> {
  check(): boolean {
    return true;
  }

  run(model: Model, { queue }: Real): void {
    queue.clear();
    model.waiting = [];
    expect(queue.length).toBe(0);
  }

  toString(): string {
    return 'clear';
  }
}

test('a queue gives samples back in order and once each, whatever is pushed and taken between', () => {
  const commands = fc.commands(
    [
      fc.nat(900).map((count) => new Push(count)),
      fc.nat(900).map((count) => new Shift(count)),
      fc.nat(900).map((count) => new Shift(count)),
      fc.constant(new Clear()),
    ],
    { size: '+1' },
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1500 }), commands, (capacity, steps) => {
      const kernels = plainKernels();
      const setup = () => ({
        model: { waiting: [], next: 1 },
        real: { kernels, queue: new SampleQueue(kernels, capacity), capacity },
      });
      fc.modelRun(setup, steps);
    }),
    { numRuns: 200 },
  );
});

test('a queue can be filled to the last sample and emptied in one piece', () => {
  const kernels = plainKernels();
  const queue = new SampleQueue(kernels, 10);
  queue.push(new Float32Array(7));
  queue.shift(() => 3);
  expect(queue.push(Float32Array.of(1, 2, 3, 4, 5, 6, 7))).toBe(6);
  expect(queue.push(Float32Array.of(8))).toBe(0);
  queue.shift((samples, count) => {
    expect([...take(kernels, samples, count)]).toEqual([0, 0, 0, 0, 1, 2, 3, 4, 5, 6]);
    return count;
  });
  expect([queue.length, queue.room]).toEqual([0, 10]);
});

test('queues that come and go, however long, use the memory of those before them', () => {
  const kernels = plainKernels();
  const fill = (samples: number) => {
    const queue = new SampleQueue(kernels, 100_000);
    for (let pushed = 0; pushed < samples; pushed += 100) queue.push(new Float32Array(100));
    queue.dispose();
  };
  fill(100_000);
  const { length } = kernels.memory.i8;
  for (let samples = 1000; samples < 100_000; samples += 1000) fill(samples);
  expect(kernels.memory.i8).toHaveLength(length);
});
