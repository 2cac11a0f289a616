// A decision under way: at once, or after a dialog that asks for what it needs or shows why it was refused.
import { useState } from 'react';
import { type CaseRef, type Choice, type Decided, useDecide } from './decide.ts';

type Verdict = Choice['verdict'];

/**
 * @param chosen what a decision is on
 * @param onDecided told after each
 */
export function useDecision(chosen: readonly CaseRef[], onDecided: (decided: Decided) => void) {
  const [verdict, setVerdict] = useState<Verdict>();
  const { mutate, reset, isPending, error } = useDecide((decided) => {
    setVerdict(undefined);
    onDecided(decided);
  });
  const ask = (next: Verdict) => {
    reset();
    if (chosen.length > 0) setVerdict(next);
  };
  const decide = (choice: Choice) => {
    if (chosen.length === 0 || isPending) return;
    // A refusal needs a place to be read, and many at once are looked at before.
    if (chosen.length > 1 && verdict === undefined) ask(choice.verdict);
    else mutate({ cases: chosen, choice }, { onError: () => setVerdict(choice.verdict) });
  };
  return {
    verdict,
    isPending,
    error,
    ask,
    decide,
    begin: (next: Verdict) => (next === 'verify' ? decide({ verdict: next }) : ask(next)),
    close: () => setVerdict(undefined),
  };
}
