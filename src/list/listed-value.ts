// A value of a list as people give it: canonical, or in any accepted spelling.
import { parseOriginatorCode } from './originator-code.ts';
import { classifyCanonical, formatSenderNumber, parseSenderNumber } from './sender-number.ts';

/** The canonical value, or undefined where the text is none of that list. */
export function canonicalValue(list: string, text: string, codePattern: RegExp): string | undefined {
  const parsed = list === 'sender-numbers' ? parseSenderNumber(text) : parseOriginatorCode(text, codePattern);
  return parsed.ok ? parsed.value : undefined;
}

/** As people write it. */
export function displayValue(list: string, value: string): string {
  return list === 'sender-numbers' ? formatSenderNumber(value) : value;
}

/** Numbers such as 112 are protected by rule, without being registered. */
export function isSpecial(list: string, value: string): boolean {
  return list === 'sender-numbers' && classifyCanonical(value) === 'special';
}
