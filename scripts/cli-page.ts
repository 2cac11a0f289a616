// docs/cli.md from what the commands say of themselves: `--write` makes it, `--check` fails when it is stale. It runs
// `chadan` as it is, with all its features, and asks each command for its help in place of doing anything.
import { readFileSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';

const TARGET = new URL('../docs/cli.md', import.meta.url);
const HEADER = `# Commands

<!-- Made from the commands' own help by \`npm run generate\`; not to be edited. -->

\`npx chadan\` in a clone, \`chadan\` where the package is installed. Exit codes: 0 done, 1 failed; where a command has
others its help says which. Data goes to stdout, what is said about it to stderr.
`;

/** A heading and the help of a command, and of those in it, in the order of the help. */
function sectionsOf(command: Command, parent: string, depth: number): string[] {
  const name = `${parent} ${command.name()}`;
  let help = '';
  command.configureOutput({
    writeOut: (text) => {
      help += text;
    },
    getOutHelpWidth: () => 100,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  const section = `${'#'.repeat(depth)} ${name}\n\n\`\`\`text\n${help.trim()}\n\`\`\`\n`;
  return [section, ...command.commands.flatMap((inner) => sectionsOf(inner, name, depth + 1))];
}

async function derivePage(): Promise<string> {
  let sections: string[] = [];
  Command.prototype.parseAsync = async function (this: Command) {
    sections = this.commands.flatMap((command) => sectionsOf(command, 'chadan', 2));
    return this;
  };
  process.argv = process.argv.slice(0, 2); // no command: all features are loaded
  await import('../src/cli.ts');
  if (sections.length === 0) throw new Error('chadan has no commands');
  return [HEADER, ...sections].join('\n');
}

const isWriting = process.argv.includes('--write');
const page = await derivePage();
if (isWriting) writeFileSync(TARGET, page);
else if (readFileSync(TARGET, 'utf8') !== page) {
  process.stderr.write('docs/cli.md is stale: run npm run generate\n');
  process.exitCode = 1;
}
