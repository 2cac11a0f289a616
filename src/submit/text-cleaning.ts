// Text on its way in: composed (NFC), without control characters, NUL and halves of surrogate pairs, none of
// which PostgreSQL or a terminal should meet.

// Most texts: composed already, as everything up to Latin-1 is and every syllable of Hangul, and without controls.
const CLEAN_LINE = /^[ -~\u00a0-\u02ff\uac00-\ud7a3]*$/;
const CLEAN_TEXT = /^[\n\t -~\u00a0-\u02ff\uac00-\ud7a3]*$/;
const CONTROL = /[\p{Cc}\p{Cs}]/gu;
const CONTROL_BUT_BREAKS = /(?![\n\t])[\p{Cc}\p{Cs}]/gu;

/** One line of text. */
export function cleanLine(text: string): string {
  return CLEAN_LINE.test(text) ? text : text.replace(CONTROL, '').normalize('NFC');
}

/** Text whose line breaks and tabs mean something. */
export function cleanText(text: string): string {
  if (CLEAN_TEXT.test(text)) return text;
  return text.replaceAll('\r\n', '\n').replace(CONTROL_BUT_BREAKS, '').normalize('NFC');
}

/** What may be shown of a refused value: one line, cut to 64 characters. */
export function cutValue(value: unknown): string {
  const text = typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
  return cleanLine(text.slice(0, 64));
}
