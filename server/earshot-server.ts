import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { availableParallelism } from 'node:os';
import type { Duplex } from 'node:stream';
import { EarshotError } from 'earshot';
import { type Logger, pino } from 'pino';
import { WebSocketServer } from 'ws';
import { Access, demand, type Grant, type Rights } from './access.js';
import { CodedSocket } from './coded-socket.js';
import { Connection } from './connection.js';
import { rightsOfUpgrade, SUBPROTOCOL } from './credentials.js';
import { Crew } from './engine/crew.js';
import { addressOf, answer, refusal } from './http-routes.js';
import { Hub } from './hub.js';
import { type Limits, limitsOf } from './limits.js';
import { Metrics } from './metrics.js';
import { type ModelShelf, readModels } from './models.js';
import { checkServerOptions } from './options.js';
import { checkOrigin } from './origin.js';
import { PlacesPerAddress } from './places-per-address.js';
import { streamParameters, subscriberParameters } from './protocol/parameters.js';
import { REFUSALS } from './protocol/refusals.js';
import { Sessions } from './sessions.js';
import { Subscriber } from './subscriber.js';

/** How a server is to be. */
export interface ServerOptions {
  /** Directory of `*.safetensors`; the model that comes with Earshot by default. */
  models?: string | undefined;
  /** Who may do what, see `readTokenFile`. Everybody may do everything by default. */
  tokens?: readonly Grant[] | undefined;
  /** Origins of web pages, beside the server's own, that may connect: "https://example.org". */
  allowedOrigins?: readonly string[] | undefined;
  /** In place of `DEFAULT_LIMITS`. */
  limits?: Partial<Limits> | undefined;
  /** Threads that compute; as many as there are cores by default: the thread that reads sockets takes little beside them. */
  workers?: number | undefined;
  /** Silent by default. */
  logger?: Logger | undefined;
}

const SWEEP_MILLISECONDS = 1000;
/** How long `close` waits for streams and clients by default. */
const CLOSE_MILLISECONDS = 10_000;

/**
 * Starts the threads of a server. It listens on no port itself: `attach` it to an `http.Server`.
 * @throws EarshotError EARSHOT_BAD_ARGUMENT, EARSHOT_MODEL_NOT_FOUND, EARSHOT_MODEL_DAMAGED, EARSHOT_MODEL_TOO_NEW,
 *   EARSHOT_TOKEN_FILE
 */
export async function createEarshotServer(options: ServerOptions = {}): Promise<EarshotServer> {
  checkServerOptions(options);
  const logger = options.logger ?? pino({ level: 'silent' });
  const access = new Access(options.tokens);
  const shelf = await readModels(options.models);
  const metrics = new Metrics();
  const crew = await Crew.start(
    { models: shelf.paths },
    options.workers ?? availableParallelism(),
    ({ frames, steps, milliseconds }) => {
      metrics.frames.inc(frames);
      metrics.steps.inc(steps);
      if (steps > 0) metrics.stepSeconds.observe(milliseconds / 1000 / steps);
    },
    (error) => logger.error({ err: error }, 'a worker has failed'),
  );
  return new EarshotServer(options, logger, access, shelf, metrics, crew);
}

/** Producers of audio on `/v1/stream`, subscribers to events on `/v1/events`, and HTTP beside them. */
export class EarshotServer {
  readonly #access: Access;
  readonly #allowedOrigins: readonly string[];
  readonly #limits: Limits;
  readonly #logger: Logger;
  readonly #shelf: ModelShelf;
  readonly #metrics: Metrics;
  readonly #crew: Crew;
  readonly #hub: Hub;
  readonly #sessions: Sessions;
  readonly #subscribersPerAddress: PlacesPerAddress;
  readonly #connections = new Map<CodedSocket, Connection>();
  readonly #attached = new WeakSet<Server>();
  readonly #sweeping: NodeJS.Timeout;
  readonly #sockets: WebSocketServer;
  #isClosing = false;

  /** Use `createEarshotServer`. */
  constructor(options: ServerOptions, logger: Logger, access: Access, shelf: ModelShelf, metrics: Metrics, crew: Crew) {
    this.#access = access;
    this.#allowedOrigins = options.allowedOrigins ?? [];
    this.#limits = limitsOf(options.limits);
    this.#logger = logger;
    this.#shelf = shelf;
    this.#metrics = metrics;
    this.#crew = crew;
    const { history, subscribers, subscribersPerAddress, messageBytes } = this.#limits;
    this.#hub = new Hub(history, subscribers, metrics, () => this.#watch());
    this.#sessions = new Sessions(shelf.infos, shelf.defaultModel, crew, this.#hub, this.#limits, metrics, logger);
    this.#subscribersPerAddress = new PlacesPerAddress(subscribersPerAddress, 'subscribers');
    this.#sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: messageBytes,
      WebSocket: CodedSocket,
      handleProtocols: (offered) => offered.has(SUBPROTOCOL) && SUBPROTOCOL,
    });
    this.#sweeping = setInterval(() => this.#sweep(), SWEEP_MILLISECONDS);
  }

  /** The model for clients that name none: its path, or the name of one that comes with Earshot. */
  get defaultModel(): string {
    return this.#shelf.defaultPath;
  }

  /** Takes the WebSocket connections for its addresses. Upgrades to other addresses are left to other listeners. */
  attach(server: Server): void {
    if (this.#attached.has(server)) return;
    this.#attached.add(server);
    server.on('upgrade', (request, socket, head) => {
      const { pathname } = addressOf(request);
      if (pathname === '/v1/stream' || pathname === '/v1/events') this.#upgrade(request, socket, head);
      else if (server.listenerCount('upgrade') === 1) {
        refuse(socket, refusal(new EarshotError('EARSHOT_NOT_FOUND', 'There is no such address')));
      }
    });
  }

  /** Answers `/healthz`, `/readyz`, `/metrics`, `/v1/…`. @returns false for other addresses, left to the caller */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const context = {
      access: this.#access,
      allowedOrigins: this.#allowedOrigins,
      models: this.#shelf.infos,
      sessions: this.#sessions,
      metrics: this.#metrics,
      isReady: () => !this.#isClosing && this.#crew.size > 0,
    };
    return answer(context, request, response);
  }

  /**
   * Takes no more connections, ends every stream with its last events, tells subscribers, and stops the threads.
   * @param milliseconds after which what is left is cut off
   */
  async close(milliseconds = CLOSE_MILLISECONDS): Promise<void> {
    this.#isClosing = true;
    const deadline = performance.now() + milliseconds;
    for (const session of this.#sessions) session.leave(REFUSALS.EARSHOT_SHUTDOWN.closeCode);
    await until(() => this.#sessions.size === 0, deadline);
    this.#hub.leave();
    await until(() => this.#connections.size === 0, deadline);
    for (const connection of this.#connections.values()) connection.terminate();
    clearInterval(this.#sweeping);
    await this.#crew.stop();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (isGone(request)) {
      socket.destroy();
      return;
    }
    const { pathname, searchParams } = addressOf(request);
    let rights: Rights;
    try {
      if (this.#isClosing) throw new EarshotError('EARSHOT_SHUTDOWN', 'The server is shutting down');
      checkOrigin(request, this.#access, this.#allowedOrigins);
      rights = rightsOfUpgrade(request, searchParams, this.#access);
    } catch (error) {
      this.#count(error);
      refuse(socket, refusal(error));
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (opened) => {
      const connection = this.#keep(opened as CodedSocket, socket);
      try {
        if (pathname === '/v1/stream') this.#produce(connection, searchParams, rights, request);
        else this.#subscribe(connection, searchParams, rights, request);
      } catch (error) {
        connection.fail(error);
      }
    });
  }

  #keep(socket: CodedSocket, line: Duplex): Connection {
    const connection = new Connection(socket, line, this.#limits, (error) => this.#count(error));
    this.#connections.set(socket, connection);
    socket.on('close', () => this.#connections.delete(socket));
    return connection;
  }

  #produce(connection: Connection, query: URLSearchParams, rights: Rights, request: IncomingMessage): void {
    const parameters = streamParameters(query);
    if ('token' in parameters) this.#sessions.resume(parameters, rights, connection);
    else this.#sessions.open(parameters, rights, connection, addressOfClient(request));
  }

  #subscribe(connection: Connection, query: URLSearchParams, rights: Rights, request: IncomingMessage): void {
    const parameters = subscriberParameters(query);
    if (parameters.stream !== '*') demand(rights.subscribe, parameters.stream);
    else if (rights.subscribe.length === 0) {
      throw new EarshotError('EARSHOT_FORBIDDEN', 'The token does not allow subscribing to any stream');
    }
    const address = addressOfClient(request);
    this.#subscribersPerAddress.check(address);
    const { subscribe } = rights;
    const subscriber = new Subscriber(connection, this.#hub, parameters, subscribe, this.#limits, this.#metrics);
    connection.serve(subscriber);
    subscriber.begin();
    this.#subscribersPerAddress.take(address);
    request.socket.once('close', () => this.#subscribersPerAddress.giveBack(address));
  }

  #watch(): void {
    for (const session of this.#sessions) session.watch();
  }

  #sweep(): void {
    for (const connection of this.#connections.values()) connection.check();
  }

  #count(error: unknown): void {
    const isOurs = !(error instanceof EarshotError);
    if (isOurs) this.#logger.error({ err: error }, 'a fault of ours');
    this.#metrics.refused.inc({ code: isOurs ? 'EARSHOT_INTERNAL' : error.code });
  }
}

/**
 * Whether the client has reset the connection, though its request can still be read. Then nobody knows any more whose
 * place it would take: it has no address, which otherwise only a client over a Unix socket has not.
 */
const isGone = ({ socket }: IncomingMessage): boolean =>
  socket.remoteAddress === undefined && socket.localAddress !== undefined;

/** Empty where the client has come over a Unix socket. */
const addressOfClient = ({ socket }: IncomingMessage): string => socket.remoteAddress ?? '';

/** Answers an upgrade with plain HTTP. */
function refuse(socket: Duplex, { status, body }: { status: number; body: string }): void {
  socket.on('error', () => {});
  // HTTP has let go of the socket: nobody reads on, so that a client which sends more or stays would be held for ever.
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

const POLL_MILLISECONDS = 20;

async function until(isDone: () => boolean, deadline: number): Promise<void> {
  while (!isDone() && performance.now() < deadline) await new Promise((done) => setTimeout(done, POLL_MILLISECONDS));
}
