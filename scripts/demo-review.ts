// Step "review": the agency works through the queue by one stated rule, in bulk, and meets what one person alone
// may not decide.
import { ExchangeError } from '../src/client/exchange-client.ts';
import { inParts, postJson, readPages, type Schemas } from './demo-api.ts';
import type { Party } from './demo-exchange.ts';
import { count, type Screen } from './demo-screen.ts';

type Case = Schemas['Case'];

export interface Reviewed {
  /** Cases that are listed with the next version. */
  verified: Case[];
  rejected: Case[];
  /** Rejected by a second person: nobody may block them. */
  spared: Case[];
}

const LEAST_REPORTS = 50;
const DECISIONS_AT_ONCE = 10_000;

/** Decides every open case. `lead` is another person than `desk`. */
export async function reviewQueue(screen: Screen, desk: Party, lead: Party): Promise<Reviewed> {
  screen.line(
    `Rule: at least ${LEAST_REPORTS} reports → verify 승인; fewer → reject 반려 as insufficient_evidence.`,
  );
  const open = await readPages<Case>(desk.client, '/v1/cases', { status: 'open' });
  screen.line(`The queue holds ${count(open.length)} open cases 심사건.`);
  const enough = open.filter(({ reports }) => reports >= LEAST_REPORTS);
  const few = open.filter(({ reports }) => reports < LEAST_REPORTS);
  const awaitingSecond = await decideAll(desk, enough, { verdict: 'verify' });
  await decideAll(desk, few, { verdict: 'reject', reason: 'insufficient_evidence' });
  const waiting = await readPages<Case>(desk.client, '/v1/cases', { status: 'awaiting_second' });
  if (waiting.length !== awaitingSecond)
    throw new Error(`${awaitingSecond} cases were to wait for a second person, ${waiting.length} do`);
  const isWaiting = new Set(waiting.map(({ id }) => id));
  const reviewed = {
    verified: enough.filter(({ id }) => !isWaiting.has(id)),
    rejected: few,
    spared: waiting,
  };
  showDecisions(screen, reviewed);
  await settleProtected(screen, desk, lead, waiting);
  return reviewed;
}

/** In as few requests as there may be; how many wait for a second person. */
async function decideAll(
  by: Party,
  cases: readonly Case[],
  ruling: { verdict: 'verify' | 'reject'; reason?: Schemas['RejectReason']; note?: string },
): Promise<number> {
  let awaitingSecond = 0;
  for (const part of inParts(cases, DECISIONS_AT_ONCE)) {
    const named = part.map(({ id, revision }) => ({ id, revision }));
    const summary = await postJson<Schemas['DecisionSummary']>(by.client, '/v1/decisions', {
      cases: named,
      ...ruling,
    });
    if (summary.decided !== part.length) throw new Error(`${summary.decided} of ${part.length} were decided`);
    awaitingSecond += summary.awaitingSecond;
  }
  return awaitingSecond;
}

function showDecisions(screen: Screen, { verified, rejected, spared }: Reviewed): void {
  const lists = [...new Set([...verified, ...rejected, ...spared].map(({ list }) => list))].sort().reverse();
  const on = (cases: readonly Case[], list: string) => cases.filter((one) => one.list === list).length;
  screen.table(
    ['list', 'verified 승인', 'rejected 반려', 'waits for a second person'],
    lists.map((list) => [list, on(verified, list), on(rejected, list), on(spared, list)]),
  );
}

/** Protected values: the first person cannot confirm their own decision; the second one decides otherwise. */
async function settleProtected(
  screen: Screen,
  desk: Party,
  lead: Party,
  waiting: readonly Case[],
): Promise<void> {
  const [first] = waiting;
  screen.line();
  if (first === undefined) {
    screen.line('No protected value 보호번호 is among them: nothing needs a second person.');
    return;
  }
  const shown = waiting.slice(0, 12).map(({ display }) => display);
  screen.line(`Protected values 보호번호 need two people: ${shown.join(', ')}`);
  // Read again: the first decision changed them.
  const now = await readPages<Case>(lead.client, '/v1/cases', { status: 'awaiting_second' });
  const own = now.find(({ id }) => id === first.id) ?? first;
  await refuseOwnConfirmation(desk, own);
  screen.line(`The same person confirms ${first.display}: refused, second_reviewer_required.`);
  await decideAll(lead, now, {
    verdict: 'reject',
    reason: 'protected',
    note: 'A forged sender: to block it would block whom people call for help.',
  });
  screen.line(
    `A second person looks, and rejects ${now.length === 1 ? 'it' : `all ${count(now.length)}`} as protected: such a sender is forged.`,
  );
}

async function refuseOwnConfirmation(desk: Party, one: Case): Promise<void> {
  try {
    await postJson(desk.client, `/v1/cases/${one.id}/decisions`, {
      verdict: 'verify',
      revision: one.revision,
    });
  } catch (error) {
    if (error instanceof ExchangeError && error.code === 'second_reviewer_required') return;
    throw error;
  }
  throw new Error(`one person alone listed ${one.display}`);
}
