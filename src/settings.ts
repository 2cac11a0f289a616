// All settings of the server in one typed place, from environment variables; every fault is reported at once.
// What there is, with defaults and bounds, stands in settings/variables.ts.
import { resolve } from 'node:path';
import { DEFAULT_ORIGINATOR_CODE_PATTERN } from './list/originator-code.ts';
import type { ObjectStorageSettings } from './publish/object-storage.ts';
import { type Environment, readEnvironment, type Values } from './settings/environment.ts';
import { readStorage } from './settings/storage.ts';
import { split } from './settings/variable.ts';

export interface Settings {
  databaseUrl: string | undefined;
  /** A hot standby. */
  readDatabaseUrl: string | undefined;
  migrates: boolean;
  database: { poolSize: number; waitMs: number };
  dataDirectory: string;
  diskMinimumBytes: number;
  host: string;
  port: number;
  stop: { delaySeconds: number; timeoutSeconds: number };
  /** Unset: `http://HOST:PORT` with the port that was taken. */
  issuer: string | undefined;
  publishIntervalSeconds: number;
  timeZone: string;
  codePattern: RegExp;
  tokenLifeSeconds: number;
  manifestLifeSeconds: number;
  retentionDays: number;
  sessionIdleSeconds: number;
  sessionLifeSeconds: number;
  /** An OpenID provider to sign in at. */
  provider: { issuer: string; clientId: string; clientSecret: string | undefined; name: string } | undefined;
  trustedProxies: string[];
  /** Requests in a minute; 0: no limit. */
  rates: { 'sign-in': number; write: number; read: number };
  connections: { all: number; perAddress: number };
  headersTimeoutMs: number;
  /** Of bodies that are read as a whole. */
  bodies: { bytes: number; waitMs: number; patienceMs: number };
  appeals: { workingDays: number; daysOff: string[] };
  textLifeDays: number;
  /** How many days receipts are kept; the newest of each relay and list always is. */
  receiptLifeDays: number;
  /** 0: for ever. */
  enforcementMonths: number;
  brake: { share: number; minimum: number };
  /** Undefined: artifacts are kept in the data directory alone. */
  objectStorage: ObjectStorageSettings | undefined;
  artifactsFront: string | undefined;
  eventReaders: { all: number; organization: number };
  logLevel: string;
}

/** Every fault of the settings, a line each; no value is repeated, it may be a secret. */
export class SettingsError extends Error {
  readonly faults: string[];
  constructor(faults: string[]) {
    super(`settings are wrong:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'SettingsError';
    this.faults = faults;
  }
}

/**
 * Reads the settings.
 * @param environment e.g. `process.env`; an empty variable counts as unset
 * @throws SettingsError naming every fault
 */
export function readSettings(environment: Environment): Settings {
  const { values, faults } = readEnvironment(environment);
  const objectStorage = values && readStorage(values, faults);
  if (values && (values.CHADAN_OIDC_ISSUER === undefined) !== (values.CHADAN_OIDC_CLIENT_ID === undefined))
    faults.push('CHADAN_OIDC_ISSUER: is set together with CHADAN_OIDC_CLIENT_ID');
  if (!values || faults.length > 0) throw new SettingsError(faults);
  return {
    databaseUrl: values.DATABASE_URL,
    readDatabaseUrl: values.CHADAN_READ_DATABASE_URL,
    migrates: values.CHADAN_MIGRATE === 'yes',
    database: { poolSize: values.CHADAN_DATABASE_POOL, waitMs: values.CHADAN_DATABASE_WAIT * 1000 },
    diskMinimumBytes: values.CHADAN_DISK_MINIMUM * 2 ** 20,
    dataDirectory: resolve(values.CHADAN_DATA),
    host: values.CHADAN_HOST,
    port: values.CHADAN_PORT,
    stop: { delaySeconds: values.CHADAN_STOP_DELAY, timeoutSeconds: values.CHADAN_STOP_TIMEOUT },
    issuer: values.CHADAN_ISSUER,
    publishIntervalSeconds: values.CHADAN_PUBLISH_INTERVAL,
    timeZone: values.CHADAN_TIME_ZONE,
    codePattern:
      values.CHADAN_CODE_PATTERN === undefined
        ? DEFAULT_ORIGINATOR_CODE_PATTERN
        : new RegExp(`^(?:${values.CHADAN_CODE_PATTERN})$`),
    tokenLifeSeconds: values.CHADAN_TOKEN_LIFE,
    manifestLifeSeconds: values.CHADAN_MANIFEST_LIFE,
    retentionDays: values.CHADAN_RETENTION_DAYS,
    sessionIdleSeconds: values.CHADAN_SESSION_IDLE,
    sessionLifeSeconds: values.CHADAN_SESSION_LIFE,
    provider: providerOf(values),
    trustedProxies: split(values.CHADAN_TRUSTED_PROXIES),
    rates: {
      'sign-in': values.CHADAN_RATE_SIGN_IN,
      write: values.CHADAN_RATE_WRITE,
      read: values.CHADAN_RATE_READ,
    },
    connections: { all: values.CHADAN_CONNECTIONS, perAddress: values.CHADAN_CONNECTIONS_PER_ADDRESS },
    headersTimeoutMs: values.CHADAN_HEADERS_WAIT * 1000,
    bodies: {
      bytes: values.CHADAN_BODY_ROOM * 2 ** 20,
      waitMs: values.CHADAN_BODY_ROOM_WAIT * 1000,
      patienceMs: values.CHADAN_BODY_WAIT * 1000,
    },
    appeals: { workingDays: values.CHADAN_APPEAL_DAYS, daysOff: split(values.CHADAN_DAYS_OFF) },
    textLifeDays: values.CHADAN_TEXT_LIFE,
    receiptLifeDays: values.CHADAN_RECEIPT_LIFE,
    enforcementMonths: values.CHADAN_ENFORCEMENT_MONTHS,
    brake: { share: values.CHADAN_BRAKE_SHARE, minimum: values.CHADAN_BRAKE_MINIMUM },
    objectStorage,
    artifactsFront: values.CHADAN_ARTIFACTS_FRONT,
    eventReaders: {
      all: values.CHADAN_EVENT_READERS,
      organization: values.CHADAN_EVENT_READERS_PER_ORGANIZATION,
    },
    logLevel: values.CHADAN_LOG_LEVEL,
  };
}

function providerOf(values: Values): Settings['provider'] {
  const { CHADAN_OIDC_ISSUER: issuer, CHADAN_OIDC_CLIENT_ID: clientId } = values;
  if (issuer === undefined || clientId === undefined) return undefined;
  return { issuer, clientId, clientSecret: values.CHADAN_OIDC_CLIENT_SECRET, name: values.CHADAN_OIDC_NAME };
}
