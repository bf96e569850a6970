import { EarshotError, type PcmEncoding } from 'earshot';
import * as v from 'valibot';
import { parse } from './parse.js';

/** Encodings of audio by their names on the wire. */
export const ENCODINGS = {
  linear16: 's16le',
  f32le: 'f32le',
  mulaw: 'mulaw',
  alaw: 'alaw',
} as const satisfies Record<string, PcmEncoding>;

/** Rates that resampling is ready for. Each rate costs memory once, so that clients may not choose freely. */
export const SAMPLE_RATES: readonly number[] = [
  8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 88200, 96000, 176400, 192000,
];

const MOST_CHANNELS = 8;

/** Name of a stream: safe in logs, in addresses and in JSON without escapes. */
export const STREAM_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const name = v.pipe(
  v.string(),
  v.regex(STREAM_NAME, 'Expected up to 64 letters, digits, ".", "_" and "-", the first a letter or digit'),
);

const whole = (least: number, most: number, description = `A whole number from ${least} to ${most}`) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,15}$/, 'Expected a whole number'),
    v.description(description),
    v.transform(Number),
    v.minValue(least),
    v.maxValue(most),
  );

const list = <const Kinds extends readonly string[]>(kinds: Kinds) =>
  v.pipe(
    v.string(),
    v.description(`Any of ${kinds.join(', ')}, with commas between`),
    v.transform((text) => (text === '' ? [] : text.split(','))),
    v.array(v.picklist(kinds)),
  );

const access = { access_token: v.exactOptional(v.string()) };

/** Queries as they are written. */
export const opening = v.strictObject({
  sample_rate: v.optional(whole(0, Number.MAX_SAFE_INTEGER, `One of ${SAMPLE_RATES.join(', ')}`), '16000'),
  encoding: v.optional(v.picklist(Object.keys(ENCODINGS) as (keyof typeof ENCODINGS)[]), 'linear16'),
  channels: v.optional(whole(1, MOST_CHANNELS), '1'),
  model: v.exactOptional(v.string()),
  name: v.exactOptional(name),
  events: v.optional(list(['frame', 'detection']), 'frame,detection'),
  frame_every: v.optional(whole(1, 1000), '1'),
  frames_per_message: v.optional(whole(1, 1000), '1'),
  frame_format: v.optional(v.picklist(['json', 'binary']), 'json'),
  ...access,
});

export const resuming = v.strictObject({
  token: v.string(),
  last_seq: v.optional(whole(0, Number.MAX_SAFE_INTEGER), '0'),
  ...access,
});

export const subscribing = v.strictObject({
  stream: v.optional(v.union([v.literal('*'), name]), '*'),
  events: v.optional(
    list(['stream_opened', 'frame', 'detection', 'stream_closed']),
    'stream_opened,detection,stream_closed',
  ),
  since: v.exactOptional(whole(0, Number.MAX_SAFE_INTEGER)),
  server: v.exactOptional(v.string()),
  ...access,
});

/** What `GET /v1/stream` asks for: a new stream. */
export type StreamParameters = v.InferOutput<typeof opening>;
/** What `GET /v1/stream` asks for: to go on with a session. */
export type ResumeParameters = v.InferOutput<typeof resuming>;
/** What `GET /v1/events` asks for. */
export type SubscriberParameters = v.InferOutput<typeof subscribing>;

/**
 * Reads the query of `GET /v1/stream`; it resumes a session where it has a `token`.
 * @throws EarshotError EARSHOT_PARAMETER, EARSHOT_AUDIO_RATE
 */
export function streamParameters(query: URLSearchParams): StreamParameters | ResumeParameters {
  const values = single(query);
  if ('token' in values) return parse(resuming, values, 'EARSHOT_PARAMETER');
  const parameters = parse(opening, values, 'EARSHOT_PARAMETER');
  if (SAMPLE_RATES.includes(parameters.sample_rate)) return parameters;
  throw new EarshotError('EARSHOT_AUDIO_RATE', `Expected \`sample_rate\` to be one of ${SAMPLE_RATES.join(', ')}`, {
    value: parameters.sample_rate,
  });
}

/** Reads the query of `GET /v1/events`. @throws EarshotError EARSHOT_PARAMETER */
export function subscriberParameters(query: URLSearchParams): SubscriberParameters {
  return parse(subscribing, single(query), 'EARSHOT_PARAMETER');
}

function single(query: URLSearchParams): Record<string, string> {
  const values: Record<string, string> = Object.create(null);
  for (const [key, value] of query) {
    if (key in values) throw new EarshotError('EARSHOT_PARAMETER', `\`${key}\` is given twice`, { value });
    values[key] = value;
  }
  return values;
}
