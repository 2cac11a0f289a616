import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tellUnknown } from '../../src/settings/environment.ts';
import { readSettings, SettingsError } from '../../src/settings.ts';

function faultsOf(environment: Record<string, string>): string[] {
  try {
    readSettings(environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
  return [];
}

test('without any variable everything has its default', () => {
  expect(readSettings({})).toEqual({
    databaseUrl: undefined,
    migrates: true,
    database: { poolSize: 20, waitMs: 10_000 },
    dataDirectory: resolve('./data'),
    diskMinimumBytes: 256 * 2 ** 20,
    host: '127.0.0.1',
    port: 8080,
    stop: { delaySeconds: 0, timeoutSeconds: 30 },
    issuer: undefined,
    publishIntervalSeconds: 5,
    retentionDays: 14,
    timeZone: 'Asia/Seoul',
    codePattern: /^[0-9]{9}$/,
    tokenLifeSeconds: 600,
    manifestLifeSeconds: 86_400,
    sessionIdleSeconds: 1800,
    sessionLifeSeconds: 43_200,
    provider: undefined,
    trustedProxies: [],
    rates: { 'sign-in': 1200, write: 3000, read: 12_000 },
    connections: { all: 15_000, perAddress: 2000 },
    headersTimeoutMs: 15_000,
    bodies: { bytes: 64 * 2 ** 20, waitMs: 10_000, patienceMs: 60_000 },
    appeals: { workingDays: 3, daysOff: [] },
    textLifeDays: 365,
    receiptLifeDays: 400,
    enforcementMonths: 60,
    brake: { share: 0.2, minimum: 1000 },
    objectStorage: undefined,
    artifactsFront: undefined,
    eventReaders: { all: 10_000, organization: 1000 },
    logLevel: 'info',
  });
});

test('an empty variable counts as unset', () => {
  expect(readSettings({ CHADAN_PORT: '', DATABASE_URL: '', CHADAN_ISSUER: '' })).toEqual(readSettings({}));
});

test('all faults are told at once, a line each, by the name of the variable', () => {
  const environment = {
    DATABASE_URL: 'mysql://root:hunter2@db/chadan',
    CHADAN_PORT: '65536',
    CHADAN_ISSUER: 'https://lists.example.org/',
    CHADAN_PUBLISH_INTERVAL: '-1',
    CHADAN_TIME_ZONE: 'Asia/Pyeongyang-do',
    CHADAN_CODE_PATTERN: '[0-9',
    CHADAN_TOKEN_LIFE: 'ten minutes',
    CHADAN_MANIFEST_LIFE: '59',
    CHADAN_BRAKE_SHARE: '1.5',
    CHADAN_BRAKE_MINIMUM: '0.5',
    CHADAN_LOG_LEVEL: 'chatty',
    CHADAN_OIDC_NAME: 'x'.repeat(61),
  };
  const faults = faultsOf(environment);
  expect(faults.map((fault) => fault.split(':', 1)[0]).toSorted()).toEqual(
    Object.keys(environment).toSorted(),
  );
  expect(() => readSettings(environment)).toThrow(/settings are wrong:\n( {2}.+\n){11} {2}.+$/);
});

test('no fault repeats a value: it may be a secret', () => {
  const secrets = {
    DATABASE_URL: 'hunter2://x',
    CHADAN_PORT: 'hunter2',
    CHADAN_ISSUER: 'hunter2',
    CHADAN_PUBLISH_INTERVAL: 'hunter2',
    CHADAN_TIME_ZONE: 'hunter2',
    CHADAN_CODE_PATTERN: '(hunter2',
    CHADAN_TOKEN_LIFE: 'hunter2',
    CHADAN_MANIFEST_LIFE: 'hunter2',
    CHADAN_BRAKE_SHARE: 'hunter2',
    CHADAN_BRAKE_MINIMUM: 'hunter2',
    CHADAN_LOG_LEVEL: 'hunter2',
    CHADAN_TRUSTED_PROXIES: 'hunter2',
  };
  const faults = faultsOf(secrets);
  expect(faults).toHaveLength(Object.keys(secrets).length);
  expect(faults.join('\n')).not.toContain('hunter2');
});

test('a setting that does not exist is told of, with what was perhaps meant, and stops nothing', () => {
  const environment = { CHADAN_PUBLISH_INTERVALL: '5', CHADAN_COLOUR: 'hunter2' };
  expect(faultsOf(environment)).toEqual([]);
  expect(tellUnknown(environment)).toEqual([
    'CHADAN_COLOUR: there is no such setting, it does nothing',
    'CHADAN_PUBLISH_INTERVALL: there is no such setting, it does nothing; CHADAN_PUBLISH_INTERVAL was perhaps meant',
  ]);
});

test("what is not the server's is left alone: credentials of commands, what hooks are given, names of others", () => {
  const environment = {
    PATH: '/bin',
    CHADAN_CREDENTIALS: 'admin.json',
    CHADAN_LIST: 'sender',
    chadan_port: 'x',
  };
  expect(faultsOf(environment)).toEqual([]);
  expect(tellUnknown(environment)).toEqual([]);
});

test.each(['DATABASE_URL', 'CHADAN_OIDC_CLIENT_SECRET'])(
  '%s may be given in a file, and only once',
  async (name) => {
    const directory = await mkdtemp(join(tmpdir(), 'chadan-settings-'));
    const file = join(directory, 'secret');
    await writeFile(file, 'postgresql://chadan:hunter2@db/chadan\n');
    const others = { CHADAN_OIDC_ISSUER: 'https://id.example', CHADAN_OIDC_CLIENT_ID: 'chadan' };
    const { databaseUrl, provider } = readSettings({ ...others, [`${name}_FILE`]: file });
    expect([databaseUrl, provider?.clientSecret]).toContain('postgresql://chadan:hunter2@db/chadan');
    expect(faultsOf({ ...others, [name]: 'postgresql://x', [`${name}_FILE`]: file })).toEqual([
      `${name}: is given, and ${name}_FILE too; only one of them can hold`,
    ]);
    await writeFile(file, '\n');
    expect(faultsOf({ ...others, [`${name}_FILE`]: file })).toEqual([
      `${name}_FILE: its first line is empty`,
    ]);
    await rm(directory, { recursive: true });
  },
);

test('the lives of signatures are whole seconds, for their claims are', () => {
  expect(faultsOf({ CHADAN_MANIFEST_LIFE: '90.5' })).toHaveLength(1);
  expect(faultsOf({ CHADAN_TOKEN_LIFE: '90.5' })).toHaveLength(1);
});

test('a pattern of codes holds for the whole code', () => {
  const { codePattern } = readSettings({ CHADAN_CODE_PATTERN: 'KR[0-9]{4}|[0-9]{9}' });
  expect(['KR1234', '123456789', 'xKR1234', 'KR12345'].map((code) => codePattern.test(code))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('a pattern cannot break out of the whole', () => {
  expect(faultsOf({ CHADAN_CODE_PATTERN: '[0-9]{9})|(?:.*' })).toHaveLength(1);
});

test.each(['http://127.0.0.1:8080', 'https://lists.example.org', 'https://example.org/chadan'])(
  '%s can be an issuer',
  (issuer) => {
    expect(readSettings({ CHADAN_ISSUER: issuer }).issuer).toBe(issuer);
  },
);

test.each([
  'lists.example.org',
  'ftp://lists.example.org',
  'https://lists.example.org/',
  'https://lists.example.org/?a=1',
  'https://lists.example.org#x',
  'https://user:secret@lists.example.org',
  'https://차단.example.org',
])('%s cannot be an issuer', (issuer) => {
  expect(faultsOf({ CHADAN_ISSUER: issuer })).toHaveLength(1);
});

describe('object storage', () => {
  const storage = {
    CHADAN_ARTIFACTS_S3_ENDPOINT: 'https://s3.example.org:9000',
    CHADAN_ARTIFACTS_S3_BUCKET: 'lists',
    CHADAN_ARTIFACTS_S3_ACCESS_KEY_ID: 'chadan',
    CHADAN_ARTIFACTS_S3_SECRET_ACCESS_KEY: 'hunter2',
  };

  test('is used when it is named, under its own prefix and region where they are given', () => {
    const { objectStorage, artifactsFront } = readSettings({
      ...storage,
      CHADAN_ARTIFACTS_S3_REGION: 'ap-northeast-2',
      CHADAN_ARTIFACTS_S3_PREFIX: 'chadan/one/',
      CHADAN_ARTIFACTS_FRONT: '/artifacts',
    });
    expect(objectStorage).toEqual({
      endpoint: 'https://s3.example.org:9000',
      bucket: 'lists',
      region: 'ap-northeast-2',
      prefix: 'chadan/one/',
      accessKeyId: 'chadan',
      secretAccessKey: 'hunter2',
    });
    expect(artifactsFront).toBe('/artifacts');
  });

  test('can have its secret in a file, which is named when it cannot be read', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'chadan-settings-'));
    const file = join(directory, 'secret');
    const { CHADAN_ARTIFACTS_S3_SECRET_ACCESS_KEY: _, ...others } = storage;
    const inFile = { ...others, CHADAN_ARTIFACTS_S3_SECRET_ACCESS_KEY_FILE: file };
    expect(faultsOf(inFile)).toContain('CHADAN_ARTIFACTS_S3_SECRET_ACCESS_KEY_FILE: cannot be read (ENOENT)');
    await writeFile(file, 'hunter2\n');
    expect(readSettings(inFile).objectStorage?.secretAccessKey).toBe('hunter2');
    await rm(directory, { recursive: true });
  });

  test('is told what is missing, and no value', () => {
    for (const missing of Object.keys(storage)) {
      const faults = faultsOf({ ...storage, [missing]: '' });
      expect(faults.map((fault) => fault.split(':', 1)[0])).toEqual([missing]);
      expect(faults.join()).not.toContain('hunter2');
    }
    expect(faultsOf({ CHADAN_ARTIFACTS_FRONT: '/artifacts' })).toHaveLength(1);
  });

  test.each([
    ['CHADAN_ARTIFACTS_S3_ENDPOINT', 'https://s3.example.org/below'],
    ['CHADAN_ARTIFACTS_S3_ENDPOINT', 'https://user:pass@s3.example.org'],
    ['CHADAN_ARTIFACTS_S3_ENDPOINT', 's3.example.org'],
    ['CHADAN_ARTIFACTS_S3_BUCKET', '../other'],
    ['CHADAN_ARTIFACTS_S3_PREFIX', 'no-slash'],
    ['CHADAN_ARTIFACTS_S3_PREFIX', '/'],
    ['CHADAN_ARTIFACTS_FRONT', 'artifacts'],
    ['CHADAN_ARTIFACTS_FRONT', '/a?b'],
  ])('does not take %s=%s', (name, value) => {
    expect(faultsOf({ ...storage, [name]: value }).map((fault) => fault.split(':', 1)[0])).toEqual([name]);
  });
});
