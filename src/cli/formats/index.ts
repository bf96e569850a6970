import { AudacityFormat } from './audacity.js';
import { CsvFormat } from './csv.js';
import type { Format, FormatOptions } from './format.js';
import { JsonlFormat } from './jsonl.js';
import { SubRipFormat } from './srt.js';
import { TextFormat } from './text.js';

interface FormatEntry {
  /** Has a way to write frames. */
  frames: boolean;
  /** Has no way to say which file something was heard in. */
  oneFileOnly: boolean;
  create(options: FormatOptions): Format;
}

/** All formats by the name that `--format` takes. */
export const FORMATS = {
  text: { frames: false, oneFileOnly: false, create: (options) => new TextFormat(options) },
  jsonl: { frames: true, oneFileOnly: false, create: () => new JsonlFormat() },
  csv: { frames: true, oneFileOnly: false, create: (options) => new CsvFormat(options) },
  srt: { frames: false, oneFileOnly: true, create: () => new SubRipFormat() },
  audacity: { frames: false, oneFileOnly: true, create: () => new AudacityFormat() },
} as const satisfies Record<string, FormatEntry>;

export type FormatName = keyof typeof FORMATS;

export const FORMAT_NAMES = Object.keys(FORMATS) as FormatName[];
