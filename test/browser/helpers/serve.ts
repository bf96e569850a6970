import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.wav': 'audio/wav',
};

/** What a path answers: a file, bytes, or text. */
export type Resource = URL | Uint8Array | string;

export interface Served {
  origin: string;
  close(): void;
}

/**
 * Serves some paths on a free port of this machine, and under a path ending in "/" the files of a folder.
 * @param headers of the answer to a path, or to all for "*"
 */
export async function serve(
  resources: Record<string, Resource>,
  headers: Record<string, Record<string, string>> = {},
): Promise<Served> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const body = await find(resources, pathname).catch(() => undefined);
    const type = TYPES[pathname.endsWith('/') ? '.html' : extname(pathname)] ?? 'application/octet-stream';
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': type, ...headers['*'], ...headers[pathname] });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { origin: `http://127.0.0.1:${port}`, close };
}

async function find(resources: Record<string, Resource>, path: string): Promise<Uint8Array | string | undefined> {
  const exact = resources[path];
  if (exact !== undefined) return exact instanceof URL ? readFile(exact) : exact;
  for (const [folder, at] of Object.entries(resources)) {
    const isInside = at instanceof URL && folder.endsWith('/') && path.startsWith(folder);
    if (isInside) return readFile(new URL(path.slice(folder.length), at));
  }
  return undefined;
}
