import * as v from 'valibot';
import { EarshotError, ERROR_CODES, type ErrorCode } from './errors.js';

/** One frame was classified. */
export interface FrameEvent {
  type: 'frame';
  /** 0 for the first frame since the start or the last reset. */
  index: number;
  /** End of the frame's window: seconds of input. */
  time: number;
  /** End of the frame's window: samples of input. */
  sample: number;
  /** One number in [0, 1] a label, in the order of the model's labels; they add up to 1. */
  posteriors: number[];
  /** Counted from 0; only where each channel has a spotter of its own. */
  channel?: number;
}

/** A keyword was heard. */
export interface DetectionEvent {
  type: 'detection';
  label: string;
  /** Smoothed posterior in [0, 1] at the moment of the decision. */
  score: number;
  /** Where the label's posterior rose, and the frame that decided: seconds of input. */
  start: number;
  end: number;
  /** The same in samples of input. */
  startSample: number;
  endSample: number;
  channel?: number;
}

/** The events after it, up to the next one of its type, belong to this file. */
export interface FileEvent {
  type: 'file';
  path: string;
  /** Container or coding, for instance "wav" or "flac". */
  format: string;
  sampleRate: number;
  channels: number;
}

/** Something is wrong with the input, and the work goes on. */
export interface WarningEvent {
  type: 'warning';
  code: ErrorCode;
  message: string;
  path?: string;
}

/** A file could not be read (further). */
export interface ErrorEvent {
  type: 'error';
  code: ErrorCode;
  message: string;
  path?: string;
}

/** What a spotter says. */
export type SpotterEvent = FrameEvent | DetectionEvent;

/** Everything that the command line writes with `--format jsonl` and a socket carries; told apart by `type`. */
export type EarshotEvent = SpotterEvent | FileEvent | WarningEvent | ErrorEvent;

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const seconds = v.pipe(v.number(), v.finite(), v.minValue(0));
const probability = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const trouble = { code: v.picklist(ERROR_CODES), message: v.string(), path: v.exactOptional(v.string()) };

const schema: v.GenericSchema<unknown, EarshotEvent> = v.variant('type', [
  v.strictObject({
    type: v.literal('frame'),
    index: count,
    time: seconds,
    sample: count,
    posteriors: v.array(probability),
    channel: v.exactOptional(count),
  }),
  v.strictObject({
    type: v.literal('detection'),
    label: v.string(),
    score: probability,
    start: seconds,
    end: seconds,
    startSample: count,
    endSample: count,
    channel: v.exactOptional(count),
  }),
  v.strictObject({
    type: v.literal('file'),
    path: v.string(),
    format: v.string(),
    sampleRate: v.pipe(v.number(), v.gtValue(0)),
    channels: v.pipe(count, v.minValue(1)),
  }),
  v.strictObject({ type: v.literal('warning'), ...trouble }),
  v.strictObject({ type: v.literal('error'), ...trouble }),
]);

/** One event as one line of JSON, without the line's end. Numbers keep their full precision. */
export function encodeEvent(event: EarshotEvent): string {
  return JSON.stringify(event);
}

/**
 * Reads what `encodeEvent` wrote.
 * @throws EarshotError EARSHOT_EVENT_INVALID when the text is not JSON or not an event
 */
export function decodeEvent(text: string): EarshotEvent {
  const result = v.safeParse(schema, parseJson(text));
  if (result.success) return result.output;
  const [issue] = result.issues;
  const where = v.getDotPath(issue) ?? 'event';
  throw new EarshotError('EARSHOT_EVENT_INVALID', `\`${where}\`: ${issue.message}`, { value: issue.input });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new EarshotError('EARSHOT_EVENT_INVALID', 'Expected an event as JSON', { value: text, cause });
  }
}
