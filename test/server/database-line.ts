// The line between a server and its PostgreSQL, which a test can cut and mend.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface DatabaseLine {
  /** The database's URL, through this line. */
  url: string;
  /** Ends every connection and takes no new one. */
  cut(): Promise<void>;
  /** Nothing goes through any more, and nobody is told, until it is cut. */
  freeze(): void;
  mend(): Promise<void>;
  close(): Promise<void>;
}

export async function layLine(databaseUrl: string): Promise<DatabaseLine> {
  const target = new URL(databaseUrl);
  // A server without TCP is reached by its socket: postgres://…/name?host=/directory&port=5432.
  const directory = target.searchParams.get('host') ?? decodeURIComponent(target.hostname);
  const port = Number(target.searchParams.get('port') ?? (target.port || 5432));
  const open = () =>
    directory.startsWith('/') ? connect(`${directory}/.s.PGSQL.${port}`) : connect(port, directory);
  const sockets = new Set<Socket>();
  let isFrozen = false;
  const join = (near: Socket) => {
    const far = open();
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.once('close', () => {
        sockets.delete(one);
        if (!isFrozen) other.destroy();
      });
    }
  };
  const listen = (at: number) => {
    const server = createServer(join);
    return new Promise<typeof server>((done) => server.listen(at, '127.0.0.1', () => done(server)));
  };
  let server: Awaited<ReturnType<typeof listen>> | undefined = await listen(0);
  const at = (server.address() as AddressInfo).port;
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(at);
  url.searchParams.delete('host');
  url.searchParams.delete('port');
  const cut = async () => {
    const ended = new Promise((done) => (server ? server.close(done) : done(undefined)));
    server = undefined;
    isFrozen = false;
    for (const socket of sockets) socket.destroy();
    await ended;
  };
  return {
    url: url.href,
    cut,
    freeze: () => {
      isFrozen = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
    mend: async () => {
      server ??= await listen(at);
    },
    close: cut,
  };
}
