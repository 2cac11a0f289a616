// `npm run demo -- [FILE.csv] [--rows N] [--seed S]`: the whole exchange on one screen, from a carrier's file to two
// relays that block. Nothing is simulated, and nothing is left behind.
import { basename } from 'node:path';
import { debuglog, parseArgs } from 'node:util';
import type { ListId } from '../src/list/entry.ts';
import type { Schemas } from './demo-api.ts';
import { type Candidates, generateCandidates, openCandidates } from './demo-candidates.ts';
import { Interruption, type OwnExchange, type Party, withExchange } from './demo-exchange.ts';
import { showOutcomes } from './demo-outcomes.ts';
import { publishLists, releaseUrgently, type Version } from './demo-publish.ts';
import { askAbout, pickForRelease, spellingsOf } from './demo-questions.ts';
import { checkValues, type Follower, openFollowers, showReceipts, syncFollowers } from './demo-relays.ts';
import { type Reviewed, reviewQueue } from './demo-review.ts';
import { count, Screen } from './demo-screen.ts';
import { compareWithTruth, showErrors, submitFile } from './demo-submit.ts';

const debug = debuglog('chadan'); // NODE_DEBUG=chadan shows the stack of a failure
const USAGE = 'usage: npm run demo -- [FILE.csv] [--rows N] [--seed S]';

interface Options {
  file: string | undefined;
  rows: number;
  seed: number;
}

interface Cast {
  carrier: Party;
  desk: Party;
  lead: Party;
  relays: Party[];
}

process.exitCode = await main();

async function main(): Promise<number> {
  try {
    const options = readOptions();
    const given = options.file === undefined ? undefined : await openCandidates(options.file);
    await withExchange((start) => run(start, given, options));
    return 0;
  } catch (error) {
    if (error instanceof Interruption) {
      process.stderr.write('\ninterrupted: the exchange was stopped and its files removed\n');
      process.exit(130); // a step may still be on its way
    }
    debug('%O', error);
    process.stderr.write(`\nFAILED  ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

function readOptions(): Options {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { rows: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } },
  });
  const rows = Number(values.rows);
  const seed = Number(values.seed);
  const isGood = Number.isInteger(rows) && rows > 0 && rows <= 1_000_000 && Number.isInteger(seed);
  if (!isGood || positionals.length > 1) throw new Error(USAGE);
  return { file: positionals[0], rows, seed };
}

async function run(
  start: () => Promise<OwnExchange>,
  given: Candidates | undefined,
  options: Options,
): Promise<void> {
  const screen = new Screen();
  screen.heading(
    'chadan · 차단   carriers submit → the agency reviews → versions are published → relays sync',
  );
  const exchange = await screen.step('An exchange of its own', '거래소', async () => {
    const own = await start();
    screen.line(`running at ${own.url}, publishing only when asked`);
    screen.line(`embedded PostgreSQL in ${own.databaseDirectory}; all of it is removed at the end`);
    return own;
  });
  const cast = await screen.step('Register who takes part', '참가자 등록', () =>
    registerCast(screen, exchange),
  );
  const candidates = given ?? (await generateCandidates(exchange.directory, options.rows, options.seed));
  const submission = await screen.step('Submit', '제출', () => submit(screen, exchange, cast, candidates));
  const reviewed = await screen.step('Review', '심사', () => reviewQueue(screen, cast.desk, cast.lead));
  const versions = await screen.step('Publish', '발행', () => publish(screen, cast, reviewed));
  const followers = await openFollowers(cast.relays, exchange.directory);
  try {
    await follow(screen, cast, followers, reviewed, versions);
  } finally {
    for (const { relay } of followers) await relay.close();
  }
  await screen.step('What the carrier learns', '결과 통지', () =>
    showOutcomes(screen, cast.carrier, submission, reviewed),
  );
  showEnd(screen, given);
}

async function registerCast(screen: Screen, exchange: OwnExchange): Promise<Cast> {
  const cast = {
    carrier: await exchange.register('KT', 'carrier', 'intake'),
    desk: await exchange.register('KISA', 'agency', 'desk'),
    lead: await exchange.register('KISA', 'agency', 'lead'),
    relays: [
      await exchange.register('Relay One', 'relay', 'gateway'),
      await exchange.register('Relay Two', 'relay', 'gateway'),
    ],
  };
  const korean = { carrier: '이동통신사', agency: '검증기관', relay: '중계사' };
  const parties = [cast.carrier, cast.desk, cast.lead, ...cast.relays];
  screen.table(
    ['organisation', 'kind', '', 'client', 'credentials'],
    parties.map(({ organization, kind, name, file }) => [
      organization,
      kind,
      korean[kind],
      name,
      basename(file),
    ]),
  );
  screen.line('Each has made a key of its own; the exchange knows the public halves only.');
  return cast;
}

async function submit(
  screen: Screen,
  exchange: OwnExchange,
  { carrier }: Cast,
  candidates: Candidates,
): Promise<Schemas['Submission']> {
  screen.line('The numbers are random or come from the file given: none is accused of anything here.');
  const submission = await submitFile(screen, carrier, candidates, exchange.signal);
  const errors = await showErrors(screen, carrier, submission.id);
  const different = await compareWithTruth(screen, carrier, submission, errors, candidates);
  if (different.length > 0) throw new Error(`the answer is not the right one: ${different.join(', ')}`);
  if (candidates.truth !== undefined) screen.good('The exchange answered exactly that.');
  return submission;
}

async function publish(
  screen: Screen,
  { lead }: Cast,
  { verified }: Reviewed,
): Promise<Map<ListId, Version>> {
  const versions = await publishLists(screen, lead);
  for (const [list, version] of versions) {
    const expected = verified.filter((one) => one.list === list).length;
    if (version.count !== expected)
      throw new Error(`${list} has ${version.count} entries, ${expected} were verified`);
  }
  return versions;
}

/** The steps at the relays: sync, check, receipts, an urgent release and its diff. */
async function follow(
  screen: Screen,
  cast: Cast,
  followers: readonly Follower[],
  reviewed: Reviewed,
  versions: Map<ListId, Version>,
): Promise<void> {
  const [first] = followers;
  if (first === undefined) return;
  await screen.step('Sync', '동기화', () => syncFollowers(screen, followers, versions));
  await screen.step('Check senders', '조회', async () => checkValues(screen, first, askAbout(reviewed)));
  await screen.step('What the agency sees', '수신확인', () => showReceipts(screen, cast.desk));
  const mistaken = pickForRelease(reviewed);
  const before = versions.get('sender-numbers');
  if (mistaken === undefined || before === undefined) return;
  await screen.step('Release one in a hurry', '긴급 해제', async () => {
    versions.set('sender-numbers', await releaseUrgently(screen, cast.lead, mistaken, before));
    const reports = await syncFollowers(screen, followers, versions);
    const byDiff = reports.filter(({ list, how }) => list === 'sender-numbers' && how === 'diff');
    if (byDiff.length !== followers.length) throw new Error('a relay did not come by a diff');
    const asked = { list: mistaken.list, isBlocked: false, why: 'released' };
    checkValues(
      screen,
      first,
      spellingsOf(mistaken).map((text) => ({ text, ...asked })),
    );
  });
}

function showEnd(screen: Screen, given: Candidates | undefined): void {
  screen.line();
  screen.heading('Done: every answer was what it had to be.');
  screen.timings();
  screen.line();
  screen.heading('What to try next');
  screen.line('npm start                      an exchange that stays; then walk through README.md');
  screen.line('npm run demo -- FILE.csv       the same with a file of your own');
  if (given === undefined) screen.line(`npm run demo -- --rows 200000  the same with ${count(200_000)} rows`);
  screen.line('npm run replay -- DIR          dated public lists as one publication after another');
}
