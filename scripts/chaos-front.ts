// Addresses that stay while what stands behind them is killed and comes back: a load balancer before the servers,
// and a fixed way to a database that is restarted.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Front {
  port: number;
  close(): Promise<void>;
}

/** Joins each connection to what `open` gives; one that finds nothing is ended. */
export async function startFront(open: () => Promise<Socket | undefined>): Promise<Front> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    near.on('error', () => near.destroy());
    void open().then((far) => {
      if (!far) {
        near.destroy();
        return;
      }
      joinSockets(near, far, sockets);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const ended = new Promise((done) => server.close(done));
      for (const socket of sockets) socket.destroy();
      await ended;
    },
  };
}

/**
 * What one sends the other gets, and both end together, unless `endsAlone` says otherwise at that moment.
 * @param sockets holds both while they are open
 */
export function joinSockets(
  near: Socket,
  far: Socket,
  sockets: Set<Socket>,
  endsAlone: () => boolean = () => false,
): void {
  for (const [one, other] of [
    [near, far],
    [far, near],
  ] as const) {
    sockets.add(one);
    one.pipe(other);
    one.on('error', () => other.destroy());
    one.once('close', () => {
      sockets.delete(one);
      if (!endsAlone()) other.destroy();
    });
  }
}

/** A connection to the first of these ports that takes one. */
export async function openFirst(ports: readonly number[]): Promise<Socket | undefined> {
  for (const port of ports) {
    const socket = await opened(connect(port, '127.0.0.1'));
    if (socket) return socket;
  }
  return undefined;
}

/** A connection to the PostgreSQL that a URL names, by TCP or by its socket; undefined while it is away. */
export function openDatabase(url: string): Promise<Socket | undefined> {
  return opened(connectDatabase(url));
}

/** The same, not yet open. A server without TCP is reached by its socket: postgres://…/name?host=/directory&port=5432. */
export function connectDatabase(url: string): Socket {
  const target = new URL(url);
  const directory = target.searchParams.get('host') ?? decodeURIComponent(target.hostname);
  const port = Number(target.searchParams.get('port') ?? (target.port || 5432));
  return directory.startsWith('/') ? connect(`${directory}/.s.PGSQL.${port}`) : connect(port, directory);
}

/** The same database, reached through a front. */
export function urlThrough(front: { port: number }, databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(front.port);
  url.searchParams.delete('host');
  url.searchParams.delete('port');
  return url.href;
}

function opened(socket: Socket): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(undefined));
  });
}
