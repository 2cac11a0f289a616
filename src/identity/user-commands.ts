// `chadan user`: the people of the console, as the administrator. The link of an invitation is printed once; whoever
// has it is taken for the person.
import { type Command, Option } from 'commander';
import { CREDENTIALS_OPTION, printJson, runCommand } from '../client/command.ts';
import { readCredentials } from '../client/credentials.ts';
import { ExchangeClient } from '../client/exchange-client.ts';
import { PERSON_ROLES } from './roles.ts';

interface CommonOptions {
  credentials?: string;
  json?: boolean;
}

interface AddOptions extends CommonOptions {
  email: string;
  role: string;
  name?: string;
  organization?: string;
}

interface User {
  id: string;
  email: string;
  role: string;
  state: string;
  organization: string;
}

interface Invitation {
  url: string;
  expiresAt: string;
}

/** Adds `user` to the program. */
export function addUserCommands(program: Command): void {
  const user = program.command('user').description('the people of the console (as administrator)');
  user
    .command('add')
    .description('add a person and print the one-time link of their invitation')
    .requiredOption('--email <email>', 'e-mail address')
    .addOption(new Option('--role <role>', 'what they do here').choices(PERSON_ROLES).makeOptionMandatory())
    .option('--name <name>', 'their name')
    .option(
      '--organization <id>',
      'the organisation they act for (default: the agency, the operator for admin)',
    )
    .option(...CREDENTIALS_OPTION)
    .option('--json', 'print JSON')
    .action(runCommand(addUser));
  user
    .command('list')
    .description('all people: id, address, role, state, organisation')
    .option(...CREDENTIALS_OPTION)
    .option('--json', 'print JSON')
    .action(runCommand(listUsers));
  user
    .command('invite')
    .description('a new invitation, for who has lost password or authenticator')
    .argument('<id>', 'the person')
    .option(...CREDENTIALS_OPTION)
    .action(runCommand(inviteUser));
  user
    .command('suspend')
    .description('shut a person out, until `chadan user resume`')
    .argument('<id>', 'the person')
    .option(...CREDENTIALS_OPTION)
    .action(runCommand((id: string, options: CommonOptions) => setSuspended(id, true, options)));
  user
    .command('resume')
    .description('let a suspended person in again')
    .argument('<id>', 'the person')
    .option(...CREDENTIALS_OPTION)
    .action(runCommand((id: string, options: CommonOptions) => setSuspended(id, false, options)));
}

async function addUser({ email, role, name, organization, ...options }: AddOptions): Promise<void> {
  const body = { email, role, ...(name && { name }), ...(organization && { organizationId: organization }) };
  const added = await send<User & { invitation: Invitation }>(options, 'POST', '/v1/users', body);
  if (options.json) return printJson(added);
  process.stdout.write(`${added.invitation.url}\n`);
}

async function listUsers(options: CommonOptions): Promise<void> {
  const exchange = new ExchangeClient(await readCredentials(options.credentials));
  const users: User[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = new URLSearchParams({ limit: '1000', ...(cursor !== '' && { cursor }) });
    const page: { items: User[]; next: string | null } = await exchange.requestJson(`/v1/users?${query}`);
    users.push(...page.items);
    cursor = page.next;
  }
  if (options.json) return printJson(users);
  for (const { id, email, role, state, organization } of users) {
    const line = [id, email, role, state, organization].join('\t');
    process.stdout.write(`${line.replace(/[^\t\P{Cc}]|\p{Cf}/gu, ' ')}\n`);
  }
}

async function inviteUser(id: string, options: CommonOptions): Promise<void> {
  const invitation = await send<Invitation>(options, 'POST', `${userPath(id)}/invitation`);
  process.stdout.write(`${invitation.url}\n`);
}

async function setSuspended(id: string, suspended: boolean, options: CommonOptions): Promise<void> {
  const { state } = await send<User>(options, 'PATCH', userPath(id), { suspended });
  process.stdout.write(`${state}\n`);
}

async function send<T>(options: CommonOptions, method: string, path: string, body?: object): Promise<T> {
  const exchange = new ExchangeClient(await readCredentials(options.credentials));
  if (body === undefined) return exchange.requestJson<T>(path, { method });
  const headers = { 'content-type': 'application/json' };
  return exchange.requestJson<T>(path, { method, headers, body: JSON.stringify(body) });
}

function userPath(id: string): string {
  return `/v1/users/${encodeURIComponent(id)}`;
}
