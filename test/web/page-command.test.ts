import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { runCli, startCli } from '../cli/cli.ts';

describe('earshot page', () => {
  it('prints its address, answers there, and ends with Ctrl-C', async () => {
    const cli = startCli('page', '--port', '0');
    let printed = '';
    cli.stdout.on('data', (text) => {
      printed += text;
    });
    while (!printed.includes('Ctrl-C')) await once(cli.stdout, 'data');
    const [address] = /http:\S+/.exec(printed) ?? [''];
    const response = await fetch(address.replace('localhost', '127.0.0.1'));
    expect(await response.text()).toContain('<title>Earshot</title>');
    const closed = once(cli, 'close');
    cli.kill('SIGINT');
    expect((await closed)[0]).toBe(0);
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
