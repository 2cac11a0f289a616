// A relay beside an exchange that publishes, is restored and changes its keys in any order, and a mirror in between that
// shows again whatever was ever signed: the relay only ever goes forward, and arrives when what it is shown is honest.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { generateKey } from '../../src/list/key-set.ts';
import type { HostileExchange } from './hostile-exchange.ts';
import { someLines } from './hostile-exchange.ts';
import { RelayBench } from './relay-bench.ts';

type Shown = Pick<
  HostileExchange,
  'epoch' | 'versions' | 'manifestKey' | 'keySet' | 'snapshotVersion' | 'now'
>;

const step = fc.oneof(
  fc.record({ do: fc.constant('publish' as const), start: fc.nat(50), count: fc.nat(200) }),
  fc.record({ do: fc.constant('restore' as const), count: fc.integer({ min: 1, max: 200 }) }),
  fc.record({ do: fc.constantFrom('rotate', 'sync', 'reopen', 'lose the data') }),
  fc.record({ do: fc.constant('show again' as const), which: fc.nat(1000) }),
);

test('whatever is shown again, a relay only goes forward, and arrives where the exchange is', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      const bench = await RelayBench.start(someLines(80));
      const { exchange } = bench;
      const signed: Shown[] = [];
      /** What was last signed, and so what is in force at who is honest. */
      const present = (): Shown => {
        const { epoch, manifestKey, keySet, snapshotVersion, now } = exchange;
        return { epoch, versions: [...exchange.versions], manifestKey, keySet, snapshotVersion, now };
      };
      const place = () => {
        const held = bench.relay.inForce('sender-numbers')?.manifest;
        const is = ({ epoch, versions }: Shown) =>
          held?.epoch === epoch && held.version === versions.length - 1;
        return signed.findLastIndex(is);
      };
      const isNewest = () =>
        expect(bench.relay.inForce('sender-numbers')?.manifest).toMatchObject({
          epoch: exchange.epoch,
          version: exchange.version,
          count: exchange.lines.length,
        });
      try {
        signed.push(present());
        await bench.sync();
        let reached = place();
        for (const each of [...steps, { do: 'sync' as const }]) {
          exchange.now += 120;
          const honest = present();
          if ('count' in each) {
            if (each.do === 'restore') exchange.restart(someLines(each.count, 500));
            else exchange.publish(someLines(each.count, each.start));
            exchange.snapshotVersion = exchange.version;
            signed.push(present());
          } else if (each.do === 'rotate') {
            exchange.manifestKey = generateKey();
            exchange.keySet = { sequence: (exchange.keySet.sequence ?? 1) + 1 };
            signed.push(present());
          } else if ('which' in each) {
            const { now } = exchange;
            Object.assign(exchange, signed[each.which % signed.length]);
            const signedAt = exchange.now;
            exchange.forge = { iat: signedAt, exp: signedAt + 86_400, publishedAt: signedAt };
            exchange.now = now;
            await bench.sync();
            exchange.forge = {};
            Object.assign(exchange, honest);
          } else if (each.do === 'sync') {
            await bench.sync();
            isNewest();
          } else if (each.do === 'reopen') {
            await bench.reopen();
          } else {
            // Under a process that has it open; who opens it after that begins anew.
            await rm(join(bench.directory, 'sender-numbers'), { recursive: true });
            await bench.relay.refresh();
            expect(place()).toBe(reached);
            await bench.sync();
          }
          const now = place();
          expect(now).toBeGreaterThanOrEqual(reached);
          reached = now;
        }
      } finally {
        await bench.stop();
      }
    }),
    { numRuns: Number(process.env['FC_RUNS'] ?? 25) },
  );
});
