// What every act at the desk needs.
import type { Kysely } from 'kysely';
import type { DB } from '../database/generated/schema.ts';

export interface Desk {
  db: Kysely<DB>;
  now: () => Date;
  /** The agency's: in which days begin and end. */
  timeZone: string;
}

export interface AppealDesk extends Desk {
  appeals: { workingDays: number; daysOff: readonly string[] };
}

export interface ReviewDeps extends AppealDesk {
  /** What originator codes look like. */
  codePattern: RegExp;
}
