import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { Firefox } from './firefox.ts';
import { inOrder } from './in-order.ts';
import { ListeningPage } from './listening-page.ts';
import { VirtualMicrophone } from './virtual-microphone.ts';

// Speaks samples/words.wav into a virtual microphone and checks what the page shows in Firefox, in front and behind
// another tab, that it gives the microphone back, and that it hears the same in the file when that is dropped on it. For CI: Linux, with the packages
// firefox-esr, pulseaudio and pulseaudio-utils.

const SAMPLE = 'words.wav';
/** A synthetic voice through a real-time path: one word may be missed. */
const MAY_MISS = 1;
/** A busy machine leaves sound out: it may be said again. */
const MOST_TRIES = 3;
/** For the network to forget the last word. */
const SETTLE_MS = 3000;

const spoken: string[] = JSON.parse(readFileSync('samples/expected.json', 'utf8'))[SAMPLE];
const isHeard = (words: readonly string[]): boolean => inOrder(spoken, words) >= spoken.length - MAY_MISS;

const microphone = await VirtualMicrophone.start();
const firefox = await Firefox.start('firefox-esr', microphone.environment);

/** Says the sample and gives what the page adds to its list. */
async function hearSample(page: ListeningPage): Promise<string[]> {
  for (let tries = 1; ; tries++) {
    await wait(SETTLE_MS);
    const { length } = await page.heard();
    await microphone.play(`samples/${SAMPLE}`);
    await wait(SETTLE_MS);
    const words = (await page.heard()).slice(length);
    if (isHeard(words) || tries === MOST_TRIES) return words;
  }
}

try {
  const page = await ListeningPage.open(firefox);
  await page.toggle();
  await page.untilPhase('Listening');
  await microphone.untilListeners(1);
  const live = await hearSample(page);
  await firefox.hidePage();
  const hidden = await hearSample(page);
  await page.toggle();
  await microphone.untilListeners(0);
  await page.drop(SAMPLE);
  const dropped = await page.heard();
  await page.close();
  console.log(await firefox.evaluate('navigator.userAgent'));
  for (const [how, words] of Object.entries({ spoken, live, hidden, dropped })) {
    console.log(`${how}: ${words.join(' ')}`);
  }
  if (!isHeard(live) || !isHeard(hidden) || dropped.join() !== spoken.join()) process.exitCode = 1;
} finally {
  await firefox.close();
  await microphone.stop();
}
