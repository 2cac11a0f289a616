// The queue and the second opinions: one page over two states, its filter kept in the address.
import { useRouter, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import { type CaseFilter, readCaseFilter } from './case-filter.ts';
import { QueuePage } from './queue-page.tsx';

export function QueueRoute() {
  const filter = useSearch({ from: '/queue' });
  return <QueuePage status="open" filter={filter} onFilter={useFilterChange('/queue')} />;
}

export function SecondOpinionsRoute() {
  const filter = useSearch({ from: '/second-opinions' });
  return (
    <QueuePage status="awaiting_second" filter={filter} onFilter={useFilterChange('/second-opinions')} />
  );
}

function useFilterChange(to: '/queue' | '/second-opinions') {
  const router = useRouter();
  return useCallback(
    (change: Partial<CaseFilter>) => {
      // What comes late, as a decision on a slow line, does not fetch back who went to another page meanwhile.
      if (router.latestLocation.pathname !== to) return;
      void router.navigate({
        to,
        // The address of whichever page this is; both have the same filter.
        search: (before) => ({ ...readCaseFilter(before), ...change }),
        replace: true,
      });
    },
    [router, to],
  );
}
