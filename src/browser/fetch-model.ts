import { EarshotError } from '../errors.js';

/**
 * Fetches the bytes of a model.
 * @throws EarshotError EARSHOT_MODEL_NOT_FOUND where the server does not answer, or answers with an error
 */
export async function fetchModel(url: string | URL): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url).catch((cause) => {
    throw notFound(url, 'the server cannot be reached, or forbids it to this page', cause);
  });
  if (!response.ok) throw notFound(url, `the server answered ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

function notFound(url: string | URL, why: string, cause?: unknown): EarshotError {
  return new EarshotError('EARSHOT_MODEL_NOT_FOUND', `No model at ${url}: ${why}`, { value: String(url), cause });
}
