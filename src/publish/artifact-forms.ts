// The forms of snapshots and diffs: what each is called, its media type, and what it is made of.
import { COMPACT_TYPE, type CompactKind } from '../list/compact.ts';
import { compactOf, type DiffRange, diffCsv, diffJson } from './artifact-content.ts';
import type { Artifact, Artifacts } from './artifacts.ts';
import { historyOf } from './line-queries.ts';
import type { LineSource } from './line-source.ts';
import { snapshotBytes } from './list-memory.ts';
import type { Turns } from './turns.ts';
import type { ListRow } from './version-queries.ts';

export interface ArtifactDeps {
  lines: LineSource;
  artifacts: Artifacts;
  /** Bounds how many whole versions are read from the database at once. */
  turns: Turns;
}

export interface TypedArtifact<Type extends string> extends Artifact {
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
  const held = { list: row.id, epoch: row.epoch, version };
  const csv = {
    name,
    type: 'text/csv',
    produce: () => deps.lines.read(held, (db) => snapshotBytes(db, historyOf(row), version)),
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
  const held = { list: range.list, epoch: range.epoch, version: range.to };
  if (accept === 'application/json')
    return {
      name: `${name}.json`,
      type: accept,
      produce: () => deps.turns.through(() => deps.lines.read(held, (db) => diffJson(db, range))),
    };
  const csv = {
    name: `${name}.csv`,
    type: 'text/csv',
    produce: () => deps.turns.through(() => deps.lines.read(held, (db) => diffCsv(db, range))),
  } as const;
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

/** Name of a snapshot among the artifacts. */
export function snapshotName(list: string, epoch: string, version: number): string {
  return `${list}/${epoch}/snapshot-${version}.csv`;
}
