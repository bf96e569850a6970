import { randomBytes } from 'node:crypto';
import { EarshotError, type ModelInfo } from 'earshot';
import { type Connection, NORMAL_CLOSURE } from './connection.js';
import type { Command } from './engine/orders.js';
import type { ReportedEnd, ReportedEvent, StreamReport } from './engine/reports.js';
import type { RemoteStream } from './engine/spotting-thread.js';
import type { Hub } from './hub.js';
import { Intake } from './intake.js';
import type { Limits } from './limits.js';
import type { Metrics } from './metrics.js';
import { Outbox } from './outbox.js';
import { type Configure, producerMessage } from './protocol/client-messages.js';
import { fieldsOf, type ToProducer } from './protocol/server-messages.js';
import type { SessionFacts } from './session-facts.js';

/** What a session shares with the rest of the server. */
export interface SessionContext {
  limits: Limits;
  hub: Hub;
  metrics: Metrics;
  onFault(session: Session, fault: string | undefined): void;
  /** The stream has ended: its name is free. */
  onOver(session: Session): void;
  /** Nobody can resume it any more. */
  onForgotten(session: Session): void;
}

/**
 * One stream and its producer, over any number of connections. While there is none, it waits for the grace time with
 * all it has heard, and its outbox keeps what it would have told.
 */
export class Session {
  /** Known to its producer only: whoever has it takes the session over. */
  readonly token = randomBytes(24).toString('base64url');
  readonly id = randomBytes(8).toString('hex');
  readonly facts: SessionFacts;
  readonly #context: SessionContext;
  readonly #stream: RemoteStream;
  readonly #outbox: Outbox;
  readonly #intake: Intake;
  readonly #startedAt = performance.now();
  #connection: Connection | undefined;
  #grace: NodeJS.Timeout | undefined;
  #state: 'open' | 'closing' | 'over' = 'open';
  /** Whether a subscriber wants frames. */
  #isWatched = false;
  #closeCode: number = NORMAL_CLOSURE;
  #failure: EarshotError | undefined;
  #commands = 0;
  #frames = 0;
  #detections = 0;

  /** @param open opens the stream that reports to this session. @throws EarshotError EARSHOT_INTERNAL */
  constructor(
    context: SessionContext,
    facts: SessionFacts,
    open: (listener: { report(report: StreamReport): void }) => RemoteStream | undefined,
  ) {
    this.#context = context;
    this.facts = facts;
    const { limits, metrics } = context;
    this.#outbox = new Outbox(facts, limits, (message) => this.#connection?.send(message));
    this.#intake = new Intake(facts, limits.unreadSeconds, metrics, this.#outbox);
    const stream = open({ report: (report) => this.#report(report) });
    if (!stream) throw new EarshotError('EARSHOT_INTERNAL', 'No worker is there at the moment');
    this.#stream = stream;
    const { name, model, sampleRate } = facts;
    this.watch();
    context.hub.publish('stream_opened', name, opened(model, sampleRate));
  }

  /** What may be known about the stream by those who may subscribe to it. */
  get summary(): Record<string, unknown> {
    const { name, model, sampleRate } = this.facts;
    return {
      name,
      model: model.name,
      sample_rate: sampleRate,
      connected: this.#connection !== undefined,
      samples: this.#intake.samples,
      frames: this.#frames,
      detections: this.#detections,
    };
  }

  /**
   * Goes on over this connection; another one that looks open is closed.
   * @param lastSeq number of the last message that the client has got
   * @throws EarshotError EARSHOT_PARAMETER
   */
  attach(connection: Connection, lastSeq: number): void {
    if (lastSeq > this.#outbox.seq) {
      throw new EarshotError('EARSHOT_PARAMETER', `\`last_seq\` is above ${this.#outbox.seq}, the last number given`);
    }
    this.#stopGrace();
    const former = this.#connection;
    this.#connection = connection;
    former?.fail(new EarshotError('EARSHOT_SESSION_TAKEN', 'Another connection has taken the session over'));
    this.#trim();
    this.#intake.restartPace();
    connection.serve({
      text: (message) => this.#text(message),
      binary: (bytes) => this.#binary(bytes),
      gone: (isMeant) => this.#gone(connection, isMeant),
      isBehind: () => this.#intake.isBehind,
      latest: () => this.#outbox.seq,
      arrived: (seq) => this.#outbox.arrived(seq),
      mayBeSilent: false,
    });
    this.#outbox.tell(this.#ready());
    this.#outbox.resume(lastSeq);
    if (this.#failure) connection.fail(this.#failure);
    else if (this.#state === 'over') connection.end(this.#closeCode);
  }

  /** Somebody began or ceased to want frames. */
  watch(): void {
    const isWatched = this.#context.hub.wantsFrames(this.facts.name);
    if (isWatched !== this.#isWatched) this.#stream.watch(isWatched);
    this.#isWatched = isWatched;
  }

  /** Ends the stream because the server is going away: last events, `closed`, close code 1001. */
  leave(closeCode: number): void {
    this.#closeCode = closeCode;
    this.#close();
  }

  #binary(bytes: Buffer): void {
    if (bytes.length === 0 || !this.#isOpen) return;
    this.#intake.add(bytes.length);
    this.#stream.audio(bytes);
  }

  #text(text: string): void {
    const message = producerMessage(text);
    if (message.type === 'keepalive') this.#outbox.tell({ type: 'keepalive' });
    else if (!this.#isOpen) return;
    else if (message.type === 'close') this.#close();
    else this.#command(message.type === 'configure' ? this.#configuration(message) : { type: message.type });
  }

  #command(command: Command): void {
    this.#commands++;
    if (command.type !== 'configure') this.#intake.trim();
    this.#stream.command(command);
  }

  /** False where the server is going away and the client does not know yet. @throws EarshotError EARSHOT_MESSAGE */
  get #isOpen(): boolean {
    if (this.#state === 'open') return true;
    if (this.#closeCode !== NORMAL_CLOSURE) return false;
    throw new EarshotError('EARSHOT_MESSAGE', 'Nothing may follow `close`');
  }

  /** @throws EarshotError EARSHOT_MESSAGE for a label that the model does not have */
  #configuration({ threshold, thresholds, labels, events }: Configure): Command {
    const known = this.facts.model.labels;
    for (const label of [...Object.keys(thresholds ?? {}), ...(labels ?? [])]) {
      if (!known.includes(label)) {
        throw new EarshotError('EARSHOT_MESSAGE', `The model has no label ${JSON.stringify(label)}`, { value: label });
      }
    }
    const decision = { ...(threshold !== undefined && { threshold }), ...(thresholds && { thresholds }) };
    return { type: 'configure', changes: { decision, ...(labels && { labels }), ...(events && { events }) } };
  }

  #close(): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.#command({ type: 'close' });
  }

  /** Forgets a sample that was cut in two with the connection; the client sends it again. */
  #trim(): void {
    if (this.#intake.trim()) this.#stream.command({ type: 'trim' });
  }

  #gone(connection: Connection, isMeant: boolean): void {
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    if (!isMeant) {
      // A server that has been closed does not wait for producers.
      this.#grace = setTimeout(() => this.#giveUp(), 1000 * this.#context.limits.graceSeconds).unref();
    } else if (this.#state === 'over') this.#context.onForgotten(this);
    else this.#close();
  }

  #giveUp(): void {
    this.#grace = undefined;
    if (this.#state === 'over') this.#context.onForgotten(this);
    else this.#close();
  }

  #stopGrace(): void {
    clearTimeout(this.#grace);
    this.#grace = undefined;
  }

  #report(report: StreamReport): void {
    if (report.outcome === 'failed') this.#failed(report);
    else if (this.#connection) this.#connection.together(() => this.#heard(report));
    else this.#heard(report);
  }

  #heard(report: StreamReport): void {
    this.#intake.classified(report.bytes);
    this.#frames = report.frames;
    this.#events(report);
    this.#outbox.acknowledge(report.samples, report.commands);
    if (report.outcome === 'closed') this.#over();
    this.#connection?.regulate();
  }

  #events({ events }: StreamReport): void {
    for (const event of events) {
      if (event.kind === 'end') this.#utteranceEnded(event);
      else this.#event(event);
    }
  }

  #event(event: ReportedEvent): void {
    if (event.fields !== '') this.#context.hub.publish(event.kind, this.facts.name, event.fields);
    if (event.kind === 'frame') {
      if (event.own) this.#outbox.frame(event);
      return;
    }
    this.#detections++;
    this.#context.metrics.detections.inc({ label: event.label });
    if (event.own) this.#outbox.event(event.fields);
  }

  #utteranceEnded({ samples, commands, leftover }: ReportedEnd): void {
    this.#outbox.endGroup();
    if (leftover > 0) {
      const bytes = leftover === 1 ? '1 byte' : `${leftover} bytes`;
      this.#outbox.warn('EARSHOT_AUDIO_TRUNCATED', `${bytes} at the end made no whole sample and counted for nothing`);
    }
    this.#outbox.acknowledge(samples, commands);
  }

  #over(): void {
    const totals = { samples: this.#intake.samples, frames: this.#frames, detections: this.#detections };
    this.#state = 'over';
    this.#outbox.event(fieldsOf({ type: 'closed', ...totals }));
    this.#context.hub.publish('stream_closed', this.facts.name, fieldsOf({ type: 'stream_closed', ...totals }));
    this.#context.onOver(this);
    if (this.#connection) this.#connection.end(this.#closeCode);
    else if (!this.#grace) this.#context.onForgotten(this);
  }

  /** What was heard before is told, also to a producer who comes back. */
  #failed(report: StreamReport): void {
    this.#context.onFault(this, report.fault);
    this.#events(report);
    this.#outbox.endGroup();
    this.#failure = new EarshotError('EARSHOT_INTERNAL', 'The worker of this stream has failed');
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.fail(this.#failure);
    this.#over();
  }

  #ready(): ToProducer {
    const { name, model, sampleRate } = this.facts;
    const { sampleRate: modelRate, frameSamples, hopSamples } = model.frontEnd;
    return {
      type: 'ready',
      protocol: 1,
      session: this.id,
      name,
      token: this.token,
      model: model.name,
      labels: [...model.labels],
      sample_rate: sampleRate,
      hop_seconds: hopSamples / modelRate,
      frame_seconds: frameSamples / modelRate,
      resume_from: this.#intake.samples,
      commands: this.#commands,
      grace_seconds: this.#context.limits.graceSeconds,
    };
  }

  /** For the log: nothing of what was said, and no token. */
  get record(): Record<string, unknown> {
    const { name, model, sampleRate, address } = this.facts;
    return {
      stream: name,
      session: this.id,
      address,
      model: model.name,
      sampleRate,
      audioSeconds: this.#intake.samples / sampleRate,
      openSeconds: Math.round(performance.now() - this.#startedAt) / 1000,
      frames: this.#frames,
      detections: this.#detections,
    };
  }
}

const opened = ({ name, labels }: ModelInfo, sampleRate: number): string =>
  fieldsOf({ type: 'stream_opened', model: name, labels, sample_rate: sampleRate });
