import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { fromProducer, fromSubscriber } from '../server/protocol/client-messages.ts';
import { opening, resuming, subscribing } from '../server/protocol/parameters.ts';
import { toProducer, toSubscriber } from '../server/protocol/server-messages.ts';

type Schema = v.GenericSchema;
/** An object with a literal `type`, as the protocol's messages are. */
type MessageSchema = Schema & { entries: { type: { literal: string } } };
type Json = Record<string, unknown>;

const AUDIO = { contentType: 'application/octet-stream', payload: { type: 'string', format: 'binary' } };

/** The protocol as AsyncAPI 3.0 describes it, made from the schemas by which the server checks it. */
export function asyncApi(): Json {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Earshot',
      version: '1.0.0',
      description: 'Streams of audio in, per-frame classifications and detections out. protocol.md explains it.',
    },
    servers: { local: { host: 'localhost:8080', protocol: 'ws' } },
    channels: {
      stream: {
        address: '/v1/stream',
        description: 'A producer. The query begins a stream, or goes on with the session of a token.',
        bindings: { ws: { query: { oneOf: [jsonSchema(opening), jsonSchema(resuming)] } } },
        messages: {
          audio: { ...AUDIO, description: 'In the encoding of the query, cut anywhere' },
          binaryFrames: { ...AUDIO, description: 'With frame_format=binary; protocol.md tells what the bytes mean' },
          ...messages('send', fromProducer.options),
          ...messages('receive', toProducer.options),
        },
      },
      events: {
        address: '/v1/events',
        description: 'A subscriber.',
        bindings: { ws: { query: jsonSchema(subscribing) } },
        messages: { ...messages('send', fromSubscriber.options), ...messages('receive', toSubscriber.options) },
      },
    },
    operations: {
      produce: operation('receive', 'stream', ['audio', ...names('send', fromProducer.options)]),
      tellProducer: operation('send', 'stream', ['binaryFrames', ...names('receive', toProducer.options)]),
      askAsSubscriber: operation('receive', 'events', names('send', fromSubscriber.options)),
      tellSubscriber: operation('send', 'events', names('receive', toSubscriber.options)),
    },
  };
}

/** What goes in, before defaults and conversions. */
function jsonSchema(schema: Schema): Json {
  const { $schema: _, ...rest } = toJsonSchema(schema, { typeMode: 'input' });
  return rest;
}

/** From the client's side, because both sides have a message named `close` or the like. */
type Direction = 'send' | 'receive';

function messages(direction: Direction, schemas: readonly MessageSchema[]): Json {
  return Object.fromEntries(schemas.map((schema) => [nameOf(direction, schema), { payload: jsonSchema(schema) }]));
}

function names(direction: Direction, schemas: readonly MessageSchema[]): string[] {
  return schemas.map((schema) => nameOf(direction, schema));
}

function nameOf(direction: Direction, { entries }: MessageSchema): string {
  return `${direction}_${entries.type.literal}`;
}

/** @param action as the server sees it */
function operation(action: Direction, channel: string, list: readonly string[]): Json {
  return {
    action,
    channel: { $ref: `#/channels/${channel}` },
    messages: list.map((name) => ({ $ref: `#/channels/${channel}/messages/${name}` })),
  };
}
