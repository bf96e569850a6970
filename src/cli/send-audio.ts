import { mixDown } from '../audio/pcm.js';
import type { StreamClient } from '../client/index.js';
import type { AudioStream } from '../files/audio-stream.js';

const MESSAGE_SECONDS = 0.1;

/** Sends a recording as one channel: as fast as the server hears it, or no faster than it plays. */
export async function sendAudio(audio: AudioStream, client: StreamClient, isRealTime: boolean): Promise<void> {
  const start = performance.now();
  const step = Math.round(MESSAGE_SECONDS * audio.sampleRate);
  let sent = 0;
  for await (const planar of audio) {
    const samples = mixDown(planar);
    for (let at = 0; at < samples.length; at += step) {
      const part = samples.subarray(at, at + step);
      sent += part.length;
      if (isRealTime) await sleepUntil(start + (1000 * sent) / audio.sampleRate);
      await client.send(part);
    }
  }
}

async function sleepUntil(time: number): Promise<void> {
  const left = time - performance.now();
  if (left > 0) await new Promise((done) => setTimeout(done, left));
}
