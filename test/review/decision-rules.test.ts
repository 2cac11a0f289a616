import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CaseState, decide, type Reviewer, type Ruling } from '../../src/review/decision-rules.ts';

const TODAY = '2026-11-24';
const ann: Reviewer = { kind: 'person', id: 'ann', organizationId: 'agency' };
const ben: Reviewer = { kind: 'person', id: 'ben', organizationId: 'agency' };

/** An open case on a mobile number that two carriers reported. */
function openCase(changes: Partial<CaseState> = {}): CaseState {
  return {
    id: 1,
    list: 'sender-numbers',
    value: '+821012345678',
    numberClass: 'mobile',
    category: 'gambling',
    status: 'open',
    revision: 3,
    carrierIds: ['carrier one', 'carrier two'],
    protected: false,
    claimedBy: undefined,
    first: undefined,
    ...changes,
  };
}

const rule = (state: CaseState, ruling: Ruling, by = ann, revision = state.revision) =>
  decide(state, revision, ruling, by, TODAY);

test('a verified number is listed in the category of its case, for the validity of its kind', () => {
  expect(rule(openCase(), { verdict: 'verify' })).toEqual({
    effect: 'verified',
    category: 'gambling',
    until: '2027-02-22',
    confirms: null,
  });
});

test('a reviewer may correct the category and the last day', () => {
  const ruling = { verdict: 'verify', category: 'job', until: '2026-12-31' } as const;
  expect(rule(openCase(), ruling)).toMatchObject({ category: 'job', until: '2026-12-31' });
  expect(rule(openCase(), { verdict: 'verify', until: 'permanent' })).toMatchObject({ until: null });
});

test('the category a reviewer gives decides how long a code is listed', () => {
  const code = openCase({ list: 'originator-codes', numberClass: null, category: 'job' });
  expect(rule(code, { verdict: 'verify' })).toMatchObject({ until: '2027-11-24' });
  expect(rule(code, { verdict: 'verify', category: 'drugs' })).toMatchObject({ until: null });
});

test('a rejection and a question list nothing', () => {
  const nothing = { category: null, until: null, confirms: null };
  expect(rule(openCase(), { verdict: 'reject', reason: 'not_spam' })).toEqual({
    effect: 'rejected',
    ...nothing,
  });
  expect(rule(openCase(), { verdict: 'request_info' })).toEqual({ effect: 'info_requested', ...nothing });
});

test.each(['verified', 'rejected', 'withdrawn'])('a case that is %s is decided', (status) => {
  for (const verdict of ['verify', 'reject', 'request_info'] as const)
    expect(rule(openCase({ status }), { verdict })).toMatchObject({ code: 'already_decided' });
});

test('a decision on what was read before the case changed is stale', () => {
  for (const revision of [2, 4])
    expect(rule(openCase(), { verdict: 'verify' }, ann, revision)).toMatchObject({ code: 'stale_revision' });
});

test('that a case is decided is said before that it changed', () => {
  const state = openCase({ status: 'verified' });
  expect(rule(state, { verdict: 'verify' }, ann, 1)).toMatchObject({ code: 'already_decided' });
});

test('who submits never decides, whatever the verdict', () => {
  const carrier: Reviewer = { kind: 'client', id: 'x', organizationId: 'carrier two' };
  for (const verdict of ['verify', 'reject', 'request_info'] as const)
    expect(rule(openCase(), { verdict }, carrier)).toMatchObject({ code: 'own_submission' });
});

test('a protected value waits for a second person', () => {
  expect(rule(openCase({ protected: true }), { verdict: 'verify' })).toMatchObject({
    effect: 'awaiting_second',
    confirms: null,
  });
});

test('a second person lists it, and the decision names the one it confirms', () => {
  const waiting = openCase({
    protected: true,
    status: 'awaiting_second',
    first: { decisionId: 7, by: 'ann' },
  });
  expect(rule(waiting, { verdict: 'verify' }, ben)).toMatchObject({ effect: 'verified', confirms: 7 });
});

test('the first person cannot be the second', () => {
  const waiting = openCase({
    protected: true,
    status: 'awaiting_second',
    first: { decisionId: 7, by: 'ann' },
  });
  expect(rule(waiting, { verdict: 'verify' }, ann)).toMatchObject({ code: 'second_reviewer_required' });
});

test('the first person may still change their mind, or ask', () => {
  const waiting = openCase({
    protected: true,
    status: 'awaiting_second',
    first: { decisionId: 7, by: 'ann' },
  });
  expect(rule(waiting, { verdict: 'reject', reason: 'protected' }, ann)).toMatchObject({
    effect: 'rejected',
  });
  expect(rule(waiting, { verdict: 'request_info' }, ann)).toMatchObject({ effect: 'info_requested' });
});

test('a case that waits for a second person does so even when its protection was lifted meanwhile', () => {
  const waiting = openCase({ status: 'awaiting_second', first: { decisionId: 7, by: 'ann' } });
  expect(rule(waiting, { verdict: 'verify' }, ann)).toMatchObject({ code: 'second_reviewer_required' });
  expect(rule(waiting, { verdict: 'verify' }, ben)).toMatchObject({ effect: 'verified', confirms: 7 });
});

test('whatever happens, no protected value is listed by one person, and nobody lists what they submitted', () => {
  const states = fc.record({
    status: fc.constantFrom('open', 'awaiting_second', 'verified', 'rejected', 'withdrawn'),
    revision: fc.integer({ min: 1, max: 3 }),
    protected: fc.boolean(),
    firstBy: fc.constantFrom('ann', 'ben'),
    carrierIds: fc.subarray(['agency', 'carrier one']),
  });
  const verdicts = fc.constantFrom<Ruling['verdict']>('verify', 'reject', 'request_info');
  fc.assert(
    fc.property(
      states,
      verdicts,
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom(ann, ben),
      (made, verdict, revision, by) => {
        const { firstBy, ...rest } = made;
        const first = rest.status === 'awaiting_second' ? { decisionId: 9, by: firstBy } : undefined;
        const result = decide(
          openCase({ ...rest, first }),
          revision,
          { verdict, reason: 'invalid' },
          by,
          TODAY,
        );
        if ('code' in result) return;
        expect(rest.carrierIds).not.toContain(by.organizationId);
        expect(revision).toBe(rest.revision);
        expect(['open', 'awaiting_second']).toContain(rest.status);
        if (result.effect !== 'verified') return;
        expect(verdict).toBe('verify');
        if (rest.protected) expect([result.confirms, firstBy]).toEqual([9, by === ann ? 'ben' : 'ann']);
      },
    ),
  );
});
