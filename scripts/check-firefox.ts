import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { Firefox } from './firefox.ts';
import { inOrder } from './in-order.ts';
import { ListeningPage } from './listening-page.ts';
import { VirtualMicrophone } from './virtual-microphone.ts';

// Speaks samples/words.wav into a virtual microphone and checks what the page shows in Firefox, that it gives the
// microphone back, and that it hears the same in the file when that is dropped on it. For CI: Linux, with the packages
// firefox-esr, pulseaudio and pulseaudio-utils.

const SAMPLE = 'words.wav';
/** A synthetic voice through a real-time path: one word may be missed. */
const MAY_MISS = 1;
const SETTLE_MS = 1000;

const spoken: string[] = JSON.parse(readFileSync('samples/expected.json', 'utf8'))[SAMPLE];

const microphone = await VirtualMicrophone.start();
const firefox = await Firefox.start('firefox-esr', microphone.environment);
try {
  const page = await ListeningPage.open(firefox);
  await page.toggle();
  await page.untilPhase('Listening');
  await microphone.untilListeners(1);
  await wait(SETTLE_MS);
  await microphone.play(`samples/${SAMPLE}`);
  await wait(SETTLE_MS);
  const live = await page.heard();
  await page.toggle();
  await microphone.untilListeners(0);
  await page.drop(SAMPLE);
  const dropped = await page.heard();
  await page.close();
  console.log(await firefox.evaluate('navigator.userAgent'));
  console.log(`spoken:  ${spoken.join(' ')}\nlive:    ${live.join(' ')}; released\ndropped: ${dropped.join(' ')}`);
  const isHeard = inOrder(spoken, live) >= spoken.length - MAY_MISS && dropped.join() === spoken.join();
  if (!isHeard) process.exitCode = 1;
} finally {
  await firefox.close();
  await microphone.stop();
}
