// PostgreSQL: SQL for psql. A table with a row for each spelling of an entry; its comment is the state. A full
// export fills a table beside it and swaps them by renaming; a change deletes and inserts, where the table is in
// the state that it begins from. Either is one transaction, and NOTIFY tells whoever listens.
import type { Entry } from '../../list/entry.ts';
import { spellings } from './sender-forms.ts';
import { type ExportFormat, type ExportSubject, stateOf } from './target.ts';

const COLUMNS = '(sender, value, category, until)';

export const postgresql: ExportFormat = {
  name: (list) => `chadan_${list.replace('-', '_')}`,
  names: /^[a-z_][a-z0-9_]{0,49}$/,
  forms: ['national', 'digits', 'e164'],

  *full(subject, entries) {
    const { name } = subject;
    yield `\\set ON_ERROR_STOP on
SET client_min_messages = warning;
BEGIN;
-- One at a time: two that ran together would both fill the same staging table.
SELECT pg_advisory_xact_lock(hashtext('${name}'));
CREATE TABLE IF NOT EXISTS ${name} (
  sender text NOT NULL,
  value text NOT NULL,
  category text NOT NULL,
  until date
);
COMMENT ON COLUMN ${name}.until IS 'the last day in force; null: permanent';
CREATE TABLE ${name}_next (LIKE ${name} INCLUDING COMMENTS);
COPY ${name}_next ${COLUMNS} FROM stdin;
`;
    yield* rows(subject, entries);
    yield `\\.
CREATE INDEX ON ${name}_next (sender);
CREATE INDEX ON ${name}_next (value);
ANALYZE ${name}_next;
-- The new table is as readable as the old one was.
DO $$
DECLARE privilege record;
BEGIN
  FOR privilege IN
    SELECT grantee, privilege_type FROM information_schema.role_table_grants
    WHERE table_schema = current_schema() AND table_name = '${name}' AND grantee <> current_user
  LOOP
    EXECUTE format('GRANT %s ON ${name}_next TO %s', privilege.privilege_type,
      CASE privilege.grantee WHEN 'PUBLIC' THEN 'PUBLIC' ELSE quote_ident(privilege.grantee) END);
  END LOOP;
END $$;
DROP TABLE ${name};
ALTER TABLE ${name}_next RENAME TO ${name};
${close(subject)}`;
  },

  *change(subject, { since, removed, added }) {
    const { name } = subject;
    yield `\\set ON_ERROR_STOP on
SET client_min_messages = warning;
BEGIN;
SELECT pg_advisory_xact_lock(hashtext('${name}'));
DO $$ BEGIN
  IF obj_description(to_regclass('${name}'), 'pg_class') IS DISTINCT FROM '${since}' THEN
    RAISE EXCEPTION 'the table ${name} is not in the state ${since}';
  END IF;
END $$;
CREATE TEMPORARY TABLE chadan_removed (value text) ON COMMIT DROP;
COPY chadan_removed FROM stdin;
`;
    for (const { value } of removed) yield `${value}\n`;
    yield `\\.
DELETE FROM ${name} USING chadan_removed WHERE ${name}.value = chadan_removed.value;
COPY ${name} ${COLUMNS} FROM stdin;
`;
    yield* rows(subject, added);
    yield `\\.\n${close(subject)}`;
  },
};

function* rows({ list, forms }: ExportSubject, entries: Iterable<Entry>): Generator<string> {
  for (const { value, category, until } of entries) {
    const terms = `${value}\t${category}\t${until === 'permanent' ? '\\N' : until}\n`;
    for (const sender of spellings(list, value, forms)) yield `${sender}\t${terms}`;
  }
}

function close(subject: ExportSubject): string {
  const state = stateOf(subject);
  return `COMMENT ON TABLE ${subject.name} IS '${state}';
NOTIFY ${subject.name}, '${state}';
COMMIT;
`;
}
