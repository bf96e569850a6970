import { readFileSync } from 'node:fs';
import { inOrder } from './in-order.ts';
import { ListeningPage } from './listening-page.ts';
import { VirtualMicrophone } from './virtual-microphone.ts';
import { WebKit } from './webkit.ts';

// Checks what the page hears in WebKitGTK: in samples/words.wav dropped on it, and in the same played aloud, which is an
// AudioContext that runs live. Its driver has no microphone. For CI: Linux, with the packages webkit2gtk-driver, xvfb,
// pulseaudio and pulseaudio-utils; the sound server is there to be played to.

const SAMPLE = 'words.wav';
/** A machine that is busy may play with gaps: one word may be missed. */
const MAY_MISS = 1;

const spoken: string[] = JSON.parse(readFileSync('samples/expected.json', 'utf8'))[SAMPLE];

const loudspeaker = await VirtualMicrophone.start();
const webkit = await WebKit.start(loudspeaker.environment);
try {
  const page = await ListeningPage.open(webkit);
  await page.drop(SAMPLE);
  const dropped = await page.heard();
  await webkit.click(`[data-sample="${SAMPLE}"]`);
  await page.untilPhase(`Played ${SAMPLE}`);
  const played = await page.heard();
  await page.close();
  console.log(await webkit.evaluate('navigator.userAgent'));
  console.log(`spoken:  ${spoken.join(' ')}\ndropped: ${dropped.join(' ')}\nplayed:  ${played.join(' ')}`);
  const isHeard = dropped.join() === spoken.join() && inOrder(spoken, played) >= spoken.length - MAY_MISS;
  if (!isHeard) process.exitCode = 1;
} finally {
  await webkit.close();
  await loudspeaker.stop();
}
