import * as v from 'valibot';
import { DEFAULT_LIMITS, type Limits } from './limits.js';
import { parse } from './protocol/parse.js';

/** As browsers send it: a scheme and a host, without a path; "null" for pages that have none. */
const ORIGIN = /^([a-z][a-z0-9+.-]*:\/\/[^\s/]+|null)$/;

const limit = v.optional(v.pipe(v.number(), v.minValue(0)));
/** A timer of Node goes off at once where it should wait for longer than 2³¹ ms. */
const graceSeconds = v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(2_000_000)));

/** What `createEarshotServer` takes, as far as a schema can tell: tokens and models are checked where they are read. */
const options = v.strictObject({
  models: v.optional(v.string()),
  tokens: v.optional(v.any()),
  allowedOrigins: v.optional(
    v.array(v.pipe(v.string(), v.regex(ORIGIN, 'Expected an origin such as https://example.org'))),
  ),
  limits: v.optional(
    v.strictObject({
      ...(Object.fromEntries(Object.keys(DEFAULT_LIMITS).map((name) => [name, limit])) as Record<
        keyof Limits,
        typeof limit
      >),
      graceSeconds,
    }),
  ),
  workers: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(256))),
  logger: v.optional(v.any()),
});

/** @throws EarshotError EARSHOT_BAD_ARGUMENT */
export const checkServerOptions = (given: unknown): void => void parse(options, given, 'EARSHOT_BAD_ARGUMENT');
