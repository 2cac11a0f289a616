// What the demo asks at a gateway: values that the agency decided on, in spellings that no submission had.
import type { Schemas } from './demo-api.ts';
import type { Question } from './demo-relays.ts';
import type { Reviewed } from './demo-review.ts';

type Case = Schemas['Case'];

/** Look-ups with the answers that they must have. */
export function askAbout({ verified, rejected, spared }: Reviewed): Question[] {
  const numbers = verified.filter(({ list }) => list === 'sender-numbers');
  const mobile = numbers.find(isMobile);
  const representative = numbers.find(({ numberClass }) => numberClass === 'representative');
  const foreign = numbers.find(({ numberClass }) => numberClass === 'international');
  const code = verified.find(({ list }) => list === 'originator-codes');
  const few = rejected.find(({ list }) => list === 'sender-numbers');
  return [
    ...spellingsOf(mobile).map((text) => question(text, mobile, true, 'verified: the same in any spelling')),
    ...spellingsOf(representative).map((text) => question(text, representative, true, 'verified')),
    ...(foreign ? [question(`001${foreign.value.slice(1)}`, foreign, true, 'verified')] : []),
    ...(code ? [question(code.value, code, true, 'verified: whoever sends with it is stopped')] : []),
    ...(few ? [question(few.display, few, false, 'rejected: too few reports')] : []),
    ...spared.slice(0, 1).map((one) => question(one.display, one, false, 'protected')),
    { text: '발신번호표시제한', list: 'sender-numbers', isBlocked: false, why: 'no sender to look up' },
  ];
}

/** The number that is to be released; a mobile one where there is any. */
export function pickForRelease({ verified }: Reviewed): Case | undefined {
  return verified.find(isMobile) ?? verified.find(({ list }) => list === 'sender-numbers');
}

function isMobile({ numberClass, value }: Case): boolean {
  return numberClass === 'mobile' && value.startsWith('+8210');
}

function question(
  text: string,
  { list }: Pick<Case, 'list'> = { list: 'sender-numbers' },
  isBlocked: boolean,
  why: string,
) {
  return { text, list, isBlocked, why };
}

/** A Korean number as it may stand in a gateway's traffic. */
export function spellingsOf(one: Case | undefined): string[] {
  if (one === undefined) return [];
  const plain = one.display.replaceAll('-', '');
  const wide = plain.replace(/[0-9]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
  return [one.display, plain, one.value, `0082${one.value.slice(3)}`, wide];
}
