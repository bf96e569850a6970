import { readFile, stat } from 'node:fs/promises';

/** A file as it was read last. */
export interface KeptFile {
  /** For the `ETag` header; another as soon as the file changes. */
  readonly tag: string;
  readonly bytes: Promise<Buffer>;
}

/** Files whose bytes are kept until they change, so that any number of answers hold them once. */
export class KeptFiles {
  readonly #files = new Map<string, KeptFile>();

  /** Undefined where there is no such file. `bytes` rejects where it cannot be read. */
  async get(path: string): Promise<KeptFile | undefined> {
    const facts = await stat(path).catch(() => undefined);
    if (!facts?.isFile()) return undefined;
    const tag = `"${facts.size.toString(36)}-${Math.round(facts.mtimeMs).toString(36)}"`;
    const kept = this.#files.get(path);
    if (kept?.tag === tag) return kept;
    const file = { tag, bytes: readFile(path) };
    this.#files.set(path, file);
    file.bytes.catch(() => this.#files.delete(path));
    return file;
  }
}
