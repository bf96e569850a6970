import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pack, unpack } from '../../../server/engine/packed-reports.ts';
import { OUTCOMES } from '../../../server/engine/reports.ts';

const count = fc.nat(2 ** 31 - 1);
const own = fc.boolean();
const fields = fc.string({ unit: 'binary' });
const event = fc.oneof(
  fc.record(
    { kind: fc.constant('frame' as const), own, fields, record: fc.uint8Array() },
    { requiredKeys: ['kind', 'own', 'fields'] },
  ),
  fc.record({ kind: fc.constant('detection' as const), own, fields, label: fc.string({ unit: 'binary' }) }),
  fc.record({ kind: fc.constant('end' as const), samples: count, commands: count, leftover: count }),
);
const report = fc.record(
  {
    id: count,
    frames: count,
    samples: fc.maxSafeNat(),
    bytes: fc.maxSafeNat(),
    commands: count,
    outcome: fc.constantFrom(...OUTCOMES),
    fault: fc.string(),
    events: fc.array(event),
  },
  { requiredKeys: ['id', 'frames', 'samples', 'bytes', 'commands', 'outcome', 'events'] },
);

test('reports come out as they went in, whatever they hold', () => {
  fc.assert(
    fc.property(fc.array(report), (reports) => {
      expect(unpack(structuredClone(pack(reports)))).toEqual(reports);
    }),
  );
});
