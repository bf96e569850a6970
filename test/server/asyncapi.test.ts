import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { asyncApi } from '../../scripts/asyncapi.ts';

it('docs/asyncapi.json is what the schemas say; if not, `npm run asyncapi` writes it anew', () => {
  const written = JSON.parse(readFileSync(new URL('../../docs/asyncapi.json', import.meta.url), 'utf8'));
  expect(written).toEqual(asyncApi());
});

it('every reference leads to a channel or a message', () => {
  const document = asyncApi();
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path.split('/'));
  expect(references.length).toBeGreaterThan(20);
  for (const path of references) {
    const found = path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document);
    expect(found, path.join('/')).toBeTypeOf('object');
  }
});
