// Evidence as JSON in PostgreSQL's COPY, where a backslash is doubled. Written out, in a third of the time of
// JSON.stringify, which the tests hold it against.
import type { Evidence } from './evidence.ts';

/** What there is of the evidence, under the contract's names. */
export function evidenceJson(evidence: Evidence): string {
  let json = '';
  json = addText(json, '"model":"', evidence.model);
  json = addTexts(json, '"callbackNumber":["', evidence.callbackNumber);
  json = addText(json, '"relay":"', evidence.relay);
  json = addTexts(json, '"chain":["', evidence.chain);
  json = addText(json, '"sample":"', evidence.sample);
  json = addText(json, '"sampleHash":"', evidence.sampleHash);
  json = addText(json, '"url":"', evidence.url);
  json = addTexts(json, '"reportIds":["', evidence.reportIds);
  json = addText(json, '"note":"', evidence.note);
  return `{${json}}`;
}

function addText(json: string, opening: string, text: string | null): string {
  return text === null ? json : `${commaAfter(json)}${opening}${escaped(text)}"`;
}

function addTexts(json: string, opening: string, texts: readonly string[]): string {
  if (texts.length === 0) return json;
  let joined = escaped(texts[0] as string);
  for (let at = 1; at < texts.length; at++) joined += `","${escaped(texts[at] as string)}`;
  return `${commaAfter(json)}${opening}${joined}"]`;
}

function commaAfter(json: string): string {
  return json === '' ? '' : `${json},`;
}

/** What JSON or COPY writes otherwise, and halves of surrogate pairs, whole ones too. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;

function escaped(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text).slice(1, -1).replaceAll('\\', '\\\\') : text;
}
