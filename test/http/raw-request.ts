// Requests that no well-behaved client sends, byte for byte over a socket.
import { connect } from 'node:net';

export interface RawAnswer {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
}

/** Sends bytes and reads what comes until the server closes; `undefined` when it closes without a word. */
export function sendRaw(
  url: string,
  parts: (string | Buffer)[],
  cutAfterSending = false,
): Promise<RawAnswer | undefined> {
  const { hostname, port } = new URL(url);
  return new Promise((done) => {
    const received: Buffer[] = [];
    const socket = connect(Number(port), hostname, async () => {
      for (const part of parts) {
        if (socket.destroyed) break;
        if (!socket.write(part)) await new Promise((next) => socket.once('drain', next).once('close', next));
      }
      if (cutAfterSending) socket.end(() => socket.destroy());
    });
    socket.on('data', (chunk) => received.push(chunk));
    socket.on('error', () => undefined); // a server may close while this still writes
    socket.once('close', () => done(parseAnswer(Buffer.concat(received).toString('utf8'))));
  });
}

function parseAnswer(text: string): RawAnswer | undefined {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const status = Number(statusLine.split(' ')[1]);
  if (!status) return undefined;
  const headers = lines.map((line) => [
    line.slice(0, line.indexOf(':')).toLowerCase(),
    line.slice(line.indexOf(':') + 2),
  ]);
  return { status, headers: Object.fromEntries(headers), body: rest.join('\r\n\r\n') };
}
