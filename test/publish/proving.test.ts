// Proofs of single values, of the version in force and of past ones, as a file that is verified with the root key alone.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Jwk } from '../../src/list/key-set.ts';
import { verifyProofFile } from '../../src/list/proof-file.ts';
import { addProofCommand } from '../../src/sync/proof-commands.ts';
import { keys, signerOf } from '../keys/key-desk.ts';
import { runWords } from '../setup/command.ts';
import { type Party, startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, publish, submitAndVerify } from '../setup/walk.ts';
import { LIST, linesOf, stateOf } from './published.ts';

let exchange: TestExchange;
let relay: Party;
const place = (name: string) => join(exchange.directory, name);
const proof = (...words: string[]) => runWords(addProofCommand, ['proof', ...words]);
const proofOf = async (value: string, query = '', status = 200) =>
  (await relay.get(`${LIST}/entries/${value}/proof${query}`).expect(status)).body;

const numbers = mobileNumbers(300, 501);
const [gone = '', stays = ''] = numbers;
beforeAll(async () => {
  exchange = await startExchange();
  relay = await exchange.party('relay');
  const agency = await exchange.party('agency');
  for (let version = 1; version <= 6; version++) {
    await submitAndVerify(exchange, numbers.slice((version - 1) * 50, version * 50));
    if (version === 4)
      await agency.post(`${LIST}/entries/${gone}/release`, { reason: 'agency_correction' }).expect(201);
    await publish(exchange);
  }
  await writeFile(place('root.jwk'), JSON.stringify(exchange.admin.credentials.rootKey));
});
afterAll(() => exchange.stop());

const verifies = async (body: object) =>
  verifyProofFile(
    JSON.stringify({ ...body, keySet: (await exchange.anonymous.get('/v1/keys').expect(200)).text }),
    { rootKey: exchange.admin.credentials.rootKey as Jwk, issuer: exchange.url },
  );

test('every value is proved to be in, or not in, every version that is held', async () => {
  const { epoch } = await stateOf(exchange);
  for (const version of [6, 1, 4, 0, 3, 5, 2, 6]) {
    const listed = new Set((await linesOf(relay, version, epoch)).map((line) => line.split(',')[0]));
    for (const number of [gone, stays, numbers[299] ?? '', mobileNumbers(1, 77)[0] ?? '']) {
      const body = await proofOf(number, `?version=${version}&epoch=${epoch}`);
      const { entry, manifest, value } = await verifies(body);
      expect([manifest.version, entry !== undefined]).toEqual([version, listed.has(value)]);
    }
  }
});

test('twenty proofs at once, of many versions, are all right, or asked to come again', async () => {
  const { epoch } = await stateOf(exchange);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      relay.get(`${LIST}/entries/${stays}/proof?version=${i % 7}&epoch=${epoch}`),
    ),
  );
  for (const [i, { status, body, headers }] of answers.entries()) {
    expect([200, 503]).toContain(status);
    if (status === 503) expect(headers['retry-after']).toBe('10');
    else expect((await verifies(body)).entry !== undefined).toBe(i % 7 > 0);
  }
  expect(answers.some(({ status }) => status === 200)).toBe(true);
});

test('the manifest of a past version has its own times, so that no relay takes it for news', async () => {
  const { epoch } = await stateOf(exchange);
  const { manifest } = await verifies(await proofOf(stays, `?version=2&epoch=${epoch}`));
  expect(manifest.iat).toBe(manifest.publishedAt);
  const { body } = await relay.get(`${LIST}/versions/2`).expect(200);
  expect(manifest).toMatchObject({ version: 2, digest: body.digest, chain: body.chain, count: body.count });
  expect(new Date(manifest.publishedAt * 1000).getTime()).toBeLessThanOrEqual(Date.parse(body.publishedAt));
});

test('half a question, another epoch, and a version that never was are refused', async () => {
  const { epoch } = await stateOf(exchange);
  const other = '7d0f9e0a-3c1b-4f57-9a65-0c2f6d1b8e44';
  expect(await proofOf(stays, '?version=2', 400)).toMatchObject({ code: 'invalid_request' });
  expect(await proofOf(stays, `?epoch=${epoch}`, 400)).toMatchObject({ code: 'invalid_request' });
  expect(await proofOf(stays, `?version=2&epoch=${other}`, 410)).toMatchObject({ code: 'epoch_gone' });
  expect(await proofOf(stays, `?version=7&epoch=${epoch}`, 404)).toMatchObject({ code: 'not_found' });
});

test('proof get writes a file that proof verify needs nothing beside but the root key', async () => {
  const credentials = ['--credentials', relay.credentialsFile];
  const got = await proof('get', gone, '--version', '2', '--out', place('in.json'), ...credentials);
  expect([got.code, got.err]).toEqual([0, '']);
  await proof('get', gone, '--out', place('out.json'), ...credentials);
  const inside = await proof('verify', place('in.json'), '--root-key', place('root.jwk'));
  expect([inside.code, inside.out]).toEqual([
    0,
    expect.stringMatching(
      /^\+8210\d{8} is in sender-numbers version 2 \(gambling, until \d{4}-\d\d-\d\d\)\n/,
    ),
  ]);
  const outside = await proof('verify', place('out.json'), ...credentials, '--json');
  expect(outside.code).toBe(0);
  expect(JSON.parse(outside.out)).toMatchObject({
    listed: false,
    version: 6,
    issuer: exchange.url,
    category: null,
  });
  expect((await proof('get', gone, '--out', place('out.json'), ...credentials)).err).toContain(
    'exists already',
  );
});

test('a proof stays good after a rotation; after a revocation a newer key set says no, and a new proof is had', async () => {
  const credentials = ['--credentials', relay.credentialsFile];
  const signer = await signerOf(exchange);
  await keys(exchange, 'rotate');
  expect((await proof('verify', place('in.json'), ...credentials)).code).toBe(0);
  await keys(exchange, 'revoke', signer);
  await writeFile(place('now.jwt'), (await exchange.anonymous.get('/v1/keys').expect(200)).text);
  const judged = await proof('verify', place('in.json'), ...credentials, '--key-set', place('now.jwt'));
  expect([judged.code, judged.err]).toEqual([3, expect.stringContaining('unknown_kid')]);
  await proof('get', gone, '--version', '2', '--out', place('again.json'), ...credentials);
  expect(
    (await proof('verify', place('again.json'), ...credentials, '--key-set', place('now.jwt'))).code,
  ).toBe(0);
});

test('a proof file that was tampered with is refused with its reason, and proves nothing', async () => {
  const good = JSON.parse(await readFile(place('in.json'), 'utf8'));
  const other = JSON.parse(await readFile(place('out.json'), 'utf8'));
  const [line = ''] = good.lines;
  for (const [bad, code] of [
    [{ ...good, lines: good.lines.slice(1) }, 'bad_proof'],
    [{ ...good, lines: [good.lines.join('\n')] }, 'bad_proof'],
    [{ ...good, lines: 'none' }, 'bad_proof'],
    [{ ...good, lines: new Array(5000).fill(line) }, 'bad_proof'],
    [{ ...good, siblings: [...good.siblings, 'a'.repeat(64)] }, 'bad_proof'],
    [{ ...good, value: 'x,y' }, 'bad_proof'],
    [{ ...good, version: 3 }, 'bad_proof'],
    [{ ...good, manifest: other.manifest }, 'bad_proof'],
    [{ ...good, list: 'originator-codes' }, 'wrong_list'],
    [{ ...good, manifest: good.keySet }, 'wrong_type'],
    [{ ...good, keySet: good.manifest }, 'wrong_type'],
    [{ ...good, keySet: 'none' }, 'bad_token'],
    [{ ...good, keySet: null }, 'bad_proof'],
    [{ ...good, lines: ['9'.repeat(300_000)] }, 'too_large'],
    [[good], 'bad_proof'],
    ['{', 'bad_proof'],
  ] as const) {
    await writeFile(place('bad.json'), typeof bad === 'string' ? bad : JSON.stringify(bad));
    const {
      code: exit,
      err,
      out,
    } = await proof('verify', place('bad.json'), '--root-key', place('root.jwk'));
    expect([exit, out, err]).toEqual([3, '', expect.stringContaining(`(${code})`)]);
    expect(err.split('\n')).toHaveLength(2);
  }
  const stranger = await exchange.party('relay', 'stranger');
  await writeFile(
    place('other-root.jwk'),
    JSON.stringify({ ...(stranger.credentials.privateKey as object) }),
  );
  const refused = await proof('verify', place('in.json'), '--root-key', place('other-root.jwk'));
  expect([refused.code, refused.err]).toEqual([3, expect.stringContaining('(unknown_kid)')]);
  expect((await proof('verify', place('nowhere.json'), '--root-key', place('root.jwk'))).code).toBe(1);
  expect((await proof('verify', place('in.json'), '--root-key', place('in.json'))).code).toBe(1);
});
