// Texts are erased after a year; what was decided, and the hash of a sample, stay.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eraseOldTexts } from '../../src/review/retention.ts';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, submit } from '../setup/walk.ts';
import { caseOf, decideNumber } from './desk-steps.ts';

const DAY_MS = 86_400_000;
const EVIDENCE = {
  sample: '당일 한도 안내, 상담은 아래 번호로',
  url: 'https://spam.example/path',
  note: 'seen by the night shift',
  callbackNumber: ['01023456789'],
};

let exchange: TestExchange;
beforeAll(async () => {
  exchange = await startExchange();
});
afterAll(() => exchange.stop());

async function evidenceOf(number: string) {
  const agency = await exchange.party('agency');
  const { id } = await caseOf(exchange, number);
  const { body } = await agency.get(`/v1/cases/${id}`).expect(200);
  return body as {
    evidence: Record<string, unknown>[];
    decisions: { verdict: string }[];
  };
}

const erase = () =>
  eraseOldTexts({ db: exchange.db, now: () => exchange.now(), timeZone: 'Asia/Seoul' }, 365);

test('texts older than a year are gone, newer ones stay, and the job is in the audit record', async () => {
  const [old = '', young = ''] = mobileNumbers(2, 91);
  await submit(exchange, [old], 'carrier one', EVIDENCE);
  expect((await decideNumber(exchange, old, { verdict: 'verify' })).status).toBe(201);
  const before = (await evidenceOf(old)).evidence[0];
  expect(before).toMatchObject({ sample: EVIDENCE.sample, note: EVIDENCE.note, erasedAt: null });

  exchange.setTime(new Date(exchange.now().getTime() + 364 * DAY_MS));
  await submit(exchange, [young], 'carrier one', EVIDENCE);
  await erase();
  expect((await evidenceOf(old)).evidence[0]).toMatchObject({ sample: EVIDENCE.sample, erasedAt: null });

  exchange.setTime(new Date(exchange.now().getTime() + 2 * DAY_MS));
  await erase();
  const { evidence, decisions } = await evidenceOf(old);
  expect(evidence[0]).toMatchObject({
    sample: null,
    url: null,
    note: null,
    callbackNumber: [],
    sampleHash: before?.['sampleHash'],
    reports: before?.['reports'],
    erasedAt: expect.stringMatching(/Z$/),
  });
  expect(before?.['sampleHash']).toMatch(/^[0-9a-f]{64}$/);
  expect(decisions.map(({ verdict }) => verdict)).toEqual(['verify']);
  expect((await evidenceOf(young)).evidence[0]).toMatchObject({ sample: EVIDENCE.sample, erasedAt: null });

  const auditor = await exchange.party('auditor');
  const { body } = await auditor.get('/v1/audit-events?operation=eraseTexts').expect(200);
  expect(body.items.map(({ actor }: { actor: { kind: string } }) => actor.kind)).toEqual(['exchange']);
  expect(JSON.stringify(body)).not.toContain('night shift');
});
