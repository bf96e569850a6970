import { checkOptions, unexpected } from '../errors.js';

const EVENTS = ['frame', 'detection'] as const;
const NAMES = ['threshold', 'thresholds', 'labels', 'events'];

/** Changes to a stream; see docs/protocol.md. */
export interface StreamConfiguration {
  threshold?: number;
  thresholds?: Record<string, number>;
  labels?: string[];
  events?: ('frame' | 'detection')[];
}

/**
 * A server ends the stream of a client that asks for what it cannot do; so it is not asked.
 * @param known the labels of the stream's model; any will do as long as the server has not named them
 * @throws EarshotError EARSHOT_BAD_ARGUMENT
 */
export function checkConfiguration(configuration: StreamConfiguration, known?: readonly string[]): void {
  checkOptions('configuration', configuration, NAMES);
  const { threshold, thresholds = {}, labels = [], events = [] } = configuration;
  if (threshold !== undefined) checkThreshold('threshold', threshold);
  for (const [label, value] of Object.entries(thresholds)) checkThreshold(`thresholds.${label}`, value);
  for (const label of [...Object.keys(thresholds), ...labels]) if (known) checkOneOf('label', known, label);
  for (const event of events) checkOneOf('event', EVENTS, event);
}

function checkThreshold(name: string, value: number): void {
  if (typeof value === 'number' && value >= 0 && value <= 1) return;
  throw unexpected('EARSHOT_BAD_ARGUMENT', name, 'a number from 0 to 1', value);
}

function checkOneOf(name: string, values: readonly string[], value: string): void {
  if (!values.includes(value)) throw unexpected('EARSHOT_BAD_ARGUMENT', name, `one of ${values.join(', ')}`, value);
}
