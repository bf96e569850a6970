import { element } from './element.js';
import { hide } from './hide.js';
import { isActive, type Phase } from './session.js';
import type { Source } from './sources.js';

/** What the page says about what it does, and what its main button does next. */
export class PhaseView {
  readonly #controls = element('controls', HTMLFieldSetElement);
  readonly #start = element('start', HTMLButtonElement);
  readonly #resume = element('resume', HTMLButtonElement);
  readonly #phase = element('phase', HTMLElement);
  readonly #text = element('phase-text', HTMLElement);

  /** Says why there is nothing to start. */
  fail(text: string): void {
    this.#phase.dataset.phase = 'idle';
    this.#text.textContent = text;
  }

  show(phase: Phase, source: Source): void {
    const canStop = isActive(phase);
    this.#controls.disabled = false;
    this.#start.textContent = canStop ? 'Stop' : 'Start listening';
    this.#start.classList.toggle('stop', canStop);
    if (phase === 'suspended') this.#resume.hidden = false;
    else hide(this.#resume);
    this.#phase.dataset.phase = phase;
    this.#text.textContent = phaseText(phase, source);
  }
}

/** By the kind of source: %s is its name. */
const TEXTS: Record<Source['kind'], Record<Phase, string>> = {
  microphone: {
    idle: 'Ready',
    starting: 'Please allow the microphone …',
    running: 'Listening',
    suspended: 'The browser has paused it, or it is muted',
    reconnecting: 'The sound waits for the server',
    stopped: 'Stopped; the microphone is off',
    finished: 'Stopped; the microphone is off',
  },
  sample: {
    idle: 'Ready',
    starting: 'Opening %s …',
    running: 'Playing %s',
    suspended: 'The browser has paused it',
    reconnecting: 'The sound waits for the server',
    stopped: 'Stopped',
    finished: 'Played %s',
  },
  file: {
    idle: 'Ready',
    starting: 'Opening %s …',
    running: 'Hearing %s as fast as it can',
    suspended: 'The browser has paused it',
    reconnecting: 'The sound waits for the server',
    stopped: 'Stopped',
    finished: 'Heard all of %s',
  },
};

const phaseText = (phase: Phase, { kind, name }: Source): string => TEXTS[kind][phase].replace('%s', () => name);
