import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Outbox, type Outgoing } from '../../src/client/outbox.ts';

const BYTES_PER_SAMPLE = 2;

/** A server that has got some messages and dealt with some of them. */
class Receiver {
  readonly got: Outgoing[] = [];
  samples = 0;
  commands = 0;

  receive(message: Outgoing): void {
    this.got.push(message);
    if (typeof message === 'string') this.commands++;
    else this.samples += message.length / BYTES_PER_SAMPLE;
  }

  /** Bytes and commands in their order, however they were cut. */
  get content(): unknown[] {
    return contentOf(this.got);
  }
}

const contentOf = (messages: readonly Outgoing[]): unknown[] =>
  messages.flatMap((message): (string | number)[] => (typeof message === 'string' ? [message] : [...message]));

let byte = 0;
const message = fc.oneof(
  fc.constant('command'),
  fc
    .integer({ min: 1, max: 9 })
    .map((samples) => Uint8Array.from({ length: samples * BYTES_PER_SAMPLE }, () => byte++)),
);
const action = fc.oneof(
  message.map((added) => ({ type: 'add' as const, added })),
  fc.constant({ type: 'send' as const }),
  fc.record({ type: fc.constant('acknowledge' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({ type: fc.constant('cut' as const), lost: fc.integer({ min: 0, max: 3 }), samples: fc.nat(3) }),
);

it('brings everything across once and in order, over any cuts, and counts what is on its way', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 80 }), (actions) => {
      const outbox = new Outbox(BYTES_PER_SAMPLE);
      const added: Outgoing[] = [];
      let receiver = new Receiver();
      let done = { samples: 0, commands: 0 };
      for (const step of actions) {
        if (step.type === 'add') {
          added.push(step.added);
          outbox.add(step.added);
        } else if (step.type === 'send') {
          const next = outbox.next();
          if (next !== undefined) receiver.receive(next);
        } else if (step.type === 'acknowledge') {
          done = partOf(receiver, done, step.share);
          outbox.acknowledge(done);
        } else {
          receiver = withoutLast(receiver, step.lost, step.samples, done);
          outbox.resume(receiver);
        }
        expect(outbox.samplesOnTheWay).toBeLessThanOrEqual(outbox.samples);
      }
      for (let next = outbox.next(); next !== undefined; next = outbox.next()) receiver.receive(next);
      expect(receiver.content).toEqual(contentOf(added));
      expect(outbox.samplesOnTheWay).toBe(outbox.samples);
      outbox.acknowledge(receiver);
      expect([outbox.samples, outbox.commandsOnTheWay]).toEqual([0, 0]);
    }),
  );
});

/** A place between what was dealt with and what has come: so many of the messages between. */
function partOf(receiver: Receiver, done: { samples: number; commands: number }, share: number) {
  const until = new Receiver();
  for (const next of receiver.got) {
    const isNew = until.samples >= done.samples && until.commands >= done.commands;
    if (isNew && until.got.length >= share * receiver.got.length) break;
    until.receive(next);
  }
  return { samples: until.samples, commands: until.commands };
}

/** What is left when the last messages were lost on the way, and perhaps some samples of the one before. */
function withoutLast(receiver: Receiver, lost: number, samples: number, done: { samples: number; commands: number }) {
  const left = new Receiver();
  for (const next of receiver.got.slice(0, Math.max(0, receiver.got.length - lost))) left.receive(next);
  const last = left.got.at(-1);
  if (last instanceof Uint8Array) {
    const kept = Math.max(0, last.length - samples * BYTES_PER_SAMPLE);
    left.got.pop();
    left.samples -= last.length / BYTES_PER_SAMPLE;
    if (kept > 0) left.receive(last.slice(0, kept));
  }
  const isLess = left.samples < done.samples || left.commands < done.commands;
  return isLess ? receiver : left;
}
