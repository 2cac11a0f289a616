// Kamailio: the rows of a hash table as a file of its db_text module, which Kamailio loads at start and at
// htable.reload; for a change, commands for kamcmd. The row `state` says which version the table holds.
import type { Entry } from '../../list/entry.ts';
import { spellings } from './sender-forms.ts';
import { type ExportFormat, type ExportSubject, stateOf } from './target.ts';

const STATE_KEY = 'state';

export const kamailio: ExportFormat = {
  name: (list) => `chadan_${list.replace('-', '_')}`,
  names: /^[a-z_][a-z0-9_]{0,49}$/,
  forms: ['national', 'digits', 'e164'],

  *full(subject, entries) {
    yield 'key_name(string) key_type(int) value_type(int) key_value(string) expires(int)\n';
    // In db_text a colon ends a field.
    yield row(STATE_KEY, tableState(subject));
    for (const [sender, category] of sendersOf(subject, entries)) yield row(sender, category);
  },

  *change(subject, { removed, added }) {
    const { name } = subject;
    // Added first, then removed where it is not added again: no listed sender is let through between.
    const staying = new Set<string>();
    for (const [sender, category] of sendersOf(subject, added)) {
      staying.add(sender);
      yield `htable.sets ${name} s:${sender} s:${category}\n`;
    }
    for (const [sender] of sendersOf(subject, removed)) {
      if (!staying.has(sender)) yield `htable.delete ${name} s:${sender}\n`;
    }
    yield `htable.sets ${name} s:${STATE_KEY} s:${tableState(subject)}\n`;
    yield* askState(subject);
  },

  *reload(subject) {
    yield `htable.reload ${subject.name}\n`;
    yield* askState(subject);
  },
};

/** The last word of the answer: by it is seen what the table really holds, for kamcmd ends with 0 in any case. */
function* askState({ name }: ExportSubject): Generator<string> {
  yield `htable.get ${name} s:${STATE_KEY}\n`;
}

function tableState(subject: ExportSubject): string {
  return stateOf(subject).replace(':', '/');
}

// key_type 0: a plain key; value_type 0: a text; expires 0: never.
function row(key: string, value: string): string {
  return `${key}:0:0:${value}:0\n`;
}

function* sendersOf(
  { list, forms }: ExportSubject,
  entries: Iterable<Entry>,
): Generator<[sender: string, category: string]> {
  for (const { value, category } of entries) {
    for (const sender of spellings(list, value, forms)) yield [sender, category];
  }
}
