// `chadan relays`: what each relay holds of each list, as the exchange knows it, for whoever runs or audits it.
import type { Command } from 'commander';
import { CREDENTIALS_OPTION, printJson, runCommand } from '../client/command.ts';
import { readCredentials } from '../client/credentials.ts';
import { ExchangeClient } from '../client/exchange-client.ts';

interface Relay {
  organization: string;
  name: string;
  list: string;
  state: string;
  version: number | null;
  lagVersions: number | null;
  lagSeconds: number | null;
  lastPullAt: string | null;
  connected: boolean;
}

/** States that need nobody to look. */
const FINE = new Set(['current', 'behind']);
const HEADINGS = ['ORGANIZATION', 'CLIENT', 'LIST', 'STATE', 'VERSION', 'BEHIND', 'LAST PULL', 'EVENTS'];

/** Adds `relays` to the program. */
export function addPublishCommands(program: Command): void {
  program
    .command('relays')
    .description('what each relay holds, and how far it is behind (as agency or auditor)')
    .option(...CREDENTIALS_OPTION)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExit code: 0 all are current or catching up, 2 some need a look, 1 it could not be asked.',
    )
    .action(runCommand(listRelays));
}

async function listRelays({ credentials, json }: { credentials?: string; json?: boolean }): Promise<number> {
  const exchange = new ExchangeClient(await readCredentials(credentials));
  const { items } = await exchange.requestJson<{ items: Relay[] }>('/v1/relays');
  if (json) printJson(items);
  else printTable([HEADINGS, ...items.map(rowOf)]);
  return items.every(({ state }) => FINE.has(state)) ? 0 : 2;
}

function rowOf(relay: Relay): string[] {
  const { organization, name, list, state, version, lagVersions, lagSeconds, lastPullAt, connected } = relay;
  const behind = lagVersions === null ? '-' : lagVersions === 0 ? '0' : `${lagVersions} (${lagSeconds} s)`;
  return [
    organization,
    name,
    list,
    FINE.has(state) ? state : state.toUpperCase(),
    String(version ?? '-'),
    behind,
    lastPullAt ?? 'never',
    connected ? 'connected' : '-',
  ].map(printable);
}

function printTable(rows: string[][]): void {
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) {
    const line = row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
    process.stdout.write(`${line.trimEnd()}\n`);
  }
}

/** Text from the exchange, without what a terminal would obey. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
}
