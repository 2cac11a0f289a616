// What relays fetch: manifest, snapshots, diffs, events, keys and proofs. Maps contract ↔ domain, holds no rule.
import type { Handlers } from '../http/handler.ts';
import { listedValue } from '../http/listed-value.ts';
import { notFound } from '../http/problem.ts';
import { diffArtifact, snapshotArtifact } from './artifact-forms.ts';
import { etagOf, replyWith } from './artifact-reply.ts';
import { type Artifacts, IMMUTABLE } from './artifacts.ts';
import { requireDiffFrom, requireHeld, requireList } from './held-version.ts';
import { historyOf } from './line-queries.ts';
import type { LineSource } from './line-source.ts';
import { type ProofDeps, proveValue } from './proving.ts';
import { SharedReadings } from './shared-readings.ts';
import type { Turns } from './turns.ts';
import type { VersionEvents } from './version-events.ts';

export interface PullDeps extends ProofDeps {
  issuer: string;
  codePattern: RegExp;
  artifacts: Artifacts;
  lines: LineSource;
  turns: Turns;
  events: VersionEvents;
}

type PullOperation =
  | 'getManifest'
  | 'getSnapshot'
  | 'getDiff'
  | 'getDiffToCurrent'
  | 'followList'
  | 'getProof'
  | 'authorizePull';

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

    async getSnapshot({ path, query, raw, accept }) {
      const row = await lists.read(path.list);
      requireHeld(row, query.epoch, path.version);
      const artifact = snapshotArtifact(deps, row, path.version, accept);
      return { status: 200, ...(await replyWith(deps, artifact, raw, IMMUTABLE)) };
    },

    async getDiff({ path, query, raw, accept }) {
      const row = await lists.read(path.list);
      requireHeld(row, query.epoch, path.version);
      requireDiffFrom(row, query.epoch, query.from, path.version);
      const range = { ...historyOf(row), epoch: row.epoch, from: query.from, to: path.version };
      return { status: 200, ...(await replyWith(deps, diffArtifact(deps, range, accept), raw, IMMUTABLE)) };
    },

    async getDiffToCurrent({ path, query, raw, accept }) {
      const row = await lists.read(path.list);
      requireDiffFrom(row, query.epoch, query.from, row.version);
      const range = { ...historyOf(row), epoch: row.epoch, from: query.from, to: row.version };
      const reply = await replyWith(deps, diffArtifact(deps, range, accept), raw, 'private, no-cache');
      const location = `/v1/lists/${row.id}/versions/${row.version}/diff?from=${query.from}&epoch=${row.epoch}`;
      return { status: 200, ...reply, headers: { ...reply.headers, 'Content-Location': location } };
    },

    async followList({ path, caller }) {
      return {
        status: 200,
        type: 'text/event-stream',
        take: async (request, response) => deps.events.connect(path.list, caller, request, response),
      };
    },

    async authorizePull() {
      return { status: 204, headers: { 'Cache-Control': 'no-store' } };
    },

    async getProof({ path, query }) {
      const { list, value } = listedValue(path, deps.codePattern);
      return { status: 200, body: await proveValue(deps, list, value, query) };
    },
  };
}
