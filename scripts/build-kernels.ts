import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';

/** Each folder holds an assembly.ts, whose module is written to bytes.ts beside it under this name. */
const MODULES = { 'src/kernels/simd': 'KERNELS_WASM', 'src/train/kernels': 'TRAINING_WASM' };

// Compiles the SIMD kernels and writes them as modules, so that they need no file or network when they run.
async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'earshot-'));
  try {
    for (const [source, name] of Object.entries(MODULES)) {
      const wasm = join(folder, `${name}.wasm`);
      await compile(join(source, 'assembly.ts'), wasm);
      await writeFile(join(source, 'bytes.ts'), moduleOf(name, await readFile(wasm)));
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function compile(source: string, outFile: string): Promise<void> {
  const options = ['--runtime', 'stub', '--importMemory', '--noAssert', '--enable', 'simd', '-O3', '--use', 'abort='];
  const { error, stderr } = await asc.main([source, '--outFile', outFile, ...options]);
  if (error) throw new Error(`AssemblyScript: ${error.message}\n${stderr.toString()}`);
}

const moduleOf = (name: string, wasm: Uint8Array): string =>
  `// Written by scripts/build-kernels.ts from assembly.ts.\nexport const ${name} = new Uint8Array([${wasm.join(',')}]);\n`;

await main();
