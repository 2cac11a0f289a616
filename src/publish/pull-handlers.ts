// What relays fetch: manifest, snapshots, diffs, events, keys and proofs. Maps contract ↔ domain, holds no rule.
import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import type { Handlers, OperationRequest } from '../http/handler.ts';
import { listedValue } from '../http/listed-value.ts';
import { notFound } from '../http/problem.ts';
import { type DiffRange, diffCsv, diffJson } from './artifact-content.ts';
import { type Artifacts, CODINGS, type Coding } from './artifacts.ts';
import { requireDiffFrom, requireHeld, requireList } from './held-version.ts';
import type { KeySetKeeper } from './key-set-keeper.ts';
import { type ListMemory, snapshotBytes } from './list-memory.ts';
import type { ManifestSigner } from './manifest-signer.ts';
import { SharedReadings } from './shared-readings.ts';
import { snapshotName } from './snapshots.ts';
import type { Turns } from './turns.ts';
import type { VersionEvents } from './version-events.ts';

export interface PullDeps {
  db: Kysely<DB>;
  issuer: string;
  codePattern: RegExp;
  memory: ListMemory;
  signer: ManifestSigner;
  keySet: KeySetKeeper;
  artifacts: Artifacts;
  turns: Turns;
  events: VersionEvents;
}

const IMMUTABLE = 'private, max-age=31536000, immutable';

type PullOperation =
  | 'getManifest'
  | 'getSnapshot'
  | 'getDiff'
  | 'getDiffToCurrent'
  | 'followList'
  | 'getKeySet'
  | 'getProof';

export function pullHandlers(deps: PullDeps): Pick<Handlers, PullOperation> {
  const { db } = deps;
  const manifests = new SharedReadings((list) => deps.signer.current(db, list));
  const lists = new SharedReadings((list) => requireList(db, list));
  return {
    async getManifest({ path }) {
      const jws = await manifests.read(path.list);
      if (jws === undefined) throw notFound('list');
      const headers = { ETag: etagOf(jws), 'Cache-Control': 'private, no-cache' };
      return { status: 200, type: 'application/jwt', text: jws, headers };
    },

    async getSnapshot({ path, query, raw }) {
      const row = await lists.read(path.list);
      requireHeld(row, query.epoch, path.version);
      const coding = pickCoding(raw);
      const name = snapshotName(row.id, row.epoch, path.version);
      const produce = () => deps.turns.through(() => snapshotBytes(db, row.id, path.version));
      const file = await deps.artifacts.file(name, coding, produce);
      return { status: 200, type: 'text/csv', file, headers: artifactHeaders(name, coding, IMMUTABLE) };
    },

    async getDiff({ path, query, raw, accept }) {
      const row = await lists.read(path.list);
      requireHeld(row, query.epoch, path.version);
      requireDiffFrom(row, query.epoch, query.from, path.version);
      const range = { list: row.id, epoch: row.epoch, from: query.from, to: path.version };
      return { status: 200, ...(await diffReply(deps, range, accept, raw, IMMUTABLE)) };
    },

    async getDiffToCurrent({ path, query, raw, accept }) {
      const row = await lists.read(path.list);
      requireDiffFrom(row, query.epoch, query.from, row.version);
      const range = { list: row.id, epoch: row.epoch, from: query.from, to: row.version };
      const reply = await diffReply(deps, range, accept, raw, 'private, no-cache');
      const location = `/v1/lists/${row.id}/versions/${row.version}/diff?from=${query.from}&epoch=${row.epoch}`;
      return { status: 200, ...reply, headers: { ...reply.headers, 'Content-Location': location } };
    },

    async followList({ path }) {
      const { id } = await requireList(db, path.list);
      return {
        status: 200,
        type: 'text/event-stream',
        take: (request, response) => deps.events.connect(id, request, response),
      };
    },

    async getKeySet() {
      const jws = await deps.keySet.current(db);
      return {
        status: 200,
        type: 'application/jwt',
        text: jws,
        headers: { 'Cache-Control': 'public, max-age=60' },
      };
    },

    async getProof({ path }) {
      const { list, value } = listedValue(path, deps.codePattern);
      return deps.memory.exclusively(list, async () => {
        const row = await requireList(db, list);
        const tree = await deps.memory.treeAt(row);
        return {
          status: 200,
          body: { list, epoch: row.epoch, version: row.version, value, ...tree.prove(value) },
        };
      });
    },
  };
}

type RawRequest = OperationRequest<'getDiff'>['raw'];

async function diffReply(
  deps: PullDeps,
  range: DiffRange,
  accept: string,
  raw: RawRequest,
  cacheControl: string,
) {
  const type = accept === 'application/json' ? 'application/json' : 'text/csv';
  const [extension, produce] =
    type === 'text/csv' ? (['csv', diffCsv] as const) : (['json', diffJson] as const);
  const name = `${range.list}/${range.epoch}/diff-${range.from}-${range.to}.${extension}`;
  const coding = pickCoding(raw);
  const file = await deps.artifacts.file(name, coding, () =>
    deps.turns.through(() => produce(deps.db, range)),
  );
  return { type, file, headers: artifactHeaders(name, coding, cacheControl) } as const;
}

/** The coding that the caller weighs highest (RFC 9110 §12.5.3). */
function pickCoding(request: RawRequest): Coding {
  return (request.acceptsEncodings([...CODINGS]) || 'identity') as Coding;
}

type ArtifactHeaders = Record<string, string> & { ETag: string; 'Cache-Control': string };

/** The name says the content, so it is the validator; each coding has its own (RFC 9110 §8.8.3). */
function artifactHeaders(name: string, coding: Coding, cacheControl: string): ArtifactHeaders {
  return {
    ETag: etagOf(`${name} ${coding}`),
    'Cache-Control': cacheControl,
    Vary: 'Accept, Accept-Encoding',
    ...(coding !== 'identity' && { 'Content-Encoding': coding }),
  };
}

function etagOf(text: string): string {
  return `"${createHash('sha256').update(text).digest('hex').slice(0, 32)}"`;
}
