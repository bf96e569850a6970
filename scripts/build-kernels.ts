import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';

/** Each folder holds an assembly.ts, whose modules, by what they may use, are written to bytes.ts beside it. */
const MODULES: Record<string, Record<string, string[]>> = {
  'src/kernels/simd': { KERNELS_WASM: ['simd'] },
  'src/train/kernels': { TRAINING_WASM: ['simd'], TRAINING_RELAXED_WASM: ['simd', 'relaxed-simd'] },
};

// Compiles the SIMD kernels and writes them as modules, so that they need no file or network when they run.
async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'earshot-'));
  try {
    for (const [source, modules] of Object.entries(MODULES)) {
      const lines: string[] = [];
      for (const [name, features] of Object.entries(modules)) {
        const wasm = join(folder, `${name}.wasm`);
        await compile(join(source, 'assembly.ts'), wasm, features);
        lines.push(bytesLine(name, await readFile(wasm)));
      }
      await writeFile(join(source, 'bytes.ts'), `${HEAD}${lines.join('')}`);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function compile(source: string, outFile: string, features: readonly string[]): Promise<void> {
  const memory = ['--importMemory', '--memoryBase', '16'];
  const options = ['--runtime', 'stub', ...memory, '--noAssert', '-O3', '--use', 'abort='];
  const enabled = features.flatMap((feature) => ['--enable', feature]);
  const { error, stderr } = await asc.main([source, '--outFile', outFile, ...options, ...enabled]);
  if (error) throw new Error(`AssemblyScript: ${error.message}\n${stderr.toString()}`);
}

const HEAD = '// Written by scripts/build-kernels.ts from assembly.ts.\n';

/** Hexadecimal digits, which are the shortest once compressed; an AudioWorklet cannot read base64. */
const bytesLine = (name: string, wasm: Buffer): string =>
  `export const ${name} = Uint8Array.from('${wasm.toString('hex')}'.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));\n`;

await main();
