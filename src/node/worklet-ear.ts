import { type DecisionConfig, type ModelConfig, reconfigured } from '../config.js';
import type { EarshotError } from '../errors.js';
import type { Command, Report } from '../worklet/protocol.js';
import { ReportReader } from '../worklet/report-reader.js';
import type { Ear, TellEvent } from './ear.js';

/** Whom a worklet's ear tells, and how it speaks to the worklet. */
export interface WorkletEarOptions {
  wantsFrames: boolean;
  tell: TellEvent;
  end: (error: EarshotError) => void;
  command: (command: Command) => void;
}

/** Hears what the browser's worklet reports, which listens where the microphone is recorded. */
export class WorkletEar implements Ear {
  readonly #reader: ReportReader;
  readonly #command: (command: Command) => void;
  #config: ModelConfig;

  /** @param config the model's, with the decision that the worklet was started with */
  constructor(config: ModelConfig, sampleRate: number, { wantsFrames, tell, end, command }: WorkletEarOptions) {
    this.#config = config;
    this.#command = command;
    this.#reader = new ReportReader(config, sampleRate, [], {
      onDetection: tell,
      onFrame: wantsFrames ? tell : undefined,
      onEnd: (error) => error && end(error),
    });
  }

  report(report: Report): void {
    this.#reader.read(report);
  }

  configure(decision: Partial<DecisionConfig>): void {
    this.#config = reconfigured(this.#config, decision);
    this.#command({ type: 'configure', decision: this.#config.decision });
  }
}
