// A1: a feed of spam reports to candidates, by the command itself, checked against what is known to be in it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ReportTruth, writeReportFile } from './report-file.ts';
import type { Result } from './result.ts';

const SEED = 20261124;
const GOAL_SECONDS = 120;
const PROJECT = fileURLToPath(new URL('..', import.meta.url));

/** Throws where the candidates, or what was left out, are not exactly the known ones. */
export async function benchAnalyze(scale: 'small' | 'full'): Promise<Result> {
  const rows = scale === 'full' ? 5_000_000 : 200_000;
  const directory = mkdtempSync(join(tmpdir(), 'chadan-bench-'));
  try {
    const reports = join(directory, 'reports.csv');
    const out = join(directory, 'candidates.csv');
    const truth = await writeReportFile(reports, { rows, seed: SEED });
    const { seconds, summary, peakMb } = await runAnalyze(reports, out);
    check(truth, summary, readFileSync(out, 'utf8'));
    return {
      id: 'A1',
      goal: '5,000,000 reports in two minutes',
      figure: Math.round(seconds * 10) / 10,
      unit: `s for ${rows} reports`,
      met: seconds <= GOAL_SECONDS,
      details: {
        seed: SEED,
        reportsASecond: Math.round(truth.rows / seconds),
        peakMb,
        fileMb: Math.round(statSync(reports).size / 1e6),
        candidates: truth.candidates.size,
        ...(scale === 'small' && { note: 'the goal is for --scale full' }),
      },
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function runAnalyze(reports: string, out: string) {
  const words = ['--import', 'tsx', 'src/cli.ts', 'analyze', reports, '--out', out, '--json'];
  const start = performance.now();
  const child = spawn(process.execPath, words, { cwd: PROJECT, stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  let peakMb: number | null = null;
  const timer = setInterval(() => {
    peakMb = readPeak(child.pid) ?? peakMb;
  }, 50);
  const [code] = await once(child, 'close');
  clearInterval(timer);
  const seconds = (performance.now() - start) / 1000;
  if (code !== 0) throw new Error(`chadan analyze ended with ${code}: ${text}`);
  return { seconds, peakMb, summary: JSON.parse(text) as ReportTruth };
}

/** The most memory the process has held so far, in megabytes; undefined where the system does not say. */
function readPeak(pid: number | undefined): number | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1000);
  } catch (error) {
    // It has just ended.
    if (
      (error as NodeJS.ErrnoException).code === 'ENOENT' ||
      (error as NodeJS.ErrnoException).code === 'ESRCH'
    )
      return undefined;
    throw error;
  }
}

function check(truth: ReportTruth, summary: ReportTruth, csv: string): void {
  const seen = (name: 'rows' | 'broken' | 'repeated') => {
    if (truth[name] !== summary[name]) throw new Error(`${name}: ${summary[name]}, not ${truth[name]}`);
  };
  seen('rows');
  seen('broken');
  seen('repeated');
  for (const [reason, count] of Object.entries(truth.leftOut)) {
    if (summary.leftOut[reason] !== count) throw new Error(`left out as ${reason}: not ${count}`);
  }
  // Samples hold line breaks: a row is known by its first column.
  const found = [...csv.matchAll(/^sender_number,([^,]+),([^,]+),([^,]+),/gm)];
  if (found.length !== truth.candidates.size) throw new Error(`${found.length} candidates`);
  for (const [, value = '', category, reports] of found) {
    const known = truth.candidates.get(value);
    if (known?.category !== category || known?.reports !== Number(reports)) {
      throw new Error(`a candidate is not as known: ${category}, ${reports}`);
    }
  }
}
