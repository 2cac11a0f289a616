// `chadan analyze`: a carrier's spam reports to candidates, for carriers without a system of their own.
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { CommandError, printJson, runCommand } from '../client/command.ts';
import { type AnalysisOptions, analyze } from './analysis.ts';
import { describeExplanation } from './explanation.ts';
import type { SenderColumn } from './report-columns.ts';
import type { Encoding } from './report-file.ts';
import { StageLine } from './stage-line.ts';
import { describeSummary } from './summary.ts';

interface Options {
  out?: string;
  json?: boolean;
  explain?: string;
  minReports: string;
  window: string;
  minReporters?: string;
  maxNotSpam: string;
  minCategoryShare: string;
  since?: string;
  until?: string;
  type: string;
  number: string;
  encoding: string;
  memory: string;
  threads: string;
  temp?: string;
}

const EXAMPLES = `
Examples:
  chadan analyze reports-2026-11.csv --out candidates.csv
  chadan analyze monday.csv tuesday.csv --min-reports 100 --window 2d --out candidates.csv
  chadan analyze reports-2026-11.csv --explain 010-2345-6789
  chadan submit candidates.csv --credentials kt.json`;

const SENDERS: Readonly<Record<string, SenderColumn>> = {
  origin: 'originNumber',
  callback: 'callbackNumber',
};
const MAX_WINDOW_DAYS = 366;

/** Adds the command. */
export function addAnalyzeCommand(program: Command): void {
  program
    .command('analyze')
    .description("find candidates in the agency's spam reports (CSV, UTF-8 or CP949)")
    .argument('<file...>', 'report files')
    .option('--out <file>', 'where the candidates go, as CSV for chadan submit (default: stdout)')
    .option('--min-reports <count>', 'least reports of a number within the window', '50')
    .option('--window <days>', 'calendar days in a row in Seoul, such as 1d or 7d', '1d')
    .option(
      '--min-reporters <count>',
      'least distinct reporters, where a file names them (default: not asked)',
    )
    .option('--max-not-spam <share>', 'largest share of reports found to be no spam (비스팸)', '0.2')
    .option(
      '--min-category-share <share>',
      'least share that the most frequent category needs among reports that name one; below it is other',
      '0',
    )
    .option('--since <day>', 'first day of reports, YYYY-MM-DD in Seoul')
    .option('--until <day>', 'last day of reports, included')
    .option('--type <type>', 'what is looked for; sender_number is all there is', 'sender_number')
    .option(
      '--number <which>',
      'the number taken as sender: origin (원발신번호) or callback (회신번호)',
      'origin',
    )
    .option('--explain <value>', 'say why this number is a candidate or not, instead of writing candidates')
    .option('--encoding <name>', 'utf-8, cp949 (EUC-KR too) or auto', 'auto')
    .option('--memory <size>', 'memory for the engine, such as 1GB', '1GB')
    .option('--threads <count>', 'threads of the engine', String(availableParallelism()))
    .option('--temp <dir>', 'where the work is done; needs about the room of the files')
    .option('--json', 'the summary (stderr) or the explanation (stdout) as JSON')
    .addHelpText('after', EXAMPLES)
    .action(runCommand(runAnalyze));
}

async function runAnalyze(files: string[], options: Options): Promise<void> {
  const line = new StageLine(options.json !== true);
  const settings = readOptions(files, options, (stage) => line.show(stage));
  let analysis: Awaited<ReturnType<typeof analyze>>;
  try {
    analysis = await analyze(settings);
  } finally {
    line.stop();
  }
  const { explanation, ...summary } = analysis;
  if (explanation !== undefined) {
    if (options.json) printJson(explanation);
    else process.stdout.write(describeExplanation(explanation));
    return;
  }
  process.stderr.write(options.json ? `${JSON.stringify(summary)}\n` : describeSummary(summary));
}

function readOptions(files: string[], options: Options, onStage: (stage: string) => void): AnalysisOptions {
  if (options.type !== 'sender_number') throw new CommandError('--type must be sender_number');
  const sender = SENDERS[options.number];
  if (sender === undefined) throw new CommandError('--number must be origin or callback');
  const window = /^([1-9][0-9]{0,2})d$/.exec(options.window);
  const windowDays = Number(window?.[1]);
  if (window === null || windowDays > MAX_WINDOW_DAYS) {
    throw new CommandError(`--window must be days such as 1d, at most ${MAX_WINDOW_DAYS}d`);
  }
  if (!/^[1-9][0-9]*(?:\.[0-9]+)?[KMGT]B$/.test(options.memory)) {
    throw new CommandError('--memory must be a size such as 800MB or 2GB');
  }
  const { minReporters, maxNotSpam } = options;
  return {
    files,
    rules: {
      minReports: readCount('--min-reports', options.minReports),
      windowDays,
      minReporters: minReporters === undefined ? undefined : readCount('--min-reporters', minReporters),
      maxNotSpam: readShare('--max-not-spam', maxNotSpam),
      minCategoryShare: readShare('--min-category-share', options.minCategoryShare),
    },
    period: readPeriod(options),
    sender,
    encoding: readEncoding(options.encoding),
    engine: {
      memory: options.memory,
      threads: readCount('--threads', options.threads),
      temporary: options.temp,
    },
    now: new Date(),
    out: options.out,
    explain: options.explain,
    onStage,
  };
}

function readCount(name: string, text: string): number {
  if (!/^[1-9][0-9]{0,8}$/.test(text)) throw new CommandError(`${name} must be a whole number, 1 or more`);
  return Number(text);
}

function readShare(name: string, text: string): number {
  if (!/^(?:0(?:\.[0-9]+)?|1(?:\.0+)?)$/.test(text))
    throw new CommandError(`${name} must be a number from 0 to 1`);
  return Number(text);
}

function readPeriod({ since, until }: Options): AnalysisOptions['period'] {
  const period = { since: readDay('--since', since), until: readDay('--until', until) };
  if (period.since !== undefined && period.until !== undefined && period.until < period.since) {
    throw new CommandError('--until lies before --since');
  }
  return period;
}

function readDay(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const day = new Date(`${text}T00:00:00Z`);
  if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== text) {
    throw new CommandError(`${name} must be a day, YYYY-MM-DD`);
  }
  return text;
}

function readEncoding(text: string): Encoding | undefined {
  if (text === 'auto') return undefined;
  if (text === 'utf-8' || text === 'cp949') return text;
  throw new CommandError('--encoding must be utf-8, cp949 or auto');
}
