// A commit that waits for a synchronous standby waits for ever: no time limit of PostgreSQL holds there. Here it has one.
// Beyond it nobody knows whether the work is stored, nor is the connection of use: it is cut, and the caller told to repeat.
import type pg from 'pg';

const BEGIN = /^\s*(?:begin|start transaction)\b/i;
const END = /^\s*(?:commit|rollback|end)\s*;?\s*$/i;
const COMMIT = /^\s*(?:commit|end)\s*;?\s*$/i;
const WRITE = /^\s*(?:insert|update|delete|merge|with)\b/i;
/** What a commit warns of, whose wait for the standby was ended by someone else. */
const WARNING = '01000';

/** It was sent to be committed, and that was not confirmed. */
export class CommitUnconfirmed extends Error {
  override readonly name = 'CommitUnconfirmed';
  readonly code = 'commit-unconfirmed';
}

type Callback = (error: Error | undefined | null, result?: unknown) => void;

/** @param limitMs longer than any time limit on statements, which ends what does not commit */
export function limitCommits(client: pg.ClientBase, limitMs: number): void {
  const send = client.query.bind(client) as (...words: unknown[]) => unknown;
  let inTransaction = false;
  let wasWarned = false;
  let lost: CommitUnconfirmed | undefined;
  client.on('notice', ({ code }) => {
    wasWarned ||= code === WARNING;
  });
  const query = (...words: unknown[]): unknown => {
    // A rollback after it must not say less than the commit did.
    if (lost && typeof words.at(-1) !== 'function') return Promise.reject(lost);
    const text = textOf(words[0]);
    const commits = COMMIT.test(text) || (!inTransaction && WRITE.test(text));
    if (BEGIN.test(text)) inTransaction = true;
    else if (END.test(text)) inTransaction = false;
    if (!commits) return send(...words);
    wasWarned = false;
    const limit = setTimeout(() => {
      lost = new CommitUnconfirmed('no confirmation of a commit in time');
      cut(client, lost);
    }, limitMs);
    const confirm = (result: unknown) => {
      if (wasWarned) throw new CommitUnconfirmed('the wait for the standby was ended');
      return result;
    };
    const told = words.at(-1);
    if (typeof told !== 'function')
      return (send(...words) as Promise<unknown>).then(confirm).finally(() => clearTimeout(limit));
    const callback: Callback = (error, result) => {
      clearTimeout(limit);
      const unconfirmed =
        !error && wasWarned ? new CommitUnconfirmed('the wait for the standby was ended') : error;
      (told as Callback)(unconfirmed, result);
    };
    return send(...words.slice(0, -1), callback);
  };
  client.query = query as typeof client.query;
}

/** The SQL; '' of what is no text, such as a stream of rows. */
function textOf(given: unknown): string {
  if (typeof given === 'string') return given;
  const { text } = (given ?? {}) as { text?: unknown };
  return typeof text === 'string' ? text : '';
}

function cut(client: pg.ClientBase, reason: Error): void {
  const { connection } = client as unknown as { connection: { stream: { destroy: (error: Error) => void } } };
  connection.stream.destroy(reason);
}
