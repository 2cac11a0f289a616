// Every operation of the contract asked by every role: the answer follows from `security` alone.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadContract, type Operation } from '../../src/http/contract.ts';
import { CONTRACT_FILE } from '../../src/server.ts';
import { startExchange, type TestExchange } from '../setup/exchange.ts';

/** As outsiders were told; on purpose not read from the program. */
const SCOPES = {
  carrier: ['submit'],
  relay: ['pull'],
  agency: ['review', 'publish'],
  auditor: ['audit'],
  admin: ['admin'],
} as const;
type Role = keyof typeof SCOPES;

const { operations } = loadContract(CONTRACT_FILE);
const PLACES: Record<string, string> = {
  list: 'sender-numbers',
  value: '01022223333',
  version: '0',
  clientId: randomUUID(),
};

let exchange: TestExchange;
beforeAll(async () => {
  exchange = await startExchange();
});
afterAll(() => exchange.stop());

/** The status of the least request that reaches the check of the scopes. */
async function ask(operation: Operation, token: string | undefined): Promise<number> {
  const path = operation.path.replaceAll(/\{([A-Za-z]+)\}/g, (_, name: string) => PLACES[name] ?? '999999');
  const stop = new AbortController();
  const response = await fetch(exchange.url + path, {
    method: operation.method.toUpperCase(),
    headers: token ? { Authorization: `Bearer ${token}` } : {},
    signal: stop.signal,
  });
  const { status } = response;
  // A stream of events has no end of its own.
  if (operation.id === 'followList' && status === 200) stop.abort();
  else await response.arrayBuffer();
  return status;
}

function mayCall(operation: Operation, role: Role): boolean {
  const own: readonly string[] = SCOPES[role];
  return operation.security.some((scopes) => scopes.every((scope) => own.includes(scope)));
}

const secured = operations.filter(({ security }) => security.length > 0);
const open = operations.filter(({ security }) => security.length === 0);

describe.each(Object.keys(SCOPES) as Role[])('a client of the role %s', (role) => {
  test.each(secured.map((operation) => [operation.id, operation] as const))(
    'calls %s only if it may',
    async (_, operation) => {
      const party = role === 'admin' ? exchange.admin : await exchange.party(role);
      const status = await ask(operation, await party.token());
      if (mayCall(operation, role)) expect([401, 403]).not.toContain(status);
      else expect(status).toBe(403);
    },
  );
});

describe('who has no token', () => {
  test.each(secured.map((operation) => [operation.id, operation] as const))(
    'may not call %s',
    async (_, operation) => {
      expect(await ask(operation, undefined)).toBe(401);
    },
  );

  test.each(open.map((operation) => [operation.id, operation] as const))(
    'may call %s',
    async (_, operation) => {
      expect([401, 403]).not.toContain(await ask(operation, undefined));
    },
  );
});

test('each secured operation can be called by someone', () => {
  for (const operation of secured) {
    const roles = (Object.keys(SCOPES) as Role[]).filter((role) => mayCall(operation, role));
    expect(roles, operation.id).not.toEqual([]);
  }
});

test('who audits can read what others may, and change nothing', () => {
  const private_ = ['listOutcomes']; // a carrier's own feed
  for (const operation of secured) {
    const reads = operation.method === 'get' && !private_.includes(operation.id);
    expect(mayCall(operation, 'auditor'), operation.id).toBe(reads);
  }
});

test('what is open to everyone is known by name', () => {
  expect(open.map(({ id }) => id).toSorted()).toEqual([
    'createToken',
    'getAuthorizationServerMetadata',
    'getContract',
    'getDocs',
    'getDocsScript',
    'getHealth',
    'getKeySet',
    'getMetrics',
    'getReadiness',
    'getTokenKeys',
  ]);
});
