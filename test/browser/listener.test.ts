import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Ear } from '../../src/browser/ear.ts';
import { startListener } from '../../src/browser/listener.ts';
import { smallModelBytes } from '../helpers/models.ts';

const ear: Ear = {
  node: {} as AudioWorkletNode,
  sampleRate: 16000,
  labels: [],
  kernels: 'simd',
  lostBlocks: 0,
  isConnected: true,
  onConnectionChange: () => {},
  configure: () => {},
  stop: () => {},
};

beforeEach(() => {
  vi.stubGlobal('isSecureContext', true);
  vi.stubGlobal('AudioWorkletNode', class {});
});
afterEach(() => vi.unstubAllGlobals());

describe('A signal that outlives what it could have ended', () => {
  const { signal } = new AbortController();
  const options = { model: smallModelBytes(), signal };

  it('holds no listener that was stopped', async () => {
    const listener = await startListener(options, async () => ({ ear, state: 'running' }));
    await listener.stop();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('holds none that failed to start', async () => {
    const failing = startListener(options, () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
