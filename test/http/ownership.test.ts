// What belongs to one organisation or person is not there for another (404), for every operation of the contract that
// names such a thing.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Operation } from '../../src/http/contract.ts';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { publish, submitAndVerify } from '../setup/walk.ts';
import {
  ask,
  bearer,
  CLIENTS,
  mayCall,
  named,
  operations,
  PEOPLE,
  type PersonRole,
} from './least-request.ts';

/** Whose each thing in a path is: of the organisation or the person that made it, or of the exchange and open to a role. */
const OWNERS: Record<string, 'carrier' | 'appellant' | 'person' | undefined> = {
  submissionId: 'carrier',
  candidateId: 'carrier',
  appealId: 'appellant',
  passkeyId: 'person',
  list: undefined,
  value: undefined,
  version: undefined,
  caseId: undefined,
  decisionId: undefined,
  clientId: undefined,
  kid: undefined,
  userId: undefined,
};
/** The least body that lets a request come to what it is about. */
const BODIES: Partial<Record<Operation['id'], object>> = { addInformation: { text: 'more' } };

let exchange: TestExchange;
let theirs: Record<string, string>;
beforeAll(async () => {
  exchange = await startExchange();
  theirs = await makeTheirs();
});
afterAll(() => exchange.stop());

/** Things that there are: their owners are answered. */
async function makeTheirs(): Promise<Record<string, string>> {
  await submitAndVerify(exchange, ['01020001000']);
  await publish(exchange);
  const carrier = await exchange.party('carrier');
  const { body: submissions } = await carrier.get('/v1/submissions?limit=1').expect(200);
  const submissionId = submissions.items[0].id as string;
  const { body: candidates } = await carrier.get(`/v1/submissions/${submissionId}/candidates`).expect(200);
  const statement = { list: 'sender-numbers', value: '01020001000', statement: 'It is not ours.' };
  const { body: appeal } = await carrier.post('/v1/appeals', statement).expect(201);
  await carrier.get(`/v1/appeals/${appeal.id}`).expect(200);
  return { submissionId, candidateId: candidates.items[0].id as string, appealId: appeal.id as string };
}

const namesIn = ({ path }: Operation) => [...path.matchAll(/\{([A-Za-z]+)\}/g)].map(([, name]) => name ?? '');

test('whose each thing in a path is, is known', () => {
  const names = new Set(operations.flatMap(namesIn));
  expect([...names].filter((name) => !(name in OWNERS))).toEqual([]);
});

/** The agency decides on what anyone made. */
const isForReviewers = ({ security }: Operation) => security.every(({ scopes }) => scopes.includes('review'));
const owned = operations.filter(
  (operation) => namesIn(operation).some((name) => OWNERS[name] !== undefined) && !isForReviewers(operation),
);

describe('what belongs to another', () => {
  test.each(named(owned))('is not there for who calls %s', async (_, operation) => {
    const strangers = (['carrier', 'relay'] as const).filter((role) =>
      mayCall(operation, 'oauth', CLIENTS[role]),
    );
    const given = BODIES[operation.id];
    const body = given ? JSON.stringify(given) : null;
    for (const role of strangers) {
      const stranger = await exchange.party(role, `a strange ${role}`);
      const headers = {
        ...bearer(await stranger.token()),
        ...(body && { 'Content-Type': 'application/json' }),
      };
      expect(await ask(exchange.url, operation, headers, { places: theirs, body }), role).toBe(404);
    }
    const people = operation.path.includes('{passkeyId}') ? (Object.keys(PEOPLE) as PersonRole[]) : [];
    for (const role of people) {
      const person = await exchange.person(role);
      const headers = { Cookie: await person.cookie(), 'X-CSRF-Token': await person.csrfToken() };
      expect(await ask(exchange.url, operation, headers), role).toBe(404);
    }
    expect(strangers.length + people.length).toBeGreaterThan(0);
  });
});
