// What no schema says: which values of a request must agree with each other, or with the state, for it to succeed. Signed
// texts, a case with the revision that was read, a version with its epoch. Whatever is not here, the schemas alone make.
import { randomUUID } from 'node:crypto';
import { ClientKey } from '../../src/client/client-key.ts';
import type { OperationId } from '../../src/http/handler.ts';
import { importPrivateJwk } from '../../src/list/jwk.ts';
import { signReceipt } from '../../src/list/receipt.ts';
import { type Caller, totpOf } from './callers.ts';
import type { Draft } from './drafts.ts';
import type { Pools } from './pools.ts';

interface Around {
  pools: Pools;
  chance: number;
  caller: Caller;
}

type Body = Record<string, unknown>;
type Agreement = (draft: Draft, around: Around) => void;
interface ListVersion {
  list: string;
  epoch: string;
  version: number;
  digest: string;
  count: number;
}

/** Changes a draft so that it may succeed, where anything is known that does. */
export function agree(operation: OperationId, draft: Draft, around: Around): void {
  AGREEMENTS[operation]?.(draft, around);
}

const both =
  (first: Agreement, second: Agreement): Agreement =>
  (draft, around) => {
    first(draft, around);
    second(draft, around);
  };

const LISTS = ['sender-numbers', 'sender-numbers', 'sender-numbers', 'originator-codes'];
const aList: Agreement = (draft, { chance }) => {
  draft.path['list'] = LISTS[chance % LISTS.length] ?? '';
};

const aVersion: Agreement = (draft, around) => {
  aList(draft, around);
  const { pools, chance } = around;
  const list = draft.path['list'] ?? '';
  const state = pools.take<{ epoch: string }>(`state ${list}`, 0);
  const version = pools.take<ListVersion>(`version ${list}`, chance % 40);
  if (version && 'version' in draft.path) draft.path['version'] = String(version.version);
  if (state && ('epoch' in draft.query || chance % 2 === 0)) draft.query['epoch'] = state.epoch;
  const from = pools.take<ListVersion>(`version ${list}`, (chance % 40) + (chance % 7));
  if ('from' in draft.query) draft.query['from'] = Math.min(from?.version ?? 0, version?.version ?? 0);
  if ('version' in draft.query && version) draft.query['version'] = version.version;
};

const anEntry: Agreement = (draft, { pools, chance }) => {
  const entry = pools.take<{ list: string; value: string }>('entry', chance);
  if (entry) Object.assign(draft.path, entry);
};

const aProof: Agreement = (draft, around) => {
  aVersion(draft, around);
  anEntry(draft, around);
  if (around.chance % 3 > 0) draft.query = {};
};

const aCase: Agreement = (draft, { pools, chance }) => {
  const one = pools.take<{ id: string; revision: number }>('case', chance % 60);
  if (!one) return;
  if ('caseId' in draft.path) draft.path['caseId'] = one.id;
  const body = draft.body as Body | undefined;
  if (body && 'revision' in body) body['revision'] = one.revision;
};

const someCases: Agreement = (draft, { pools, chance }) => {
  const taken = [0, 1, 2].map((step) =>
    pools.take<{ id: string }>('case', (chance % 50) + step * (1 + (chance % 3))),
  );
  const distinct = new Map(taken.flatMap((one) => (one ? [[one.id, one] as const] : [])));
  if (distinct.size > 0) (draft.body as Body)['cases'] = [...distinct.values()];
};

/** A verdict with what belongs to it. */
const aVerdict: Agreement = (draft, { chance }) => {
  const body = draft.body as Body;
  body['verdict'] = ['verify', 'verify', 'reject', 'request_info'][chance % 4];
  if (body['verdict'] === 'reject') body['reason'] ??= 'not_spam';
  else delete body['reason'];
  if (body['verdict'] !== 'verify') for (const name of ['category', 'until']) delete body[name];
  else if (body['until'])
    body['until'] = new Date(Date.now() + (1 + (chance % 300)) * 86_400_000).toISOString().slice(0, 10);
};

const aCandidate: Agreement = (draft, { pools, chance, caller }) => {
  const one =
    pools.take<Record<string, string>>(`asked of ${caller.name}`, chance) ?? pools.take('candidate', chance);
  if (one) Object.assign(draft.path, one);
};

const someRows: Agreement = (draft, { chance }) => {
  const day = new Date(Date.now() - 2 * 86_400_000).toISOString();
  const rows = Array.from({ length: 1 + (chance % 12) }, (_, i) => ({
    type: 'sender_number',
    value: `010${20_000_000 + ((chance * 13 + i * 7) % 3000)}`,
    category: ['gambling', 'smishing', 'stock', 'nonsense'][(chance + i) % 4],
    reports: (chance + i) % 500,
    firstSeen: day,
    source: 'report',
  }));
  if (chance % 7 === 0)
    rows.push({
      ...(rows[0] as (typeof rows)[0]),
      type: 'originator_code',
      value: `12345${String(chance % 10_000).padStart(4, '0')}`,
    });
  if (draft.type === 'application/json') draft.body = { candidates: rows };
  else if (draft.type === 'text/csv')
    draft.body = [Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row))].join('\n');
  else draft.body = rows.map((row) => JSON.stringify(row)).join('\n');
};

const aReceipt: Agreement = (draft, around) => {
  aList(draft, around);
  const { pools, chance, caller } = around;
  const list = draft.path['list'] ?? '';
  const { credentials } = caller;
  const version = pools.take<ListVersion>(`version ${list}`, chance % 10);
  const state = pools.take<{ epoch: string }>(`state ${list}`, 0);
  if (!credentials || !version || !state) return;
  const { digest, count } = version;
  const iat = Math.floor(Date.now() / 1000);
  const claims = {
    iss: credentials.clientId,
    aud: credentials.issuer,
    sub: list,
    iat,
    version: version.version,
    digest,
    count,
  };
  draft.body = signReceipt({ ...claims, epoch: state.epoch }, importPrivateJwk(credentials.privateKey));
};

const anAssertion: Agreement = (draft, { pools, chance }) => {
  const clients = pools.take<Caller['credentials'][]>('client credentials', 0) ?? [];
  const credentials = clients[chance % clients.length];
  if (!credentials) return;
  draft.body = {
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: new ClientKey(credentials).signAssertion(Date.now()),
  };
};

const anInvitation: Agreement = (draft, { pools, chance }) => {
  const url = pools.take<string>('url', chance % 8);
  const token = url?.split('/').at(-1);
  if (token) (draft.body as Body)['token'] = token;
};

const anAcceptance: Agreement = (draft, { pools, chance }) => {
  const opened = pools.take<{ token: string; totpSecret: string }>('opened', chance % 4);
  if (!opened) return;
  draft.body = {
    token: opened.token,
    password: 'correct horse battery staple',
    totp: totpOf(opened.totpSecret),
  };
};

const anAccount: Agreement = (draft, { pools, chance, caller }) => {
  const person = caller.person ?? pools.take<NonNullable<Caller['person']>>('person', chance);
  if (!person) return;
  const { email, password, totpSecret } = person;
  const body = draft.body as Body;
  const totp = totpOf(totpSecret);
  draft.body = 'newPassword' in body ? { password, totp, newPassword: password } : { email, password, totp };
};

const someDays: Agreement = (draft, { chance }) => {
  const day = (before: number) => new Date(Date.now() - before * 86_400_000).toISOString().slice(0, 10);
  Object.assign(draft.query, { from: day(chance % 40), to: day(0) });
};

const aClaim: Agreement = (draft, { pools, chance, caller }) => {
  const claimed = pools.take<{ id: string }>(`claimed by ${caller.name}`, chance % 20);
  if (claimed) draft.path['caseId'] = claimed.id;
};

const anAppeal: Agreement = (draft, { pools, chance, caller }) => {
  const appealId = pools.take<string>(`appealed by ${caller.name}`, chance % 10);
  if (appealId) draft.path['appealId'] = appealId;
};

const anHour: Agreement = (draft, around) => {
  aList(draft, around);
  const to = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 - (around.chance % 50) * 3_600_000);
  Object.assign(draft.body as Body, {
    from: new Date(to.getTime() - 3_600_000).toISOString(),
    to: to.toISOString(),
  });
};

const aProtection: Agreement = (draft, { chance }) => {
  if (draft.type === 'text/csv')
    draft.body = `list,value,kind\nsender-numbers,010${30_000_000 + (chance % 500)},bank\n`;
  else Object.assign(draft.path, { list: 'sender-numbers', value: `010${30_000_000 + (chance % 60)}` });
};

const aFittingRole: Agreement = (draft, { pools, chance }) => {
  const kinds = {
    carrier: 'carrier',
    relay: 'relay',
    agency: 'agency',
    auditor: 'operator',
    admin: 'operator',
  };
  const roles = Object.keys(kinds) as (keyof typeof kinds)[];
  const role = roles[chance % roles.length] ?? 'carrier';
  const organizationId = pools.take(`organization ${kinds[role]}`, chance);
  if (organizationId) Object.assign(draft.body as Body, { role, organizationId });
};

const aPersonOf: Agreement = (draft, { pools, chance }) => {
  const body = draft.body as Body;
  body['email'] = `${randomUUID()}@agency.example`;
  const isOperator = body['role'] === 'admin';
  const organizationId = pools.take(`organization ${isOperator ? 'operator' : 'agency'}`, chance);
  if (organizationId) body['organizationId'] = organizationId;
};

const AGREEMENTS: { [Op in OperationId]?: Agreement } = {
  createToken: anAssertion,
  createClient: aFittingRole,
  createUser: aPersonOf,
  removeClientKey: (draft, { pools, chance }) => {
    const key = pools.take<Record<string, string>>('client key', chance % 3);
    if (key) Object.assign(draft.path, key);
  },
  createSubmission: someRows,
  addInformation: aCandidate,
  decideCase: both(aCase, aVerdict),
  decideCases: both(someCases, aVerdict),
  previewDecisions: both(someCases, aVerdict),
  releaseClaim: aClaim,
  protectValue: aProtection,
  getProtectedValue: aProtection,
  unprotectValue: aProtection,
  protectValues: aProtection,
  getList: aList,
  getManifest: aList,
  followList: aList,
  listVersions: aVersion,
  publishVersion: aList,
  getVersion: aVersion,
  getSnapshot: aVersion,
  getDiff: aVersion,
  getDiffToCurrent: aVersion,
  getProof: aProof,
  createReceipt: aReceipt,
  reportEnforcement: anHour,
  listEntries: aList,
  getPendingImpact: aList,
  getEntry: anEntry,
  getStatement: anEntry,
  releaseEntry: anEntry,
  createAppeal: (draft, { pools, chance }) => {
    const entry = pools.take<object>('entry', chance);
    if (entry) Object.assign(draft.body as Body, entry);
  },
  withdrawAppeal: anAppeal,
  importKeySet: (draft, { pools }) => {
    draft.body = pools.take('key set', 0) ?? draft.body;
  },
  openInvitation: anInvitation,
  acceptInvitation: anAcceptance,
  createSession: anAccount,
  changePassword: anAccount,
  getStatistics: someDays,
};
