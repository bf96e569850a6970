import { concat, latin1 } from './bytes.js';

/** A box of an ISO base media file (ISO 14496-12, 4.2): bytes `from` to `to` of the file, of which `body` are its own. */
interface Box {
  readonly type: string;
  readonly from: number;
  readonly body: number;
  readonly to: number;
}

const FIXED_POINT = 65536;

function* boxes(bytes: Uint8Array, from: number, to: number): Generator<Box> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = from; at + 8 <= to; ) {
    const short = view.getUint32(at);
    const isLong = short === 1 && at + 16 <= to;
    const size = short === 0 ? to - at : isLong ? Number(view.getBigUint64(at + 8)) : short;
    const body = at + (isLong ? 16 : 8);
    if (at + size < body || at + size > to) return;
    yield { type: latin1(bytes, at + 4, 4), from: at, body, to: at + size };
    at += size;
  }
}

/** Every box that `path` leads to, type by type, from the top. */
function* find(bytes: Uint8Array, path: readonly string[], from = 0, to = bytes.length): Generator<Box> {
  for (const box of boxes(bytes, from, to)) {
    if (box.type !== path[0]) continue;
    if (path.length === 1) yield box;
    else yield* find(bytes, path.slice(1), box.body, box.to);
  }
}

/** The sample rate of the first sound track; undefined if there is none. */
export function mp4SampleRate(bytes: Uint8Array): number | undefined {
  const track = soundTrack(bytes);
  return track && (describedRate(bytes, track) || timescale(bytes, track) || undefined);
}

/** How much of the first sound track its edit list leaves out at the start, the encoder's delay: seconds. */
export function mp4DelaySeconds(bytes: Uint8Array): number {
  const track = soundTrack(bytes);
  if (track === undefined) return 0;
  const [edits] = find(bytes, ['edts', 'elst'], track.body, track.to);
  const start = edits && firstShown(bytes, edits);
  return start === undefined ? 0 : start / (timescale(bytes, track) || Infinity);
}

/** Where the first edit that shows anything starts, in units of the track's clock (ISO 14496-12, 8.6.6). */
function firstShown(bytes: Uint8Array, edits: Box): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, edits.to);
  const hasLongTimes = bytes[edits.body] === 1;
  const editBytes = hasLongTimes ? 20 : 12;
  for (let at = edits.body + 8; at + editBytes <= edits.to; at += editBytes) {
    const start = hasLongTimes ? Number(view.getBigInt64(at + 8)) : view.getInt32(at + 4);
    if (start >= 0) return start;
  }
  return undefined;
}

/** Whether the file does not end where its last whole box does. */
export function isMp4Cut(bytes: Uint8Array): boolean {
  return [...boxes(bytes, 0, bytes.length)].at(-1)?.to !== bytes.length;
}

function soundTrack(bytes: Uint8Array): Box | undefined {
  for (const track of find(bytes, ['moov', 'trak'])) {
    const [handler] = find(bytes, ['mdia', 'hdlr'], track.body, track.to);
    if (handler !== undefined && latin1(bytes, handler.body + 8, 4) === 'soun') return track;
  }
  return undefined;
}

/** The rate in the codec's description, as 16.16; 0 where it does not fit that. */
function describedRate(bytes: Uint8Array, track: Box): number {
  const [description] = find(bytes, ['mdia', 'minf', 'stbl', 'stsd'], track.body, track.to);
  return description === undefined ? 0 : uint32(bytes, description.body + 8 + 32) / FIXED_POINT;
}

/** The units a second of the track's clock, which sound tracks count in samples. */
function timescale(bytes: Uint8Array, track: Box): number {
  const [header] = find(bytes, ['mdia', 'mdhd'], track.body, track.to);
  if (header === undefined) return 0;
  const hasLongTimes = bytes[header.body] === 1;
  return uint32(bytes, header.body + (hasLongTimes ? 20 : 12));
}

/**
 * The file with its index before its data, as a reader that cannot go back needs it; phones and most programs write the
 * index last. The offsets in it are moved along.
 */
export function moovFirst(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const top = [...boxes(bytes, 0, bytes.length)];
  const index = top.find(({ type }) => type === 'moov');
  const data = top.find(({ type }) => type === 'mdat');
  if (index === undefined || data === undefined || index.from < data.from) return bytes;
  const moov = bytes.slice(index.from, index.to);
  for (const table of find(moov, ['moov', 'trak', 'mdia', 'minf', 'stbl'])) {
    for (const { type, body, to } of boxes(moov, table.body, table.to)) {
      if (type === 'stco') shiftOffsets(moov, body, to, 4, index.from);
      if (type === 'co64') shiftOffsets(moov, body, to, 8, index.from);
    }
  }
  const before = bytes.subarray(0, data.from);
  return concat([before, moov, bytes.subarray(data.from, index.from), bytes.subarray(index.to)]);
}

/** Adds the length of `moov` to the offsets in it that lie before its old place. */
function shiftOffsets(moov: Uint8Array, body: number, to: number, width: 4 | 8, oldPlace: number): void {
  const view = new DataView(moov.buffer, moov.byteOffset, moov.length);
  for (let at = body + 8; at + width <= to; at += width) {
    const offset = width === 4 ? view.getUint32(at) : Number(view.getBigUint64(at));
    if (offset >= oldPlace) continue;
    if (width === 4) view.setUint32(at, offset + moov.length);
    else view.setBigUint64(at, BigInt(offset + moov.length));
  }
}

function uint32(bytes: Uint8Array, at: number): number {
  return at + 4 <= bytes.length ? new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0) : 0;
}
