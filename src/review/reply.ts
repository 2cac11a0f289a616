// Cases, evidence, decisions and entries as the contract shows them.
import type { components } from '../http/generated/openapi.ts';
import type { ListId } from '../list/entry.ts';
import { displayValue } from '../list/listed-value.ts';
import type { CaseRow, NamedCaseRow, selectEvidence } from './case-queries.ts';
import type { selectDecisions } from './decision-queries.ts';
import type { EntryRow } from './entry-queries.ts';
import type { CodeTrace, SampleMatch } from './evidence-queries.ts';

type Schemas = components['schemas'];
type EvidenceRow = Awaited<ReturnType<typeof selectEvidence>>[number];
type DecisionRow = Awaited<ReturnType<typeof selectDecisions>>[number];

export function toCase(row: NamedCaseRow, now: Date): Schemas['Case'] {
  const claimed = row.claimed_by !== null && row.claimed_until !== null && row.claimed_until > now;
  return {
    id: String(row.id),
    list: row.list_id as ListId,
    value: row.value,
    display: displayValue(row.list_id, row.value),
    numberClass: row.number_class as Schemas['NumberClass'] | null,
    category: row.category as Schemas['Category'],
    status: row.status as Schemas['CaseStatus'],
    reports: row.reports,
    carriers: row.carrier_ids.length,
    score: row.score,
    firstSeen: row.first_seen?.toISOString() ?? null,
    lastSeen: row.last_seen?.toISOString() ?? null,
    flags: row.flags as Schemas['CaseFlag'][],
    revision: row.revision,
    claim: claimed
      ? {
          by: String(row.claimed_by),
          name: row.claimed_by_name,
          until: (row.claimed_until as Date).toISOString(),
        }
      : null,
    openedAt: row.opened_at.toISOString(),
  };
}

export function toEntry(row: EntryRow): Schemas['Entry'] {
  return {
    list: row.list_id as ListId,
    value: row.value,
    display: displayValue(row.list_id, row.value),
    category: row.category as Schemas['Category'],
    until: row.until ?? 'permanent',
    status: row.removed_in === null ? 'listed' : row.removal_reason === 'expired' ? 'expired' : 'released',
    organization: row.organization,
    decisionId: String(row.decision_id),
    listedIn: row.listed_in,
    listedInEpoch: row.listed_in_epoch,
    listedAt: row.listed_at.toISOString(),
    removedIn: row.ended_in,
    removedInEpoch: row.ended_in_epoch,
    removalReason: row.removal_reason,
  };
}

export function toDecision(row: DecisionRow): Schemas['Decision'] {
  return {
    id: String(row.id),
    caseId: String(row.case_id),
    verdict: row.verdict as Schemas['Decision']['verdict'],
    effect: row.effect as Schemas['Decision']['effect'],
    category: row.category as Schemas['Category'] | null,
    until: row.verdict === 'verify' ? (row.until ?? 'permanent') : null,
    reason: row.reason,
    note: row.note,
    urgent: row.urgent,
    undoes: row.undoes === null ? null : String(row.undoes),
    organization: row.organization,
    decidedBy: row.decided_by,
    decidedByName: row.decided_by_name,
    decidedAt: row.decided_at.toISOString(),
  };
}

export function toEvidence(row: EvidenceRow): Schemas['Evidence'] {
  const more = row.evidence as Partial<Record<string, unknown>>;
  return {
    candidateId: String(row.id),
    organization: row.organization,
    submittedAt: row.submitted_at.toISOString(),
    status: row.status as Schemas['CandidateStatus'],
    rawValue: row.raw_value,
    category: row.category as Schemas['Category'],
    reports: row.reports,
    reporters: row.reporters,
    firstSeen: row.first_seen?.toISOString() ?? null,
    lastSeen: row.last_seen?.toISOString() ?? null,
    source: row.source,
    score: row.score,
    model: text(more['model']),
    originatorCode: row.originator_code,
    callbackNumber: texts(more['callbackNumber']),
    relay: text(more['relay']),
    chain: texts(more['chain']),
    sample: text(more['sample']),
    sampleHash: text(more['sampleHash']),
    url: text(more['url']),
    reportIds: texts(more['reportIds']),
    note: text(more['note']),
    information: row.information,
    erasedAt: text(more['erasedAt']),
  };
}

export function toRelatedCase(row: CaseRow): Schemas['RelatedCase'] {
  return {
    id: String(row.id),
    list: row.list_id as ListId,
    value: row.value,
    display: displayValue(row.list_id, row.value),
    category: row.category as Schemas['Category'],
    status: row.status as Schemas['CaseStatus'],
  };
}

export function toCodeTrace({ case_id, status, ...trace }: CodeTrace): Schemas['CodeTrace'] {
  return {
    ...trace,
    caseId: case_id === null ? null : String(case_id),
    status: status as Schemas['CaseStatus'] | null,
  };
}

export function toSampleMatch({ hash, ...match }: SampleMatch): Schemas['SampleMatch'] {
  return { sampleHash: hash, ...match };
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
