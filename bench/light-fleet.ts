// Light relays in a process of their own: told by messages what to follow, tells of each version when it is in force.
import { LightRelay, type LightRelayOptions } from './light-relay.ts';

export interface FleetOrder extends Omit<LightRelayOptions, 'inForce' | 'onError'> {
  relays: number;
}

export type FleetWord =
  | { word: 'ready' }
  /** `at`: milliseconds since 1970. */
  | { word: 'in force'; relay: number; version: number; at: number }
  | { word: 'failed'; message: string };

/** Relays that take the list at the same time at first. */
const AT_ONCE = 10;

process.once('message', (order: FleetOrder) => void serve(order).catch(fail));

async function serve({ relays, ...options }: FleetOrder): Promise<void> {
  const fleet = Array.from(
    { length: relays },
    (_, relay) =>
      new LightRelay({
        ...options,
        inForce: (version) =>
          say({ word: 'in force', relay, version, at: performance.timeOrigin + performance.now() }),
        onError: fail,
      }),
  );
  for (let at = 0; at < relays; at += AT_ONCE)
    await Promise.all(fleet.slice(at, at + AT_ONCE).map((relay) => relay.start()));
  say({ word: 'ready' });
  process.once('disconnect', () => {
    for (const relay of fleet) relay.stop();
  });
}

function say(word: FleetWord): void {
  process.send?.(word);
}

function fail(error: unknown): void {
  say({ word: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
