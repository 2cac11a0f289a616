/*
 * The codes dialled in Korea before an international number: 00X of the facility carriers (001 KT, 002 LG U+,
 * 005 SK Broadband, 006 SK Telink, 008 Sejong; 009 stands before A2P messages from abroad) and the five-digit
 * 003XY and 007XY of the others. Bare 00 is no Korean prefix: only 0082 is read without a carrier.
 */

const ZERO = 48;

/** International freephone services, not carriers: what follows them is no country code. */
const FREEPHONE: ReadonlySet<string> = new Set(['00308', '00368', '00798']);

/**
 * The length of the carrier's access code at the start of `digits` (which begin with 00), or 0 if they begin
 * with none.
 */
export function accessCodeLength(digits: string): number {
  switch (digits.charCodeAt(2) - ZERO) {
    case 1:
    case 2:
    case 5:
    case 6:
    case 8:
    case 9:
      return 3;
    case 3:
    case 7:
      return digits.length > 5 && !FREEPHONE.has(digits.slice(0, 5)) ? 5 : 0;
    default:
      return 0;
  }
}
