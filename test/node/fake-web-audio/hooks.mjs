export function resolve(specifier, context, next) {
  if (specifier !== 'node-web-audio-api') return next(specifier, context);
  return { url: new URL('./fake.mjs', import.meta.url).href, format: 'module', shortCircuit: true };
}
