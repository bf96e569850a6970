import { expect, it } from 'vitest';
import { ColumnRing } from '../../web/column-ring.ts';

it('keeps the last columns under the numbers that they were pushed with', () => {
  const ring = new ColumnRing(3, 2);
  for (let k = 0; k < 8; k++) ring.push([k, -k]);
  expect([ring.first, ring.total]).toEqual([5, 8]);
  for (let k = 5; k < 8; k++) expect([ring.at(k, 0), ring.at(k, 1)]).toEqual([k, -k]);
});

it('begins at 0 while it is not full, and again after it was cleared', () => {
  const ring = new ColumnRing(3, 1);
  ring.push([1]);
  expect([ring.first, ring.total]).toEqual([0, 1]);
  for (let k = 0; k < 9; k++) ring.push([k]);
  ring.clear();
  expect([ring.first, ring.total]).toEqual([0, 0]);
  ring.push([7]);
  expect(ring.at(0, 0)).toBe(7);
});

it('means over the last columns, of which those before the first count as 0', () => {
  const ring = new ColumnRing(4, 2);
  expect(ring.meanOfLast(2, 1)).toBe(0);
  const means = [8, 4, 2, 6, 0].map((value) => {
    ring.push([0, value]);
    return ring.meanOfLast(4, 1);
  });
  expect(means).toEqual([2, 3, 3.5, 5, 3]);
});

it('fills a short column up with 0 and cuts a long one', () => {
  const ring = new ColumnRing(1, 2);
  ring.push([1, 2, 3]);
  expect([ring.at(0, 0), ring.at(0, 1)]).toEqual([1, 2]);
  ring.push([5]);
  expect([ring.at(1, 0), ring.at(1, 1)]).toEqual([5, 0]);
});
