// The spellings in which a gateway may compare a sender with the list. No form of one number is a form of
// another: what is dialled in Korea begins with 0 or is a short 1xxx, and no country's digits are either.
import type { ListId } from '../../list/entry.ts';
import { formatSenderNumber } from '../../list/sender-number.ts';
import type { SenderForm } from './target.ts';

/**
 * The spellings of a canonical value in the forms asked for. A number of another country has no national form: it
 * keeps its others, or E.164 where there are none. An originator code has one spelling.
 */
export function spellings(list: ListId, value: string, forms: readonly SenderForm[]): string[] {
  if (list !== 'sender-numbers') return [value];
  const spelt = forms.flatMap((form) => spell(value, form) ?? []);
  return spelt.length > 0 ? spelt : [value];
}

function spell(value: string, form: SenderForm): string | undefined {
  if (form === 'e164') return value;
  if (form === 'digits') return value.slice(1);
  return value.startsWith('+82') ? formatSenderNumber(value).replace(/[^0-9]/g, '') : undefined;
}
