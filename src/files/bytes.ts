export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/**
 * Whether the last of the parts that follow each other from the start is cut off.
 * @param lengthAt the length of the part at a place; 0 where none begins
 * @param headBytes from which a part can be told
 */
export function isLastCut(bytes: Uint8Array, lengthAt: (at: number) => number, headBytes: number): boolean {
  let at = 0;
  for (let length = lengthAt(0); length > 0; length = lengthAt(at)) at += length;
  const left = bytes.length - at;
  return left < headBytes && left !== 0;
}

/** `length` bytes as text, one character a byte. */
export function latin1(bytes: Uint8Array, from: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(from, from + length));
}
