// Which of several representations a caller prefers (RFC 9110 §12.5), remembered by what it says: relays say the same
// all day.
import type { IncomingMessage } from 'node:http';
import accepts from 'accepts';

const MAX_REMEMBERED = 1000;
/** Whoever says more is not remembered. */
const MAX_HEADER = 200;
const remembered = new Map<string, string>();

/** The media type that the caller prefers of those offered; the first where it accepts none, '' where none is. */
export function preferredType(request: IncomingMessage, offers: readonly string[]): string {
  return remember(offers, request.headers.accept ?? '*/*', () => {
    const [chosen = ''] = [accepts(request).types([...offers]) || (offers[0] ?? '')].flat();
    return chosen;
  });
}

/** The content coding that the caller weighs highest; `identity` where it accepts none. */
export function preferredCoding<Coding extends string>(request: IncomingMessage, offers: readonly Coding[]) {
  const chosen = remember(offers, String(request.headers['accept-encoding'] ?? ''), () => {
    return accepts(request).encodings([...offers]) || 'identity';
  });
  return chosen as Coding | 'identity';
}

/** No content coding is called as a media type is, so both can be remembered in one place. */
function remember(offers: readonly string[], header: string, choose: () => string): string {
  const key = `${offers} ${header}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const chosen = choose();
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  if (header.length <= MAX_HEADER) remembered.set(key, chosen);
  return chosen;
}
