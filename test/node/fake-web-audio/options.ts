/** The environment of a process that gets the fake in place of node-web-audio-api. */
export function withFakeWebAudio(microphone = 'speaking'): Record<string, string> {
  const register = new URL('./register.mjs', import.meta.url).href;
  // Node 26 warns of what register.mjs does as Node 20 wants it.
  const options = `--import ${register} --disable-warning=DEP0205`;
  return { NODE_OPTIONS: options, EARSHOT_FAKE_MICROPHONE: microphone };
}
