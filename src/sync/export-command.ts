// `chadan export`: a list in the form that a gateway takes, to stdout, to a file that is replaced atomically, or
// to a command; the command gets only what changed where the state that it took last is remembered and still fits.
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { CommandError } from '../client/command.ts';
import { type Entry, type ListId, parseLine } from '../list/entry.ts';
import { giveTo } from './export/command-output.ts';
import { readChange, writeState } from './export/export-state.ts';
import { writeFileAtomically } from './export/file-output.ts';
import { FORMATS } from './export/formats.ts';
import {
  type ExportFormat,
  type ExportSubject,
  type FormatName,
  type SenderForm,
  stateOf,
} from './export/target.ts';
import { openRelay, type Relay } from './relay.ts';
import { TextOutput } from './text-output.ts';

export interface ExportOptions {
  dir: string;
  list: ListId;
  format: FormatName;
  out?: string;
  to?: string;
  state?: string;
  forms?: SenderForm[];
  name?: string;
}

/** A list that is open, and what is to be made of it. */
interface Export {
  relay: Relay;
  subject: ExportSubject;
  format: ExportFormat;
  count: number;
}

export async function exportCommand(options: ExportOptions): Promise<void> {
  const format = FORMATS[options.format];
  checkOptions(options, format);
  const relay = await openRelay({ dir: options.dir, lists: [options.list] });
  const exported = { relay, format, ...(await describe(relay, options, format)) };
  const { out, to } = options;
  // The file first: what the command makes a gateway do may be to read it.
  if (out !== undefined) await writeFileAtomically(resolve(out), fullOf(exported));
  if (to !== undefined) await exportTo(exported, to, options);
  if (out === undefined && to === undefined) await print(fullOf(exported));
}

function checkOptions({ list, format: name, out, to, state, ...given }: ExportOptions, format: ExportFormat) {
  if (format.lists?.includes(list) === false) {
    throw new CommandError(`${list} holds no numbers: --format ${name} does not fit`);
  }
  if (state !== undefined && to === undefined) {
    throw new CommandError('--state remembers what a command took: it needs --to');
  }
  if (state !== undefined && !format.change) {
    throw new CommandError(`--format ${name} is always written whole: --state does not fit`);
  }
  if (to !== undefined && format.reload && out === undefined) {
    throw new CommandError(`--format ${name} --to needs --out: the command makes the gateway read that file`);
  }
  if (given.name !== undefined && format.names?.test(given.name) !== true) {
    throw new CommandError(
      format.names ? `--name must match ${format.names.source}` : `--format ${name} has no name`,
    );
  }
}

async function describe(
  relay: Relay,
  { list, forms, name, ...options }: ExportOptions,
  format: ExportFormat,
): Promise<Pick<Export, 'subject' | 'count'>> {
  const [status] = await relay.status();
  const { fault, epoch, version, count } = status ?? {};
  if (epoch === undefined || version === undefined || count === undefined) {
    throw new CommandError(fault?.message ?? `${options.dir} holds no ${list}`);
  }
  const named = name ?? format.name?.(list) ?? list;
  return { subject: { list, epoch, version, name: named, forms: forms ?? format.forms }, count };
}

/** Gives the command what changed; all of it where that is not known, or was not taken. */
async function exportTo(exported: Export, command: string, { state, format }: ExportOptions): Promise<void> {
  const { relay, subject, count } = exported;
  const variables = {
    CHADAN_LIST: subject.list,
    CHADAN_NAME: subject.name,
    CHADAN_EPOCH: subject.epoch,
    CHADAN_VERSION: String(subject.version),
  };
  const target = fingerprint(format, subject, command);
  const isChanged = state !== undefined && (await changeTarget(exported, command, state, target, variables));
  if (!isChanged) {
    const texts = exported.format.reload?.(subject) ?? fullOf(exported);
    await giveTo(command, texts, variables);
  }
  if (state === undefined) return;
  await writeState(state, { target, state: stateOf(subject), count }, relay.sortedLines(subject.list));
}

/** Even a change of nothing is given: a target that lost its state refuses it, and is given all of it. */
async function changeTarget(
  { relay, subject, format }: Export,
  command: string,
  state: string,
  target: string,
  variables: Record<string, string>,
): Promise<boolean> {
  const change = await readChange(state, target, relay.sortedLines(subject.list));
  if (!change || !format.change) return false;
  try {
    await giveTo(command, format.change(subject, change), variables);
    return true;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    process.stderr.write(`chadan: ${subject.list}: ${error.message}; giving it the whole list\n`);
    return false;
  }
}

/** By what a remembered state is known to be of this very target. */
function fingerprint(format: FormatName, { list, name, forms }: ExportSubject, command: string): string {
  return createHash('sha256')
    .update(JSON.stringify([format, list, name, forms, command]))
    .digest('hex');
}

function fullOf({ relay, subject, format }: Export): Iterable<string> {
  return format.full(subject, entriesInOrder(relay, subject.list));
}

function* entriesInOrder(relay: Relay, list: ListId): Generator<Entry> {
  for (const line of relay.sortedLines(list)) yield parseLine(line);
}

async function print(texts: Iterable<string>): Promise<void> {
  const output = new TextOutput(process.stdout);
  for (const text of texts) await output.write(text);
  await output.end();
}
