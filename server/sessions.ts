import { createHash, randomBytes } from 'node:crypto';
import { EarshotError, type ModelInfo, PcmDecoder } from 'earshot';
import type { Logger } from 'pino';
import { demand, type Rights } from './access.js';
import type { Connection } from './connection.js';
import type { Crew } from './engine/crew.js';
import type { Hub } from './hub.js';
import type { Limits } from './limits.js';
import type { Metrics } from './metrics.js';
import { PlacesPerAddress } from './places-per-address.js';
import { ENCODINGS, type ResumeParameters, type StreamParameters } from './protocol/parameters.js';
import { Session, type SessionContext } from './session.js';

/** All sessions of a server: opened, found again by their tokens, ended. */
export class Sessions {
  readonly #models: ReadonlyMap<string, ModelInfo>;
  readonly #defaultModel: string;
  readonly #crew: Crew;
  readonly #limits: Limits;
  readonly #metrics: Metrics;
  readonly #context: SessionContext;
  /** By name, while their streams are open. */
  readonly #open = new Map<string, Session>();
  /** As long as they may be resumed, by the digest of their tokens, so that the time of a look-up tells nothing about a token. */
  readonly #byToken = new Map<string, Session>();
  readonly #perAddress: PlacesPerAddress;

  constructor(
    models: ReadonlyMap<string, ModelInfo>,
    defaultModel: string,
    crew: Crew,
    hub: Hub,
    limits: Limits,
    metrics: Metrics,
    logger: Logger,
  ) {
    this.#models = models;
    this.#defaultModel = defaultModel;
    this.#crew = crew;
    this.#limits = limits;
    this.#metrics = metrics;
    this.#perAddress = new PlacesPerAddress(limits.streamsPerAddress, 'streams');
    this.#context = {
      limits,
      hub,
      metrics,
      onFault: (session, fault) => logger.error({ ...session.record, fault }, 'a stream has failed'),
      onOver: (session) => {
        this.#open.delete(session.facts.name);
        logger.info(session.record, 'stream ended');
      },
      onForgotten: (session) => {
        if (!this.#byToken.delete(digestOf(session.token))) return;
        this.#perAddress.giveBack(session.facts.address);
        metrics.streams.set(this.#byToken.size);
      },
    };
  }

  /** Streams that are open. */
  get size(): number {
    return this.#open.size;
  }

  [Symbol.iterator](): IterableIterator<Session> {
    return this.#open.values();
  }

  /**
   * Begins a stream.
   * @throws EarshotError EARSHOT_MODEL_NOT_FOUND, EARSHOT_FORBIDDEN, EARSHOT_NAME_TAKEN, EARSHOT_LIMIT, EARSHOT_INTERNAL
   */
  open(parameters: StreamParameters, rights: Rights, connection: Connection, address: string): void {
    const name = parameters.name ?? `stream-${randomBytes(6).toString('hex')}`;
    demand(rights.produce, name);
    const model = this.#model(parameters.model);
    if (this.#open.has(name)) throw new EarshotError('EARSHOT_NAME_TAKEN', `A stream named ${name} is open`);
    this.#checkLimits(address);
    const encoding = ENCODINGS[parameters.encoding];
    const { channels, sample_rate: sampleRate, frame_every: frameEvery, events } = parameters;
    const { frame_format: frameFormat } = parameters;
    const facts = {
      name,
      model,
      sampleRate,
      frameBytes: new PcmDecoder(encoding, channels).frameBytes,
      framesPerMessage: parameters.frames_per_message,
      frameFormat,
      address,
    };
    const setup = { model: model.name, sampleRate, encoding, channels, frameEvery, frameFormat, events };
    const session = new Session(this.#context, facts, (listener) => this.#crew.open(setup, listener));
    this.#open.set(name, session);
    this.#byToken.set(digestOf(session.token), session);
    this.#perAddress.take(address);
    this.#metrics.opened.inc();
    this.#metrics.streams.set(this.#byToken.size);
    session.attach(connection, 0);
  }

  /** Goes on with a session. @throws EarshotError EARSHOT_SESSION_UNKNOWN, EARSHOT_FORBIDDEN, EARSHOT_PARAMETER */
  resume({ token, last_seq: lastSeq }: ResumeParameters, rights: Rights, connection: Connection): void {
    const session = this.#byToken.get(digestOf(token));
    if (!session) throw new EarshotError('EARSHOT_SESSION_UNKNOWN', 'No session has this token any more');
    demand(rights.produce, session.facts.name);
    session.attach(connection, lastSeq);
    this.#metrics.resumed.inc();
  }

  #model(name: string = this.#defaultModel): ModelInfo {
    const model = this.#models.get(name);
    if (model) return model;
    const known = [...this.#models.keys()].join(', ');
    throw new EarshotError('EARSHOT_MODEL_NOT_FOUND', `Expected \`model\` to be one of ${known}`, { value: name });
  }

  #checkLimits(address: string): void {
    const { streams } = this.#limits;
    if (this.#byToken.size >= streams) throw new EarshotError('EARSHOT_LIMIT', `There are ${streams} streams already`);
    this.#perAddress.check(address);
  }
}

const digestOf = (token: string): string => createHash('sha256').update(token).digest('hex');
