import type { ErrorCode } from 'earshot';
import { type detectionSchema, frameSchema, type ToProducer, type ToSubscriber } from 'earshot/server';
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { producerMessage } from '../../server/protocol/client-messages.ts';
import { streamParameters, subscriberParameters } from '../../server/protocol/parameters.ts';
import type { REFUSALS } from '../../server/protocol/refusals.ts';
import { fieldsOf, forProducer, forSubscriber } from '../../server/protocol/server-messages.ts';
import type { ServerModule } from '../../src/cli/serve.ts';
import type { SubscriberMessage as ClientSubscriberMessage, ProducerMessage } from '../../src/client/messages.ts';
import type { DetectionEvent, FrameEvent } from '../../src/events.ts';

describe('the protocol', () => {
  it('carries the events of the core and what the client knows, by their types', () => {
    expectTypeOf<v.InferOutput<typeof frameSchema>>().toEqualTypeOf<Omit<FrameEvent, 'channel'>>();
    expectTypeOf<v.InferOutput<typeof detectionSchema>>().toEqualTypeOf<Omit<DetectionEvent, 'channel'>>();
    expectTypeOf<ToProducer>().toExtend<ProducerMessage>();
    expectTypeOf<ProducerMessage>().toExtend<ToProducer>();
    expectTypeOf<ToSubscriber>().toExtend<ClientSubscriberMessage>();
    expectTypeOf<ClientSubscriberMessage>().toExtend<ToSubscriber>();
    expectTypeOf<typeof import('earshot/server')>().toExtend<ServerModule>();
    expectTypeOf<keyof typeof REFUSALS>().toExtend<ErrorCode>();
  });

  it('writes an event once for its producer and its subscribers, to the last bit', () => {
    const probability = fc.double({ min: 0, max: 1, noNaN: true });
    const frame = fc.record({
      type: fc.constant('frame' as const),
      index: fc.nat(),
      time: fc.double({ min: 0, max: 1e9, noNaN: true }),
      sample: fc.nat(),
      posteriors: fc.array(probability, { maxLength: 12 }),
    });
    fc.assert(
      fc.property(frame, fc.nat(), (event, seq) => {
        const fields = fieldsOf(event);
        const plain = JSON.parse(JSON.stringify(event));
        expect(JSON.parse(forProducer(seq, fields))).toEqual({ ...plain, seq });
        expect(JSON.parse(forSubscriber(seq, 'a.b', fields))).toEqual({ ...plain, seq, stream: 'a.b' });
        expect(v.is(frameSchema, plain)).toBe(true);
      }),
    );
  });

  it('reads any text and any query, or says what is wrong', () => {
    const coded = (codes: string[], read: () => unknown) => {
      try {
        read();
      } catch (error) {
        expect(codes).toContain((error as { code: string }).code);
      }
    };
    const key = fc.constantFrom(
      'sample_rate',
      'encoding',
      'name',
      'events',
      'token',
      'stream',
      'since',
      '__proto__',
      'x',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.string())), fc.oneof(fc.string(), fc.json()), (query, text) => {
        const parameters = new URLSearchParams(query);
        coded(['EARSHOT_PARAMETER', 'EARSHOT_AUDIO_RATE'], () => streamParameters(parameters));
        coded(['EARSHOT_PARAMETER'], () => subscriberParameters(parameters));
        coded(['EARSHOT_MESSAGE'], () => producerMessage(text));
      }),
      { numRuns: 1000 },
    );
  });
});
