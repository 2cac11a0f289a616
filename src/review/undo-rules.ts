// Whether what a person decided can be undone, or why not. Pure: no database, no HTTP.

/** A slip is noticed at once, or not before somebody looks again; a carrier is told twice for no longer than this. */
export const UNDO_MS = 60_000;
/** So long it is known what was decided at once; after that each entry is released by itself. */
export const KNOWN_MS = 3_600_000;

export interface DoneLately {
  decidedAt: Date;
  /** Decisions that listed a value; how many of these wait to be published still. */
  verified: number;
  waiting: number;
  /** Cases that are another than the decision left them. */
  changed: number;
}

export interface UndoRefusal {
  code: 'published_already' | 'stale_revision' | 'undo_too_late';
  detail: string;
}

/** What is published comes first: it needs another remedy, and soon. */
export function refuseUndo(done: DoneLately, now: Date): UndoRefusal | undefined {
  const published = done.verified - done.waiting;
  if (published > 0) {
    const detail = `${published} of ${done.verified} are published already: release them, urgently if need be.`;
    return { code: 'published_already', detail };
  }
  if (done.changed > 0) {
    const detail = `${done.changed} of the cases, or of those of their codes, changed since: decide them anew.`;
    return { code: 'stale_revision', detail };
  }
  if (now.getTime() - done.decidedAt.getTime() > UNDO_MS) {
    const detail = `A decision can be undone for ${UNDO_MS / 1000} seconds: decide anew, or release the entry.`;
    return { code: 'undo_too_late', detail };
  }
  return undefined;
}
