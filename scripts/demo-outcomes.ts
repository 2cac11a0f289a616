// The last step: the carrier reads its feed of outcomes to the end; every candidate must be in it once.
import type { Schemas } from './demo-api.ts';
import type { Party } from './demo-exchange.ts';
import type { Reviewed } from './demo-review.ts';
import { count, type Screen } from './demo-screen.ts';

type Outcome = Schemas['Outcome'];

const PAGE = 1000;

/** Shows the totals of the feed. Throws where they are not what was decided. */
export async function showOutcomes(
  screen: Screen,
  carrier: Party,
  submission: Schemas['Submission'],
  { verified, rejected, spared }: Reviewed,
): Promise<void> {
  const outcomes = await readFeed(carrier);
  const totals = new Map<string, number>();
  for (const { outcome, reason } of outcomes) {
    const what = reason === null ? outcome : `${outcome}: ${reason}`;
    totals.set(what, (totals.get(what) ?? 0) + 1);
  }
  screen.table(
    ['outcome', 'candidates 후보'],
    [...totals].sort(([, a], [, b]) => b - a),
  );
  const isRight =
    new Set(outcomes.map(({ candidateId }) => candidateId)).size === submission.accepted &&
    outcomes.length === submission.accepted &&
    (totals.get('verified') ?? 0) === verified.length &&
    (totals.get('rejected: insufficient_evidence') ?? 0) === rejected.length &&
    (totals.get('rejected: protected') ?? 0) === spared.length;
  if (!isRight) throw new Error('the outcomes are not what was decided');
  screen.good(
    `All ${count(submission.accepted)} accepted candidates have their outcome, each once, in order.`,
  );
}

/** From the beginning to the end as of now. */
async function readFeed({ client }: Party): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let after: string | undefined; ; ) {
    const query = new URLSearchParams({ limit: String(PAGE), ...(after !== undefined && { after }) });
    const feed: Schemas['OutcomeFeed'] = await client.requestJson(`/v1/outcomes?${query}`);
    outcomes.push(...feed.items);
    after = feed.next;
    if (feed.items.length < PAGE) return outcomes;
  }
}
