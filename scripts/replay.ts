// `npm run replay -- DIR [--country CC]`: dated public blacklists as one publication after another. Each version, and
// every diff between any two, is fetched over HTTP and held against the sets as they stand in the files.
import { debuglog, parseArgs } from 'node:util';
import { type CountryCode, isSupportedCountry } from 'libphonenumber-js/max';
import type { Schemas } from './demo-api.ts';
import { Interruption, type OwnExchange, withExchange } from './demo-exchange.ts';
import { type Cell, count, Screen } from './demo-screen.ts';
import { Inspector, type Published } from './replay-checks.ts';
import { type DatedList, readDatedLists } from './replay-lists.ts';
import { type Actors, type Change, publishChange } from './replay-publication.ts';

const USAGE = 'usage: npm run replay -- DIR [--country CC]   (CC: whose numbers stand without +; default DE)';
const debug = debuglog('chadan');
const AGENCY_OFFSET = '+09:00';
const MOBILE_DAYS = 90;
const OTHER_DAYS = 365;
const SHOWN = 20;

interface Replayed {
  rows: Cell[][];
  versions: Published[];
  /** Values that were released and came back. */
  returned: number;
}

process.exitCode = await main();

async function main(): Promise<number> {
  try {
    const { directory, country } = readArguments();
    const lists = await readDatedLists(directory, country);
    const { today, now } = stillDay();
    const screen = new Screen();
    return await withExchange(async (start) => replay(screen, await start(), lists, today, country), { now });
  } catch (error) {
    if (error instanceof Interruption) {
      process.stderr.write('\ninterrupted: the exchange was stopped and its files removed\n');
      process.exit(130); // a request may still be on its way
    }
    debug('%O', error);
    process.stderr.write(`\nFAILED  ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

function readArguments(): { directory: string; country: CountryCode } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { country: { type: 'string', default: 'DE' } },
  });
  const [directory] = positionals;
  const country = values.country.toUpperCase();
  if (directory === undefined || positionals.length > 1) throw new Error(USAGE);
  if (!isSupportedCountry(country)) throw new Error(`there is no country ${values.country}; ${USAGE}`);
  return { directory, country };
}

/** It is noon in Seoul when a replay begins, so that no midnight falls into it and moves the last days. */
function stillDay(): { today: string; now: () => number } {
  const today = new Date().toISOString().slice(0, 10);
  const offsetMs = Date.parse(`${today}T12:00:00${AGENCY_OFFSET}`) - Date.now();
  return { today, now: () => Date.now() + offsetMs };
}

async function replay(
  screen: Screen,
  exchange: OwnExchange,
  lists: readonly DatedList[],
  today: string,
  country: CountryCode,
): Promise<number> {
  const actors = {
    carrier: await exchange.register('Public list', 'carrier', 'replay'),
    agency: await exchange.register('Agency', 'agency', 'replay'),
    relay: await exchange.register('Relay', 'relay', 'replay'),
  };
  screen.heading(`Replay of ${lists.length} dated lists, numbers without + read as in ${country}`);
  const inspector = await Inspector.open(actors.relay.client);
  const wanted = (list: DatedList) => linesOf(list, today);
  const { rows, versions, returned } = await publishAll(actors, inspector, lists, wanted);
  screen.table(['date', 'entries', 'numbers', 'added', 'removed', 'version', 'digest', 'not numbers'], rows);
  showRefused(screen, lists, returned);
  // Later publications must not have changed what was published.
  for (const published of versions) await inspector.compareSnapshot(published);
  await inspector.compareDiffs(versions);
  return showVerdict(screen, inspector, lists, versions);
}

async function publishAll(
  actors: Actors,
  inspector: Inspector,
  lists: readonly DatedList[],
  wanted: (list: DatedList) => string[],
): Promise<Replayed> {
  const replayed: Replayed = { rows: [], versions: [], returned: 0 };
  let before: DatedList['numbers'] = new Map();
  const ever = new Set<string>();
  for (const list of lists) {
    const change = changeBetween(before, list.numbers);
    replayed.returned += change.added.filter((value) => ever.has(value)).length;
    for (const value of change.added) ever.add(value);
    const version = await publishChange(actors, change, `list of ${list.date}`);
    const published = { version, date: list.date, lines: wanted(list) };
    const isNew = change.added.length + change.removed.length > 0;
    checkVersion(inspector, published, change, replayed.versions.at(-1)?.version);
    if (isNew) {
      await inspector.inspect(published);
      replayed.versions.push(published);
    }
    replayed.rows.push(rowOf(list, change, version, isNew));
    before = list.numbers;
  }
  return replayed;
}

/** A change makes the next version and says what it changes; no change makes none. */
function checkVersion(
  inspector: Inspector,
  { version, date }: Published,
  { added, removed }: Change,
  last: Schemas['Version'] | undefined,
): void {
  const isNew = added.length + removed.length > 0;
  const expected = (last?.version ?? 0) + (isNew ? 1 : 0);
  if (version.version !== expected)
    inspector.differences.push(`${date}: version ${version.version}, not ${expected}`);
  if (isNew && (version.added !== added.length || version.removed !== removed.length))
    inspector.differences.push(`${date}: +${version.added} −${version.removed} were published`);
}

function rowOf(list: DatedList, change: Change, version: Schemas['Version'], isNew: boolean): Cell[] {
  return [
    list.date,
    list.lines,
    list.numbers.size,
    change.added.length,
    change.removed.length,
    isNew ? String(version.version) : `${version.version} still`,
    version.digest.slice(0, 12),
    list.refused.size,
  ];
}

function changeBetween(before: DatedList['numbers'], after: DatedList['numbers']): Change {
  return {
    added: [...after.keys()].filter((value) => !before.has(value)),
    removed: [...before.keys()].filter((value) => !after.has(value)),
  };
}

/** The lines that the agency's rules give: 90 days for Korean mobile numbers, one year for the others. */
function linesOf({ numbers }: DatedList, today: string): string[] {
  const lastDay = (days: number) =>
    new Date(Date.parse(today) + days * 86_400_000).toISOString().slice(0, 10);
  const mobile = lastDay(MOBILE_DAYS);
  const other = lastDay(OTHER_DAYS);
  return [...numbers].map(([value, kind]) => `${value},other,${kind === 'mobile' ? mobile : other}`).sort();
}

function showRefused(screen: Screen, lists: readonly DatedList[], returned: number): void {
  const reasons = new Map<string, Set<string>>();
  for (const { refused } of lists) {
    for (const [raw, reason] of refused) reasons.set(reason, (reasons.get(reason) ?? new Set()).add(raw));
  }
  screen.line();
  screen.table(
    ['not numbers: reason', 'distinct', 'such as'],
    [...reasons].map(([reason, texts]) => [reason, texts.size, [...texts].slice(0, 3).join('  ')]),
  );
  const repeats = lists.reduce((sum, list) => sum + list.repeats, 0);
  screen.line(
    `${count(repeats)} repeated lines; ${count(returned)} times a released number was listed again.`,
  );
  screen.line();
}

function showVerdict(
  screen: Screen,
  { differences, compared }: Inspector,
  lists: readonly DatedList[],
  versions: readonly Published[],
): number {
  const looked = `${lists.length} publications, ${versions.length} versions, ${compared.snapshots} snapshots, ${compared.diffs} diffs between any two versions`;
  if (differences.length === 0) {
    screen.good(`All right: ${looked}; every line, digest and chain is what the files say.`);
    return 0;
  }
  screen.line(`NOT RIGHT: ${differences.length} differences in ${looked}`);
  for (const difference of differences.slice(0, SHOWN)) screen.line(`  ${difference}`);
  return 1;
}
