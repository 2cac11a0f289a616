// An exchange as small as can be, as a process of its own: one signed list of any size, and versions on request. For
// benches of relays: it has a good answer ready for all that they ask, so what is measured is theirs.
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Credentials } from '../src/client/credentials.ts';
import { type Diff, formatDiff } from '../src/list/diff.ts';
import { extendChain, startChain } from '../src/list/digest.ts';
import { compareEntries, type Entry } from '../src/list/entry.ts';
import { exportPrivateJwk, generateKey, signKeySet } from '../src/list/key-set.ts';
import { signManifest } from '../src/list/manifest.ts';
import { ListTree } from '../src/list/tree.ts';

const CATEGORIES = ['gambling', 'illegal_loan', 'drugs', 'adult'];
const LIST = 'sender-numbers';

/** The i-th entry of the series, whose values are all different and spread over the range. */
export function seriesEntry(i: number): Entry {
  const value = `+8210${String((20_000_000 + 7919 * i) % 100_000_000).padStart(8, '0')}`;
  return { value, category: CATEGORIES[i % 4] as string, until: i % 10 === 0 ? 'permanent' : '2027-02-21' };
}

export function seriesTree(count: number): ListTree {
  return ListTree.fromLines(
    (function* () {
      for (let i = 0; i < count; i++) {
        const { value, category, until } = seriesEntry(i);
        yield `${value},${category},${until}`;
      }
    })(),
  );
}

if (process.send) await serve(Number(process.argv[2]));

async function serve(count: number): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'chadan-bench-'));
  const snapshotFile = join(directory, 'snapshot.csv');
  const tree = seriesTree(count);
  const hash = createHash('sha256');
  const chunks: Uint8Array[] = [];
  for (const chunk of tree.snapshot()) {
    hash.update(chunk);
    chunks.push(chunk);
  }
  await writeFile(snapshotFile, chunks);
  chunks.length = 0;
  const { size } = await stat(snapshotFile);
  const snapshot = { version: 1, sha256: hash.digest('hex'), bytes: size, count };
  const [root, key, client] = [generateKey(), generateKey(), generateKey()];
  const epoch = randomUUID();
  let version = 1;
  let chain = extendChain(startChain(epoch), tree.digest());
  let diff = '';
  let removed = 0;
  const issuer = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const iat = Math.floor(Date.now() / 1000);
  const manifest = () =>
    signManifest(
      {
        iss: issuer(),
        sub: LIST,
        iat,
        exp: iat + 86_400,
        epoch,
        version,
        count: tree.count,
        digest: tree.digest(),
        chain,
        publishedAt: iat,
        snapshot,
        oldestDiff: Math.max(1, version - 1),
        poll: 1,
      },
      key,
    );
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    request.resume();
    if (path.endsWith('/snapshot')) {
      response.writeHead(200, { 'content-length': size });
      createReadStream(snapshotFile, { highWaterMark: 1 << 20 }).pipe(response);
    } else if (path.endsWith('/diff')) response.end(diff);
    else if (path.endsWith('/manifest')) response.end(manifest());
    else if (path.endsWith('/receipts')) response.writeHead(204).end();
    else if (path === '/v1/keys') {
      response.end(
        signKeySet({ iss: issuer(), iat, exp: iat + 864_000, sequence: 1, keys: [key.publicJwk] }, root),
      );
    } else response.end(JSON.stringify({ access_token: 'a', token_type: 'Bearer', expires_in: 600 }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const credentials: Credentials = {
    issuer: issuer(),
    clientId: 'bench',
    privateKey: exportPrivateJwk(client),
    rootKey: root.publicJwk,
  };
  /** A version that removes and adds half of so many entries, spread over the list. */
  const publish = (changes: number): void => {
    const half = changes / 2;
    const step = Math.max(1, Math.floor(count / 10_000));
    const change: Diff = {
      removed: Array.from({ length: half }, (_, at) => seriesEntry((removed + at) * step)).sort(
        compareEntries,
      ),
      added: Array.from({ length: half }, (_, at) => seriesEntry(count + removed + at)).sort(compareEntries),
    };
    removed += half;
    tree.apply(change);
    chain = extendChain(chain, tree.digest());
    version++;
    diff = [...formatDiff(change)].join('');
  };
  process.on('message', (changes: number) => {
    publish(changes);
    process.send?.({ version });
  });
  process.on('disconnect', () => {
    server.closeAllConnections();
    void rm(directory, { recursive: true, force: true }).then(() => process.exit(0));
  });
  process.send?.({ credentials });
}
