import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { Command } from 'commander';
import { EarshotError } from '../errors.js';
import { closeServer, openServer } from '../page-server/open-server.js';
import { createPageHandler } from '../page-server/page-handler.js';
import { playDemo } from './demo.js';
import { EXIT } from './exit-codes.js';
import { failureLine, failureOf } from './failure.js';
import { wholeNumber } from './numbers.js';
import { openOutlets } from './outlets.js';
import type { Output } from './output.js';

const EXAMPLES = `
Examples:
  $ earshot serve
  $ earshot serve --demo
  $ earshot serve --host 0.0.0.0 --token-file tokens.json --tls-cert cert.pem --tls-key key.pem
`;

interface ServeOptions {
  host: string;
  port: number;
  models?: string;
  tokenFile?: string;
  allowOrigin: string[];
  maxStreams?: number;
  maxStreamsPerAddress?: number;
  workers?: number;
  history?: number;
  tlsCert?: string;
  tlsKey?: string;
  insecure?: boolean;
  demo?: boolean;
}

/**
 * What is used of `earshot/server`, which is built after the command line and from its public parts. A test of types
 * sees to it that it agrees.
 */
export interface ServerModule {
  isLoopback(host: string): boolean;
  readTokenFile(path: string): Promise<unknown[]>;
  createEarshotServer(options: object): Promise<{
    attach(server: Server): void;
    handle: (...args: Parameters<RequestListener>) => boolean;
    defaultModel: string;
    close(): Promise<void>;
  }>;
}

const SERVER: string = 'earshot/server';

/** Adds `earshot serve` to the program. */
export function addServeCommand(program: Command): void {
  const command = program
    .command('serve')
    .summary('hear streams over WebSocket')
    .description('Serves producers of audio and subscribers to events over WebSocket, and the page, until Ctrl-C.')
    .option('--host <name>', 'name or address of this machine to be reached by', '127.0.0.1')
    .option('-p, --port <number>', 'port, or 0 for any that is free', wholeNumber(0, 65535), 8080)
    .option('--models <directory>', 'offer all *.safetensors there; without it, the model that comes with Earshot')
    .option('--token-file <file>', 'JSON with tokens and their rights; without it, everybody may do everything')
    .option('--allow-origin <origin>', 'let web pages of this origin connect; may be repeated', collect, [])
    .option('--max-streams <number>', 'streams at once', wholeNumber(1, 100_000))
    .option('--max-streams-per-address <number>', 'of them from one other machine', wholeNumber(1, 100_000))
    .option('--workers <number>', 'threads that compute', wholeNumber(1, 256))
    .option('--history <number>', 'events kept for subscribers that come back', wholeNumber(0, 1_000_000))
    .option('--tls-cert <file>', 'certificate, PEM')
    .option('--tls-key <file>', 'its key, PEM')
    .option('--insecure', 'be reached from other machines without tokens')
    .option('--demo', 'play a recording as a stream named demo and print what is heard')
    .addHelpText('after', EXAMPLES);
  command.action(async (options: ServeOptions) => {
    if ((options.tlsCert === undefined) !== (options.tlsKey === undefined)) {
      command.error('error: --tls-cert and --tls-key go together');
    }
    if (options.demo && (options.tokenFile !== undefined || options.tlsCert !== undefined)) {
      command.error('error: --demo goes with neither --token-file nor --tls-cert');
    }
    process.exitCode = await serve(options);
  });
}

/** @returns the exit code, when somebody has ended it */
async function serve(options: ServeOptions): Promise<number> {
  const { results, messages } = openOutlets();
  try {
    const tls = await readTls(options);
    const earshot = await createEarshot(options);
    const pageHandler = createPageHandler(earshot.defaultModel);
    const listener: RequestListener = (request, response) => {
      if (!earshot.handle(request, response)) pageHandler(request, response);
    };
    const server = tls ? createSecureServer(tls, listener) : createServer(listener);
    earshot.attach(server);
    const stop = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
    try {
      const address = await openServer(server, options.port, options.host);
      if (tls) address.protocol = 'https:';
      await results.write(`The server and its page: ${address}\nCtrl-C ends it.\n`);
      if (options.demo) void demonstrate(address, stop, results, messages);
      await stop;
    } finally {
      // The port is given up first, so that nobody new arrives while streams are brought to their end.
      server.close();
      await earshot.close();
    }
    await closeServer(server).catch(() => {});
    return EXIT.done;
  } catch (error) {
    await messages.write(failureLine('serve', failureOf(error)));
    return EXIT.failed;
  }
}

async function createEarshot(options: ServeOptions): ReturnType<ServerModule['createEarshotServer']> {
  const { isLoopback, readTokenFile, createEarshotServer }: ServerModule = await import(SERVER);
  if (!isLoopback(options.host) && !options.tokenFile && !options.insecure) throw insecureHost(options.host);
  const { pino } = await import('pino');
  const { maxStreams, maxStreamsPerAddress, history, allowOrigin: allowedOrigins, models, workers } = options;
  return createEarshotServer({
    models,
    tokens: options.tokenFile === undefined ? undefined : await readTokenFile(options.tokenFile),
    allowedOrigins,
    limits: {
      ...(maxStreams !== undefined && { streams: maxStreams }),
      ...(maxStreamsPerAddress !== undefined && { streamsPerAddress: maxStreamsPerAddress }),
      ...(history !== undefined && { history }),
    },
    workers,
    // Who looks at the demonstration is a person, and need not read of every stream that ends.
    logger: pino({ level: options.demo ? 'warn' : 'info' }, pino.destination(2)),
  });
}

async function demonstrate(address: URL, stop: Promise<unknown>, results: Output, messages: Output): Promise<void> {
  try {
    await Promise.race([playDemo(address, results), stop]);
  } catch (error) {
    await messages.write(failureLine('demo', failureOf(error)));
  }
}

async function readTls({ tlsCert, tlsKey }: ServeOptions): Promise<{ cert: Buffer; key: Buffer } | undefined> {
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  const [cert, key] = await Promise.all([readFile(tlsCert), readFile(tlsKey)]);
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    const what = `${tlsCert} and ${tlsKey} are no certificate and its key: ${(cause as Error).message}`;
    throw new EarshotError('EARSHOT_BAD_ARGUMENT', what, { value: tlsCert, cause });
  }
  return { cert, key };
}

function insecureHost(host: string): EarshotError {
  const what = `Anybody who reaches ${host} could use it; give --token-file, or --insecure if that is meant`;
  return new EarshotError('EARSHOT_INSECURE_HOST', what, { value: host });
}

const collect = (value: string, before: string[]): string[] => [...before, value];
