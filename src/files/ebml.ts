/** The elements of Matroska and WebM (RFC 8794, RFC 9559) that we look at. */
export const ELEMENT = {
  segment: 0x18538067,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  codecId: 0x86,
  codecPrivate: 0x63a2,
  audio: 0xe1,
  samplingFrequency: 0xb5,
  cluster: 0x1f43b675,
  blockGroup: 0xa0,
  block: 0xa1,
  simpleBlock: 0xa3,
} as const;

/** Those that we step into, whatever size they give: a live recording gives none. */
const MASTERS: readonly number[] = [
  ELEMENT.segment,
  ELEMENT.tracks,
  ELEMENT.trackEntry,
  ELEMENT.audio,
  ELEMENT.cluster,
  ELEMENT.blockGroup,
];

/** Segments and what lies directly in them, such as tracks, attachments and clusters: nothing deeper has an id of 4 bytes. */
export const isTopLevel = (id: number): boolean => id > 0xffffff;

/** An id of at most 4 bytes and a size of at most 8. */
export const ELEMENT_HEAD_BYTES = 12;

export interface ElementHead {
  readonly id: number;
  readonly bytes: number;
  /** What to pass over to come to the next element: 0 for those that we step into. */
  readonly size: number;
}

/** The head of the element at `at`; undefined if there is none. */
export function parseElementHead(bytes: Uint8Array, at: number): ElementHead | undefined {
  const idBytes = Math.clz32(bytes[at] << 24) + 1;
  const size = parseNumber(bytes, at + idBytes);
  if (idBytes > 4 || size === undefined) return undefined;
  let id = 0;
  for (let i = 0; i < idBytes; i++) id = id * 256 + bytes[at + i];
  return { id, bytes: idBytes + size.bytes, size: MASTERS.includes(id) ? 0 : size.value };
}

/** A number of one to eight bytes that says by its leading zeros how many; undefined if it is cut off. */
export function parseNumber(bytes: Uint8Array, at: number): { value: number; bytes: number } | undefined {
  const width = Math.clz32(bytes[at] << 24) + 1;
  if (width > 8 || at + width > bytes.length) return undefined;
  let value = bytes[at] & (0xff >> width);
  for (let i = 1; i < width; i++) value = value * 256 + bytes[at + i];
  return { value, bytes: width };
}
