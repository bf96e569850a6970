import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { directoryWith, runCli, startServing } from '../cli/cli.ts';
import { smallModelBytes } from '../helpers/models.ts';

/** As `startServing`, by an address that is not mistaken for IPv6. */
async function serving(...args: string[]): Promise<[ChildProcess, URL]> {
  const { cli, url } = await startServing(...args);
  return [cli, new URL(url.replace('localhost', '127.0.0.1'))];
}

async function end(cli: ChildProcess): Promise<unknown> {
  const closed = once(cli, 'close');
  cli.kill('SIGINT');
  return (await closed)[0];
}

const modelOf = async (address: URL): Promise<Buffer> => {
  const response = await fetch(new URL('model.safetensors', address));
  return Buffer.from(await response.arrayBuffer());
};

describe('earshot page', () => {
  it('prints its address, answers there, and ends with Ctrl-C', async () => {
    const [cli, address] = await serving('page');
    expect(await (await fetch(address)).text()).toContain('<title>Earshot</title>');
    expect(await end(cli)).toBe(0);
  });

  it.each(['page', 'serve'])("shows a model of one's own: earshot %s", async (command) => {
    const bytes = smallModelBytes();
    const folder = directoryWith({ 'mine.safetensors': bytes });
    const args = command === 'page' ? ['--model', join(folder, 'mine.safetensors')] : ['--models', folder];
    const [cli, address] = await serving(command, ...args);
    expect(await modelOf(address)).toEqual(Buffer.from(bytes));
    expect(await end(cli)).toBe(0);
  });

  it('says that a model is not there before it serves anything', async () => {
    const { code, stdout, stderr } = await runCli(['page', '--model', './nowhere.safetensors']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/nowhere\.safetensors.*\(EARSHOT_MODEL_NOT_FOUND\)\n$/);
  });

  it('names --port when the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await runCli(['page', '--port', String(port)]);
    other.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(/--port.*\(EARSHOT_PORT_BUSY\)\n$/);
  });

  it.each(['65536', '1.5'])('refuses %j as a port', async (port) => {
    const { code, stderr } = await runCli(['page', `--port=${port}`]);
    expect(code).toBe(2);
    expect(stderr).toContain('from 0 to 65535');
  });
});
