// `npm run chaos [-- --long]`: every chaos program one after another, in short forms or in those whose figures are in
// docs/robustness.md, and what came of each. It goes on after one that failed, and fails at the end.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

interface Program {
  name: string;
  short: string[];
  long: string[];
}

const PROGRAMS: readonly Program[] = [
  { name: 'chaos-publish', short: ['--rounds', '6'], long: ['--rounds', '210'] },
  { name: 'chaos-steps', short: ['--only', 'commit'], long: [] },
  { name: 'chaos-instances', short: ['--rounds', '3'], long: ['--rounds', '30'] },
  { name: 'chaos-submit', short: ['--rounds', '6'], long: ['--rounds', '200'] },
  { name: 'chaos-sync', short: ['--rounds', '6'], long: ['--rounds', '200'] },
];

interface Outcome {
  command: string;
  seconds: number;
  /** Its last line says what came of it. */
  lastLine: string;
  passed: boolean;
}

/** Runs one to its end; what it says is passed on. */
async function runProgram(name: string, words: string[]): Promise<Outcome> {
  const script = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
  const command = `npm run ${name.replace('-', ':')}${words.length > 0 ? ` -- ${words.join(' ')}` : ''}`;
  process.stdout.write(`${command}\n`);
  const begun = performance.now();
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), script, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    process.stdout.write(text);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  const lastLine = output.trim().split('\n').at(-1) ?? '';
  return { command, seconds: (performance.now() - begun) / 1000, lastLine, passed: code === 0 };
}

const { values } = parseArgs({ options: { long: { type: 'boolean', default: false } } });
const outcomes: Outcome[] = [];
for (const { name, short, long } of PROGRAMS)
  outcomes.push(await runProgram(name, values.long ? long : short));
process.stdout.write('\n');
for (const { command, seconds, lastLine, passed } of outcomes)
  process.stdout.write(
    `${passed ? 'held  ' : 'FAILED'} ${`${Math.round(seconds)} s`.padStart(6)}  ${command}\n               ${lastLine}\n`,
  );
if (outcomes.some(({ passed }) => !passed)) process.exitCode = 1;
