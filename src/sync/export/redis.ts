// Redis: commands in RESP for `redis-cli --pipe`. A set holds the senders, a string beside it the state. A full
// export fills a set beside the live one and renames it over; a change adds and removes. Either is one script in
// the end, for a transaction cannot refuse: it would go on after an SADD for which there was no memory, or upon a
// set that is not in the state which the change begins from.
import type { Entry } from '../../list/entry.ts';
import { spellings } from './sender-forms.ts';
import { type ExportFormat, type ExportSubject, stateOf } from './target.ts';

const MEMBERS_A_COMMAND = 500;

// KEYS: the set, its state, the set beside; ARGV: how many members were sent there, the state. An empty set is no
// key that could be renamed.
const SWAP_SCRIPT = `
if redis.call('SCARD', KEYS[3]) ~= tonumber(ARGV[1]) then
  redis.call('DEL', KEYS[3])
  return redis.error_reply('PARTIAL not all members arrived: the set stays as it was')
end
if ARGV[1] == '0' then redis.call('DEL', KEYS[1]) else redis.call('RENAME', KEYS[3], KEYS[1]) end
redis.call('SET', KEYS[2], ARGV[2])
return redis.status_reply('OK')`;

// KEYS: the set, its state; ARGV: the state before, the state after, how many members go, those, the members that come. unpack() is bounded.
const CHANGE_SCRIPT = `
if redis.call('GET', KEYS[2]) ~= ARGV[1] then
  return redis.error_reply('STATE the set is not in the state ' .. ARGV[1])
end
local last = 3 + tonumber(ARGV[3])
for at = 4, #ARGV, ${MEMBERS_A_COMMAND} do
  local stop = at + ${MEMBERS_A_COMMAND - 1}
  if at <= last then redis.call('SREM', KEYS[1], unpack(ARGV, at, math.min(stop, last))) end
  if stop > last then redis.call('SADD', KEYS[1], unpack(ARGV, math.max(at, last + 1), math.min(stop, #ARGV))) end
end
redis.call('SET', KEYS[2], ARGV[2])
return redis.status_reply('OK')`;

export const redis: ExportFormat = {
  // In braces, so that a cluster keeps the three keys together.
  name: (list) => `chadan:{${list}}`,
  names: /^[!-~]{1,100}$/,
  forms: ['national', 'digits', 'e164'],

  *full(subject, entries) {
    const { name } = subject;
    const next = `${name}:next`;
    yield command('DEL', next);
    let count = 0;
    for (const members of batches(membersOf(subject, entries))) {
      count += members.length;
      yield command('SADD', next, ...members);
    }
    yield command('EVAL', SWAP_SCRIPT, '3', name, `${name}:version`, next, String(count), stateOf(subject));
  },

  *change(subject, { since, removed, added }) {
    const { name } = subject;
    const gone = [...membersOf(subject, removed)];
    const come = [...membersOf(subject, added)];
    const states = [since, stateOf(subject), String(gone.length)];
    yield command('EVAL', CHANGE_SCRIPT, '2', name, `${name}:version`, ...states, ...gone, ...come);
  },
};

function* membersOf({ list, forms }: ExportSubject, entries: Iterable<Entry>): Generator<string> {
  for (const { value } of entries) yield* spellings(list, value, forms);
}

function* batches(members: Iterable<string>): Generator<string[]> {
  let batch: string[] = [];
  for (const member of members) {
    batch.push(member);
    if (batch.length < MEMBERS_A_COMMAND) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function command(...words: string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}
