import { expect, it } from 'vitest';
import { expectSpoken } from '../helpers/spoken.ts';
import { describeInChromium } from './helpers/in-chromium.ts';
import { withSilence } from './helpers/speaking-file.ts';

const ROOT = new URL('../../', import.meta.url);
/** The page needs a moment to begin; Chromium plays the file from the moment that the microphone opens. */
const microphone = withSilence(new URL('samples/words.wav', ROOT), 1.5, 60);

describeInChromium('The microphone in Chromium', { microphone }, (chromium) => {
  // Chromium's fake microphone itself leaves sound out when the machine is busy: hence the second try.
  it('is heard, word by word, without a lost block', { retry: 1 }, async () => {
    const page = await chromium.open();
    const heard = await page.evaluate(async () => {
      const labels: string[] = [];
      const indices: number[] = [];
      const listener = await earshot.listen({
        model: modelBytes,
        onDetection: ({ label }) => labels.push(label),
        onFrame: ({ index }) => indices.push(index),
      });
      await new Promise((resolve) => setTimeout(resolve, 8000));
      const { state, lostBlocks, sampleRate } = listener;
      await listener.stop();
      return { labels, indices, state, lostBlocks, sampleRate, after: listener.state };
    });
    expectSpoken(heard.labels);
    expect(heard.indices).toEqual(heard.indices.map((_, n) => n));
    expect(heard.indices.length).toBeGreaterThan(300);
    expect(heard).toMatchObject({ state: 'running', lostBlocks: 0, after: 'stopped' });
    await page.context().close();
  });

  it('is heard by two listeners at once, each with its own settings', { retry: 1 }, async () => {
    const page = await chromium.open();
    const heard = await page.evaluate(async () => {
      const both = [0.5, 1].map(async (threshold) => {
        const heard = { words: 0, frames: 0 };
        const listener = await earshot.listen({
          model: modelBytes,
          decision: { threshold },
          onDetection: () => heard.words++,
          onFrame: () => heard.frames++,
        });
        await new Promise((resolve) => setTimeout(resolve, 4500));
        await listener.stop();
        return heard;
      });
      return Promise.all(both);
    });
    for (const { frames } of heard) expect(frames).toBeGreaterThan(150);
    expect(heard[0].words).toBeGreaterThan(0);
    expect(heard[1].words).toBe(0);
    await page.context().close();
  });
});
