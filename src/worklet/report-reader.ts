import type { ModelConfig } from '../config.js';
import { EarshotError } from '../errors.js';
import { eventSink } from '../event-sink.js';
import type { DetectionEvent, FrameEvent } from '../events.js';
import { Timeline } from '../timeline.js';
import type { FramesReport, Report } from './protocol.js';

/** What the network held after a frame. */
export interface FrameInspection {
  /** Of the frame, as in its event. */
  index: number;
  /** End of the frame's window: seconds of input. */
  time: number;
  /** MFCCs. */
  features: Float32Array;
  /** Hidden state of each recurrent layer, from the input up. */
  hidden: Float32Array[];
  posteriors: number[];
}

/** Who is told what an audio thread reports. */
export interface ReportSink {
  onDetection?: ((event: DetectionEvent) => void) | undefined;
  onFrame?: ((event: FrameEvent) => void) | undefined;
  /** Needs a processor that was asked for activations. */
  onInspect?: ((inspection: FrameInspection) => void) | undefined;
  onSamples?: ((samples: Float32Array) => void) | undefined;
  /** The processor has ended; without an error after the last sample. */
  onEnd: (error?: EarshotError) => void;
}

/** Turns the reports of a processor on an audio thread into events, in whatever process they arrive. */
export class ReportReader {
  /** Blocks so far that the host left out. */
  lostBlocks = 0;
  readonly #sink: ReportSink;
  readonly #labels: number;
  readonly #activationSizes: readonly number[];
  readonly #width: number;
  readonly #events: ReturnType<typeof eventSink>;
  /** Of the frame that is being told. */
  #row: Float32Array = new Float32Array();

  /** @param activationSizes as the processor's first report tells them */
  constructor(config: ModelConfig, sampleRate: number, activationSizes: readonly number[], sink: ReportSink) {
    this.#sink = sink;
    this.#labels = config.labels.length;
    this.#activationSizes = activationSizes;
    const carried = sink.onInspect ? activationSizes : [];
    this.#width = carried.reduce((sum, size) => sum + size, this.#labels);
    this.#events = eventSink(new Timeline(config, sampleRate), config.labels, (event) => {
      if (event.type === 'detection') sink.onDetection?.(event);
      else this.#frame(event);
    });
  }

  read(report: Report): void {
    switch (report.type) {
      case 'frames':
        this.lostBlocks = report.lostBlocks;
        this.#frames(report);
        break;
      case 'detection':
        this.#events.detection(report.label, report.score, report.startFrame, report.endFrame);
        break;
      case 'samples':
        this.#sink.onSamples?.(report.values);
        break;
      case 'finished':
        this.#sink.onEnd();
        break;
      case 'failed':
        this.#sink.onEnd(new EarshotError(report.code, report.message));
        break;
    }
  }

  #frames({ first, count, values }: FramesReport): void {
    const { onFrame, onInspect } = this.#sink;
    if (!onFrame && !onInspect) return;
    for (let k = 0; k < count; k++) {
      this.#row = values.subarray(k * this.#width, (k + 1) * this.#width);
      this.#events.frame(first + k, this.#row.subarray(0, this.#labels));
    }
  }

  #frame(event: FrameEvent): void {
    const { onFrame, onInspect } = this.#sink;
    onFrame?.(event);
    if (!onInspect) return;
    const { index, time, posteriors } = event;
    const [features, ...hidden] = this.#activations();
    onInspect({ index, time, features, hidden, posteriors });
  }

  #activations(): Float32Array[] {
    let at = this.#labels;
    return this.#activationSizes.map((size) => {
      at += size;
      return this.#row.slice(at - size, at);
    });
  }
}
