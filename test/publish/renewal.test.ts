// Renewal in the plan of a version: it keeps the line of one decision for longer, and does nothing else.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type EntryRow, type OrderRow, planVersion } from '../../src/publish/next-version.ts';

const TODAY = '2026-11-24';
const NOTHING = { additions: [], removals: [] };
const nobody = () => false;

const entry: EntryRow = {
  id: 1,
  value: 'a',
  category: 'gambling',
  until: '2026-12-10',
  decisionId: 10,
  confirmed: false,
};

let nextId = 1;
function order(action: string, changes: Partial<OrderRow> = {}): OrderRow {
  const line =
    action === 'release' ? { category: null, until: null } : { category: 'gambling', until: '2027-02-22' };
  const decisionId = action === 'release' ? 20 : 10;
  const reason = action === 'release' ? 'appeal_accepted' : null;
  return { id: nextId++, value: 'a', action, ...line, decisionId, reason, confirmed: false, ...changes };
}

test('a renewal replaces the line by one of the same decision that ends later', () => {
  expect(planVersion([order('renew')], [entry], nobody, TODAY)).toEqual({
    removals: [{ entry, reason: 'changed', decisionId: 10 }],
    additions: [{ value: 'a', category: 'gambling', until: '2027-02-22', decisionId: 10 }],
  });
});

test('a renewal never lists what is not listed', () => {
  expect(planVersion([order('renew')], [], nobody, TODAY)).toEqual(NOTHING);
});

test('a renewal does not outlive a release, whichever was ordered first', () => {
  for (const orders of [
    [order('renew'), order('release')],
    [order('release'), order('renew')],
    [order('renew'), order('release'), order('renew')],
  ]) {
    expect(planVersion(orders, [entry], nobody, TODAY)).toEqual({
      removals: [{ entry, reason: 'appeal_accepted', decisionId: 20 }],
      additions: [],
    });
  }
});

test('a new decision wins over a renewal of the one before', () => {
  const anew = order('list', { decisionId: 11, until: '2027-01-01' });
  for (const orders of [
    [order('renew'), anew],
    [anew, order('renew')],
    [order('release'), anew, order('renew')],
  ]) {
    expect(planVersion(orders, [entry], nobody, TODAY).additions).toMatchObject([
      { until: '2027-01-01', decisionId: 11 },
    ]);
  }
});

test('a renewal that would not make the line last longer is nothing', () => {
  for (const until of ['2026-12-10', '2026-12-09'])
    expect(planVersion([order('renew', { until })], [entry], nobody, TODAY)).toEqual(NOTHING);
  const forGood = { ...entry, until: null };
  expect(planVersion([order('renew')], [forGood], nobody, TODAY)).toEqual(NOTHING);
});

test('a renewal that was ordered in time keeps what ended before it could be published', () => {
  const ended = { ...entry, until: '2026-11-20' };
  expect(planVersion([order('renew')], [ended], nobody, TODAY).additions).toMatchObject([
    { until: '2027-02-22' },
  ]);
  // … and is too late itself once its own day has passed.
  const stale = order('renew', { until: '2026-11-23' });
  expect(planVersion([stale], [ended], nobody, TODAY)).toMatchObject({
    additions: [],
    removals: [{ reason: 'expired' }],
  });
});

test('a protected value that one person verified leaves the list, renewed or not', () => {
  expect(planVersion([order('renew')], [entry], () => true, TODAY)).toMatchObject({
    additions: [],
    removals: [{ reason: 'protected' }],
  });
  const confirmed = { ...entry, confirmed: true };
  expect(planVersion([order('renew')], [confirmed], () => true, TODAY).additions).toHaveLength(1);
});

test('with any other orders around it, a renewal changes nothing but the day of a line of its decision', () => {
  const action = fc.constantFrom('list', 'release', 'protect', 'renew');
  const day = fc.constantFrom('2026-11-25', '2027-01-01', '2027-02-22', '2027-12-31');
  const orders = fc.array(
    fc.record({ action, until: day, decisionId: fc.constantFrom(10, 11, 12) }).map((given) => {
      if (given.action === 'release') return order('release');
      if (given.action === 'protect')
        return order('protect', { category: null, until: null, decisionId: null });
      return order(given.action, given);
    }),
    { maxLength: 8 },
  );
  const listed = fc.constantFrom([], [entry], [{ ...entry, until: null }]);
  fc.assert(
    fc.property(orders, listed, (all, before) => {
      const withAll = planVersion(all, before, nobody, TODAY);
      const without = planVersion(
        all.filter((one) => one.action !== 'renew'),
        before,
        nobody,
        TODAY,
      );
      const standing = (plan: typeof withAll) => {
        const kept = plan.removals.length > 0 ? [] : before;
        return plan.additions[0] ?? kept[0];
      };
      const [renewed, plain] = [standing(withAll), standing(without)];
      expect(renewed?.decisionId).toBe(plain?.decisionId);
      expect((renewed?.until ?? '9999') >= (plain?.until ?? '9999')).toBe(true);
    }),
    { numRuns: 500 },
  );
});
