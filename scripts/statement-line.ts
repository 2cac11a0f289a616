// The way of a server to its database, which can kill the server at a statement: before it reaches the database, or
// after the database has answered and before the server hears it. It reads PostgreSQL's protocol (version 3, without
// TLS) and changes nothing of it; the server knows nothing of being watched.
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** Where a server is to die: the n-th statement (from 0) of a transaction that `begins` recognises. */
export interface Death {
  at: number;
  when: 'before' | 'after';
}

export interface StatementLine {
  port: number;
  /**
   * Watches the next transaction with a statement that matches. Resolves with its statements once it has ended, or
   * once the server is to be killed: from then on nothing goes through on any connection.
   */
  watch(begins: RegExp, death?: Death): Promise<string[]>;
  /** Lets everything through again, on new connections. */
  mend(): void;
  close(): Promise<void>;
}

interface Watch {
  begins: RegExp;
  death: Death | undefined;
  statements: string[];
  resolve: (statements: string[]) => void;
}

export async function layStatementLine(open: () => Promise<Socket | undefined>): Promise<StatementLine> {
  const line = new Line(open);
  const server = createServer((near) => void line.join(near));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    watch: (begins, death) => line.watch(begins, death),
    mend: () => line.mend(),
    async close() {
      const ended = new Promise((done) => server.close(done));
      line.mend();
      await ended;
    },
  };
}

class Line {
  readonly #open: () => Promise<Socket | undefined>;
  readonly #sockets = new Set<Socket>();
  #watch: Watch | undefined;
  #isDead = false;

  constructor(open: () => Promise<Socket | undefined>) {
    this.#open = open;
  }

  watch(begins: RegExp, death?: Death): Promise<string[]> {
    return new Promise((resolve) => {
      this.#watch = { begins, death, statements: [], resolve };
    });
  }

  mend(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#isDead = false;
  }

  async join(near: Socket): Promise<void> {
    near.on('error', () => near.destroy());
    const far = await this.#open();
    if (!far) {
      near.destroy();
      return;
    }
    const frontend = new MessageReader(true);
    const backend = new MessageReader(false);
    let isWatched = false;
    let isLast = false;
    near.on('data', (bytes: Buffer) => {
      for (const message of frontend.push(bytes)) {
        const statement = statementOf(message);
        const watch = this.#watch;
        if (statement !== undefined && watch?.begins.test(statement)) isWatched = true;
        if (statement !== undefined && isWatched && watch) {
          const { death, statements } = watch;
          statements.push(statement);
          if (death?.at === statements.length - 1) {
            if (death.when === 'before') return this.#die();
            isLast = true;
          }
        }
        far.write(message);
      }
    });
    far.on('data', (bytes: Buffer) => {
      const messages = backend.push(bytes);
      const isAnswered = messages.some((message) => message[0] === READY);
      if (isLast && isAnswered) return this.#die();
      if (this.#isDead) return;
      near.write(bytes);
      // Ready outside of a transaction: it has ended.
      if (isWatched && messages.some((message) => message[0] === READY && message[5] === IDLE)) {
        isWatched = false;
        this.#end();
      }
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => other.destroy());
      one.once('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
  }

  /** The server is to be killed now: whatever it still says is not heard, and it hears nothing. */
  #die(): void {
    this.#isDead = true;
    for (const socket of this.#sockets) socket.pause();
    this.#end();
  }

  #end(): void {
    const watch = this.#watch;
    this.#watch = undefined;
    watch?.resolve(watch.statements);
  }
}

const READY = 'Z'.charCodeAt(0);
const IDLE = 'I'.charCodeAt(0);
const PARSE = 'P'.charCodeAt(0);
const QUERY = 'Q'.charCodeAt(0);

/** The SQL of a message that brings some. */
function statementOf(message: Buffer): string | undefined {
  if (message[0] === QUERY) return message.toString('utf8', 5, message.length - 1).trim();
  if (message[0] !== PARSE) return undefined;
  const name = message.indexOf(0, 5);
  return message.toString('utf8', name + 1, message.indexOf(0, name + 1)).trim();
}

/** Whole messages out of a stream: a type, a length, and so many bytes; the first of a client has no type. */
class MessageReader {
  #rest = Buffer.alloc(0);
  #isStartup: boolean;

  constructor(isFrontend: boolean) {
    this.#isStartup = isFrontend;
  }

  push(bytes: Buffer): Buffer[] {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    const messages: Buffer[] = [];
    for (;;) {
      const typeBytes = this.#isStartup ? 0 : 1;
      if (this.#rest.length < typeBytes + 4) return messages;
      const length = typeBytes + this.#rest.readInt32BE(typeBytes);
      if (this.#rest.length < length) return messages;
      messages.push(this.#rest.subarray(0, length));
      this.#rest = this.#rest.subarray(length);
      this.#isStartup = false;
    }
  }
}
