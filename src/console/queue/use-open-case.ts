// Which case stands beside the list: known at once, so that the next key finds it; the address follows. It stays when
// the list is read anew, so that nobody decides what slid beneath the key a moment before.
import { useState } from 'react';
import { api, type Schemas } from '../api.ts';
import type { CaseFilter } from './case-filter.ts';
import type { CaseRef } from './decide.ts';

interface Queue {
  status: Schemas['CaseStatus'];
  filter: CaseFilter;
  /** What of it is read. */
  cases: readonly Schemas['Case'][];
}

/** @param onOpen told the case, to be kept in the address */
export function useOpenCase({ status, filter, cases }: Queue, onOpen: (id: string | undefined) => void) {
  const { case: linked, ...shown } = filter;
  const among = JSON.stringify(shown);
  const [opened, setOpened] = useState(linked === undefined ? undefined : { id: linked, among });
  // Narrowed otherwise, the queue begins at its first case.
  const id = opened?.among === among ? opened.id : undefined;
  const [first] = cases;
  if (id === undefined && first) setOpened({ id: first.id, among });
  const openId = id ?? first?.id;
  const current = cases.findIndex((one) => one.id === openId);
  return {
    openId,
    /** Its row of the list; -1 where the list has not got it. */
    current,
    open: useDecidable(status, openId) ?? cases[current],
    show(next: string | undefined) {
      setOpened(next === undefined ? undefined : { id: next, among });
      onOpen(next);
    },
  };
}

/** The open case as it is shown, if it waits here for a decision: its revision is what the reviewer has read. */
function useDecidable(status: Schemas['CaseStatus'], id: string | undefined): CaseRef | undefined {
  const params = { path: { caseId: id ?? '' } };
  const { data } = api.useQuery('get', '/v1/cases/{caseId}', { params }, { enabled: id !== undefined });
  return data?.status === status ? data : undefined;
}
