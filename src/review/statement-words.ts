// The words of a statement of reasons in Korean and English.

export type Language = 'ko' | 'en';

export interface StatementWords {
  title: string;
  number: string;
  code: string;
  state: string;
  listed: string;
  released: string;
  expired: string;
  category: string;
  since: string;
  version: string;
  until: string;
  permanent: string;
  releasedOn: string;
  reasons: Record<string, string>;
  organization: string;
  decision: string;
  confirmed: string;
  twoPeople: string;
  printed: string;
  basis: string;
  appeal: string;
  categories: Record<string, string>;
}

export const WORDS: Record<Language, StatementWords> = {
  ko: {
    title: '차단 사유서',
    number: '발신번호',
    code: '최초발신자 식별코드',
    state: '상태',
    listed: '등재 중 (차단)',
    released: '해제됨',
    expired: '기간 만료로 해제됨',
    category: '유형',
    since: '등재일',
    version: '버전',
    until: '차단 기한',
    permanent: '영구',
    releasedOn: '해제일',
    reasons: {
      appeal_accepted: '이의신청 인용',
      expired: '기간 만료',
      number_terminated: '번호 해지',
      number_reassigned: '번호 재할당',
      submitter_withdrew: '제출기관 철회',
      agency_correction: '기관 정정',
      protected: '보호번호',
    },
    organization: '책임 기관',
    decision: '결정 번호',
    confirmed: '확인',
    twoPeople: '서로 다른 두 사람이 승인함',
    printed: '발급일',
    basis: '이동통신사가 제출한 증거를 검증기관이 심사하여 승인한 값입니다.',
    appeal: '이의가 있으면 검증기관 또는 이용 중인 중계사·이동통신사를 통해 이의신청을 할 수 있습니다.',
    categories: {
      gambling: '도박',
      illegal_loan: '불법대출',
      drugs: '마약·의약품',
      adult: '성인',
      smishing: '스미싱',
      stock: '주식',
      finance: '금융',
      telecom: '통신가입',
      driver: '대리운전',
      real_estate: '부동산',
      nightlife: '유흥업소',
      prostitution: '성매매알선',
      account_rental: '계좌임대',
      game: '게임',
      fortune: '운세',
      travel: '여행',
      education: '교육',
      job: '구인',
      payment_code: '결제·인증코드',
      impersonation: '사칭·번호도용',
      other: '기타',
    },
  },
  en: {
    title: 'Statement of reasons',
    number: 'Sender number',
    code: 'Originator code',
    state: 'State',
    listed: 'listed (blocked)',
    released: 'released',
    expired: 'released, its time was over',
    category: 'Category',
    since: 'Listed since',
    version: 'version',
    until: 'Last day',
    permanent: 'permanent',
    releasedOn: 'Released on',
    reasons: {
      appeal_accepted: 'an appeal was accepted',
      expired: 'its time was over',
      number_terminated: 'the number was given up',
      number_reassigned: 'the number was reassigned',
      submitter_withdrew: 'the submitter withdrew it',
      agency_correction: 'corrected by the agency',
      protected: 'a protected value',
    },
    organization: 'Responsible organisation',
    decision: 'Decision',
    confirmed: 'Confirmed',
    twoPeople: 'two different people agreed',
    printed: 'Printed on',
    basis: 'Mobile carriers submitted evidence; the agency reviewed it and verified the value.',
    appeal: 'To object, file an appeal with the agency, or through your relay operator or mobile carrier.',
    categories: {
      gambling: 'gambling',
      illegal_loan: 'illegal loans',
      drugs: 'drugs and medicines',
      adult: 'adult content',
      smishing: 'smishing',
      stock: 'stock tips',
      finance: 'finance',
      telecom: 'telecom subscriptions',
      driver: 'designated drivers',
      real_estate: 'real estate',
      nightlife: 'nightlife',
      prostitution: 'prostitution',
      account_rental: 'account rental',
      game: 'games',
      fortune: 'fortune telling',
      travel: 'travel',
      education: 'education',
      job: 'jobs',
      payment_code: 'payment and authentication codes',
      impersonation: 'impersonation and number theft',
      other: 'other',
    },
  },
};
