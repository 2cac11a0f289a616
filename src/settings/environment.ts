// Reads the variables: secrets from files where NAME_FILE says so, every fault, and names that are none of ours.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { aboutSetting } from './variable.ts';
import { COMMAND_VARIABLES, HOOK_VARIABLES, VARIABLES } from './variables.ts';

export type Environment = Record<string, string | undefined>;
export type Name = keyof typeof VARIABLES;
export type Values = z.infer<typeof SCHEMA>;
export type Source = 'environment' | 'file' | 'default';

const SCHEMA = z.object(VARIABLES);
export const NAMES = Object.keys(VARIABLES) as Name[];

export interface Reading {
  /** Undefined where something is wrong with one of them. */
  values: Values | undefined;
  /** Where each came from. */
  sources: Record<Name, Source>;
  /** What is wrong, a line each; no value is repeated, it may be a secret. */
  faults: string[];
}

/** Whether a setting may be given in a file. */
export function isSecret(name: Name): boolean {
  const { secret, secretUrl } = aboutSetting(VARIABLES[name]);
  return secret === true || secretUrl === true;
}

/** Reads the variables of an environment; an empty one counts as unset. */
export function readEnvironment(environment: Environment): Reading {
  const given: Environment = {};
  const sources = {} as Record<Name, Source>;
  const faults: string[] = [];
  for (const name of NAMES) {
    const file = isSecret(name) ? environment[`${name}_FILE`] || undefined : undefined;
    const plain = environment[name] || undefined;
    sources[name] = file !== undefined ? 'file' : plain !== undefined ? 'environment' : 'default';
    if (file !== undefined && plain !== undefined)
      faults.push(`${name}: is given, and ${name}_FILE too; only one of them can hold`);
    const value = file === undefined ? plain : readSecret(name, file, faults);
    if (value !== undefined) given[name] = value;
  }
  const parsed = SCHEMA.safeParse(given);
  const told = new Set<string>();
  for (const issue of parsed.error?.issues ?? []) {
    const name = issue.path.join('.');
    if (!told.has(name)) faults.push(`${name}: ${issue.message}`); // the first fault of each is enough
    told.add(name);
  }
  return { values: parsed.data, sources, faults };
}

/**
 * Says of each CHADAN_ variable that is no setting what was perhaps meant. It is no fault: a release that is taken back
 * must start with the settings of the newer one.
 */
export function tellUnknown(environment: Environment): string[] {
  const known = new Set([
    ...NAMES.flatMap((name) => (isSecret(name) ? [name, `${name}_FILE`] : [name])),
    ...Object.keys(COMMAND_VARIABLES),
    ...Object.keys(HOOK_VARIABLES),
  ]);
  return Object.keys(environment)
    .filter((name) => name.startsWith('CHADAN_') && !known.has(name))
    .toSorted()
    .map((name) => {
      const near = [...known].find((other) => distance(name, other) <= 2);
      const meant = near === undefined ? '' : `; ${near} was perhaps meant`;
      return `${name}: there is no such setting, it does nothing${meant}`;
    });
}

function readSecret(name: Name, file: string, faults: string[]): string | undefined {
  try {
    const text = readFileSync(file, 'utf8').split('\n', 1)[0]?.trim();
    if (!text) faults.push(`${name}_FILE: its first line is empty`);
    return text || undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    faults.push(`${name}_FILE: cannot be read (${code})`);
    return undefined;
  }
}

/** How many letters differ (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1];
    for (const [j, against] of [...other].entries()) {
      const [left = 0, above = 0, across = 0] = [next[j], row[j + 1], row[j]];
      next.push(Math.min(left + 1, above + 1, across + (letter === against ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
