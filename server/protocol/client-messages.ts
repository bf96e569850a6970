import { EarshotError } from 'earshot';
import * as v from 'valibot';
import { parse } from './parse.js';

const probability = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

/** Text messages of a producer. */
export const fromProducer = v.variant('type', [
  v.strictObject({
    type: v.literal('configure'),
    threshold: v.exactOptional(probability),
    thresholds: v.exactOptional(v.record(v.string(), probability)),
    labels: v.exactOptional(v.array(v.string())),
    events: v.exactOptional(v.array(v.picklist(['frame', 'detection']))),
  }),
  v.strictObject({ type: v.literal('flush') }),
  v.strictObject({ type: v.literal('reset') }),
  v.strictObject({ type: v.literal('keepalive') }),
  v.strictObject({ type: v.literal('close') }),
]);

/** Text messages of a subscriber. */
export const fromSubscriber = v.variant('type', [
  v.strictObject({ type: v.literal('keepalive') }),
  v.strictObject({ type: v.literal('close') }),
]);

export type ProducerMessage = v.InferOutput<typeof fromProducer>;
export type SubscriberMessage = v.InferOutput<typeof fromSubscriber>;
export type Configure = Extract<ProducerMessage, { type: 'configure' }>;

/** Reads a producer's text message. @throws EarshotError EARSHOT_MESSAGE */
export function producerMessage(text: string): ProducerMessage {
  return parse(fromProducer, json(text), 'EARSHOT_MESSAGE');
}

/** Reads a subscriber's text message. @throws EarshotError EARSHOT_MESSAGE */
export function subscriberMessage(text: string): SubscriberMessage {
  return parse(fromSubscriber, json(text), 'EARSHOT_MESSAGE');
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new EarshotError('EARSHOT_MESSAGE', 'Expected a text message to be JSON; audio goes in binary messages', {
      cause,
    });
  }
}
