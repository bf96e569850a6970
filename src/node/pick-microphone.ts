import { EarshotError } from '../errors.js';
import type { MicrophoneInfo } from './microphones.js';

const NONE =
  'There is no microphone, or none that ALSA knows. On Linux a sound server must run for this user: with PipeWire ' +
  'install pipewire-alsa, with PulseAudio libasound2-plugins; without one, the user must be in the group "audio"';

/**
 * The microphone that is meant by an id, a label or a part of a label; undefined if none is named, as in an
 * empty name, which leaves the choice to the system.
 * @throws EarshotError EARSHOT_MICROPHONE_MISSING
 */
export function pickMicrophone(microphones: readonly MicrophoneInfo[], name?: string): MicrophoneInfo | undefined {
  if (microphones.length === 0) throw new EarshotError('EARSHOT_MICROPHONE_MISSING', NONE);
  if (!name) return undefined;
  const picked =
    microphones.find(({ deviceId }) => deviceId === name) ??
    microphones.find(({ label }) => label === name) ??
    microphones.find(({ label }) => label.toLowerCase().includes(name.toLowerCase()));
  if (picked) return picked;
  const labels = microphones.map(({ label }) => JSON.stringify(label)).join(', ');
  const message = `No microphone is called ${JSON.stringify(name)}; there are ${labels}`;
  throw new EarshotError('EARSHOT_MICROPHONE_MISSING', message, { value: name });
}
