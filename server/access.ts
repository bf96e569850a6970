import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { EarshotError } from 'earshot';
import * as v from 'valibot';
import { parse } from './protocol/parse.js';

/** Streams by name; `*` stands for any, and `kitchen-*` for those that begin so. */
const names = v.array(v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]*\*?$/, 'Expected a name, or its beginning and "*"')));

const grant = v.strictObject({
  /** At least 16 characters that may stand in a header of WebSocket (RFC 6455, section 4.1). */
  token: v.pipe(
    v.string(),
    v.regex(/^[A-Za-z0-9._~-]{16,256}$/, 'Expected 16 to 256 letters, digits, ".", "_", "~" and "-"'),
  ),
  produce: v.optional(names, []),
  subscribe: v.optional(names, []),
});

const grants = v.pipe(v.array(grant), v.minLength(1));

/** A token and the streams it is good for. */
export type Grant = v.InferInput<typeof grant>;

/** What a client may do. */
export interface Rights {
  produce: readonly string[];
  subscribe: readonly string[];
}

/** Where tokens are not asked for. */
const ALL_RIGHTS: Rights = { produce: ['*'], subscribe: ['*'] };

/** How long a single-use token can be used. */
export const SINGLE_USE_SECONDS = 60;
/** Single-use tokens of one grant that may wait to be used. */
const MOST_SINGLE_USE = 10_000;

/**
 * Reads a file of tokens: a JSON array of grants.
 * @throws EarshotError EARSHOT_TOKEN_FILE
 */
export async function readTokenFile(path: string): Promise<Grant[]> {
  const wrong = (what: string, cause: unknown) => new EarshotError('EARSHOT_TOKEN_FILE', what, { value: path, cause });
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw wrong(`The file of tokens cannot be read: ${cause.message}`, cause);
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    // What is wrong with it may be a part of a token.
    throw wrong(`The file of tokens is no JSON: ${path}`, cause);
  }
  return parse(grants, json, 'EARSHOT_TOKEN_FILE');
}

/** Knows who may do what. Tokens are kept and compared as SHA-256, in constant time. */
export class Access {
  readonly #grants: { digest: Buffer; rights: Rights }[];
  /** By the rights they give, the digests of single-use tokens with the time until which each is good, oldest first. */
  readonly #singleUse = new Map<Rights, Map<string, number>>();

  /** @param tokens undefined where nobody is asked for one. @throws EarshotError EARSHOT_TOKEN_FILE */
  constructor(tokens: readonly Grant[] | undefined) {
    const known = tokens && parse(grants, tokens, 'EARSHOT_TOKEN_FILE');
    this.isOpen = known === undefined;
    this.#grants = (known ?? []).map(({ token, produce, subscribe }) => ({
      digest: digestOf(token),
      rights: { produce, subscribe },
    }));
  }

  /** Whether everybody may do everything. */
  readonly isOpen: boolean;

  /** @throws EarshotError EARSHOT_UNAUTHORISED */
  rightsOf(token: string | undefined): Rights {
    if (this.isOpen) return ALL_RIGHTS;
    const rights = token === undefined ? undefined : this.#find(digestOf(token));
    if (rights) return rights;
    throw new EarshotError('EARSHOT_UNAUTHORISED', 'A token is needed that this server knows');
  }

  /** The same for a token that can be used once. @throws EarshotError EARSHOT_UNAUTHORISED */
  redeem(token: string): Rights {
    if (this.isOpen) return ALL_RIGHTS;
    // Looked up by its digest: the time that takes tells nothing about a token.
    const key = digestOf(token).toString('hex');
    for (const [rights, unused] of this.#singleUse) {
      const until = unused.get(key) ?? 0;
      unused.delete(key);
      if (until > Date.now()) return rights;
    }
    throw new EarshotError('EARSHOT_UNAUTHORISED', 'The single-use token is unknown, used or too old');
  }

  /**
   * A token that can be used once, for `SINGLE_USE_SECONDS`.
   * @param rights as they have been given by this object
   * @throws EarshotError EARSHOT_LIMIT
   */
  issue(rights: Rights): string {
    const now = Date.now();
    const unused = this.#singleUse.get(rights) ?? new Map<string, number>();
    this.#singleUse.set(rights, unused);
    for (const [key, until] of unused) {
      if (until > now) break;
      unused.delete(key);
    }
    if (unused.size >= MOST_SINGLE_USE) {
      throw new EarshotError(
        'EARSHOT_LIMIT',
        `There are ${MOST_SINGLE_USE} single-use tokens of this token that nobody has used yet`,
      );
    }
    const token = randomBytes(24).toString('base64url');
    unused.set(digestOf(token).toString('hex'), now + 1000 * SINGLE_USE_SECONDS);
    return token;
  }

  /** Compares with every grant, so that time does not tell which one it was. */
  #find(digest: Buffer): Rights | undefined {
    let rights: Rights | undefined;
    for (const grant of this.#grants) if (timingSafeEqual(grant.digest, digest)) rights = grant.rights;
    return rights;
  }
}

/** Whether a list of names, as a grant has it, allows this one. */
export function allows(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name));
}

/** @throws EarshotError EARSHOT_FORBIDDEN */
export function demand(patterns: readonly string[], name: string): void {
  if (allows(patterns, name)) return;
  throw new EarshotError('EARSHOT_FORBIDDEN', `The token does not allow this for the stream ${name}`);
}

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest();
