// One case with all that is known of it: evidence, decisions, what is related, the entry in force.
import type { Kysely } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import type { components } from '../http/generated/openapi.ts';
import { type NamedCaseRow, selectEvidence, selectRelated } from './case-queries.ts';
import { selectDecisions } from './decision-queries.ts';
import { selectHistory } from './entry-queries.ts';
import { selectCodeTraces, selectSampleMatches } from './evidence-queries.ts';
import {
  toCase,
  toCodeTrace,
  toDecision,
  toEntry,
  toEvidence,
  toRelatedCase,
  toSampleMatch,
} from './reply.ts';

export async function describeCase(
  { db, now }: { db: Kysely<DB>; now: () => Date },
  row: NamedCaseRow,
): Promise<components['schemas']['CaseDetail']> {
  const [evidence, decisions, related, codes, samples, [newest]] = await Promise.all([
    selectEvidence(db, row),
    selectDecisions(db, { caseId: row.id }),
    selectRelated(db, row),
    selectCodeTraces(db, row),
    selectSampleMatches(db, row),
    selectHistory(db, row.list_id, row.value),
  ]);
  return {
    ...toCase(row, now()),
    evidence: evidence.map(toEvidence),
    decisions: decisions.map(toDecision),
    related: related.map(toRelatedCase),
    codes: codes.map(toCodeTrace),
    samples: samples.map(toSampleMatch),
    entry: newest && newest.removed_in === null ? toEntry(newest) : null,
  };
}
