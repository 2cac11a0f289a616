// One publication of the replay: what is new is submitted and verified, what is gone is released, the rest stays.
// Everything goes through the API, as carriers and the agency do it.
import type { ExchangeClient } from '../src/client/exchange-client.ts';
import { inParts, postJson, readPages, type Schemas } from './demo-api.ts';
import type { Party } from './demo-exchange.ts';

export const LIST = 'sender-numbers';

export interface Actors {
  carrier: Party;
  agency: Party;
  relay: Party;
}

export interface Change {
  added: readonly string[];
  removed: readonly string[];
}

const CANDIDATES_AT_ONCE = 10_000;
const REPORTS = 50;

/** Brings the list of the exchange to a new set; the version in force afterwards. */
export async function publishChange(
  { carrier, agency }: Actors,
  { added, removed }: Change,
  note: string,
): Promise<Schemas['Version']> {
  await submitAll(carrier.client, added);
  await verifyOpen(agency.client, added);
  for (const value of removed) {
    const path = `/v1/lists/${LIST}/entries/${encodeURIComponent(value)}/release`;
    await postJson(agency.client, path, { reason: 'agency_correction', note });
  }
  // A public list changes as much as it likes: the brake is for people to look at, not for a replay.
  return postJson(agency.client, `/v1/lists/${LIST}/versions`, { note, confirmMassChange: true });
}

/** A value that was released is new evidence again: its case opens anew. */
async function submitAll(client: ExchangeClient, values: readonly string[]): Promise<void> {
  for (const part of inParts(values, CANDIDATES_AT_ONCE)) {
    const candidates = part.map((value) => ({
      type: 'sender_number',
      value,
      category: 'other',
      reports: REPORTS,
    }));
    const receipt = await postJson<Schemas['SubmissionReceipt']>(client, '/v1/submissions', { candidates });
    if (receipt.newCases !== part.length)
      throw new Error(`of ${part.length} values that were not listed ${receipt.newCases} opened a case`);
  }
}

async function verifyOpen(client: ExchangeClient, expected: readonly string[]): Promise<void> {
  const open = await readPages<Schemas['Case']>(client, '/v1/cases', { status: 'open' });
  const values = new Set(open.map(({ value }) => value));
  if (values.size !== expected.length || expected.some((value) => !values.has(value)))
    throw new Error(`the queue holds ${values.size} cases, not the ${expected.length} that were submitted`);
  for (const part of inParts(open, CANDIDATES_AT_ONCE)) {
    const cases = part.map(({ id, revision }) => ({ id, revision }));
    const summary = await postJson<Schemas['DecisionSummary']>(client, '/v1/decisions', {
      cases,
      verdict: 'verify',
    });
    if (summary.awaitingSecond > 0)
      throw new Error(`${summary.awaitingSecond} values are protected: a public list should not hold them`);
  }
}
