import { EarshotError } from '../errors.js';

/**
 * Fetches the bytes of a model.
 * @throws EarshotError EARSHOT_MODEL_NOT_FOUND where the server does not answer, answers with an error, or stops in the middle
 */
export async function fetchModel(url: string | URL): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url).catch((cause) => {
    throw notFound(url, 'the server cannot be reached, or forbids it to this page', cause);
  });
  if (!response.ok) throw notFound(url, `the server answered ${response.status}`);
  const bytes = await response.arrayBuffer().catch((cause) => {
    throw notFound(url, 'the connection broke off', cause);
  });
  return new Uint8Array(bytes);
}

function notFound(url: string | URL, why: string, cause?: unknown): EarshotError {
  return new EarshotError('EARSHOT_MODEL_NOT_FOUND', `No model at ${url}: ${why}`, { value: String(url), cause });
}
