// `chadan token`: an access token on stdout, for curl. It is good for minutes; it goes nowhere else.
import type { Command } from 'commander';
import { CREDENTIALS_OPTION, runCommand } from './command.ts';
import { readCredentials } from './credentials.ts';
import { ExchangeClient } from './exchange-client.ts';

/** Adds `token` to the program. */
export function addTokenCommand(program: Command): void {
  program
    .command('token')
    .description('print an access token, for curl and other programs')
    .option(...CREDENTIALS_OPTION)
    .addHelpText(
      'after',
      '\nExample:\n  curl -H "Authorization: Bearer $(chadan token)" http://127.0.0.1:8080/v1/lists',
    )
    .action(
      runCommand(async ({ credentials }: { credentials?: string }) => {
        const client = new ExchangeClient(await readCredentials(credentials));
        process.stdout.write(`${await client.accessToken()}\n`);
      }),
    );
}
