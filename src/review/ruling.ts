// Whether a ruling is complete in itself, before any case is looked at.
import { type FieldError, Problem } from '../http/problem.ts';
import type { Ruling } from './decision-rules.ts';

/** @throws Problem invalid_request with a pointer to the fault */
export function checkRuling(ruling: Ruling, today: string): void {
  const fault = rulingFault(ruling, today);
  if (fault)
    throw new Problem('invalid_request', 'The decision is not complete; see errors.', { errors: [fault] });
}

function rulingFault(ruling: Ruling, today: string): FieldError | undefined {
  if (ruling.verdict === 'reject' && ruling.reason === undefined) {
    return { pointer: '/reason', code: 'required', detail: 'a rejection gives its reason' };
  }
  if (ruling.verdict !== 'reject' && ruling.reason !== undefined) {
    return { pointer: '/reason', code: 'unknown', detail: 'only a rejection has a reason' };
  }
  for (const field of ['category', 'until'] as const) {
    if (ruling.verdict !== 'verify' && ruling[field] !== undefined) {
      return { pointer: `/${field}`, code: 'unknown', detail: `only a verification has ${field}` };
    }
  }
  if (ruling.until === undefined || ruling.until === 'permanent') return undefined;
  if (new Date(`${ruling.until}T00:00:00Z`).toJSON()?.slice(0, 10) !== ruling.until) {
    return { pointer: '/until', code: 'format', detail: 'there is no such day' };
  }
  return ruling.until < today
    ? { pointer: '/until', code: 'minimum', detail: `must not be before today, ${today}` }
    : undefined;
}

/** @throws Problem invalid_request when a case is named twice */
export function checkOnce(cases: readonly { id: number }[]): void {
  const seen = new Set<number>();
  for (const [at, { id }] of cases.entries()) {
    if (seen.has(id)) {
      const error = { pointer: `/cases/${at}`, code: 'duplicate', detail: 'this case is named twice' };
      throw new Problem('invalid_request', 'A case is named twice.', { errors: [error] });
    }
    seen.add(id);
  }
}
