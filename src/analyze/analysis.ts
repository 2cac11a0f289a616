// One run: files in, candidates or an explanation out, and a summary of what was read and left out.
import {
  type Choice,
  chooseCandidates,
  countCandidates,
  countSenders,
  type Period,
} from './candidate-choice.ts';
import { writeCandidates } from './candidate-file.ts';
import { type Explanation, explainSender } from './explanation.ts';
import type { SenderColumn } from './report-columns.ts';
import { type EngineOptions, ReportDatabase } from './report-database.ts';
import { type Encoding, prepareReportFile } from './report-file.ts';
import { type Loaded, loadReports } from './report-loading.ts';
import type { Rules } from './rules.ts';

export interface AnalysisOptions {
  files: readonly string[];
  rules: Rules;
  period: Period;
  sender: SenderColumn;
  encoding: Encoding | undefined;
  engine: EngineOptions;
  now: Date;
  /** Undefined: stdout. */
  out: string | undefined;
  /** Explains this number instead of writing candidates. */
  explain: string | undefined;
  onStage: (stage: string) => void;
}

export interface Analysis extends Loaded, Choice {
  /** `not_applied`: asked for, but no file names reporters. */
  minReporters: 'applied' | 'not_applied' | 'not_asked';
  converted: string[];
  explanation?: Explanation;
}

/** Throws CommandError. Whatever happens, the temporary copy of the reports is removed. */
export async function analyze(options: AnalysisOptions): Promise<Analysis> {
  const db = await ReportDatabase.open(options.engine);
  const giveUp = () => {
    db.removeNow();
    process.exit(1);
  };
  process.once('SIGINT', giveUp).once('SIGTERM', giveUp);
  try {
    return await run(db, options);
  } finally {
    process.off('SIGINT', giveUp).off('SIGTERM', giveUp);
    await db.close();
  }
}

async function run(db: ReportDatabase, options: AnalysisOptions): Promise<Analysis> {
  const { files, rules, sender, encoding, explain, onStage } = options;
  onStage('looking at the files');
  const prepared = [];
  for (const [number, file] of files.entries()) {
    prepared.push(await prepareReportFile(file, number, { directory: db.directory, sender, encoding }));
  }
  const hasReporters = prepared.some(({ places }) => places.has('reporter'));
  onStage('reading reports');
  const loaded = await loadReports(db, prepared, sender);
  onStage('counting');
  const { leftOut } = await countSenders(db, options.period, options.now);
  onStage('choosing');
  await chooseCandidates(db, rules, hasReporters);
  const analysis: Analysis = {
    ...loaded,
    leftOut,
    ...(await countCandidates(db)),
    minReporters: rules.minReporters === undefined ? 'not_asked' : hasReporters ? 'applied' : 'not_applied',
    converted: prepared.filter((file) => file.encoding === 'cp949').map((file) => file.name),
  };
  if (explain !== undefined) {
    return { ...analysis, explanation: await explainSender(db, explain, rules, hasReporters) };
  }
  onStage('writing');
  await writeCandidates(db, options.out);
  return analysis;
}
