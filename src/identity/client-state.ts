// Whether a client is revoked, as the database said a moment ago. The moment is bounded: with a database that is
// away nobody comes in on what was known before.
import type { Kysely } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { Problem } from '../http/problem.ts';
import { type ClientState, selectClientState } from './queries.ts';

/** Revocation reaches every instance within 5 s: what was read is used so long at most … */
const MAX_AGE_MS = 3_000;
/** … and an answer of the database that took longer is too old to go by. */
const MAX_WAIT_MS = 4_500;
const MAX_CLIENTS = 10_000;

interface Reading {
  /** Before the database was asked, so that the true age is never more. */
  startedAt: number;
  state: Promise<ClientState | undefined>;
}

export interface ClientStates {
  /** The state of a client, undefined when there is none. Rejects when the database cannot be asked. */
  read(clientId: string): Promise<ClientState | undefined>;
  /** Makes the next read ask the database; for changes made by this very instance. */
  forget(clientId: string): void;
}

/** Readings of clients' states, each kept for a moment and shared by all requests in it. */
export function createClientStates({ db, now }: { db: Kysely<DB>; now: () => Date }): ClientStates {
  const readings = new Map<string, Reading>();

  function begin(clientId: string): Reading {
    const reading = { startedAt: now().getTime(), state: selectClientState(db, clientId) };
    readings.delete(clientId);
    readings.set(clientId, reading); // now the youngest: the first of the map is the oldest
    if (readings.size > MAX_CLIENTS) readings.delete(readings.keys().next().value ?? clientId);
    // A failure is not kept; whoever waits for it hears of it.
    reading.state.catch(() => {
      if (readings.get(clientId) === reading) readings.delete(clientId);
    });
    return reading;
  }

  return {
    async read(clientId) {
      const known = readings.get(clientId);
      const reading = known && isWithin(known, MAX_AGE_MS, now()) ? known : begin(clientId);
      const state = await reading.state;
      if (!isWithin(reading, MAX_WAIT_MS, now())) {
        throw new Problem(
          'database_unavailable',
          'The database is too slow to tell who you are: try again.',
          {
            headers: { 'Retry-After': '2' },
          },
        );
      }
      return state;
    },
    forget: (clientId) => void readings.delete(clientId),
  };
}

// A clock that was set back makes an age negative: that is no proof of youth.
function isWithin({ startedAt }: Reading, limitMs: number, now: Date): boolean {
  const age = now.getTime() - startedAt;
  return age >= 0 && age <= limitMs;
}
