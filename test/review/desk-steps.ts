// Steps of reviewers that many tests here take.
import type { Party, TestExchange } from '../setup/exchange.ts';

/** `01012345678` → `+821012345678`. */
export const canonical = (number: string): string => `+82${number.slice(1)}`;

export interface CaseView {
  id: string;
  list: string;
  value: string;
  display: string;
  category: string;
  status: string;
  reports: number;
  carriers: number;
  flags: string[];
  revision: number;
  claim: { by: string; until: string } | null;
}

/** The case of a number, as the queue shows it. */
export async function caseOf(exchange: TestExchange, number: string): Promise<CaseView> {
  const agency = await exchange.party('agency');
  const { body } = await agency
    .get(`/v1/cases?list=sender-numbers&q=${encodeURIComponent(number)}`)
    .expect(200);
  return body.items[0];
}

/** Decides the case of a number as it is now; the answer. */
export async function decideNumber(
  exchange: TestExchange,
  number: string,
  ruling: object,
  by?: Pick<Party, 'post'>,
) {
  const { id, revision } = await caseOf(exchange, number);
  const reviewer = by ?? (await firstReviewer(exchange));
  return reviewer.post(`/v1/cases/${id}/decisions`, { revision, ...ruling });
}

export function entryPath(number: string, more = '', list = 'sender-numbers'): string {
  return `/v1/lists/${list}/entries/${encodeURIComponent(number)}${more}`;
}

/** Hands in candidates as they are. */
export async function handIn(exchange: TestExchange, candidates: object[], carrier = 'carrier one') {
  const party = await exchange.party('carrier', carrier);
  const { body } = await party.post('/v1/submissions', { candidates }).expect(201);
  return body as { id: string; accepted: number };
}

/** The two people that a protected value needs. */
export const firstReviewer = (exchange: TestExchange) => exchange.person('reviewer', 'reviewer one');
export const secondReviewer = (exchange: TestExchange) => exchange.person('lead', 'lead one');
