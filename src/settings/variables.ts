// Every setting: its name, what it does, its default and bounds. The reference in docs/settings.md is made from this.
import { isIP } from 'node:net';
import { z } from 'zod';
import { STORAGE } from './storage.ts';
import { httpUrl, numberFrom, port, setting, split, wholeFrom } from './variable.ts';

const postgresUrl = z.string().regex(/^postgres(ql)?:\/\//, 'must begin with postgres:// or postgresql://');

const SERVER = {
  DATABASE_URL: setting(postgresUrl.optional(), {
    description: 'PostgreSQL 15 or newer: `postgresql://user:password@host:5432/chadan`.',
    form: 'a URL of PostgreSQL',
    unset: 'an embedded one under `CHADAN_DATA`',
    secretUrl: true,
  }),
  CHADAN_READ_DATABASE_URL: setting(postgresUrl.optional(), {
    description: 'A hot standby, from which the lines of snapshots and diffs are read.',
    form: 'a URL of PostgreSQL',
    unset: 'none: all is read from `DATABASE_URL`',
    secretUrl: true,
  }),
  CHADAN_MIGRATE: setting(z.enum(['yes', 'no']).default('yes'), {
    description:
      'Whether a server brings the schema to its program at its start; `no` where a deployment runs `chadan migrate`.',
  }),
  CHADAN_DATABASE_POOL: setting(wholeFrom(2, 1000).default(20), {
    description: 'Connections to PostgreSQL that one server opens at most, besides one that listens.',
  }),
  CHADAN_DATABASE_WAIT: setting(numberFrom(0.1, 60).default(10), {
    description:
      'Seconds a request waits for a connection to PostgreSQL before it is answered 503 with Retry-After.',
  }),
  CHADAN_DATA: setting(z.string().min(1).default('./data'), {
    description: 'Where keys, the embedded database and cached artifacts are kept.',
    form: 'a directory',
  }),
  CHADAN_DISK_MINIMUM: setting(wholeFrom(0, 1e9).default(256), {
    description: 'MiB that must be free for `CHADAN_DATA`; below, `/readyz` fails.',
  }),
  CHADAN_HOST: setting(z.string().min(1).default('127.0.0.1'), {
    description: 'Address to listen on.',
    form: 'an address or a host name',
  }),
  CHADAN_PORT: setting(port.default(8080), {
    description: 'Port to listen on; 0 takes a free one and says which.',
  }),
  CHADAN_STOP_DELAY: setting(numberFrom(0, 600).default(0), {
    description:
      'Seconds between a signal to stop and taking nothing new: until a balancer has seen `/readyz`.',
  }),
  CHADAN_STOP_TIMEOUT: setting(numberFrom(0, 3600).default(30), {
    description: 'Seconds for what is under way then; what takes longer is cut.',
  }),
  CHADAN_ISSUER: setting(
    httpUrl
      .refine((url) => !url.endsWith('/'), 'must not end with /')
      .refine((url) => isPlainUrl(url), 'must have no user, no query and no fragment, all in ASCII')
      .optional(),
    {
      description: 'Base URL by which everyone knows the exchange: `iss` of every signature.',
      form: 'an http(s) URL without `/` at the end',
      unset: '`http://HOST:PORT`',
    },
  ),
  CHADAN_RATE_SIGN_IN: setting(wholeFrom(0, 1e9).default(1200), {
    description:
      'Requests for tokens, and to sign in, that one network address may make in a minute on all servers; 0: no limit.',
  }),
  CHADAN_RATE_WRITE: setting(wholeFrom(0, 1e9).default(3000), {
    description: 'Requests that change something, of one client in a minute on all servers; 0: no limit.',
  }),
  CHADAN_RATE_READ: setting(wholeFrom(0, 1e9).default(12_000), {
    description:
      'Requests that read, of one client (without a token: one address) in a minute on each server; 0: no limit.',
  }),
  CHADAN_CONNECTIONS: setting(wholeFrom(10, 1_000_000).default(15_000), {
    description: 'Connections that one server has open at most; it needs as many file descriptors.',
  }),
  CHADAN_CONNECTIONS_PER_ADDRESS: setting(wholeFrom(1, 1_000_000).default(2000), {
    description: 'Of these, from one network address that is no trusted proxy.',
  }),
  CHADAN_HEADERS_WAIT: setting(numberFrom(1, 300).default(15), {
    description: "Seconds in which a request's headers must have come.",
  }),
  CHADAN_BODY_WAIT: setting(numberFrom(1, 900).default(60), {
    description:
      'A body that in so many seconds comes at less than 1 KiB/s is cut; no request takes longer than 15 minutes.',
  }),
  CHADAN_BODY_ROOM: setting(wholeFrom(1, 65_536).default(64), {
    description:
      'MiB of bodies that are read as a whole (JSON) which one server holds at once; its memory grows by about ten times as much.',
  }),
  CHADAN_BODY_ROOM_WAIT: setting(numberFrom(0.1, 60).default(10), {
    description: 'Seconds a body waits for such room before it is answered 503 with Retry-After.',
  }),
  CHADAN_TRUSTED_PROXIES: setting(
    z
      .string()
      .refine((list) => areProxies(list), 'must be addresses or networks, comma-separated')
      .default(''),
    {
      description: 'Proxies whose `X-Forwarded-For` is believed.',
      form: 'addresses, networks, `loopback`, `linklocal`, `uniquelocal`, comma-separated',
    },
  ),
  CHADAN_LOG_LEVEL: setting(
    z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
    {
      description:
        'What is logged: `debug` logs every request, and repeated pulls then cost several times as much.',
    },
  ),
};

const PUBLICATION = {
  CHADAN_PUBLISH_INTERVAL: setting(numberFrom(0, 86_400).default(5), {
    description: 'Least seconds between two automatic publications; 0 publishes only when asked.',
  }),
  CHADAN_TIME_ZONE: setting(
    z
      .string()
      .refine((zone) => isTimeZone(zone), 'must be an IANA time zone, such as Asia/Seoul')
      .default('Asia/Seoul'),
    { description: 'Time zone in which the last day of an entry ends.', form: 'an IANA time zone' },
  ),
  CHADAN_CODE_PATTERN: setting(
    z
      .string()
      .refine((pattern) => isPattern(pattern), 'must be a regular expression')
      .optional(),
    { description: 'What originator codes look like.', form: 'a regular expression', unset: '`[0-9]{9}`' },
  ),
  CHADAN_MANIFEST_LIFE: setting(wholeFrom(60, 30 * 86_400).default(86_400), {
    description: 'Seconds a manifest is good for; it is signed anew at half of it.',
  }),
  CHADAN_RETENTION_DAYS: setting(numberFrom(0, 3650).default(14), {
    description:
      'Days for which a diff leads on from any version; longer while it is cheaper than the snapshot.',
  }),
  CHADAN_BRAKE_SHARE: setting(numberFrom(0, 1).default(0.2), {
    description: 'Share of a list that one version may add or remove before it is held until confirmed.',
  }),
  CHADAN_BRAKE_MINIMUM: setting(z.coerce.number().int().min(0).default(1000), {
    description: 'A version that changes fewer entries is never held.',
  }),
  CHADAN_EVENT_READERS: setting(wholeFrom(1, 1_000_000).default(10_000), {
    description: 'Readers of events that one server has at most.',
  }),
  CHADAN_EVENT_READERS_PER_ORGANIZATION: setting(wholeFrom(1, 1_000_000).default(1000), {
    description: 'Readers of events that one organisation has at most on one server.',
  }),
};

const PEOPLE = {
  CHADAN_TOKEN_LIFE: setting(wholeFrom(30, 3600).default(600), {
    description: 'Seconds an access token is good for.',
  }),
  CHADAN_SESSION_IDLE: setting(wholeFrom(60, 86_400).default(1800), {
    description: 'Seconds a person stays signed in without doing anything.',
  }),
  CHADAN_SESSION_LIFE: setting(wholeFrom(60, 7 * 86_400).default(43_200), {
    description: 'Seconds a person stays signed in at most.',
  }),
  CHADAN_OIDC_ISSUER: setting(httpUrl.optional(), {
    description: 'An OpenID provider to sign in at; with `CHADAN_OIDC_CLIENT_ID`.',
    form: 'an http(s) URL',
    unset: 'none',
  }),
  CHADAN_OIDC_CLIENT_ID: setting(z.string().min(1).optional(), {
    description: 'What the provider knows the exchange as.',
    unset: 'none',
  }),
  CHADAN_OIDC_CLIENT_SECRET: setting(z.string().min(1).optional(), {
    description: 'The secret that the provider gave.',
    unset: 'none: a public client',
    secret: true,
  }),
  CHADAN_OIDC_NAME: setting(z.string().min(1).max(60).default('OpenID'), {
    description: "The provider's name on the button.",
  }),
  CHADAN_APPEAL_DAYS: setting(wholeFrom(1, 60).default(3), {
    description: 'Working days to decide an appeal.',
  }),
  CHADAN_DAYS_OFF: setting(
    z
      .string()
      .regex(
        /^([0-9]{4}-[0-9]{2}-[0-9]{2})?(,[0-9]{4}-[0-9]{2}-[0-9]{2})*$/,
        'must be days YYYY-MM-DD, comma-separated',
      )
      .default(''),
    {
      description: 'Days off besides weekends and the public holidays of Korea.',
      form: 'days `YYYY-MM-DD`, comma-separated',
    },
  ),
  CHADAN_TEXT_LIFE: setting(wholeFrom(30, 3650).default(365), {
    description: 'Days after which the texts of evidence and appeals are erased.',
  }),
  CHADAN_RECEIPT_LIFE: setting(wholeFrom(30, 3650).default(400), {
    description: 'Days that receipts of relays are kept; the newest of each relay and list always is.',
  }),
  CHADAN_ENFORCEMENT_MONTHS: setting(wholeFrom(0, 1200).default(60), {
    description:
      'Months for which reports of blocking are kept after the one in which they end; 0: for ever.',
  }),
};

/** The settings in parts, each with its title, in the order of the reference. */
export const PARTS = [
  { title: 'Server', variables: SERVER },
  { title: 'Publication', variables: PUBLICATION },
  { title: 'People and their texts', variables: PEOPLE },
  { title: 'Object storage', variables: STORAGE },
] as const;

export const VARIABLES = { ...SERVER, ...PUBLICATION, ...PEOPLE, ...STORAGE };

/** What commands read besides, and what they hand to programs that they run. None of them is a server's. */
export const COMMAND_VARIABLES: Record<string, string> = {
  CHADAN_CREDENTIALS: 'The credentials file of every command that talks to the exchange.',
};

/** In the environment of `--on-change`, `--on-alarm` and `--to`. */
export const HOOK_VARIABLES: Record<string, string> = {
  CHADAN_DIR: 'The directory of the lists.',
  CHADAN_LIST: '`sender-numbers` or `originator-codes`.',
  CHADAN_NAME: 'The name of the file that is written.',
  CHADAN_EPOCH: 'The epoch of the list.',
  CHADAN_VERSION: 'Its version.',
  CHADAN_FROM: 'The version that the hook ended well for before.',
  CHADAN_COUNT: 'How many entries it has.',
  CHADAN_ADDED: 'How many came with this sync.',
  CHADAN_REMOVED: 'How many went with this sync.',
  CHADAN_CODE: "The alarm's code.",
  CHADAN_MESSAGE: 'What the alarm says.',
};

/** Paths are added to an issuer, and it stands in signatures, whose texts are ASCII. */
function isPlainUrl(url: string): boolean {
  return /^https?:\/\/[!-~]{1,500}$/i.test(url) && !/[?#@]/.test(url);
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
