import { ERROR_CODES } from 'earshot';
import * as v from 'valibot';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const seconds = v.pipe(v.number(), v.minValue(0));
const probability = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const trouble = { code: v.picklist(ERROR_CODES), message: v.string() };

const frameFields = { index: count, time: seconds, sample: count, posteriors: v.array(probability) };
const detectionFields = {
  label: v.string(),
  score: probability,
  start: seconds,
  end: seconds,
  startSample: count,
  endSample: count,
};
const totals = { samples: count, frames: count, detections: count };

/** The core's events, as they travel. */
export const frame = v.strictObject({ type: v.literal('frame'), ...frameFields });
export const detection = v.strictObject({ type: v.literal('detection'), ...detectionFields });

const ready = v.strictObject({
  type: v.literal('ready'),
  protocol: v.literal(1),
  session: v.string(),
  name: v.string(),
  token: v.string(),
  model: v.string(),
  labels: v.array(v.string()),
  sample_rate: count,
  hop_seconds: seconds,
  frame_seconds: seconds,
  resume_from: count,
  commands: count,
  grace_seconds: seconds,
});

const ack = v.strictObject({ type: v.literal('ack'), samples: count, commands: count, seq: count });
const warning = v.strictObject({ type: v.literal('warning'), ...trouble });
const error = v.strictObject({ type: v.literal('error'), ...trouble });
const keepalive = v.strictObject({ type: v.literal('keepalive') });
const frames = v.strictObject({ type: v.literal('frames'), seq: count, frames: v.array(frame) });

/** Everything that a producer is told. */
export const toProducer = v.variant('type', [
  ready,
  v.strictObject({ ...frame.entries, seq: count }),
  frames,
  v.strictObject({ ...detection.entries, seq: count }),
  ack,
  keepalive,
  warning,
  error,
  v.strictObject({ type: v.literal('closed'), seq: count, ...totals }),
]);

const inStream = { seq: count, stream: v.string() };

/** Everything that a subscriber is told. */
export const toSubscriber = v.variant('type', [
  v.strictObject({ type: v.literal('subscribed'), protocol: v.literal(1), seq: count, server: v.string() }),
  v.strictObject({
    type: v.literal('stream_opened'),
    ...inStream,
    model: v.string(),
    labels: v.array(v.string()),
    sample_rate: count,
  }),
  v.strictObject({ ...frame.entries, ...inStream }),
  v.strictObject({ ...detection.entries, ...inStream }),
  v.strictObject({ type: v.literal('stream_closed'), ...inStream, ...totals }),
  v.strictObject({ ...keepalive.entries, seq: count }),
  warning,
  error,
]);

export type ToProducer = v.InferOutput<typeof toProducer>;
export type ToSubscriber = v.InferOutput<typeof toSubscriber>;

/** One message as the text of a WebSocket frame. */
export const encode = (message: ToProducer | ToSubscriber): string => JSON.stringify(message);

/** What is inside the braces of an event's JSON, so that its numbers are written once for all who get it. */
export const fieldsOf = (event: object): string => JSON.stringify(event).slice(1, -1);

/** An event for its producer. */
export const forProducer = (seq: number, fields: string): string => `{"seq":${seq},${fields}}`;

/** The same event for a subscriber. @param stream a name that needs no escapes, see `STREAM_NAME` */
export const forSubscriber = (seq: number, stream: string, fields: string): string =>
  `{"seq":${seq},"stream":"${stream}",${fields}}`;
