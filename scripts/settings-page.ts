// docs/settings.md from the settings themselves: `--write` makes it, `--check` fails when it is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { isSecret, type Name } from '../src/settings/environment.ts';
import { aboutSetting } from '../src/settings/variable.ts';
import { COMMAND_VARIABLES, HOOK_VARIABLES, PARTS } from '../src/settings/variables.ts';

const TARGET = new URL('../docs/settings.md', import.meta.url);

interface Bounds {
  default?: string | number;
  type?: string;
  enum?: string[];
  minimum?: number;
  maximum?: number;
  maxLength?: number;
}

function row(name: string, schema: z.ZodType): string {
  const { description, form, unset } = aboutSetting(schema);
  const bounds = z.toJSONSchema(schema) as Bounds;
  const held = bounds.default === '' ? 'none' : `\`${bounds.default}\``;
  const fallback = bounds.default === undefined ? (unset ?? '') : held;
  const file = isSecret(name as Name) ? ` May be given in a file: \`${name}_FILE\`.` : '';
  return `| \`${name}\` | ${fallback} | ${form ?? boundsText(bounds)} | ${description}${file} |`;
}

function boundsText({ type, enum: values, minimum, maximum, maxLength }: Bounds): string {
  if (values) return values.map((value) => `\`${value}\``).join(', ');
  if (type === 'string') return maxLength === undefined ? 'text' : `text of at most ${maxLength} characters`;
  const kind = type === 'integer' ? 'whole number' : 'number';
  const figure = (value: number) => value.toLocaleString('en');
  if (maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER)
    return `${kind}, at least ${figure(minimum ?? 0)}`;
  return `${kind}, ${figure(minimum ?? 0)} to ${figure(maximum)}`;
}

function page(): string {
  const parts = PARTS.map(({ title, variables }) => {
    const rows = Object.entries(variables).map(([name, schema]) => row(name, schema));
    return `## ${title}\n\n| variable | default | values | |\n|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  const named = (variables: Record<string, string>) =>
    Object.entries(variables).map(([name, description]) => `| \`${name}\` | ${description} |`);
  return `# Settings

<!-- Made from src/settings/variables.ts by \`npm run generate\`; not to be edited. -->

Environment variables, read once at the start. All faults are reported at once, and the server does not start; a
\`CHADAN_…\` variable that is none of these is warned of. An empty variable counts as unset. \`chadan config\` prints the
settings that hold in an environment and where each came from, without secrets; \`chadan config --json\` for programs.

${parts.join('\n')}
## Of commands

| variable | |
|---|---|
${named(COMMAND_VARIABLES).join('\n')}

\`CHADAN_DATA\` is also where \`chadan keys\` looks for keys.

## Given to programs that \`chadan sync\` and \`chadan export\` run

| variable | |
|---|---|
${named(HOOK_VARIABLES).join('\n')}
`;
}

if (process.argv.includes('--write')) writeFileSync(TARGET, page());
else if (readFileSync(TARGET, 'utf8') !== page()) {
  process.stderr.write('docs/settings.md is stale: run npm run generate\n');
  process.exitCode = 1;
}
