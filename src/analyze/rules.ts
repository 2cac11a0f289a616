// The rules by which a reported number becomes a candidate, with the figures they look at. What is shown by
// --explain and what chooses the candidates is the same judgement.

export interface Rules {
  /** Reports that must fall within the window. */
  minReports: number;
  /** Calendar days in a row. */
  windowDays: number;
  /** Distinct reporters; undefined: not asked for. */
  minReporters: number | undefined;
  /** The largest allowed share of reports found to be no spam. */
  maxNotSpam: number;
  /** The least share of the reports that name a category which the most frequent one needs; below it is `other`. */
  minCategoryShare: number;
}

/** The figures of one number. Reports found to be no spam are in `notSpam` only. */
export interface SenderFigures {
  reports: number;
  notSpam: number;
  /** The most reports within one window. */
  peak: number;
  reporters: number;
}

export interface RuleVerdict {
  rule: 'min-reports' | 'max-not-spam' | 'min-reporters';
  figure: number;
  limit: number | null;
  /** Null: not applied, the files do not have what it needs or it was not asked for. */
  met: boolean | null;
}

/** Every rule with its figure. A number is a candidate when none is missed. */
export function judgeSender(figures: SenderFigures, rules: Rules, hasReporters: boolean): RuleVerdict[] {
  const { minReports, minReporters, maxNotSpam } = rules;
  const all = figures.reports + figures.notSpam;
  const share = all === 0 ? 0 : figures.notSpam / all;
  const applies = hasReporters && minReporters !== undefined;
  return [
    { rule: 'min-reports', figure: figures.peak, limit: minReports, met: figures.peak >= minReports },
    { rule: 'max-not-spam', figure: share, limit: maxNotSpam, met: share <= maxNotSpam },
    {
      rule: 'min-reporters',
      figure: figures.reporters,
      limit: minReporters ?? null,
      met: applies ? figures.reporters >= minReporters : null,
    },
  ];
}

/** Whether no rule is missed. */
export function isChosen(verdicts: readonly RuleVerdict[]): boolean {
  return verdicts.every(({ met }) => met !== false);
}
