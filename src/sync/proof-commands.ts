// `chadan proof`: evidence that a value was, or was not, in a version of a list. It is verified with the root key alone.
import { readFile, writeFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CommandError, CREDENTIALS_OPTION, printJson, runCommand } from '../client/command.ts';
import { readCredentials } from '../client/credentials.ts';
import { ExchangeClient } from '../client/exchange-client.ts';
import { readText } from '../client/response-body.ts';
import { LIST_IDS, type ListId } from '../list/entry.ts';
import { FormatError } from '../list/format-error.ts';
import { type Jwk, readJwk } from '../list/key-set.ts';
import { type ProofFile, type ProvenFact, verifyProofFile } from '../list/proof-file.ts';

interface GetOptions {
  list: ListId;
  version?: number;
  epoch?: string;
  out: string;
  credentials?: string;
}

interface VerifyOptions {
  rootKey?: string;
  credentials?: string;
  keySet?: string;
  json?: boolean;
}

const REFUSED = 3;
const MAX_JWS_BYTES = 65_536;
const MAX_FILE_BYTES = 1_048_576;

/** Adds `proof` to the program. */
export function addProofCommand(program: Command): void {
  const proof = program.command('proof').description('prove that a value was, or was not, listed');
  proof
    .command('get')
    .description('fetch a proof with all that is needed to verify it, and write it to a file')
    .argument('<value>', 'a number or a code, in any spelling')
    .addOption(new Option('--list <list>', 'which list').choices(LIST_IDS).default('sender-numbers'))
    .option('--version <n>', 'a version that is still held (default: the one in force)', readVersion)
    .option('--epoch <uuid>', 'its epoch (default: the present one)')
    .requiredOption('--out <file>', 'the new file')
    .option(...CREDENTIALS_OPTION)
    .action(runCommand(getProof));
  proof
    .command('verify')
    .description('verify a proof file, offline')
    .argument('<file>', 'what proof get wrote')
    .option('--root-key <file>', "the agency's root public key (JWK)")
    .option('--credentials <file>', 'or a credentials file, which pins it (default: CHADAN_CREDENTIALS)')
    .option(
      '--key-set <file>',
      'judge by this newer key set: a key that was dropped since vouches for nothing',
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Exit codes: 0 verified, whether the value is listed or not; 1 a file cannot be read; 3 refused: it proves nothing.
Manifest and key set may have expired: the proof is of what was published then.

Examples:
  chadan proof get 010-2345-6789 --version 12 --out proof.json
  chadan proof verify proof.json --root-key root.pub.json`,
    )
    .action(runCommand(verifyFile));
}

async function getProof(value: string, options: GetOptions): Promise<void> {
  const credentials = await readCredentials(options.credentials);
  const exchange = new ExchangeClient(credentials);
  const path = `/v1/lists/${options.list}`;
  let query = '';
  if (options.version !== undefined) {
    const epoch = options.epoch ?? (await exchange.requestJson<{ epoch: string }>(path)).epoch;
    query = `?${new URLSearchParams({ version: String(options.version), epoch })}`;
  }
  const proof = await exchange.requestJson<Omit<ProofFile, 'keySet'>>(
    `${path}/entries/${encodeURIComponent(value)}/proof${query}`,
  );
  // After the proof: a key that signed it may be newer than any key set of before.
  const response = await exchange.request('/v1/keys', {
    headers: { accept: 'application/jwt' },
    authenticate: false,
  });
  const keySet = (await readText(response, { maxBytes: MAX_JWS_BYTES })).trim();
  const text = `${JSON.stringify({ ...proof, keySet }, null, 2)}\n`;
  const { rootKey, issuer } = credentials;
  const fact = orRefused(() => verifyProofFile(text, { rootKey, issuer }));
  await writeFile(options.out, text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'EEXIST' ? 'exists already' : `cannot be written (${error.code})`;
    throw new CommandError(`${options.out} ${reason}`);
  });
  process.stdout.write(`${describe(fact)}\n`);
}

async function verifyFile(file: string, options: VerifyOptions): Promise<void> {
  const text = await readSmallFile(file);
  const trust = await readTrust(options);
  const keySet = options.keySet === undefined ? undefined : (await readSmallFile(options.keySet)).trim();
  const fact = orRefused(() => verifyProofFile(text, { ...trust, keySet }));
  const { value, entry, manifest, keySet: judge } = fact;
  if (!options.json) return void process.stdout.write(`${describe(fact)}\n`);
  printJson({
    value,
    listed: entry !== undefined,
    category: entry?.category ?? null,
    until: entry?.until ?? null,
    list: manifest.sub,
    issuer: manifest.iss,
    epoch: manifest.epoch,
    version: manifest.version,
    count: manifest.count,
    digest: manifest.digest,
    chain: manifest.chain,
    publishedAt: time(manifest.publishedAt),
    keySetSequence: judge.sequence,
    keySetExpiresAt: time(judge.exp),
  });
}

async function readTrust({
  rootKey,
  credentials,
}: VerifyOptions): Promise<{ rootKey: Jwk; issuer?: string }> {
  if (rootKey === undefined) {
    const { rootKey: pinned, issuer } = await readCredentials(credentials);
    return { rootKey: pinned, issuer };
  }
  try {
    return { rootKey: readJwk(JSON.parse(await readSmallFile(rootKey))) };
  } catch (error) {
    if (error instanceof CommandError) throw error;
    // Without the cause: a parser's message may quote a key.
    throw new CommandError(`${rootKey} holds no public key (JWK, P-256)`);
  }
}

async function readSmallFile(file: string): Promise<string> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(`${file} cannot be read (${error.code})`);
  });
  if (bytes.length > MAX_FILE_BYTES) throw new CommandError(`${file} is refused: too large`, REFUSED);
  return bytes.toString('utf8');
}

function orRefused(verify: () => ProvenFact): ProvenFact {
  try {
    return verify();
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new CommandError(`refused: ${error.message} (${error.code})`, REFUSED, { cause: error });
  }
}

function describe({ value, entry, manifest, keySet }: ProvenFact): string {
  const { sub, version, epoch, publishedAt, iss } = manifest;
  const verdict = entry
    ? `is in ${sub} version ${version} (${entry.category}, until ${entry.until})`
    : `is not in ${sub} version ${version}`;
  const lines = [
    `${value} ${verdict}`,
    `  published ${time(publishedAt)} by ${iss}, epoch ${epoch}`,
    `  by a key of key set ${keySet.sequence}, good until ${time(keySet.exp)}`,
  ];
  return lines.join('\n');
}

function time(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

function readVersion(text: string): number {
  const version = Number(text);
  if (Number.isInteger(version) && version >= 0 && version < 2 ** 31) return version;
  throw new InvalidArgumentError('a version is a whole number from 0.');
}
