// What the tests of authorization share: who is allowed what as outsiders were told, and the least request of an operation
// that reaches the check of who asks.
import { randomUUID } from 'node:crypto';
import { CONTRACT_FILE } from '../../src/assembly.ts';
import { loadContract, type Operation } from '../../src/http/contract.ts';

/** As outsiders were told; on purpose not read from the program. */
export const CLIENTS = {
  carrier: ['submit'],
  relay: ['pull'],
  agency: ['review', 'publish'],
  auditor: ['audit'],
  admin: ['admin'],
} as const;
export const PEOPLE = {
  reviewer: ['review'],
  lead: ['review', 'publish'],
  auditor: ['audit'],
  admin: ['admin'],
} as const;
export type ClientRole = keyof typeof CLIENTS;
export type PersonRole = keyof typeof PEOPLE;

export const { operations } = loadContract(CONTRACT_FILE);
const PLACES: Record<string, string> = {
  list: 'sender-numbers',
  value: '01022223333',
  version: '0',
  clientId: randomUUID(),
  userId: randomUUID(),
  passkeyId: '999999',
  kid: 'A'.repeat(43),
};
/** Names in PLACES of what there is. */
const EXISTING = new Set(['list', 'version']);
/** What does not follow from the contract alone. */
const EXPECTED: Partial<Record<Operation['id'], number>> = {
  getProof: 200, // that a value is not listed is proven too
  createProviderRequest: 404, // no provider is set here
  createProviderSession: 404,
};

/** The status of the least request that reaches the check of the scopes. */
export async function ask(
  url: string,
  operation: Operation,
  headers: Record<string, string>,
  { places = {}, body = null }: { places?: Record<string, string>; body?: string | null } = {},
): Promise<number> {
  const at: Record<string, string> = { ...PLACES, ...places };
  const path = operation.path.replaceAll(/\{([A-Za-z]+)\}/g, (_, name: string) => at[name] ?? '999999');
  const stop = new AbortController();
  const method = operation.method.toUpperCase();
  const response = await fetch(url + path, { method, headers, body, signal: stop.signal });
  const { status } = response;
  // A stream of events has no end of its own.
  if (operation.id === 'followList' && status === 200) stop.abort();
  else await response.arrayBuffer();
  return status;
}

/** What is answered to the least request of who may call: the first thing that it lacks, or success. */
export function expectedOf(operation: Operation): number {
  const exception = EXPECTED[operation.id];
  if (exception !== undefined) return exception;
  const { query } = operation.parameters;
  if (!query.validate({})) return 400;
  if (operation.body?.required) return 415;
  const names = [...operation.path.matchAll(/\{([A-Za-z]+)\}/g)].map(([, name]) => name ?? '');
  if (names.some((name) => !EXISTING.has(name)) && operation.responses.has(404)) return 404;
  return [200, 201, 204].find((status) => operation.responses.has(status)) ?? 0;
}

export function mayCall(operation: Operation, scheme: 'oauth' | 'session', own: readonly string[]): boolean {
  return operation.security.some(
    (one) => one.scheme === scheme && one.scopes.every((scope) => own.includes(scope)),
  );
}

export const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

/** For test.each: by name. */
export const named = (some: readonly Operation[]) =>
  some.map((operation) => [operation.id, operation] as const);
