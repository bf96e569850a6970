import { EarshotError } from '../errors.js';
import type { Command } from '../worklet/protocol.js';
import { openCapture } from './capture.js';
import type { FromMicrophone, ToMicrophone } from './microphone-messages.js';
import { loadWebAudio, microphonesOf } from './web-audio.js';

// The process of a microphone; see microphone-process.ts. It ends with the process that started it, whatever ends that:
// signals, which a terminal sends to both, are left to the other.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit());
process.on('message', (message: ToMicrophone) => {
  answer(message).catch((error) => tell(failure(error)));
});

/** To the worklet, once there is one. */
let command = (_: Command): void => {};

async function answer(message: ToMicrophone): Promise<void> {
  switch (message.type) {
    case 'list':
      return tell({ type: 'devices', devices: await microphonesOf(await loadWebAudio()) });
    case 'open':
      command = await openCapture(message, tell);
      return;
    case 'command':
      return command(message.command);
  }
}

function tell(message: FromMicrophone): void {
  // Nobody is left to be told of an error.
  process.send?.(message, undefined, undefined, () => {});
}

function failure(error: unknown): FromMicrophone {
  const message = error instanceof Error ? error.message : String(error);
  return { type: 'failed', code: error instanceof EarshotError ? error.code : 'EARSHOT_AUDIO_BACKEND', message };
}
