// Pages of the contract (`items`, `next`) as one growing list.
import { useMemo } from 'react';

interface Pages<Item> {
  data: { pages: { items: Item[] }[] } | undefined;
}

/** Everything read so far. */
export function useItems<Item>({ data }: Pages<Item>): Item[] {
  return useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
}

/** How an infinite query of the contract goes on. */
export const PAGING = {
  pageParamName: 'cursor',
  initialPageParam: null, // openapi-fetch leaves it out; undefined would become 0
  getNextPageParam: (page: { next: string | null }) => page.next,
} as const;
