import type { ErrorCode } from 'earshot';
import type { ReportedFrame } from './engine/reports.js';
import { History } from './history.js';
import type { Limits } from './limits.js';
import { frameMessage } from './protocol/frame-record.js';
import { encode, forProducer, type ToProducer } from './protocol/server-messages.js';
import type { SessionFacts } from './session-facts.js';

/** Acknowledged after so much audio, so that 100 ms messages are acknowledged within 500 ms of audio. */
const ACK_SECONDS = 0.25;

/**
 * What one producer is told, over any number of connections. Events are numbered, frames among them put in groups, and
 * kept until they are known to have arrived; all else is for whoever is connected.
 */
export class Outbox {
  readonly #facts: SessionFacts;
  readonly #send: (message: string | Uint8Array) => void;
  readonly #history: History<string | Uint8Array>;
  #seq = 0;
  /** Frames that wait for others, to make one message. */
  #group: ReportedFrame[] = [];
  #acked = { samples: 0, commands: 0 };

  /** @param send gives a message to the connection, if there is one */
  constructor(facts: SessionFacts, limits: Limits, send: (message: string | Uint8Array) => void) {
    this.#facts = facts;
    this.#send = send;
    this.#history = new History(limits.resumeMessages, limits.resumeLength);
  }

  /** The last number given; 0 before the first. */
  get seq(): number {
    return this.#seq;
  }

  /** Tells a frame, once there are enough of them for a message. */
  frame(frame: ReportedFrame): void {
    this.#group.push(frame);
    if (this.#group.length >= this.#facts.framesPerMessage) this.endGroup();
  }

  /** Tells any other event, after the frames before it. @param fields see `fieldsOf` */
  event(fields: string): void {
    this.endGroup();
    this.#sendNumbered(forProducer(++this.#seq, fields));
  }

  /** Tells the frames that wait for others. */
  endGroup(): void {
    if (this.#group.length === 0) return;
    this.#sendNumbered(this.#groupMessage(++this.#seq));
    this.#group = [];
  }

  /** Tells how much has been heard and done, if that is worth a message. @param samples a channel */
  acknowledge(samples: number, commands: number): void {
    const isDue =
      commands > this.#acked.commands || samples - this.#acked.samples >= ACK_SECONDS * this.#facts.sampleRate;
    if (!isDue) return;
    this.#acked = { samples, commands };
    this.#sendAck();
  }

  warn(code: ErrorCode, message: string): void {
    this.tell({ type: 'warning', code, message });
  }

  /** Tells what is no event: it has no number and is not kept. */
  tell(message: ToProducer): void {
    this.#send(encode(message));
  }

  /** Events up to this number need not be kept. */
  arrived(seq: number): void {
    this.#history.forget(seq);
  }

  /** Tells again what was missed. @param lastSeq the highest number that has arrived */
  resume(lastSeq: number): void {
    const { forgotten } = this.#history;
    if (forgotten > lastSeq) this.warn('EARSHOT_EVENTS_LOST', `Messages up to number ${forgotten} are gone`);
    for (const message of this.#history.since(lastSeq)) this.#send(message);
    // The last acknowledgement may have been lost with the connection.
    if (this.#acked.samples > 0 || this.#acked.commands > 0) this.#sendAck();
  }

  #groupMessage(seq: number): string | Uint8Array {
    const { framesPerMessage, frameFormat } = this.#facts;
    if (frameFormat === 'binary') {
      const records = this.#group.flatMap(({ record }) => record ?? []);
      return frameMessage(seq, records);
    }
    if (framesPerMessage === 1) return forProducer(seq, this.#group[0].fields);
    const list = this.#group.map(({ fields }) => `{${fields}}`).join(',');
    return forProducer(seq, `"type":"frames","frames":[${list}]`);
  }

  /** Sends a message that a producer who comes back must not miss. */
  #sendNumbered(message: string | Uint8Array): void {
    this.#history.add(this.#seq, message, message.length);
    this.#send(message);
  }

  #sendAck(): void {
    this.tell({ type: 'ack', ...this.#acked, seq: this.#seq });
  }
}
