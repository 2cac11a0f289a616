// Steps that many tests take before their own begins.
import type { TestExchange } from './exchange.ts';

/** Mobile numbers that pass the classifier, the same for the same seed. */
export function mobileNumbers(count: number, seed: number): string[] {
  return Array.from(
    { length: count },
    (_, i) => `010${20_000_000 + ((seed * 7_919_317 + i * 7919) % 79_999_999)}`,
  );
}

/** Hands in sender numbers as a carrier; the submission's receipt. */
export async function submit(
  exchange: TestExchange,
  numbers: readonly string[],
  carrier = 'carrier one',
  more: object = {},
) {
  const candidates = numbers.map((value) => ({
    type: 'sender_number',
    value,
    category: 'gambling',
    reports: 60,
    ...more,
  }));
  const party = await exchange.party('carrier', carrier);
  const { body } = await party.post('/v1/submissions', { candidates }).expect(201);
  return body as {
    id: string;
    accepted: number;
    newCases: number;
    joinedCases: number;
    alreadyListed: number;
  };
}

export interface OpenCase {
  id: string;
  revision: number;
  value: string;
  status: string;
}

/** Every case in a state, from all pages. */
export async function allCases(exchange: TestExchange, status = 'open'): Promise<OpenCase[]> {
  const agency = await exchange.party('agency');
  const cases: OpenCase[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await agency.get(`/v1/cases?status=${status}&limit=1000${cursor}`).expect(200);
    cases.push(...body.items);
    if (body.next === null) return cases;
    cursor = `&cursor=${body.next}`;
  }
}

/** Hands in numbers and verifies every open case. */
export async function submitAndVerify(exchange: TestExchange, numbers: readonly string[]): Promise<void> {
  await submit(exchange, numbers);
  const agency = await exchange.party('agency');
  const cases = (await allCases(exchange)).map(({ id, revision }) => ({ id, revision }));
  if (cases.length > 0) await agency.post('/v1/decisions', { cases, verdict: 'verify' }).expect(201);
}

/** Publishes; the new version, or the one in force. */
export async function publish(exchange: TestExchange, list = 'sender-numbers', body: object = {}) {
  const agency = await exchange.party('agency');
  const response = await agency.post(`/v1/lists/${list}/versions`, body);
  return response.body as {
    version: number;
    added: number;
    removed: number;
    count: number;
    digest: string;
    chain: string;
  };
}
