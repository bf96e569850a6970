/**
 * A cyclic redundancy check that starts from 0 and takes each byte's most significant bit first, as FLAC (8 and 16 bits)
 * and Ogg (32 bits) define theirs. `polynomial` is without its leading 1.
 */
export function crc(width: 8 | 16 | 32, polynomial: number): (bytes: Uint8Array) => number {
  const shift = 32 - width;
  const table = Int32Array.from({ length: 256 }, (_, byte) => {
    let c = byte << 24;
    for (let bit = 0; bit < 8; bit++) c = c < 0 ? (c << 1) ^ (polynomial << shift) : c << 1;
    return c;
  });
  return (bytes) => {
    let c = 0;
    for (let i = 0; i < bytes.length; i++) c = (c << 8) ^ table[(c >>> 24) ^ bytes[i]];
    return c >>> shift;
  };
}
