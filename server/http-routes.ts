import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ModelInfo } from 'earshot';
import { type Access, allows, type Rights, SINGLE_USE_SECONDS } from './access.js';
import { rightsOfRequest } from './credentials.js';
import type { Metrics } from './metrics.js';
import { checkOrigin } from './origin.js';
import { refusalOf } from './protocol/refusals.js';
import type { Session } from './session.js';

/** What the routes tell about. */
export interface RouteContext {
  access: Access;
  allowedOrigins: readonly string[];
  models: ReadonlyMap<string, ModelInfo>;
  sessions: Iterable<Session>;
  metrics: Metrics;
  isReady(): boolean;
}

interface Answer {
  status: number;
  type?: string;
  body: string;
}

type Route = (context: RouteContext, request: IncomingMessage) => Answer | Promise<Answer>;

/** Addresses by method and path. Those behind `guarded` want a token where the server knows any. */
const ROUTES: Readonly<Record<string, Route>> = {
  'GET /healthz': () => json(200, { status: 'ok' }),
  'GET /readyz': (context) => (context.isReady() ? json(200, { status: 'ready' }) : json(503, { status: 'not ready' })),
  'GET /metrics': guarded(async ({ metrics }) => ({
    status: 200,
    type: metrics.contentType,
    body: await metrics.text(),
  })),
  'GET /v1/models': guarded(({ models }) => json(200, { models: [...models.values()] })),
  'GET /v1/streams': guarded(({ sessions }, { subscribe }) => {
    const visible = [...sessions].filter((session) => allows(subscribe, session.facts.name));
    return json(200, { streams: visible.map((session) => session.summary) });
  }),
  'POST /v1/tokens': guarded(({ access }, rights) =>
    json(201, { token: access.issue(rights), expires_in: SINGLE_USE_SECONDS }),
  ),
};

/** Those that helmet sets, at their strictest: what is answered here is data and no page. */
const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Origin-Agent-Cluster': '?1',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-DNS-Prefetch-Control': 'off',
  'X-Frame-Options': 'DENY',
  'X-Permitted-Cross-Domain-Policies': 'none',
  'X-XSS-Protection': '0',
};
/** Over TLS only, where browsers heed it: a year. */
const TRANSPORT_SECURITY = { 'Strict-Transport-Security': 'max-age=31536000' };

/** Answers a request if it is for one of the routes. @returns whether it was */
export function answer(context: RouteContext, request: IncomingMessage, response: ServerResponse): boolean {
  const { pathname } = addressOf(request);
  const isKnown = Object.keys(ROUTES).some((route) => route.endsWith(` ${pathname}`));
  if (!isKnown) return false;
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const route = ROUTES[`${method} ${pathname}`] ?? (() => json(405, { message: 'Not with this method' }));
  Promise.resolve()
    .then(() => route(context, request))
    .catch(refusal)
    .then(({ status, type = 'application/json', body }) => {
      response.writeHead(status, {
        ...HEADERS,
        ...('encrypted' in request.socket && TRANSPORT_SECURITY),
        'Content-Type': type,
        'Content-Length': Buffer.byteLength(body),
      });
      response.end(request.method === 'HEAD' ? undefined : body);
    });
  return true;
}

/** Path and query of a request. */
export function addressOf({ url = '/' }: IncomingMessage): URL {
  const text = `http://server${url}`;
  return URL.canParse(text) ? new URL(text) : new URL('http://server/');
}

/** An error as the answer to a request. */
export function refusal(error: unknown): Answer {
  const { code, message, status } = refusalOf(error);
  return json(status, { code, message });
}

function guarded(route: (context: RouteContext, rights: Rights) => Answer | Promise<Answer>): Route {
  return (context, request) => {
    checkOrigin(request, context.access, context.allowedOrigins);
    return route(context, rightsOfRequest(request, context.access));
  };
}

function json(status: number, value: unknown): Answer {
  return { status, body: `${JSON.stringify(value)}\n` };
}
