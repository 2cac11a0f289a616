// What the test runs of `.ci/run` came to, from their JSON reports in a directory: NAME.json of a run, and NAME.again.json
// where the files that failed were run once more.
//   test-results.ts failed REPORT   the test files that failed in it, a line each
//   test-results.ts sum DIRECTORY   what failed and what was unsteady, and the counts as the last line
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** What is read of a report of Vitest (`--reporter=json`). */
interface Report {
  testResults: FileResult[];
}

interface FileResult {
  /** The absolute path. */
  name: string;
  status: 'passed' | 'failed';
  /** Why the file as a whole failed; empty where single tests did. */
  message: string;
  assertionResults: { fullName: string; status: string; failureMessages: string[] | null }[];
}

const AGAIN = '.again.json';
const MESSAGE_LINES = 12;

function read(path: string): FileResult[] {
  return (JSON.parse(readFileSync(path, 'utf8')) as Report).testResults;
}

/** A file fails also without a failing test, when it cannot be loaded. */
function failedFiles(path: string): string[] {
  return read(path)
    .filter((file) => file.status === 'failed')
    .map((file) => relative(process.cwd(), file.name));
}

interface Counts {
  passed: number;
  failed: number;
  unrun: number;
}

/** Prints what failed, and what failed at first only. */
function addUp(directory: string): Counts {
  const counts: Counts = { passed: 0, failed: 0, unrun: 0 };
  const names = readdirSync(directory).filter((name) => name.endsWith('.json') && !name.endsWith(AGAIN));
  for (const name of names) {
    const repeated = join(directory, name.replace(/\.json$/, AGAIN));
    const again = new Map((existsSync(repeated) ? read(repeated) : []).map((file) => [file.name, file]));
    for (const first of read(join(directory, name))) {
      const last = again.get(first.name) ?? first;
      if (first.status === 'failed')
        tell(last === first || last.status === 'failed' ? 'FAILED' : 'UNSTEADY', first);
      if (last !== first && last.status === 'failed') tell('FAILED AGAIN', last);
      count(last, counts);
    }
  }
  return counts;
}

function count(file: FileResult, counts: Counts): void {
  for (const { status } of file.assertionResults) {
    if (status === 'passed') counts.passed++;
    else if (status === 'failed') counts.failed++;
    else counts.unrun++;
  }
  if (file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'))
    counts.failed++;
}

function tell(what: string, file: FileResult): void {
  const path = relative(process.cwd(), file.name);
  if (file.message !== '') print(`${what} ${path}`, file.message);
  for (const test of file.assertionResults) {
    if (test.status === 'failed')
      print(`${what} ${path}: ${test.fullName}`, (test.failureMessages ?? []).join('\n'));
  }
}

function print(title: string, message: string): void {
  const lines = message.split('\n').filter((line) => !line.includes('/node_modules/'));
  process.stdout.write(
    `${title}\n${lines
      .slice(0, MESSAGE_LINES)
      .map((line) => `    ${line}\n`)
      .join('')}`,
  );
}

const [verb, path] = process.argv.slice(2);
if (verb === 'failed' && path !== undefined) {
  for (const file of failedFiles(path)) console.log(file);
} else if (verb === 'sum' && path !== undefined) {
  const { passed, failed, unrun } = addUp(path);
  if (unrun > 0) console.log(`${unrun} tests did not run`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || unrun > 0 || passed === 0 ? 1 : 0;
} else {
  console.error('usage: test-results.ts failed REPORT | sum DIRECTORY');
  process.exitCode = 2;
}
