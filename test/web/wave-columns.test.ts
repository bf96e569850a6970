import { expect, it } from 'vitest';
import { WaveColumns } from '../../web/wave-columns.ts';

it('finds the lowest and the highest sample of each column, however they were cut', () => {
  const waves = new WaveColumns(10);
  waves.begin(4);
  for (const piece of [[0.25], [0.5, -1, 0, -0.5], [-0.25, -0.75], [-0.5, 1]]) waves.push(Float32Array.from(piece));
  expect(waves.ring.total).toBe(2);
  expect([waves.ring.at(0, 0), waves.ring.at(0, 1)]).toEqual([-1, 0.5]);
  expect([waves.ring.at(1, 0), waves.ring.at(1, 1)]).toEqual([-0.75, -0.25]);
});

it('does not drift where a column is no whole number of samples', () => {
  const waves = new WaveColumns(10);
  waves.begin(11025 * 0.02);
  for (let second = 0; second < 60; second++) waves.push(new Float32Array(11025));
  expect(Math.abs(waves.ring.total - 60 * 50)).toBeLessThanOrEqual(1);
});

it.each([11025, 22254, 44056])('shows a click in its own column only, at %d Hz', (rate) => {
  const waves = new WaveColumns(600);
  waves.begin(rate * 0.02);
  const samples = new Float32Array(10 * rate);
  samples[rate] = 1;
  waves.push(samples);
  const loud = Array.from({ length: waves.ring.total }, (_, n) => waves.ring.at(n, 1)).filter((high) => high > 0);
  expect(loud).toEqual([1]);
});

it('forgets what was before', () => {
  const waves = new WaveColumns(10);
  waves.begin(2);
  waves.push(Float32Array.of(1, 1, 1));
  waves.begin(2);
  waves.push(Float32Array.of(-0.5, 0));
  expect([waves.ring.total, waves.ring.at(0, 0), waves.ring.at(0, 1)]).toEqual([1, -0.5, 0]);
});
