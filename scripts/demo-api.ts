// The API in the two shapes that the demo needs: send JSON, read every page.
import type { ExchangeClient } from '../src/client/exchange-client.ts';
import type { components } from '../src/http/generated/openapi.ts';

export type Schemas = components['schemas'];

const PAGE = 1000;

/** Throws ExchangeError. */
export function postJson<T>(client: ExchangeClient, path: string, body: object): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  return client.requestJson<T>(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** Every item of every page. Throws ExchangeError. */
export async function readPages<T>(
  client: ExchangeClient,
  path: string,
  filter: Record<string, string> = {},
): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = new URLSearchParams({
      ...filter,
      limit: String(PAGE),
      ...(cursor !== '' && { cursor }),
    });
    const page: { items: T[]; next: string | null } = await client.requestJson(`${path}?${query}`);
    items.push(...page.items);
    cursor = page.next;
  }
  return items;
}

/** In parts of at most `size`. */
export function* inParts<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}
