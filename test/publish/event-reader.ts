// A reader of a list's events on a bare socket, so that a test decides whether it reads.
import { connect, type Socket } from 'node:net';
import { vi } from 'vitest';

export interface RawReader {
  socket: Socket;
  /** What has arrived so far. */
  text(): string;
  /** The ids of the events that have arrived. */
  ids(): string[];
  /** Waits until so many events have arrived. */
  events(count: number): Promise<string[]>;
  /** Resolves once the server has ended the connection. */
  ended: Promise<void>;
  close(): void;
}

export function followRaw(
  url: string,
  token: string,
  options: { lastEventId?: string; list?: string } = {},
): RawReader {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const ended = new Promise<void>((done) => {
    socket.once('close', () => done());
    socket.once('error', () => done()); // a reset is an end too
  });
  const path = `/v1/lists/${options.list ?? 'sender-numbers'}/events`;
  const last = options.lastEventId === undefined ? '' : `Last-Event-ID: ${options.lastEventId}\r\n`;
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${token}\r\n${last}Connection: close\r\n\r\n`,
  );
  const ids = () => [...text.matchAll(/^id: (\S+)$/gm)].map(([, id]) => id ?? '');
  return {
    socket,
    text: () => text,
    ids,
    events: async (count) =>
      vi.waitFor(
        () => {
          if (ids().length < count)
            throw new Error(`${ids().length} of ${count} events: ${text.slice(0, 500)}`);
          return ids();
        },
        { timeout: 15_000, interval: 10 },
      ),
    ended,
    close: () => socket.destroy(),
  };
}
