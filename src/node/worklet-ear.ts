import { type DecisionConfig, type ModelConfig, reconfigured } from '../config.js';
import type { EarshotError } from '../errors.js';
import type { Command, Report } from '../worklet/protocol.js';
import { ReportReader } from '../worklet/report-reader.js';
import { LevelMeter } from './level-meter.js';
import type { EarSink, EarWishes } from './spotter-ear.js';

/** Whom a worklet's ear tells. */
export interface WorkletEarSink extends EarSink {
  end(error: EarshotError): void;
}

/** Hears what the browser's worklet reports, which listens where the microphone is recorded. */
export class WorkletEar {
  readonly #reader: ReportReader;
  readonly #meter: LevelMeter | undefined;
  readonly #command: (command: Command) => void;
  #config: ModelConfig;

  /** @param config the model's, with the decision that the worklet was started with */
  constructor(
    config: ModelConfig,
    sampleRate: number,
    wishes: EarWishes,
    sink: WorkletEarSink,
    command: (command: Command) => void,
  ) {
    const tell = (event: Parameters<EarSink['event']>[0]) => sink.event(event);
    this.#config = config;
    this.#command = command;
    this.#reader = new ReportReader(config, sampleRate, [], {
      onDetection: tell,
      onFrame: wishes.frames ? tell : undefined,
      onEnd: (error) => error && sink.end(error),
    });
    if (wishes.levels) this.#meter = new LevelMeter(sampleRate, (level) => sink.level(level));
  }

  samples(samples: Float32Array): void {
    this.#meter?.add(samples);
  }

  report(report: Report): void {
    this.#reader.read(report);
  }

  /** @throws EarshotError EARSHOT_BAD_ARGUMENT */
  configure(decision: Partial<DecisionConfig>): void {
    this.#config = reconfigured(this.#config, decision);
    this.#command({ type: 'configure', decision });
  }

  /** The worklet ends with the microphone. */
  dispose(): void {}
}
