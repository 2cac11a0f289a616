// A whole exchange for a test: the real server on a free loopback port, a database of its own, a clock that the
// test sets, parties of every kind. Every answer is checked against the contract; stop() throws if one was not kept.
import { createHash, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import type pg from 'pg';
import { type Logger, pino } from 'pino';
import supertest from 'supertest';
import type { DB } from '../../src/database/generated/schema.ts';
import { startServer } from '../../src/server.ts';
import { readSettings } from '../../src/settings.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { lateRequests } from './late-requests.ts';
import { type Person, type PersonRole, signUp } from './person.ts';
import { checkResponses } from './response-check.ts';

type Kind = 'carrier' | 'agency' | 'relay' | 'operator';
type Role = 'carrier' | 'relay' | 'agency' | 'auditor' | 'admin';

export interface Party {
  clientId: string;
  organizationId: string;
  privateKey: KeyObject;
  /** The credentials file of this party, for the CLI and the libraries. */
  credentialsFile: string;
  credentials: { issuer: string; clientId: string; privateKey: object; rootKey: object };
  /** A request with this party's access token. */
  get: (path: string) => supertest.Test;
  post: (path: string, body?: string | object) => supertest.Test;
  put: (path: string, body?: object) => supertest.Test;
  patch: (path: string, body: object) => supertest.Test;
  delete: (path: string) => supertest.Test;
  /** The access token in use; a new one after the clock was moved. */
  token: () => Promise<string>;
  /** Gets a new access token with the next request, as a client does whose token was refused. */
  forgetToken: () => void;
}

export interface TestExchange {
  url: string;
  db: Kysely<DB>;
  pool: pg.Pool;
  databaseUrl: string;
  directory: string;
  admin: Party;
  /** A party that comes to be when first asked for; the same name is the same party. */
  party(role: Role, name?: string): Promise<Party>;
  /** A person who is signed in; reviewers and leads are of the same agency as `party('agency')`. */
  person(role: PersonRole, name?: string): Promise<Person>;
  /** The time that the exchange has; real time goes on from where it was set, unless it was stopped. */
  setTime(time: Date): void;
  /** From here on time moves by `setTime` alone: what is told in seconds is exact, however slow the machine. */
  stopTime(): void;
  now(): Date;
  anonymous: ReturnType<typeof supertest>;
  /** The database was set back: with what was written since, its audit events are gone. */
  forgetWrites(): void;
  stop(): Promise<void>;
}

const KIND: Record<Role, Kind> = {
  carrier: 'carrier',
  relay: 'relay',
  agency: 'agency',
  auditor: 'operator',
  admin: 'operator',
};

/**
 * Starts an exchange. `environment` adds settings; publication is only on request unless they say otherwise.
 * @param given a database that is not a clone of the template, a log that is not silent
 */
export async function startExchange(
  environment: Record<string, string> = {},
  given: { database?: TestDatabase; log?: Logger } = {},
): Promise<TestExchange> {
  const directory = await mkdtemp(join(tmpdir(), 'chadan-test-'));
  const { database = await createTestDatabase(), log = pino({ level: 'silent' }) } = given;
  const check = checkResponses();
  let offsetMs = 0;
  let stoppedAt: number | undefined;
  const now = () => new Date(stoppedAt ?? Date.now() + offsetMs);
  const settings = readSettings({
    DATABASE_URL: database.url,
    CHADAN_DATA: directory,
    CHADAN_PORT: '0',
    CHADAN_PUBLISH_INTERVAL: '0',
    ...environment,
  });
  const server = await startServer({ settings, log, now, wrap: check.wrap });
  const parties = new Map<string, Promise<Party>>();
  const people = new Map<string, Promise<Person>>();
  const admin = await administrator(server.url, server.adminFile, now);
  const party: TestExchange['party'] = (role, name = `${role} one`) => {
    const made = parties.get(name) ?? register(server.url, directory, admin, role, name, now);
    parties.set(name, made);
    return made;
  };
  const addPerson = async (role: PersonRole, name: string) => {
    const organizationId = role === 'admin' ? undefined : (await party('agency')).organizationId;
    const email = `${name.replaceAll(' ', '.')}@agency.example`;
    const who = { email, role, name, ...(organizationId && { organizationId }) };
    return signUp({ url: server.url, admin, now }, who);
  };
  return {
    url: server.url,
    db: database.db,
    pool: database.pool,
    databaseUrl: database.url,
    directory,
    admin,
    now,
    anonymous: supertest(server.url),
    forgetWrites: () => check.written.clear(),
    setTime: (time) => {
      offsetMs = time.getTime() - Date.now();
      if (stoppedAt !== undefined) stoppedAt = time.getTime();
    },
    stopTime: () => {
      stoppedAt = now().getTime();
    },
    party,
    person(role, name = `${role} one`) {
      const made = people.get(name) ?? addPerson(role, name);
      people.set(name, made);
      return made;
    },
    async stop() {
      let silent: string[] = [];
      try {
        await server.stop();
        silent = await unaudited(database.db, check.written);
        await database.drop();
      } finally {
        await rm(directory, { recursive: true });
      }
      check.assertKept();
      if (silent.length > 0) throw new Error(`written without an audit event: ${silent.join(', ')}`);
    },
  };
}

/** May rightly do nothing, and then leave nothing: no case left to lease, a key set that is in force already. */
const MAY_DO_NOTHING: ReadonlySet<string> = new Set(['claimCases', 'importKeySet']);

/** Operations that wrote something and left no audit event. */
async function unaudited(db: Kysely<DB>, written: ReadonlyMap<string, string>): Promise<string[]> {
  if (written.size === 0) return [];
  const rows = await db
    .selectFrom('audit_event')
    .select('request_id')
    .where('request_id', 'in', [...written.keys()])
    .execute();
  const recorded = new Set(rows.map((row) => row.request_id));
  const silent = [...written].filter(([id]) => !recorded.has(id)).map(([, operation]) => operation);
  return [...new Set(silent)].filter((operation) => !MAY_DO_NOTHING.has(operation));
}

async function administrator(url: string, file: string, now: () => Date): Promise<Party> {
  const credentials = JSON.parse(await readFile(file, 'utf8')) as Party['credentials'];
  const { createPrivateKey } = await import('node:crypto');
  const privateKey = createPrivateKey({ key: credentials.privateKey as never, format: 'jwk' });
  return asParty(url, { credentials, credentialsFile: file, privateKey, organizationId: '' }, now);
}

async function register(
  url: string,
  directory: string,
  admin: Party,
  role: Role,
  name: string,
  now: () => Date,
): Promise<Party> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const organization = await admin.post('/v1/organizations', { name, kind: KIND[role] }).expect(201);
  const organizationId = organization.body.id as string;
  const client = await admin
    .post('/v1/clients', {
      organizationId,
      name: 'system',
      role,
      publicKey: publicKey.export({ format: 'jwk' }),
    })
    .expect(201);
  const { issuer, rootKey } = admin.credentials;
  const credentials = {
    issuer,
    clientId: client.body.id as string,
    privateKey: privateKey.export({ format: 'jwk' }),
    rootKey,
  };
  const credentialsFile = join(
    directory,
    `${createHash('sha256').update(name).digest('hex').slice(0, 12)}.json`,
  );
  await writeFile(credentialsFile, JSON.stringify(credentials), { mode: 0o600 });
  return asParty(url, { credentials, credentialsFile, privateKey, organizationId }, now);
}

type Identity = Pick<Party, 'credentials' | 'credentialsFile' | 'privateKey' | 'organizationId'>;

function asParty(url: string, identity: Identity, now: () => Date): Party {
  let held: { token: string; goodUntil: number } | undefined;
  const token = async () => {
    if (!held || now().getTime() > held.goodUntil || now().getTime() < held.goodUntil - 600_000) {
      held = { token: await fetchToken(url, identity, now()), goodUntil: now().getTime() + 500_000 };
    }
    return held.token;
  };
  return {
    ...identity,
    clientId: identity.credentials.clientId,
    token,
    forgetToken: () => {
      held = undefined;
    },
    ...lateRequests(url, async () => ({ Authorization: `Bearer ${await token()}` })),
  };
}

/** RFC 7523 by hand, so that the tests do not trust the client that they test. */
async function fetchToken(url: string, { credentials, privateKey }: Identity, now: Date): Promise<string> {
  const seconds = Math.floor(now.getTime() / 1000);
  const { issuer, clientId } = credentials;
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: issuer,
    iat: seconds,
    exp: seconds + 60,
    jti: randomUUID(),
  };
  const signed = `${part({ alg: 'ES256', typ: 'JWT' })}.${part(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  const response = await fetch(`${url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: `${signed}.${signature.toString('base64url')}`,
    }),
  });
  const body = (await response.json()) as { access_token?: string };
  if (!body.access_token) throw new Error(`no token for ${clientId}: ${JSON.stringify(body)}`);
  return body.access_token;
}
