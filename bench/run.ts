import { cpus } from 'node:os';
import { benchFile } from './file.js';
import { benchFrame } from './frame.js';
import { benchMicrophone } from './microphone.js';
import { benchTraining } from './training.js';

console.log(`Node ${process.version}, ${cpus()[0].model}, ${cpus().length} cores\n`);
await benchFrame();
console.log('');
await benchFile();
console.log('');
await benchMicrophone();
console.log('');
await benchTraining();
