// What the sidecar is asked about a message, and what it answers: a sender, a code, or both. Bounded, and never more
// than the lists in force and the operator's own exceptions say.
import type { ListId } from '../list/entry.ts';
import type { CheckResult } from './check-result.ts';
import type { Relay } from './relay.ts';

export interface Question {
  /** A sender in any spelling. */
  from?: string;
  /** An originator code. */
  code?: string;
}

export interface Match {
  list: ListId;
  value: string;
  /** Null where the operator's own file lists it. */
  category: string | null;
  until: string | null;
  listedBy: 'exchange' | 'deny';
}

export interface Answer {
  blocked: boolean;
  matches: Match[];
  /** Values that the operator's own file lets pass, whatever the list says; absent where there are none. */
  allowed?: { list: ListId; value: string }[];
  /** What is no sender or no code, and so cannot be listed; absent where all is. */
  refusals?: { list: ListId; code: string; detail: string }[];
}

export interface ListState {
  list: ListId;
  /** Null where no list is in force. */
  version: number | null;
  stale: boolean;
}

/** A question that is none; the message says why. */
export class QuestionError extends Error {
  override readonly name = 'QuestionError';
}

const MAX_TEXT = 256;
const MAX_QUESTIONS = 10_000;
const ASKS: readonly (readonly [keyof Question, ListId])[] = [
  ['from', 'sender-numbers'],
  ['code', 'originator-codes'],
];

/**
 * Answers about one message. `onBlocked` is told of each value of the signed list that blocks it.
 * @throws SyncError where a list that is asked about is not in force
 */
export function answer(
  relay: Relay,
  question: Question,
  onBlocked: (list: ListId, value: string) => void,
): Answer {
  const answered: Answer = { blocked: false, matches: [] };
  for (const [name, list] of ASKS) {
    const text = question[name];
    if (text === undefined) continue;
    if (!relay.lists.includes(list)) throw new QuestionError(`this relay does not hold ${list}`);
    take(answered, relay.check(text, { list }));
  }
  for (const { list, value, listedBy } of answered.matches)
    if (listedBy === 'exchange') onBlocked(list, value);
  return answered;
}

function take(answered: Answer, { list, value, category, until, listedBy, refusal }: CheckResult): void {
  if (refusal) answered.refusals = [...(answered.refusals ?? []), { list, ...refusal }];
  if (value === undefined || listedBy === undefined) return;
  if (listedBy === 'allow') {
    answered.allowed = [...(answered.allowed ?? []), { list, value }];
    return;
  }
  answered.blocked = true;
  answered.matches.push({ list, value, category: category ?? null, until: until ?? null, listedBy });
}

/** The state of every list, for each answer. */
export function listStates(relay: Relay): ListState[] {
  return relay.lists.map((list) => ({
    list,
    version: relay.inForce(list)?.manifest.version ?? null,
    stale: relay.isStale(list),
  }));
}

/** Reads a query string; a `+` stands for itself, for gateways send numbers as they are. Throws QuestionError. */
export function readQuery(query: string): Question {
  const question: Question = {};
  for (const pair of query.split('&')) {
    const at = pair.indexOf('=');
    const name = at < 0 ? pair : pair.slice(0, at);
    if (name !== 'from' && name !== 'code') throw new QuestionError('the parameters are from and code');
    if (question[name] !== undefined) throw new QuestionError(`${name} is given twice`);
    question[name] = readText(decode(at < 0 ? '' : pair.slice(at + 1)), name);
  }
  return question;
}

function decode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new QuestionError('a parameter is not URL-encoded UTF-8');
  }
}

function readText(text: unknown, name: string): string {
  if (typeof text !== 'string') throw new QuestionError(`${name} must be a text`);
  if (text.length > MAX_TEXT) throw new QuestionError(`${name} is longer than ${MAX_TEXT} characters`);
  return text;
}

/** Reads `{"checks": [{"from", "code"}, …]}`. Throws QuestionError. */
export function readQuestions(body: string): Question[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw new QuestionError('the body is not JSON');
  }
  const { checks, ...rest } = (parsed ?? {}) as Record<string, unknown>;
  if (!Array.isArray(checks) || Object.keys(rest).length > 0)
    throw new QuestionError('the body must be {"checks": [{"from", "code"}, …]}');
  if (checks.length > MAX_QUESTIONS) throw new QuestionError(`more than ${MAX_QUESTIONS} checks`);
  return checks.map(readQuestion);
}

function readQuestion(item: unknown): Question {
  const question: Question = {};
  for (const [name, text] of Object.entries((item ?? {}) as Record<string, unknown>)) {
    if (name !== 'from' && name !== 'code') throw new QuestionError('a check has from, code, or both');
    question[name] = readText(text, name);
  }
  if (Object.keys(question).length === 0) throw new QuestionError('a check has from, code, or both');
  return question;
}
