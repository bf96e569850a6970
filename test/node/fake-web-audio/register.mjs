import { register } from 'node:module';

// Puts the fake in place of node-web-audio-api: for `node --import`.
register('./hooks.mjs', import.meta.url);
