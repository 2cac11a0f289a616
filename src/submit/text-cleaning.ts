// Text on its way in: composed (NFC), without control characters, NUL and halves of surrogate pairs, none of
// which PostgreSQL or a terminal should meet.

// Broad and cheap: it also finds whole surrogate pairs, which the careful pattern then leaves alone.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const SUSPECT = /[\u0000-\u001f\u007f-\u009f\ud800-\udfff]/;
const CONTROL = /[\p{Cc}\p{Cs}]/gu;
const CONTROL_BUT_BREAKS = /(?![\n\t])[\p{Cc}\p{Cs}]/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: everything from ASCII to Latin-1 is composed already
const COMPOSED = /^[\u0000-\u02ff\uac00-\ud7a3]*$/;

/** One line of text. */
export function cleanLine(text: string): string {
  return compose(SUSPECT.test(text) ? text.replace(CONTROL, '') : text);
}

/** Text whose line breaks and tabs mean something. */
export function cleanText(text: string): string {
  return compose(SUSPECT.test(text) ? text.replaceAll('\r\n', '\n').replace(CONTROL_BUT_BREAKS, '') : text);
}

/** What may be shown of a refused value: one line, cut to 64 characters. */
export function cutValue(value: unknown): string {
  const text = typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
  return cleanLine(text.slice(0, 64));
}

function compose(text: string): string {
  return COMPOSED.test(text) ? text : text.normalize('NFC');
}
