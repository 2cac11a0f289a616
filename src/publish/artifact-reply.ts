// Snapshots and diffs as answers: in the media type and the content coding that the caller prefers, from a file here
// or by the cache in front.
import { createHash } from 'node:crypto';
import type { Request } from 'express';
import type { Kysely } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { COMPACT_TYPE, type CompactKind } from '../list/compact.ts';
import { compactOf, type DiffRange, diffCsv, diffJson } from './artifact-content.ts';
import { type Artifact, type Artifacts, CODINGS, type Coding } from './artifacts.ts';
import { historyOf } from './line-queries.ts';
import { snapshotBytes } from './list-memory.ts';
import { snapshotName } from './snapshots.ts';
import type { ListRow } from './version-queries.ts';

export interface ArtifactDeps {
  db: Kysely<DB>;
  artifacts: Artifacts;
}

interface TypedArtifact<Type extends string> extends Artifact {
  type: Type;
}

type CsvOrCompact = 'text/csv' | typeof COMPACT_TYPE;

/** The snapshot of a version, in the media type that the caller accepts. */
export function snapshotArtifact(
  deps: ArtifactDeps,
  row: ListRow,
  version: number,
  accept: string,
): TypedArtifact<CsvOrCompact> {
  const name = snapshotName(row.id, row.epoch, version);
  const csv = {
    name,
    type: 'text/csv',
    produce: () => snapshotBytes(deps.db, historyOf(row), version),
  } as const;
  return accept === COMPACT_TYPE ? compactArtifact(deps, 'snapshot', csv) : csv;
}

/** A diff, in the media type that the caller accepts. */
export function diffArtifact(
  deps: ArtifactDeps,
  range: DiffRange,
  accept: string,
): TypedArtifact<CsvOrCompact | 'application/json'> {
  const name = `${range.list}/${range.epoch}/diff-${range.from}-${range.to}`;
  if (accept === 'application/json')
    return { name: `${name}.json`, type: accept, produce: () => diffJson(deps.db, range) };
  const csv = { name: `${name}.csv`, type: 'text/csv', produce: () => diffCsv(deps.db, range) } as const;
  return accept === COMPACT_TYPE ? compactArtifact(deps, 'diff', csv) : csv;
}

function compactArtifact(
  { artifacts }: ArtifactDeps,
  kind: CompactKind,
  csv: Artifact,
): TypedArtifact<typeof COMPACT_TYPE> {
  const name = csv.name.replace(/csv$/, 'compact');
  const produce = () => compactOf(kind, () => artifacts.file(csv.name, 'identity', csv.produce));
  return { name, type: COMPACT_TYPE, produce };
}

/** Nobody reads it: the cache in front answers in its place. It is no list, should it ever reach a reader. */
const FOR_THE_FRONT = 'This is for the cache in front, which CHADAN_ARTIFACTS_FRONT says is there.\n';

/** Answers with an artifact. */
export async function replyWith<Type extends string>(
  { artifacts }: ArtifactDeps,
  artifact: TypedArtifact<Type>,
  request: Request,
  cacheControl: string,
) {
  const { name, type } = artifact;
  const coding = pickCoding(request);
  const headers = artifactHeaders(name, coding, cacheControl);
  const place = await artifacts.place(artifact, coding);
  if ('file' in place) return { type, file: place.file, headers };
  // ETag and Content-Encoding are then those that the object was stored with.
  const { 'Content-Encoding': _, ...rest } = headers;
  return { type, text: FOR_THE_FRONT, headers: { ...rest, 'X-Accel-Redirect': place.front } };
}

/** The coding that the caller weighs highest (RFC 9110 §12.5.3). */
function pickCoding(request: Request): Coding {
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

/** A strong validator of what the text says. */
export function etagOf(text: string): string {
  return `"${createHash('sha256').update(text).digest('hex').slice(0, 32)}"`;
}
