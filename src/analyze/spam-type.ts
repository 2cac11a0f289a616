// What the agency's 스팸유형 of a report says: a category, not spam, undetermined, or something unknown.
import { CATEGORIES, type Category } from '../list/category.ts';

export type SpamVerdict = Category | 'not_spam' | 'undetermined';

const VERDICTS: Readonly<Record<string, SpamVerdict>> = {
  도박: 'gambling',
  불법대출: 'illegal_loan',
  대출: 'illegal_loan',
  마약: 'drugs',
  의약품: 'drugs',
  마약·의약품: 'drugs',
  성인: 'adult',
  스미싱: 'smishing',
  주식: 'stock',
  금융: 'finance',
  통신가입: 'telecom',
  대리운전: 'driver',
  부동산: 'real_estate',
  유흥업소: 'nightlife',
  성매매알선: 'prostitution',
  성매매: 'prostitution',
  계좌임대: 'account_rental',
  게임: 'game',
  운세: 'fortune',
  여행: 'travel',
  교육: 'education',
  구인: 'job',
  결제·인증코드: 'payment_code',
  사칭·번호도용: 'impersonation',
  사칭: 'impersonation',
  번호도용: 'impersonation',
  기타: 'other',
  비스팸: 'not_spam',
  확인불가: 'undetermined',
};

/** Korean names and the tokens themselves; undefined for what is neither, which counts as `other`. */
export function readSpamType(text: string): SpamVerdict | undefined {
  const bare = text.normalize('NFC').replace(/\s/g, '');
  if (Object.hasOwn(VERDICTS, bare)) return VERDICTS[bare];
  const token = bare.toLowerCase();
  if (token === 'not_spam' || token === 'undetermined') return token;
  return CATEGORIES.find((category) => category === token);
}
