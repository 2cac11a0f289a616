// Faults of generated candidate rows: each spoils a good row so that it is refused with one known code.
import type { Random } from './candidate-numbers.ts';

/** A row field by field, in the order of the header, each as it stands in the file: quoted where it must be. */
export interface CandidateFields {
  type: string;
  value: string;
  category: string;
  reports: string;
  reporters: string;
  firstSeen: string;
  lastSeen: string;
  source: string;
  score: string;
  model: string;
  originatorCode: string;
  callbackNumber: string;
  relay: string;
  chain: string;
  sample: string;
  url: string;
  reportIds: string;
  note: string;
}

export interface Fault {
  code: string;
  /** How often it occurs among the faults. */
  weight: number;
  spoil: (row: CandidateFields, random: Random) => void;
}

/** The row of this fault has a column too few, which no field can say. */
export const SHORT_ROW = 'wrong_column_count';

type Text = (random: Random) => string;

function badNumber(code: string, weight: number, ...texts: readonly Text[]): Fault {
  return {
    code,
    weight,
    spoil: (row, random) => {
      row.type = 'sender_number';
      row.value = random.pick(texts)(random);
    },
  };
}

function badCode(code: string, text: Text): Fault {
  return {
    code,
    weight: 2,
    spoil: (row, random) => {
      row.type = 'originator_code';
      row.value = text(random);
    },
  };
}

function badField(code: string, weight: number, change: (random: Random) => Partial<CandidateFields>): Fault {
  return { code, weight, spoil: (row, random) => Object.assign(row, change(random)) };
}

const NUMBER_FAULTS: readonly Fault[] = [
  badNumber(
    'empty',
    16,
    () => '',
    () => '  ',
  ),
  badNumber(
    'anonymous',
    40,
    () => '0000',
    () => 'Unknown',
    () => '발신번호표시제한',
  ),
  badNumber(
    'masked',
    12,
    (r) => `010-****-${r.digits(4)}`,
    (r) => `010${r.digits(4)}****`,
  ),
  badNumber(
    'extension',
    3,
    (r) => `02-345-6${r.digits(3)}#${r.digits(2)}`,
    (r) => `02-345-6${r.digits(3)} ext ${r.digits(3)}`,
  ),
  badNumber(
    'letters',
    3,
    () => '고객센터',
    (r) => `010-2${r.digits(3)}-CALL`,
  ),
  badNumber('too_long', 1, (r) => r.digits(13).repeat(5)),
  badNumber('invalid_characters', 2, (r) => `010/2${r.digits(3)}/${r.digits(4)}`),
  badNumber(
    'wrong_length',
    54,
    (r) => `15${r.digits(2)}${r.digits(6)}`, // an eight-digit number with two digits too many
    (r) => `010-2${r.digits(2)}-${r.digits(3)}`,
  ),
  badNumber(
    'unallocated_range',
    10,
    (r) => `010-${r.below(2)}${r.digits(3)}-${r.digits(4)}`,
    (r) => `070${r.below(2)}${r.digits(7)}`,
    (r) => `065-2${r.digits(2)}-${r.digits(4)}`,
  ),
  badNumber(
    'area_code_missing',
    8,
    (r) => `2${r.digits(3)}-${r.digits(4)}`,
    (r) => `3${r.digits(2)}-${r.digits(4)}`,
  ),
  badNumber(
    'area_code_with_representative',
    4,
    (r) => `02-15${r.digits(2)}-${r.digits(4)}`,
    (r) => `03116${r.digits(2)}${r.digits(4)}`,
  ),
  badNumber('ambiguous_prefix', 2, (r) => `00447712${r.digits(6)}`),
  badNumber(
    'invalid_international',
    4,
    (r) => `+999${r.digits(8)}`,
    (r) => `+1 212 ${r.digits(3)}`,
  ),
];

const FIELD_FAULTS: readonly Fault[] = [
  badCode('empty', () => ''),
  badCode('wrong_length', (r) => r.digits(8)),
  badCode('invalid_characters', (r) => `${r.digits(8)}가`),
  badCode('too_long', (r) => r.digits(10).repeat(4)),
  badField('missing_type', 1, () => ({ type: '' })),
  badField('unknown_type', 1, () => ({ type: 'phone' })),
  badField('missing_category', 2, () => ({ category: '' })),
  badField('unknown_category', 10, (r) => ({ category: r.pick(['casino', '도박', 'Gambling']) })),
  badField('invalid_reports', 6, (r) => ({ reports: r.pick(['-1', '12.5', '많음', '1e3']) })),
  badField('invalid_reporters', 3, () => ({ reporters: 'several' })),
  badField('invalid_score', 6, (r) => ({ score: r.pick(['1.5', '-0.1', 'high', 'NaN']) })),
  badField('missing_evidence', 3, () => ({ reports: '', score: '' })),
  badField('invalid_first_seen', 4, () => ({ firstSeen: '2026-02-30T00:00:00Z' })),
  badField('invalid_last_seen', 4, (r) => ({
    lastSeen: r.pick(['2026-13-41', '어제', '1999-12-31T00:00:00Z']),
  })),
  badField('seen_in_future', 2, () => ({ lastSeen: '2199-01-01T00:00:00Z' })),
  badField('seen_out_of_order', 3, () => ({
    firstSeen: '2026-01-02T00:00:00Z',
    lastSeen: '2026-01-01T00:00:00Z',
  })),
  badField('unknown_source', 2, () => ({ source: 'hearsay' })),
  badField('invalid_originator_code', 3, (r) => ({ originatorCode: r.digits(5) })),
  badField('text_too_long', 0.2, () => ({ sample: '광고 '.repeat(1400) })),
  badField('too_many_items', 0.5, () => ({ chain: 'reseller;'.repeat(30) })),
  { code: SHORT_ROW, weight: 1, spoil: () => undefined },
];

export const FAULTS: readonly Fault[] = [...NUMBER_FAULTS, ...FIELD_FAULTS];
