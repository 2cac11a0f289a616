// The carrier's commands: submit a file, follow the outcomes, look at a submission.
import type { Command } from 'commander';
import { CommandError, CREDENTIALS_OPTION, runCommand } from '../client/command.ts';
import { followOutcomes, type OutcomeOptions } from './outcomes-command.ts';
import { type SubmissionOptions, showSubmission } from './submission-command.ts';
import { type SubmitOptions, submitFile } from './submit-command.ts';

/** Adds `submit`, `outcomes` and `submission`. */
export function addSubmitCommands(program: Command): void {
  program
    .command('submit')
    .description('hand in candidates; exit 0 all rows accepted, 1 failed, 2 some rows invalid')
    .argument('<file>', '.csv, .ndjson, .jsonl or .json, also with .gz; - is standard input')
    .option(...CREDENTIALS_OPTION)
    .option('--format <format>', 'csv, ndjson or json, where the name of the file does not say it')
    .option('--idempotency-key <key>', 'makes a repeat safe (default: the SHA-256 of the file)')
    .option('--json', 'print the receipt as JSON')
    .action(runCommand((file: string, options: SubmitOptions) => submitFile(file, options)));
  program
    .command('outcomes')
    .description('what was decided on your candidates, in order, none skipped')
    .option(...CREDENTIALS_OPTION)
    .option('--after <cursor>', 'go on from where you were: the cursor that was printed at the end')
    .option('--follow', 'wait for further outcomes until interrupted')
    .option('--json', 'one JSON object a line')
    .option('--csv', 'CSV with a header')
    .action(runCommand((options: OutcomeOptions) => followOutcomes(checkOutcomeOptions(options))));
  program
    .command('submission')
    .description('a submission and what became of it so far')
    .argument('<id>', 'as the receipt says')
    .option(...CREDENTIALS_OPTION)
    .option('--errors <file>', 'write the refused rows to a new CSV file')
    .option('--json', 'print it as JSON')
    .action(runCommand((id: string, options: SubmissionOptions) => showSubmission(id, options)));
}

function checkOutcomeOptions(options: OutcomeOptions): OutcomeOptions {
  if (options.json && options.csv) throw new CommandError('--json and --csv exclude each other: give one');
  return options;
}
