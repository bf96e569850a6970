import { OUTCOMES, type ReportedEnd, type ReportedEvent, type StreamReport } from './reports.js';

/** Reports as they travel between threads: to clone an object for each report and event takes longer than to classify. */
export interface PackedReports {
  numbers: Float64Array<ArrayBuffer>;
  /** All texts, one after the other. */
  text: string;
  bytes: Uint8Array<ArrayBuffer>;
}

const KINDS = ['frame', 'detection', 'end'] as const;
/** In place of a length: there is none. */
const NONE = -1;

export function pack(reports: readonly StreamReport[]): PackedReports {
  const packer = new Packer();
  for (const report of reports) packer.report(report);
  return packer.packed;
}

export function unpack(packed: PackedReports): StreamReport[] {
  const unpacker = new Unpacker(packed);
  const reports: StreamReport[] = [];
  while (!unpacker.isAtEnd) reports.push(unpacker.report());
  return reports;
}

class Packer {
  readonly #numbers: number[] = [];
  readonly #records: Uint8Array[] = [];
  #text = '';

  get packed(): PackedReports {
    return { numbers: Float64Array.from(this.#numbers), text: this.#text, bytes: joined(this.#records) };
  }

  report({ id, events, frames, samples, bytes, commands, outcome, fault }: StreamReport): void {
    this.#numbers.push(id, frames, samples, bytes, commands, OUTCOMES.indexOf(outcome));
    this.#optionalText(fault);
    this.#numbers.push(events.length);
    for (const event of events) this.#event(event);
  }

  #event(event: ReportedEvent | ReportedEnd): void {
    this.#numbers.push(KINDS.indexOf(event.kind));
    if (event.kind === 'end') {
      this.#numbers.push(event.samples, event.commands, event.leftover);
      return;
    }
    this.#numbers.push(event.own ? 1 : 0);
    this.#optionalText(event.fields);
    if (event.kind === 'detection') this.#optionalText(event.label);
    else this.#optionalRecord(event.record);
  }

  #optionalText(text: string | undefined): void {
    this.#numbers.push(text?.length ?? NONE);
    this.#text += text ?? '';
  }

  #optionalRecord(record: Uint8Array | undefined): void {
    this.#numbers.push(record?.length ?? NONE);
    if (record) this.#records.push(record);
  }
}

class Unpacker {
  readonly #packed: PackedReports;
  #number = 0;
  #char = 0;
  #byte = 0;

  constructor(packed: PackedReports) {
    this.#packed = packed;
  }

  get isAtEnd(): boolean {
    return this.#number === this.#packed.numbers.length;
  }

  report(): StreamReport {
    const report: StreamReport = {
      id: this.#next(),
      frames: this.#next(),
      samples: this.#next(),
      bytes: this.#next(),
      commands: this.#next(),
      outcome: OUTCOMES[this.#next()],
      events: [],
    };
    const fault = this.#optionalText();
    if (fault !== undefined) report.fault = fault;
    for (let left = this.#next(); left > 0; left--) report.events.push(this.#event());
    return report;
  }

  #event(): ReportedEvent | ReportedEnd {
    const kind = KINDS[this.#next()];
    if (kind === 'end') return { kind, samples: this.#next(), commands: this.#next(), leftover: this.#next() };
    const own = this.#next() === 1;
    const fields = this.#optionalText() ?? '';
    if (kind === 'detection') return { kind, own, fields, label: this.#optionalText() ?? '' };
    const record = this.#optionalRecord();
    return record ? { kind, own, fields, record } : { kind, own, fields };
  }

  #next(): number {
    return this.#packed.numbers[this.#number++];
  }

  #optionalText(): string | undefined {
    const length = this.#next();
    if (length === NONE) return undefined;
    this.#char += length;
    return this.#packed.text.slice(this.#char - length, this.#char);
  }

  #optionalRecord(): Uint8Array | undefined {
    const length = this.#next();
    if (length === NONE) return undefined;
    this.#byte += length;
    return this.#packed.bytes.subarray(this.#byte - length, this.#byte);
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
