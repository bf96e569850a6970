/** The environment of a process that gets the fake in place of node-web-audio-api. */
export function withFakeWebAudio(microphone = 'speaking'): Record<string, string> {
  const register = new URL('./register.mjs', import.meta.url).href;
  return { NODE_OPTIONS: `--import ${register}`, EARSHOT_FAKE_MICROPHONE: microphone };
}
