import { writeFileSync } from 'node:fs';
import { asyncApi } from './asyncapi.ts';

// npm run asyncapi: writes docs/asyncapi.json anew, after a change to the schemas in server/protocol.

writeFileSync('docs/asyncapi.json', `${JSON.stringify(asyncApi(), undefined, 2)}\n`);
