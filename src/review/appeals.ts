// Objections to being listed: filed, decided, taken back, each in one transaction. Accepted, the entry is released.
import { changesOf, recordAct } from '../audit/record.ts';
import type { Actor } from '../http/caller.ts';
import { notFound, Problem } from '../http/problem.ts';
import { dayOf } from '../list/day.ts';
import type { ListId } from '../list/entry.ts';
import { insertAppeal, lockAppeal, settleAppeal } from './appeal-queries.ts';
import { lockCaseOf } from './case-queries.ts';
import type { AppealDesk } from './desk.ts';
import { isListedOrOrdered } from './order-queries.ts';
import { releaseLocked } from './releasing.ts';
import { addWorkingDays } from './working-days.ts';

export interface Objection {
  list: ListId;
  value: string;
  statement: string;
  contact: string | null;
  onBehalfOf: string | null;
}

/** Files an appeal; its id. Throws Problem `not_listed`, `already_exists`. */
export async function fileAppeal(desk: AppealDesk, objection: Objection, author: Actor): Promise<number> {
  const at = desk.now();
  const { workingDays, daysOff } = desk.appeals;
  const dueOn = await addWorkingDays(dayOf(at, desk.timeZone), workingDays, daysOff);
  const { list, value } = objection;
  return desk.db.transaction().execute(async (trx) => {
    const row = await lockCaseOf(trx, list, value);
    if (!row || !(await isListedOrOrdered(trx, row.id)))
      throw new Problem('not_listed', 'The value is not listed: there is nothing to object to.');
    const id = await insertAppeal(trx, {
      ...objection,
      caseId: row.id,
      category: row.category,
      organizationId: author.organizationId,
      filedBy: author.id,
      filedAt: at,
      dueOn,
    });
    if (id === undefined)
      throw new Problem('already_exists', 'An appeal of yours on this value is open already.');
    const changes = changesOf(null, { list, value, status: 'filed', dueOn });
    await recordAct(trx, author, { target: `appeals/${id}`, at, changes });
    return id;
  });
}

/** Accepts, or denies with a note. Throws Problem `not_found`, `already_decided`, `second_reviewer_required`. */
export function decideAppeal(
  desk: AppealDesk,
  id: number,
  decision: { outcome: 'accepted' | 'denied'; note?: string | undefined; urgent: boolean },
  author: Actor,
): Promise<void> {
  if (decision.outcome === 'denied' && !decision.note?.trim()) throw saysWhy();
  const at = desk.now();
  return desk.db.transaction().execute(async (trx) => {
    const appeal = await lockAppeal(trx, id);
    if (!appeal) throw notFound('appeal');
    if (appeal.status !== 'filed')
      throw new Problem('already_decided', `The appeal is ${appeal.status} already.`);
    if (appeal.filed_by === author.id)
      throw new Problem('second_reviewer_required', 'Someone else than who filed the appeal decides it.');
    const { outcome, note, urgent } = decision;
    const row = outcome === 'accepted' ? await lockCaseOf(trx, appeal.list_id, appeal.value) : undefined;
    const release = { reason: 'appeal_accepted', note, urgent };
    // It may have been released, or have expired, in the meantime: then there is nothing left to release.
    const [releaseId] = row ? await releaseLocked(trx, [row], release, author, at) : [];
    await settleAppeal(trx, id, {
      status: outcome,
      note: note ?? null,
      releaseId: releaseId ?? null,
      decidedBy: author.id,
      decidedAt: at,
    });
    const changes = changesOf(
      { status: 'filed' },
      { status: outcome, release: releaseId && String(releaseId) },
    );
    await recordAct(trx, author, { target: `appeals/${id}`, at, changes });
  });
}

/** Takes an appeal back, for the organisation that filed it. Throws Problem `not_found`, `already_decided`. */
export function withdrawAppeal(desk: AppealDesk, id: number, author: Actor): Promise<void> {
  return desk.db.transaction().execute(async (trx) => {
    const appeal = await lockAppeal(trx, id);
    if (appeal?.organization_id !== author.organizationId) throw notFound('appeal');
    if (appeal.status !== 'filed' && appeal.status !== 'withdrawn')
      throw new Problem('already_decided', `The appeal is ${appeal.status} already.`);
    await settleAppeal(trx, id, { status: 'withdrawn' });
    const changes = changesOf({ status: appeal.status }, { status: 'withdrawn' });
    await recordAct(trx, author, { target: `appeals/${id}`, at: desk.now(), changes });
  });
}

/** Who objected reads why the value stays (domain rule 1). */
function saysWhy(): Problem {
  const errors = [{ pointer: '/note', code: 'required', detail: 'a denial says why' }];
  return new Problem('invalid_request', 'The decision is not complete; see errors.', { errors });
}
