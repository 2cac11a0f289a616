// A decision under way: at once, or after a dialog that asks for what it needs or shows why it was refused.
import { useRef, useState } from 'react';
import { type CaseRef, type Choice, type Decided, useDecide } from './decide.ts';

type Verdict = Choice['verdict'];

/**
 * @param chosen what a decision is on
 * @param onDecided told after each
 */
export function useDecision(chosen: readonly CaseRef[], onDecided: (decided: Decided) => void) {
  const [verdict, setVerdict] = useState<Verdict>();
  // Known before the next render: a second key may come sooner than that.
  const isUnderWay = useRef(false);
  const { mutate, reset, isPending, error } = useDecide((decided) => {
    setVerdict(undefined);
    onDecided(decided);
  });
  const ask = (next: Verdict) => {
    if (chosen.length === 0 || isUnderWay.current) return;
    reset();
    setVerdict(next);
  };
  const decide = (choice: Choice) => {
    if (chosen.length === 0 || isUnderWay.current) return;
    isUnderWay.current = true;
    mutate(
      { cases: chosen, choice },
      {
        // A refusal needs a place to be read.
        onError: () => setVerdict(choice.verdict),
        onSettled: () => {
          isUnderWay.current = false;
        },
      },
    );
  };
  return {
    verdict,
    isPending,
    isUnderWay: () => isUnderWay.current,
    error,
    ask,
    decide,
    // Many at once are looked at before.
    begin: (next: Verdict) =>
      next === 'verify' && chosen.length === 1 ? decide({ verdict: next }) : ask(next),
    close: () => setVerdict(undefined),
  };
}
