// `chadan user …` as an administrator types it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addUserCommands } from '../../src/identity/user-commands.ts';
import { runWords } from '../setup/command.ts';
import { startExchange, type TestExchange } from '../setup/exchange.ts';

let exchange: TestExchange;
beforeAll(async () => {
  exchange = await startExchange();
  await exchange.party('agency');
});
afterAll(() => exchange.stop());

const run = (...words: string[]) =>
  runWords(addUserCommands, ['user', ...words, '--credentials', exchange.admin.credentialsFile]);

const listed = async () =>
  JSON.parse((await run('list', '--json')).out) as { id: string; email: string; state: string }[];

async function idOf(email: string): Promise<string> {
  return (await listed()).find((user) => user.email === email)?.id ?? '';
}

async function isGood(link: string): Promise<boolean> {
  const token = link.trim().split('/').at(-1);
  const { status } = await exchange.anonymous.post('/v1/invitations/opening').send({ token });
  return status === 200;
}

test('adds a person, and prints the link of the invitation alone', async () => {
  const { code, out, err } = await run(
    'add',
    '--email',
    'Kim@agency.example',
    '--role',
    'reviewer',
    '--name',
    'Kim',
  );
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(new RegExp(`^${exchange.url}/#/invitation/[\\w-]+\\n$`));
  expect(await isGood(out)).toBe(true);
});

test('adds one for another organisation, and prints it as JSON', async () => {
  const { body } = await exchange.admin
    .post('/v1/organizations', { name: 'Ministry', kind: 'agency' })
    .expect(201);
  const words = ['--email', 'lee@ministry.example', '--role', 'auditor', '--organization', body.id, '--json'];
  const { code, out } = await run('add', ...words);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    email: 'lee@ministry.example',
    role: 'auditor',
    organization: 'Ministry',
    invitation: { url: expect.stringContaining('/#/invitation/') },
  });
});

test('lists everybody, a line each', async () => {
  const { code, out } = await run('list');
  expect(code).toBe(0);
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  expect(lines).toContainEqual([
    expect.any(String),
    'kim@agency.example',
    'reviewer',
    'invited',
    'agency one',
  ]);
  expect(lines).toContainEqual([
    expect.any(String),
    'lee@ministry.example',
    'auditor',
    'invited',
    'Ministry',
  ]);
});

test('invites anew: the earlier link is void', async () => {
  const id = await idOf('kim@agency.example');
  const before = (await run('invite', id)).out;
  const after = (await run('invite', id)).out;
  expect([await isGood(before), await isGood(after)]).toEqual([false, true]);
});

test('suspends a person, who is out at once, and lets them in again', async () => {
  const person = await exchange.person('reviewer', 'reviewer to suspend');
  await person.get('/v1/session').expect(200);
  expect((await run('suspend', person.id)).out).toBe('suspended\n');
  await person.get('/v1/session').expect(401);
  expect((await listed()).find(({ id }) => id === person.id)?.state).toBe('suspended');
  expect((await run('resume', person.id)).out).toBe('active\n');
});

test('says what is wrong, and ends with 1', async () => {
  const again = await run('add', '--email', 'kim@agency.example', '--role', 'lead');
  expect([again.code, again.out]).toEqual([1, '']);
  expect(again.err).toContain('There is a person with this address already.');
  const misfit = await run(
    'add',
    '--email',
    'park@agency.example',
    '--role',
    'admin',
    '--organization',
    (await exchange.party('agency')).organizationId,
  );
  expect(misfit.err).toContain('The role admin is for people of an organisation of kind operator');
  for (const words of [
    ['invite', crypto.randomUUID()],
    ['resume', crypto.randomUUID()],
  ]) {
    const { code, err } = await run(...words);
    expect([code, err]).toEqual([1, expect.stringContaining('There is no such person')]);
  }
});

test('knows no other role', async () => {
  await expect(run('add', '--email', 'choi@agency.example', '--role', 'king')).rejects.toThrow('king');
});
