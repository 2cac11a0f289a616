// Several hosts in one database URL, as libpq has them (postgresql://user:password@a:5432,b:5432/chadan): one is the
// primary, the others are standbys that may take its place. Whoever connects goes on until it has found the primary.
import pg from 'pg';

/** A host that is silent must not use up the time that a caller waits. */
const HOST_MS = 3000;

/** Which of the hosts is taken to be the primary, until a connection shows that it is not. */
export class DatabaseHosts {
  /** One URL for each host, in the order given. */
  readonly urls: readonly string[];
  #at = 0;

  constructor(url: string) {
    this.urls = urlsOf(url);
  }

  get current(): string {
    return this.urls[this.#at] as string;
  }

  /** Not that one: the next, unless another connection has gone on already. */
  leave(url: string): void {
    if (url === this.current) this.#at = (this.#at + 1) % this.urls.length;
  }

  /** Tries each host once. Throws what the last one that was tried gave. */
  async reach<T>(connect: () => Promise<T>): Promise<T> {
    for (let tried = 1; ; tried++) {
      const host = this.current;
      try {
        return await connect();
      } catch (error) {
        // Where the host stayed, something else failed than to reach a primary.
        if (this.current === host || tried >= this.urls.length) throw error;
      }
    }
  }
}

/** A client of the host in force; with several hosts it refuses one that is a standby. */
export function clientOf(hosts: DatabaseHosts): typeof pg.Client {
  if (hosts.urls.length === 1) return pg.Client;
  return class PrimaryClient extends pg.Client {
    readonly #host = hosts.current;

    constructor(config: pg.ClientConfig) {
      const connectionTimeoutMillis = Math.min(config.connectionTimeoutMillis ?? HOST_MS, HOST_MS);
      super({ ...config, connectionString: hosts.current, connectionTimeoutMillis });
    }

    override connect(): Promise<pg.Client>;
    override connect(callback: (error: Error) => void): void;
    override connect(callback?: (error: Error) => void): Promise<pg.Client> | undefined {
      const connecting = this.#connect();
      if (!callback) return connecting;
      connecting.then(() => (callback as () => void)(), callback);
      return undefined;
    }

    async #connect(): Promise<pg.Client> {
      try {
        await super.connect();
        const { rows } = await this.query<{ standby: boolean }>('select pg_is_in_recovery() as standby');
        if (!rows[0]?.standby) return this;
        await this.end();
        throw new Error('it is a standby');
      } catch (error) {
        hosts.leave(this.#host);
        throw error;
      }
    }
  };
}

function urlsOf(url: string): string[] {
  const [, before, hosts, after = ''] = /^(\w+:\/\/(?:[^@/?]*@)?)([^/?@]*)(.*)$/s.exec(url) ?? [];
  if (before === undefined || hosts === undefined || !hosts.includes(',')) return [url];
  const rest = after.replace(/([?&])target_session_attrs=[a-z-]*(&|$)/, (_, first, last) =>
    last === '&' ? first : '',
  );
  return hosts.split(',').map((host) => before + host + rest);
}
