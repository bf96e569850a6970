import { cpus } from 'node:os';
import { benchFrame } from './frame.js';

console.log(`Node ${process.version}, ${cpus()[0].model}, ${cpus().length} cores\n`);
await benchFrame();
