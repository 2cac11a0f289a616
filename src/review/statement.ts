// The statement of reasons, to print or to send: why a value is blocked, since when, by whom, until when, and how to
// object. It says nothing of reporters, messages or carriers (domain rule 7).
import { dayOf } from '../list/day.ts';
import { displayValue } from '../list/listed-value.ts';
import type { selectDecisions } from './decision-queries.ts';
import type { EntryRow } from './entry-queries.ts';
import { type Language, type StatementWords, WORDS } from './statement-words.ts';

export interface StatementFacts {
  newest: EntryRow;
  decisions: Awaited<ReturnType<typeof selectDecisions>>;
  today: string;
  timeZone: string;
}

export function writeStatement(
  facts: StatementFacts,
  language: Language,
  type: 'text/html' | 'text/plain',
): string {
  const words = WORDS[language];
  const lines = linesOf(facts, words);
  return type === 'text/plain' ? toText(words, lines) : toHtml(language, words, lines);
}

type Line = readonly [label: string, text: string];

function linesOf({ newest, decisions, today, timeZone }: StatementFacts, words: StatementWords): Line[] {
  const decision = decisions.find((one) => one.id === newest.decision_id);
  const listed = newest.removed_in === null;
  const state = listed ? words.listed : newest.removal_reason === 'expired' ? words.expired : words.released;
  const lines: Line[] = [
    [
      newest.list_id === 'sender-numbers' ? words.number : words.code,
      displayValue(newest.list_id, newest.value),
    ],
    [words.state, state],
    [words.category, words.categories[newest.category] ?? newest.category],
    [words.since, `${dayOf(newest.listed_at, timeZone)} (${words.version} ${newest.listed_in})`],
    endOf(newest, timeZone, words),
    [words.organization, newest.organization],
    [words.decision, `${newest.decision_id}${decision ? `, ${dayOf(decision.decided_at, timeZone)}` : ''}`],
  ];
  if (decision?.confirms) lines.push([words.confirmed, words.twoPeople]);
  lines.push([words.printed, today]);
  return lines;
}

/** Until when it is blocked; of what is no longer, since when and why. */
function endOf(
  { until, ended_at: endedAt, removal_reason: reason }: EntryRow,
  timeZone: string,
  words: StatementWords,
): Line {
  if (endedAt === null || reason === null) return [words.until, until ?? words.permanent];
  const day = dayOf(endedAt, timeZone);
  return [words.releasedOn, words.reasons[reason] ? `${day} (${words.reasons[reason]})` : day];
}

function toText(words: StatementWords, lines: readonly Line[]): string {
  const rows = lines.map(([label, text]) => `${label}: ${text}`);
  return [words.title, '', ...rows, '', words.basis, words.appeal, ''].join('\n');
}

function toHtml(language: Language, words: StatementWords, lines: readonly Line[]): string {
  const rows = lines.map(
    ([label, text]) => `<tr><th scope="row">${escapeHtml(label)}</th><td>${escapeHtml(text)}</td></tr>`,
  );
  return `<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<title>${escapeHtml(words.title)}</title>
<style>body{font:16px/1.6 sans-serif;max-width:40em;margin:3em auto;padding:0 1em}th{text-align:left;padding:.2em 2em .2em 0;font-weight:600;vertical-align:top}</style>
<h1>${escapeHtml(words.title)}</h1>
<table>
${rows.join('\n')}
</table>
<p>${escapeHtml(words.basis)}</p>
<p>${escapeHtml(words.appeal)}</p>
</html>
`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
