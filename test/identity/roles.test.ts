// Which role fits which organisation, and what its tokens may do.
import { expect, test } from 'vitest';
import {
  ALL_SCOPES,
  type ClientRole,
  describeMisfit,
  grantScopes,
  ORGANIZATION_KINDS,
  ROLES,
  scopesOf,
} from '../../src/identity/roles.ts';

test('a role fits its kind of organisation and no other', () => {
  const fits = ROLES.flatMap((role) =>
    ORGANIZATION_KINDS.filter((kind) => describeMisfit(role, kind) === undefined).map(
      (kind) => `${role} of ${kind}`,
    ),
  );
  expect(fits.sort()).toEqual([
    'admin of operator',
    'agency of agency',
    'auditor of agency',
    'auditor of operator',
    'carrier of carrier',
    'relay of relay',
  ]);
});

test('each scope belongs to one role, so that who submits never decides', () => {
  const scopes = ROLES.flatMap((role) => scopesOf(role));
  expect(new Set(scopes).size).toBe(scopes.length);
  expect([...scopes].sort()).toEqual([...ALL_SCOPES].sort());
});

test.each<[ClientRole, string | undefined, string[] | undefined]>([
  ['agency', undefined, ['review', 'publish']],
  ['agency', '', ['review', 'publish']],
  ['agency', 'publish', ['publish']],
  ['agency', 'publish review publish', ['review', 'publish']],
  ['agency', 'review submit', undefined],
  ['carrier', 'admin', undefined],
  ['relay', 'PULL', undefined],
  ['relay', 'pull\tpull', undefined],
])('a client of role %s that asks for %j is granted %j', (role, requested, granted) => {
  expect(grantScopes(role, requested)).toEqual(granted);
});
