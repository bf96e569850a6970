import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';

const SOURCE = 'src/kernels/simd/assembly.ts';
const TARGET = 'src/kernels/simd/bytes.ts';

// Compiles the SIMD kernels and writes them as a module, so that they need no file or network when they run.
async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'earshot-'));
  try {
    const wasm = join(folder, 'kernels.wasm');
    await compile(wasm);
    await writeFile(TARGET, moduleOf(await readFile(wasm)));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function compile(outFile: string): Promise<void> {
  const options = ['--runtime', 'stub', '--importMemory', '--noAssert', '--enable', 'simd', '-O3', '--use', 'abort='];
  const { error, stderr } = await asc.main([SOURCE, '--outFile', outFile, ...options]);
  if (error) throw new Error(`AssemblyScript: ${error.message}\n${stderr.toString()}`);
}

const moduleOf = (wasm: Uint8Array): string =>
  `// Written by scripts/build-kernels.ts from assembly.ts.\nexport const KERNELS_WASM = new Uint8Array([${wasm.join(',')}]);\n`;

await main();
