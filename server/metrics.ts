import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Numbers for Prometheus, of one server. */
export class Metrics {
  readonly #registry = new Registry();
  readonly streams = this.#gauge('earshot_streams', 'Streams that are open or may be resumed');
  readonly subscribers = this.#gauge('earshot_subscribers', 'Subscribers that are connected');
  readonly opened = this.#counter('earshot_streams_opened_total', 'Streams opened');
  readonly resumed = this.#counter('earshot_streams_resumed_total', 'Streams taken up again after a lost connection');
  readonly refused = this.#counter('earshot_refusals_total', 'Connections and messages refused, by code', ['code']);
  readonly frames = this.#counter('earshot_frames_total', 'Frames classified');
  readonly steps = this.#counter('earshot_steps_total', 'Batched steps; frames by steps is the mean batch');
  readonly droppedFrames = this.#counter('earshot_dropped_frames_total', 'Frame events not sent to slow subscribers');
  readonly detections = this.#counter('earshot_detections_total', 'Detections, by label', ['label']);
  readonly stepSeconds = this.#histogram('earshot_step_seconds', 'Time of a batched step, front end included');
  readonly queueSeconds = this.#histogram(
    'earshot_queue_seconds',
    'Time from a message of audio to its classification',
  );

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All of them, and those of the process, in the form that Prometheus reads. */
  text(): Promise<string> {
    return Registry.merge([ofProcess(), this.#registry]).metrics();
  }

  #gauge(name: string, help: string): Gauge {
    return new Gauge({ name, help, registers: [this.#registry] });
  }

  #counter<Label extends string = never>(name: string, help: string, labelNames: Label[] = []): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #histogram(name: string, help: string): Histogram {
    const buckets = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
    return new Histogram({ name, help, buckets, registers: [this.#registry] });
  }
}

let collected: Registry | undefined;

/** One for all servers of a process: what prom-client collects of it, it collects for ever. */
function ofProcess(): Registry {
  if (!collected) {
    collected = new Registry();
    collectDefaultMetrics({ register: collected });
  }
  return collected;
}
