import { realpath } from 'node:fs/promises';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEFAULT_MODEL, modelPath } from '../node/open-model.js';
import { type KeptFile, KeptFiles } from './kept-files.js';
import { MIME_TYPES } from './mime-types.js';

/** Folders by the beginning of their addresses, the longest first; they lie in the package, built or not. */
const FOLDERS = [
  ['/samples/', new URL('../../samples/', import.meta.url)],
  ['/', new URL('../../dist/web/', import.meta.url)],
] as const;
/** Where the page finds the model that it listens with. */
const MODEL_ADDRESS = '/model.safetensors';

/**
 * Those that helmet sets, and `Permissions-Policy`. Everything comes from this server; only WebAssembly may be compiled;
 * only this page may ask for the microphone; no other page may frame it, open it as its own, or take its files.
 */
const SECURITY_HEADERS = {
  'Content-Security-Policy':
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Origin-Agent-Cluster': '?1',
  'Permissions-Policy': 'microphone=(self), camera=(), geolocation=()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-DNS-Prefetch-Control': 'off',
  'X-Frame-Options': 'DENY',
  'X-Permitted-Cross-Domain-Policies': 'none',
  'X-XSS-Protection': '0',
};
/** Over TLS only, where browsers heed it: a year. Other servers of the same domain are not ours to speak for. */
const TRANSPORT_SECURITY = 'max-age=31536000';

/** A client that reads nothing of its answer for so long is let go. */
const UNREAD_MILLISECONDS = 60_000;

/** The file of the page itself; it is not there before it is built. */
export const PAGE_FILE = fileURLToPath(new URL('index.html', FOLDERS[1][1]));

/**
 * Answers with the files of the page, the samples and a model, and with nothing else.
 * @param model that the page listens with, as of `openModel`
 */
export function createPageHandler(model: string = DEFAULT_MODEL): RequestListener {
  const files = new KeptFiles();
  return (request, response) => {
    response.setTimeout(UNREAD_MILLISECONDS, () => response.destroy());
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    if ('encrypted' in request.socket) response.setHeader('Strict-Transport-Security', TRANSPORT_SECURITY);
    respond(files, model, request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else refuse(response, 500, 'The file cannot be read');
    });
  };
}

async function respond(
  files: KeptFiles,
  model: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    return refuse(response, 405, 'Only GET and HEAD');
  }
  const name = nameOf(request.url ?? '/');
  const path = name === MODEL_ADDRESS ? modelPath(model) : name && (await pathOf(name));
  const file = path && (await files.get(path));
  if (!name || !file) return refuse(response, 404, 'There is no such page');
  await send(file, MIME_TYPES[extname(name)], request, response);
}

/** The name of a file in an address, if there may be such a file. */
function nameOf(address: string): string | undefined {
  const path = decoded(address.split(/[?#]/, 1)[0]);
  // A hidden name, "." and ".." begin with a point; what else could leave the folder is no part of a name of ours.
  if (path === undefined || /\/\.|[\\\0:]|\/\//.test(path)) return undefined;
  return path.endsWith('/') ? `${path}index.html` : path;
}

/** Where the file of a name lies, if it is one that may be seen. */
async function pathOf(name: string): Promise<string | undefined> {
  const known = FOLDERS.find(([start]) => name.startsWith(start));
  if (!known || !Object.hasOwn(MIME_TYPES, extname(name))) return undefined;
  const [start, url] = known;
  return inside(fileURLToPath(url), name.slice(start.length));
}

function decoded(address: string): string | undefined {
  try {
    return decodeURIComponent(address);
  } catch {
    return undefined;
  }
}

/** The true path of a file, unless a link leads it out of its folder. */
async function inside(folder: string, name: string): Promise<string | undefined> {
  try {
    const [root, path] = await Promise.all([realpath(folder), realpath(join(folder, name))]);
    return path.startsWith(root + sep) ? path : undefined;
  } catch {
    return undefined;
  }
}

async function send(
  { tag, bytes }: KeptFile,
  mimeType: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader('ETag', tag);
  response.setHeader('Cache-Control', 'no-cache');
  if (request.headers['if-none-match'] === tag) {
    response.writeHead(304).end();
    return;
  }
  const body = await bytes;
  response.writeHead(200, { 'Content-Type': mimeType, 'Content-Length': body.length });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${why}\n`);
}
