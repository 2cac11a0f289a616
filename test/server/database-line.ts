// The line between a server and its PostgreSQL, which a test can cut and mend.
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { connectDatabase, joinSockets, urlThrough } from '../../scripts/chaos-front.ts';

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
  const sockets = new Set<Socket>();
  let isFrozen = false;
  const join = (near: Socket) => joinSockets(near, connectDatabase(databaseUrl), sockets, () => isFrozen);
  const listen = (at: number) => {
    const server = createServer(join);
    return new Promise<typeof server>((done) => server.listen(at, '127.0.0.1', () => done(server)));
  };
  let server: Awaited<ReturnType<typeof listen>> | undefined = await listen(0);
  const at = (server.address() as AddressInfo).port;
  const cut = async () => {
    const ended = new Promise((done) => (server ? server.close(done) : done(undefined)));
    server = undefined;
    isFrozen = false;
    for (const socket of sockets) socket.destroy();
    await ended;
  };
  return {
    url: urlThrough({ port: at }, databaseUrl),
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
