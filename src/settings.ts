// All settings of the server in one typed place, from environment variables; every fault is reported at once.
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';
import { DEFAULT_ORIGINATOR_CODE_PATTERN } from './list/originator-code.ts';
import type { ObjectStorageSettings } from './publish/object-storage.ts';
import { readStorage, STORAGE_SHAPE } from './storage-settings.ts';

const port = z.coerce.number().int().min(0).max(65535);
const seconds = (minimum: number, maximum: number) => z.coerce.number().min(minimum).max(maximum);

const SCHEMA = z.object({
  /** PostgreSQL ≥ 15; without it an embedded one under the data directory. */
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres:// or postgresql://')
    .optional(),
  /** Where keys, the embedded database and cached artifacts are kept. */
  CHADAN_DATA: z.string().min(1).default('./data'),
  CHADAN_HOST: z.string().min(1).default('127.0.0.1'),
  /** 0 takes a free port. */
  CHADAN_PORT: port.default(8080),
  /** Base URL by which everyone knows the exchange: `iss` of every signature. */
  CHADAN_ISSUER: z
    .url({ protocol: /^https?$/, error: 'must be an http(s) URL' })
    .refine((url) => !url.endsWith('/'), 'must not end with /')
    .refine((url) => isPlainUrl(url), 'must have no user, no query and no fragment, all in ASCII')
    .optional(),
  /** Least seconds between two automatic publications; 0 publishes only when asked. */
  CHADAN_PUBLISH_INTERVAL: seconds(0, 86_400).default(5),
  /** Time zone in which `until` days end. */
  CHADAN_TIME_ZONE: z
    .string()
    .refine((zone) => isTimeZone(zone), 'must be an IANA time zone, such as Asia/Seoul')
    .default('Asia/Seoul'),
  /** What originator codes look like; nine digits by default. */
  CHADAN_CODE_PATTERN: z
    .string()
    .refine((pattern) => isPattern(pattern), 'must be a regular expression')
    .optional(),
  /** Seconds an access token is good for. */
  CHADAN_TOKEN_LIFE: seconds(30, 3600).int().default(600),
  /** Seconds a person stays signed in without doing anything. */
  CHADAN_SESSION_IDLE: seconds(60, 86_400).int().default(1800),
  /** Seconds a person stays signed in at most. */
  CHADAN_SESSION_LIFE: seconds(60, 7 * 86_400)
    .int()
    .default(43_200),
  /** An OpenID provider to sign in at. */
  CHADAN_OIDC_ISSUER: z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' }).optional(),
  CHADAN_OIDC_CLIENT_ID: z.string().min(1).optional(),
  CHADAN_OIDC_CLIENT_SECRET: z.string().min(1).optional(),
  /** Its name on the button. */
  CHADAN_OIDC_NAME: z.string().min(1).max(60).default('OpenID'),
  /** Proxies whose X-Forwarded-For is believed, comma-separated: addresses, networks, `loopback`. */
  CHADAN_TRUSTED_PROXIES: z
    .string()
    .refine((list) => areProxies(list), 'must be addresses or networks, comma-separated')
    .default(''),
  /** Working days to decide an appeal. */
  CHADAN_APPEAL_DAYS: z.coerce.number().int().min(1).max(60).default(3),
  /** Days off besides weekends and the public holidays of Korea, comma-separated. */
  CHADAN_DAYS_OFF: z
    .string()
    .regex(
      /^([0-9]{4}-[0-9]{2}-[0-9]{2})?(,[0-9]{4}-[0-9]{2}-[0-9]{2})*$/,
      'must be days YYYY-MM-DD, comma-separated',
    )
    .default(''),
  /** Days after which the texts of evidence and appeals are erased. */
  CHADAN_TEXT_LIFE: z.coerce.number().int().min(30).max(3650).default(365),
  CHADAN_RECEIPT_LIFE: z.coerce.number().int().min(30).max(3650).default(400),
  /** Seconds a manifest is good for; it is signed anew at half of it. */
  CHADAN_MANIFEST_LIFE: seconds(60, 30 * 86_400)
    .int()
    .default(86_400),
  /** Days for which diffs lead on from any version; beyond, while they are cheaper than the snapshot. */
  CHADAN_RETENTION_DAYS: z.coerce.number().min(0).max(3650).default(14),
  /** Share of a list that one version may add or remove before it is held. */
  CHADAN_BRAKE_SHARE: z.coerce.number().min(0).max(1).default(0.2),
  /** A version that changes fewer entries is never held. */
  CHADAN_BRAKE_MINIMUM: z.coerce.number().int().min(0).default(1000),
  ...STORAGE_SHAPE,
  /** Readers of events that one server has at most. */
  CHADAN_EVENT_READERS: z.coerce.number().int().min(1).max(1_000_000).default(10_000),
  /** Readers of events that one organisation has at most on one server. */
  CHADAN_EVENT_READERS_PER_ORGANIZATION: z.coerce.number().int().min(1).max(1_000_000).default(1000),
  CHADAN_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});

export interface Settings {
  databaseUrl: string | undefined;
  dataDirectory: string;
  host: string;
  port: number;
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
  appeals: { workingDays: number; daysOff: string[] };
  textLifeDays: number;
  /** How many days receipts are kept; the newest of each relay and list always is. */
  receiptLifeDays: number;
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
 * @throws SettingsError naming every fault, unknown CHADAN_ variables too
 */
export function readSettings(environment: Record<string, string | undefined>): Settings {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const known = new Set([...Object.keys(SCHEMA.shape), 'CHADAN_CREDENTIALS']);
  const unknown = Object.keys(given).filter((name) => name.startsWith('CHADAN_') && !known.has(name));
  const parsed = SCHEMA.safeParse(given);
  const faults = unknown.map((name) => `${name}: there is no such setting`);
  const told = new Set<string>();
  for (const issue of parsed.error?.issues ?? []) {
    const name = issue.path.join('.');
    if (!told.has(name)) faults.push(`${name}: ${issue.message}`); // the first fault of each is enough
    told.add(name);
  }
  const objectStorage = parsed.success ? readStorage(parsed.data, faults) : undefined;
  if (
    parsed.data &&
    (parsed.data.CHADAN_OIDC_ISSUER === undefined) !== (parsed.data.CHADAN_OIDC_CLIENT_ID === undefined)
  )
    faults.push('CHADAN_OIDC_ISSUER: is set together with CHADAN_OIDC_CLIENT_ID');
  if (!parsed.success || faults.length > 0) throw new SettingsError(faults);
  const values = parsed.data;
  return {
    databaseUrl: values.DATABASE_URL,
    dataDirectory: resolve(values.CHADAN_DATA),
    host: values.CHADAN_HOST,
    port: values.CHADAN_PORT,
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
    appeals: { workingDays: values.CHADAN_APPEAL_DAYS, daysOff: split(values.CHADAN_DAYS_OFF) },
    textLifeDays: values.CHADAN_TEXT_LIFE,
    receiptLifeDays: values.CHADAN_RECEIPT_LIFE,
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

/** Paths are added to an issuer, and it stands in signatures, whose texts are ASCII. */
function isPlainUrl(url: string): boolean {
  return /^https?:\/\/[!-~]{1,500}$/i.test(url) && !/[?#@]/.test(url);
}

function providerOf(values: z.infer<typeof SCHEMA>): Settings['provider'] {
  const { CHADAN_OIDC_ISSUER: issuer, CHADAN_OIDC_CLIENT_ID: clientId } = values;
  if (issuer === undefined || clientId === undefined) return undefined;
  return { issuer, clientId, clientSecret: values.CHADAN_OIDC_CLIENT_SECRET, name: values.CHADAN_OIDC_NAME };
}

function split(list: string): string[] {
  return list
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

function areProxies(list: string): boolean {
  const named = new Set(['loopback', 'linklocal', 'uniquelocal']);
  return split(list).every((one) => {
    const [address = '', prefix = '0', ...more] = one.split('/');
    const bits = isIP(address) === 6 ? 128 : 32;
    const isNetwork = isIP(address) > 0 && /^[0-9]{1,3}$/.test(prefix) && Number(prefix) <= bits;
    return more.length === 0 && (named.has(one) || isNetwork);
  });
}

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function isPattern(pattern: string): boolean {
  try {
    new RegExp(pattern);
    return true;
  } catch {
    return false;
  }
}
