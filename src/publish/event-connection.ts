// One reader of a list's events (HTML standard §9.2). At most one event waits for a reader, the newest: who reads
// slower than versions come misses none that matters, for a diff leads over them; who does not read is cut.
import type { ServerResponse } from 'node:http';

/** A version as it goes over the wire, made once for all readers. */
export interface EventFrame {
  id: string;
  text: string;
}

/** Who reads, and for how long the token is good. */
export interface EventReader {
  clientId: string;
  organizationId: string;
  expiresAt: Date;
}

const HEADERS = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'private, no-cache, no-store, no-transform',
  'X-Accel-Buffering': 'no', // nginx would hold the events back
};
const HEARTBEAT = ':\n\n';

export class EventConnection {
  readonly reader: EventReader;
  readonly #response: ServerResponse;
  #told: string | undefined;
  #owed: EventFrame | undefined;
  /** Heartbeats that came while what was written before was still not taken by the reader's machine. */
  #missedBeats = 0;
  #isWriting = false;

  /**
   * Begins the stream.
   * @param lastEventId what the reader says it heard last: that event is not told again
   */
  constructor(response: ServerResponse, reader: EventReader, lastEventId: string | undefined) {
    this.reader = reader;
    this.#response = response;
    this.#told = lastEventId;
    response.writeHead(200, HEADERS);
    response.socket?.setNoDelay(true);
    response.on('error', () => response.destroy()); // written to a reader that was just gone: 'close' follows
    this.#write(retryIn());
  }

  /** Tells of a version, now or once what was written before is taken; an older one that waits is dropped. */
  tell(frame: EventFrame): void {
    if (this.#isWriting) this.#owed = frame;
    else if (this.#told !== frame.id) {
      this.#told = frame.id;
      this.#write(frame.text);
    }
  }

  /** Keeps the connection alive; cuts it when not even the last heartbeat's predecessor was taken. */
  beat(): void {
    if (!this.#isWriting) this.#write(HEARTBEAT);
    else if (++this.#missedBeats >= 2) this.#response.destroy();
  }

  /** Ends it in order: the reader is told when to come again, each at another moment. */
  end(): void {
    if (!this.#response.writableEnded) this.#response.end(retryIn());
  }

  #write(text: string): void {
    if (this.#response.writableEnded || this.#response.destroyed) return;
    this.#isWriting = true;
    this.#response.write(text, (error) => {
      if (error) return;
      this.#isWriting = false;
      this.#missedBeats = 0;
      const owed = this.#owed;
      this.#owed = undefined;
      if (owed) this.tell(owed);
    });
  }
}

/** Spread over four seconds, so that the readers of a server that stops do not all come at once. */
function retryIn(): string {
  return `retry: ${1000 + Math.floor(Math.random() * 4000)}\n\n`;
}
