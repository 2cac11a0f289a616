// What the desk does beyond deciding: appeals, questions, previews, impact, figures, and what is erased in time.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, publish, submit } from '../setup/walk.ts';
import { canonical, caseOf, decideNumber, entryPath, firstReviewer, secondReviewer } from './desk-steps.ts';

let exchange: TestExchange;
beforeAll(async () => {
  exchange = await startExchange();
});
afterAll(() => exchange.stop());

test('an appeal of a relay is decided by someone else, and accepted takes the value off the list', async () => {
  const [number = ''] = mobileNumbers(1, 901);
  await submit(exchange, [number], 'carrier one', { relay: 'Relay A', chain: ['reseller a', 'reseller b'] });
  await decideNumber(exchange, number, { verdict: 'verify' });
  await publish(exchange);
  const relay = await exchange.party('relay');
  const value = canonical(number);
  const filed = await relay
    .post('/v1/appeals', { list: 'sender-numbers', value, statement: 'not ours' })
    .expect(201);
  expect(filed.body).toMatchObject({ status: 'filed', late: false, organization: 'relay one' });
  await relay.post('/v1/appeals', { list: 'sender-numbers', value, statement: 'again' }).expect(409);
  const stranger = await exchange.party('relay', 'relay two');
  await stranger.get(`/v1/appeals/${filed.body.id}`).expect(404);
  const reviewer = await firstReviewer(exchange);
  expect((await reviewer.get('/v1/appeals?status=filed').expect(200)).body.items).toHaveLength(1);
  expect((await reviewer.get('/v1/desk').expect(200)).body).toMatchObject({ appeals: 1, lateAppeals: 0 });
  const decided = await reviewer
    .post(`/v1/appeals/${filed.body.id}/decisions`, { outcome: 'accepted', note: 'reassigned' })
    .expect(201);
  expect(decided.body).toMatchObject({ status: 'accepted', outcome: { decidedByName: 'reviewer one' } });
  await publish(exchange);
  const entry = await reviewer.get(entryPath(value)).expect(200);
  expect(entry.body).toMatchObject({ status: 'released', removalReason: 'appeal_accepted' });
});

test('the statement of reasons says since when and why, also of what is not blocked any more', async () => {
  const [number = ''] = mobileNumbers(1, 901);
  const reviewer = await firstReviewer(exchange);
  const korean = await reviewer.get(entryPath(number, '/statement')).expect(200);
  expect(korean.text).toContain('차단 사유서');
  expect(korean.text).toMatch(/해제일<.*\d{4}-\d\d-\d\d \(이의신청 인용\)/);
  expect(korean.text).not.toContain('차단 기한');
  const english = await reviewer
    .get(entryPath(number, '/statement?language=en'))
    .set('Accept', 'text/plain')
    .expect(200);
  expect(english.text).toContain('Statement of reasons');
  expect(english.text).toMatch(/^Released on: \d{4}-\d\d-\d\d \(an appeal was accepted\)$/m);
});

test('a carrier answers what it is asked, and its texts are masked', async () => {
  const [number = ''] = mobileNumbers(1, 902);
  const { id } = await submit(exchange, [number]);
  await decideNumber(exchange, number, { verdict: 'request_info', note: 'which callback?' });
  const carrier = await exchange.party('carrier', 'carrier one');
  const [candidate] = (await carrier.get(`/v1/submissions/${id}/candidates`).expect(200)).body.items;
  const path = `/v1/submissions/${id}/candidates/${candidate.id}/information`;
  await carrier.post(path, { text: 'call 010-2222-3333' }).expect(201);
  expect((await carrier.post(path, { text: 'more' })).body.code).toBe('nothing_asked');
  const seen = await caseOf(exchange, number);
  expect(seen.flags).toEqual(['information_given']);
  const detail = await (await firstReviewer(exchange)).get(`/v1/cases/${seen.id}`).expect(200);
  expect(detail.body.evidence[0].information[0].text).toBe('call ***-****-****');
});

test('two systems are not two people, and a second person who rejects takes back what the first verified', async () => {
  const [number = ''] = mobileNumbers(1, 903);
  const { id } = await submit(exchange, [number]);
  await decideNumber(exchange, number, { verdict: 'verify' }, await exchange.party('agency'));
  const lead = await secondReviewer(exchange);
  await lead.put(`/v1/protected/sender-numbers/${number}`, { kind: 'bank' }).expect(200);
  const system = await exchange.party('agency', 'agency two');
  const refused = await decideNumber(exchange, number, { verdict: 'verify' }, system);
  expect(refused.body.code).toBe('second_reviewer_required');
  await decideNumber(exchange, number, { verdict: 'reject', reason: 'protected' }, lead);
  const carrier = await exchange.party('carrier', 'carrier one');
  const { body } = await carrier.get(`/v1/submissions/${id}/candidates`).expect(200);
  expect(body.items).toMatchObject([{ status: 'rejected' }]);
});

test('a preview says what would come of it, with the messages that relays saw', async () => {
  const [number = ''] = mobileNumbers(1, 904);
  await submit(exchange, [number], 'carrier one', { originatorCode: '904000001' });
  const relay = await exchange.party('relay');
  const to = exchange.now();
  const report = {
    from: new Date(to.getTime() - 3_600_000),
    to,
    counts: [{ value: number, blocked: 3, seen: 40 }],
  };
  await relay.post('/v1/lists/sender-numbers/enforcement', report).expect(204);
  await relay.post('/v1/lists/sender-numbers/enforcement', report).expect(204);
  const { id, revision } = await caseOf(exchange, number);
  const reviewer = await firstReviewer(exchange);
  const { body } = await reviewer
    .post('/v1/decisions/preview', { cases: [{ id, revision }], verdict: 'verify' })
    .expect(200);
  expect(body).toMatchObject({
    decided: 1,
    listed: 1,
    candidates: 1,
    refused: 0,
    impact: { messages: 40, relays: 1 },
  });
  await decideNumber(exchange, number, { verdict: 'verify' });
  const code = await reviewer.get('/v1/cases?list=originator-codes&q=904000001').expect(200);
  expect(code.body.items[0]).toMatchObject({ status: 'open', category: 'gambling' });
  expect((await reviewer.get(`/v1/cases/${code.body.items[0].id}/impact`).expect(200)).body.messages).toBe(
    40,
  );
  expect((await reviewer.get('/v1/lists/sender-numbers/impact').expect(200)).body.added.messages).toBe(40);
});

test('the figures of a span are there, as JSON and as CSV', async () => {
  const reviewer = await firstReviewer(exchange);
  const day = exchange.now().toISOString().slice(0, 10);
  const next = new Date(exchange.now().getTime() + 86_400_000).toISOString().slice(0, 10);
  const { body } = await reviewer.get(`/v1/statistics?from=${day}&to=${next}`).expect(200);
  expect(body.totals).toMatchObject({ submitted: 4, rejected: 1, listed: 1, released: 1, blocked: 3 });
  const came = { submitted: 1, verified: 1, listed: 1, released: 1 };
  expect(body.carriers).toMatchObject([{ ...came, key: 'carrier one', submitted: 4, verified: 2 }]);
  expect(body.relays).toContainEqual({ ...came, key: 'Relay A', rejected: 0, blocked: 0 });
  expect(body.resellers).toMatchObject([
    { ...came, key: 'reseller a' },
    { ...came, key: 'reseller b' },
  ]);
  const csv = await reviewer
    .get(`/v1/statistics?from=${day}&to=${next}`)
    .set('Accept', 'text/csv')
    .expect(200);
  expect(csv.text).toContain('dimension,key,submitted');
});
