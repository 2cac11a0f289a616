// The categories an entry can have today. A list may carry a category added later, so nothing that reads a
// list may refuse one for not being here: that is only for those who write.

export const CATEGORIES = [
  'gambling',
  'illegal_loan',
  'drugs',
  'adult',
  'smishing',
  'stock',
  'finance',
  'telecom',
  'driver',
  'real_estate',
  'nightlife',
  'prostitution',
  'account_rental',
  'game',
  'fortune',
  'travel',
  'education',
  'job',
  'payment_code',
  'impersonation',
  'other',
] as const;

export type Category = (typeof CATEGORIES)[number];

const known: ReadonlySet<string> = new Set(CATEGORIES);
const malignant: ReadonlySet<string> = new Set(['gambling', 'illegal_loan', 'drugs', 'adult']);

/** Whether the text is the token of a category known today. */
export function isCategory(text: string): text is Category {
  return known.has(text);
}

/** Whether the category is one of the four malignant types, where one strike lists a code for good. */
export function isMalignant(category: string): boolean {
  return malignant.has(category);
}
