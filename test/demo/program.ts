// Runs a program of scripts/ in a process of its own, with a temporary directory that it must leave empty.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
  /** What was left in the temporary directory. */
  leftovers: string[];
}

/** Runs `scripts/NAME.ts`. `watch` is told of all output so far, whenever there is more. */
export async function runProgram(
  name: string,
  words: readonly string[],
  watch: (output: string, child: ChildProcess) => void = () => undefined,
): Promise<Ended> {
  const directory = await mkdtemp(join(tmpdir(), 'chadan-test-program-'));
  await chmod(directory, 0o755); // as root, PostgreSQL runs as another user, who must come through
  try {
    const script = fileURLToPath(new URL(`../../scripts/${name}.ts`, import.meta.url));
    const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), script, ...words], {
      env: { ...process.env, TMPDIR: directory },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      watch(stdout, child);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const [code] = (await once(child, 'close')) as [number | null];
    // tsx keeps what it compiled there.
    const leftovers = (await readdir(directory)).filter((entry) => !entry.startsWith('tsx-'));
    return { code, stdout, stderr, leftovers };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
