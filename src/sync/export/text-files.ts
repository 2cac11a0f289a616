// Targets that read a file: one sender a line for anything, for Kannel, and a map for nginx. They are replaced
// whole; a format of theirs has no change.
import { formatLine } from '../../list/entry.ts';
import { SNAPSHOT_HEADER } from '../../list/snapshot.ts';
import { spellings } from './sender-forms.ts';
import { type ExportFormat, type SenderForm, stateOf } from './target.ts';

/**
 * A sender that cannot be (010 is followed by 2 to 9) and is always on Kannel's list: whether Kannel refuses it
 * tells whether it holds the list at all.
 */
const CANARY = '01000000000';

/** One sender a line, in one form where no others are asked for. */
export function senderLines(form: SenderForm): ExportFormat {
  return {
    lists: ['sender-numbers'],
    forms: [form],
    *full({ list, forms }, entries) {
      for (const { value } of entries) yield lines(spellings(list, value, forms));
    },
  };
}

/** The canonical snapshot (format §3). */
export const csv: ExportFormat = {
  forms: [],
  *full(_subject, entries) {
    yield SNAPSHOT_HEADER;
    for (const entry of entries) yield `${formatLine(entry)}\n`;
  },
};

/** Kannel compares digits: it knows neither dashes nor a plus. A last line without a newline it does not read. */
export const kannel: ExportFormat = {
  lists: ['sender-numbers'],
  forms: ['national', 'digits'],
  *full(subject, entries) {
    const { list, forms } = subject;
    yield `# ${list} ${stateOf(subject)}\n${CANARY}\n`;
    for (const { value } of entries) yield lines(spellings(list, value, forms));
  },
};

/** The lines of an nginx map: `01012345678 gambling;`. A backslash keeps a code from being a word of nginx. */
export const nginx: ExportFormat = {
  forms: ['national', 'digits'],
  *full(subject, entries) {
    const { list, forms } = subject;
    yield `# ${list} ${stateOf(subject)}\n`;
    for (const { value, category } of entries) {
      for (const sender of spellings(list, value, forms))
        yield `${/^[0-9]/.test(sender) ? '' : '\\\\'}${sender} ${category};\n`;
    }
  },
};

function lines(senders: readonly string[]): string {
  return senders.map((sender) => `${sender}\n`).join('');
}
