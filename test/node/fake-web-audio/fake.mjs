import { appendFileSync, readFileSync } from 'node:fs';

/**
 * What there is: `speaking` (the default; 16 kHz only, says samples/words.wav as fast as it is taken, then noise),
 * `unplugged` (goes after a while), `none`, `denied`, `busy`, `waiting` (never opens), `crash`, or `no-alsa`.
 */
const kind = process.env.EARSHOT_FAKE_MICROPHONE ?? 'speaking';
const RATE = 16000;
const HEADER_BYTES = 44;
const PACE_MS = 4;
const BLOCK_SAMPLES = 128;

/** A file that lists the processes that have loaded this. */
const started = process.env.EARSHOT_FAKE_STARTED;
if (started) appendFileSync(started, `${process.pid}\n`);

if (kind === 'no-alsa') throw new Error('libasound.so.2: cannot open shared object file');

let isPlugged = kind !== 'none';

export const mediaDevices = {
  async enumerateDevices() {
    const microphone = { kind: 'audioinput', deviceId: '17', label: 'Fake Microphone', groupId: '' };
    const loudspeaker = { kind: 'audiooutput', deviceId: '18', label: 'Fake Loudspeaker', groupId: '' };
    return isPlugged ? [microphone, loudspeaker] : [loudspeaker];
  },
  async getUserMedia({ audio }) {
    if (kind === 'denied') throw new Error('InvalidStateError - snd_pcm_open: Permission denied');
    if (kind === 'busy') throw new Error('InvalidStateError - Device or resource busy');
    if (kind === 'waiting') return new Promise(() => {});
    if (kind === 'crash') process.kill(process.pid, 'SIGSEGV');
    if (audio.sampleRate !== RATE) throw new Error('InvalidStateError - StreamConfigNotSupported');
    return {};
  },
};

function* sound() {
  const wav = readFileSync(new URL('../../../samples/words.wav', import.meta.url));
  for (let at = HEADER_BYTES; at + 1 < wav.length; at += 2) yield wav.readInt16LE(at) / 32768;
  if (kind === 'unplugged') isPlugged = false;
  let state = 1;
  while (true) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    yield isPlugged ? 1e-3 * (state / 2 ** 31) : 0;
  }
}

/** What the worklet's file registers, by name, when it has been loaded, and the port of the next one that is made. */
const processors = new Map();
let processorPort;

export class AudioContext {
  destination = {};

  audioWorklet = {
    addModule: async (path) => {
      Object.assign(globalThis, {
        sampleRate: this.sampleRate,
        currentFrame: 0n,
        AudioWorkletProcessor: class {
          port = processorPort;
        },
        registerProcessor: (name, processor) => processors.set(name, processor),
      });
      await import(path);
    },
  };

  constructor({ sampleRate }) {
    this.sampleRate = sampleRate;
  }

  createMediaStreamSource() {
    return { context: this, connect: (node) => node.begin?.() };
  }

  createScriptProcessor(length) {
    const samples = sound();
    const node = { connect() {}, onaudioprocess: undefined };
    setInterval(() => {
      const block = Float32Array.from({ length }, () => samples.next().value);
      node.onaudioprocess?.({ inputBuffer: { getChannelData: () => block } });
    }, PACE_MS);
    return node;
  }
}

/** Runs the processor on this thread, with the count of samples as the BigInt that node-web-audio-api makes of it. */
export class AudioWorkletNode {
  constructor(_context, name, { processorOptions }) {
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    processorPort = port2;
    this.processor = new (processors.get(name))({ processorOptions });
  }

  connect() {}

  begin() {
    const samples = sound();
    setInterval(() => {
      for (let n = 0; n < 1024; n += BLOCK_SAMPLES) {
        const block = Float32Array.from({ length: BLOCK_SAMPLES }, () => samples.next().value);
        this.processor.process([[block]], [[new Float32Array(BLOCK_SAMPLES)]]);
        globalThis.currentFrame += BigInt(BLOCK_SAMPLES);
      }
    }, PACE_MS);
  }
}
