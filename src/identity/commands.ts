// `chadan client` and `chadan organization`: registering parties, as the administrator. The server is asked for
// everything; a private key that is made here goes into the credentials file and nowhere else.
import { access, constants, lstat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Command, Option } from 'commander';
import { CommandError, CREDENTIALS_OPTION, printJson, runCommand } from '../client/command.ts';
import { readCredentials, writeCredentials } from '../client/credentials.ts';
import { ExchangeClient } from '../client/exchange-client.ts';
import { exportPrivateJwk, generateKey, type Jwk } from '../list/jwk.ts';
import { readKeyFile } from './key-file.ts';
import {
  type ClientRole,
  describeMisfit,
  ORGANIZATION_KINDS,
  type OrganizationKind,
  ROLES,
} from './roles.ts';
import { addUserCommands } from './user-commands.ts';

interface Organization {
  id: string;
  name: string;
  kind: string;
}

interface Client {
  id: string;
  organization: string;
  name: string;
  role: string;
  keys: unknown[];
  revokedAt: string | null;
}

interface CommonOptions {
  credentials?: string;
  json?: boolean;
}

interface AddOptions extends CommonOptions {
  org: string;
  kind: OrganizationKind;
  role: ClientRole;
  name: string;
  out?: string;
  publicKey?: string;
}

const PAGE_SIZE = 1000;

/** Adds `client` and `organization` to the program. */
export function addIdentityCommands(program: Command): void {
  const client = program
    .command('client')
    .description('register, list and revoke clients (as administrator)');
  client
    .command('add')
    .description('register a client; its organisation too, if that is new')
    .requiredOption('--org <name>', 'its organisation')
    .addOption(kindOption())
    .addOption(new Option('--role <role>', 'what it does here').choices(ROLES).makeOptionMandatory())
    .requiredOption('--name <name>', 'its name within the organisation')
    .addOption(new Option('--out <file>', 'make its key here and write its credentials to this new file'))
    .addOption(
      new Option('--public-key <file>', 'register a key made elsewhere (JWK or PEM)').conflicts('out'),
    )
    .option(...CREDENTIALS_OPTION)
    .option('--json', 'print issuer, clientId and rootKey as JSON')
    .action(runCommand(addClient));
  client
    .command('list')
    .description('all clients, revoked ones too: id, organisation, role, name, state')
    .option(...CREDENTIALS_OPTION)
    .option('--json', 'print JSON')
    .action(runCommand(listClients));
  client
    .command('revoke')
    .description('shut a client out, within 5 seconds and for good')
    .argument('<id>', 'the client')
    .option(...CREDENTIALS_OPTION)
    .action(runCommand(revokeClient));
  client
    .command('add-key')
    .description('register a further key of a client, for rotation')
    .argument('<id>', 'the client')
    .requiredOption('--public-key <file>', 'the public key (JWK or PEM)')
    .option(...CREDENTIALS_OPTION)
    .action(runCommand(addKey));
  client
    .command('remove-key')
    .description('remove one key of a client; what it bought is refused within 5 seconds')
    .argument('<id>', 'the client')
    .argument('<kid>', 'the key, by its RFC 7638 thumbprint')
    .allowUnknownOption() // a thumbprint may begin with `-`
    .option(...CREDENTIALS_OPTION)
    .action(runCommand(removeKey));
  addUserCommands(program);
  program
    .command('organization')
    .description('list organisations (as administrator)')
    .command('list')
    .description('all organisations: id, kind, name')
    .option(...CREDENTIALS_OPTION)
    .option('--json', 'print JSON')
    .action(runCommand(listOrganizations));
}

function kindOption(): Option {
  return new Option('--kind <kind>', 'what the organisation is')
    .choices(ORGANIZATION_KINDS)
    .makeOptionMandatory();
}

async function addClient(options: AddOptions): Promise<void> {
  const { out, publicKey } = options;
  if (out === undefined && publicKey === undefined)
    throw new CommandError('give --out FILE or --public-key FILE');
  const misfit = describeMisfit(options.role, options.kind);
  if (misfit !== undefined) throw new CommandError(misfit);
  const exchange = await connect(options);
  // Everything that can fail here does so before anything is registered.
  if (out !== undefined) await requireNewFile(out);
  const registeredKey = publicKey === undefined ? undefined : await readKeyFile(publicKey);
  const clientId =
    registeredKey === undefined
      ? await addWithNewKey(exchange, options, out ?? '')
      : (await register(exchange, options, registeredKey)).id;
  const { issuer, rootKey } = exchange.credentials;
  if (options.json) printJson({ issuer, clientId, rootKey });
  else process.stdout.write(`${clientId}\n`);
}

async function addWithNewKey(exchange: ExchangeClient, options: AddOptions, out: string): Promise<string> {
  const { issuer, rootKey } = exchange.credentials;
  const key = generateKey();
  const { id: clientId } = await register(exchange, options, key.publicJwk);
  try {
    await writeCredentials(out, { issuer, clientId, privateKey: exportPrivateJwk(key), rootKey });
  } catch (error) {
    // Its key is lost with the file: nobody will ever sign in as this client.
    await exchange.requestJson(clientPath(clientId), { method: 'DELETE' });
    throw new CommandError(`${(error as Error).message}; client ${clientId} was revoked again`, 1, {
      cause: error,
    });
  }
  return clientId;
}

async function register(exchange: ExchangeClient, options: AddOptions, publicKey: Jwk): Promise<Client> {
  const organization = await ensureOrganization(exchange, options.org, options.kind);
  const { name, role } = options;
  return post<Client>(exchange, '/v1/clients', { organizationId: organization.id, name, role, publicKey });
}

async function ensureOrganization(
  exchange: ExchangeClient,
  name: string,
  kind: string,
): Promise<Organization> {
  for await (const organization of walk<Organization>(exchange, '/v1/organizations')) {
    if (organization.name !== name) continue;
    if (organization.kind === kind) return organization;
    throw new CommandError(
      `the organisation ${printable(name)} is of kind ${printable(organization.kind)}, not ${kind}`,
    );
  }
  return post<Organization>(exchange, '/v1/organizations', { name, kind });
}

async function listClients(options: CommonOptions): Promise<void> {
  const clients = await collect<Client>(await connect(options), '/v1/clients');
  if (options.json) return printJson(clients);
  for (const { id, organization, role, name, revokedAt } of clients) {
    printRow([id, organization, role, name, revokedAt === null ? 'active' : `revoked ${revokedAt}`]);
  }
}

async function listOrganizations(options: CommonOptions): Promise<void> {
  const organizations = await collect<Organization>(await connect(options), '/v1/organizations');
  if (options.json) return printJson(organizations);
  for (const { id, kind, name } of organizations) printRow([id, kind, name]);
}

async function revokeClient(id: string, options: CommonOptions): Promise<void> {
  await (await connect(options)).requestJson(clientPath(id), { method: 'DELETE' });
  process.stdout.write('revoked\n');
}

async function addKey(id: string, options: CommonOptions & { publicKey: string }): Promise<void> {
  const publicKey = await readKeyFile(options.publicKey);
  await post(await connect(options), `${clientPath(id)}/keys`, { publicKey });
  process.stdout.write(`${publicKey.kid}\n`);
}

async function removeKey(id: string, kid: string, options: CommonOptions): Promise<void> {
  const path = `${clientPath(id)}/keys/${encodeURIComponent(kid)}`;
  await (await connect(options)).requestJson(path, { method: 'DELETE' });
  process.stdout.write('removed\n');
}

async function connect({ credentials }: CommonOptions): Promise<ExchangeClient> {
  return new ExchangeClient(await readCredentials(credentials));
}

function post<T>(exchange: ExchangeClient, path: string, body: unknown): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  return exchange.requestJson<T>(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function collect<T>(exchange: ExchangeClient, path: string): Promise<T[]> {
  const items: T[] = [];
  for await (const item of walk<T>(exchange, path)) items.push(item);
  return items;
}

/** Every item of every page. */
async function* walk<T>(exchange: ExchangeClient, path: string): AsyncGenerator<T> {
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = new URLSearchParams({ limit: String(PAGE_SIZE), ...(cursor !== '' && { cursor }) });
    const page: { items: T[]; next: string | null } = await exchange.requestJson(`${path}?${query}`);
    yield* page.items;
    cursor = page.next;
  }
}

function clientPath(id: string): string {
  return `/v1/clients/${encodeURIComponent(id)}`;
}

async function requireNewFile(file: string): Promise<void> {
  const isThere = await lstat(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw new CommandError(`${file} cannot be written (${error.code ?? 'unknown error'})`);
    },
  );
  if (isThere) throw new CommandError(`${file} exists already: choose another name`);
  await access(dirname(file), constants.W_OK).catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(`${file} cannot be written (${error.code ?? 'unknown error'})`);
  });
}

function printRow(fields: string[]): void {
  process.stdout.write(`${fields.map(printable).join('\t')}\n`);
}

/** Text from the exchange, without what a terminal would obey. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
}
