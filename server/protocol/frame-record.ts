import type { FrameEvent } from 'earshot';

// The compact form of frames, little-endian. A message holds its number (`seq`, 4 bytes) and one record a frame: its
// index (4 bytes), time (8 bytes, IEEE 754), and a posterior of 4 bytes for each label. Times and posteriors are those of
// the JSON form to the last bit; `sample` is the time multiplied by the stream's rate, rounded.

const SEQ_BYTES = 4;
const POSTERIORS_AT = 12;

/** One frame as its part of a message. */
export function frameRecord({ index, time, posteriors }: FrameEvent): Uint8Array {
  const record = new Uint8Array(POSTERIORS_AT + 4 * posteriors.length);
  const view = new DataView(record.buffer);
  view.setUint32(0, index, true);
  view.setFloat64(4, time, true);
  for (let i = 0; i < posteriors.length; i++) view.setFloat32(POSTERIORS_AT + 4 * i, posteriors[i], true);
  return record;
}

/** The message of frames whose number is `seq`. */
export function frameMessage(seq: number, records: readonly Uint8Array[]): Uint8Array {
  const message = new Uint8Array(SEQ_BYTES + records.reduce((sum, { length }) => sum + length, 0));
  new DataView(message.buffer).setUint32(0, seq, true);
  let at = SEQ_BYTES;
  for (const record of records) {
    message.set(record, at);
    at += record.length;
  }
  return message;
}
