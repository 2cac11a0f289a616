// A command of `chadan` in this process: what it prints, and how it ends.
import { Command } from 'commander';
import { vi } from 'vitest';

export interface Ended {
  code: number;
  out: string;
  err: string;
}

/** Runs words as typed; one at a time, for the streams are the process's own. */
export async function runWords(add: (program: Command) => void, words: readonly string[]): Promise<Ended> {
  const texts = { out: '', err: '' };
  const record = (stream: 'out' | 'err') => (text: unknown) => {
    texts[stream] += String(text);
    return true;
  };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(record('out')),
    vi.spyOn(process.stderr, 'write').mockImplementation(record('err')),
  ];
  const program = new Command('chadan').exitOverride();
  add(program);
  try {
    await program.parseAsync(words, { from: 'user' });
    return { code: Number(process.exitCode ?? 0), ...texts };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.exitCode = 0;
  }
}
