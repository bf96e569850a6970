import { crc32 } from './checksum.js';
import { EarshotError, unexpected } from './errors.js';

/** What a snapshot must agree with before it may be restored. */
export interface SnapshotIdentity {
  modelFingerprint: number;
  sampleRate: number;
  stateBytes: number;
}

const MAGIC = 0x50534145; // "EASP"
const VERSION = 1;
const CHECKED_FROM = 8;
const HEADER_BYTES = 24;

/** A snapshot: magic, CRC-32 of all that follows, version, the identity, then the bytes of the slot; little-endian. */
export function writeSnapshot(identity: SnapshotIdentity, state: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_BYTES + state.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(8, VERSION, true);
  view.setUint32(12, identity.modelFingerprint, true);
  view.setUint32(16, identity.sampleRate, true);
  view.setUint32(20, identity.stateBytes, true);
  bytes.set(state, HEADER_BYTES);
  view.setUint32(4, crc32(bytes.subarray(CHECKED_FROM)), true);
  return bytes;
}

/**
 * The bytes of the slot that `writeSnapshot` was given.
 * @throws EarshotError EARSHOT_BAD_ARGUMENT, EARSHOT_SNAPSHOT_DAMAGED, EARSHOT_SNAPSHOT_TOO_NEW, or EARSHOT_SNAPSHOT_MISMATCH when it was
 * taken of another model, at another rate or with other smoothing
 */
export function readSnapshot(identity: SnapshotIdentity, bytes: Uint8Array): Uint8Array {
  if (!(bytes instanceof Uint8Array)) throw unexpected('EARSHOT_BAD_ARGUMENT', 'snapshot', 'a Uint8Array', bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES || view.getUint32(0, true) !== MAGIC) {
    throw new EarshotError('EARSHOT_SNAPSHOT_DAMAGED', 'Not a snapshot of a spotter');
  }
  if (view.getUint32(4, true) !== crc32(bytes.subarray(CHECKED_FROM))) {
    throw new EarshotError('EARSHOT_SNAPSHOT_DAMAGED', 'The checksum of the snapshot is wrong');
  }
  const version = view.getUint32(8, true);
  if (version > VERSION) {
    const what = `Snapshot version ${version} is newer than ${VERSION}, the newest this version of Earshot reads`;
    throw new EarshotError('EARSHOT_SNAPSHOT_TOO_NEW', what, { value: version });
  }
  compare('model', identity.modelFingerprint, view.getUint32(12, true));
  compare('sample rate', identity.sampleRate, view.getUint32(16, true));
  compare('size of the state', identity.stateBytes, view.getUint32(20, true));
  compare('size of the state', identity.stateBytes, bytes.length - HEADER_BYTES);
  return bytes.subarray(HEADER_BYTES);
}

function compare(what: string, expected: number, actual: number): void {
  if (expected === actual) return;
  const message = `The snapshot is of another ${what}: expected ${expected}, got ${actual}`;
  throw new EarshotError('EARSHOT_SNAPSHOT_MISMATCH', message, { value: actual });
}
