// Evidence as JSON in PostgreSQL's COPY, where a backslash is doubled. Written out, in a third of the time of
// JSON.stringify, which the tests hold it against.
import type { Evidence } from './evidence.ts';

/** What there is of the evidence, under the contract's names. */
export function evidenceJson(evidence: Evidence): string {
  const members =
    textMember('model', evidence.model) +
    textsMember('callbackNumber', evidence.callbackNumber) +
    textMember('relay', evidence.relay) +
    textsMember('chain', evidence.chain) +
    textMember('sample', evidence.sample) +
    textMember('sampleHash', evidence.sampleHash) +
    textMember('url', evidence.url) +
    textsMember('reportIds', evidence.reportIds) +
    textMember('note', evidence.note);
  return members === '' ? '{}' : `{${members.slice(1)}}`;
}

function textMember(name: string, text: string | null): string {
  return text === null ? '' : `,"${name}":${quote(text)}`;
}

function textsMember(name: string, texts: readonly string[]): string {
  if (texts.length === 0) return '';
  let quoted = quote(texts[0] as string);
  for (let at = 1; at < texts.length; at++) quoted += `,${quote(texts[at] as string)}`;
  return `,"${name}":[${quoted}]`;
}

/** What JSON or COPY writes otherwise, and halves of surrogate pairs, whole ones too. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;

function quote(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text).replaceAll('\\', '\\\\') : `"${text}"`;
}
