// Whether an answer is one that the contract declares, judged from outside.
import type { Contract, Operation } from '../../src/http/contract.ts';
import type { WireAnswer, WireRequest } from './wire.ts';

/** What an answer to what is no operation may be. */
const WITHOUT_OPERATION = new Set([400, 404, 405, 408, 413, 431]);
/** Header names in which every answer must say who it is. */
const REQUEST_ID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

export class Verdicts {
  readonly #byPath: { operation: Operation; pattern: RegExp; literals: number }[];

  constructor({ operations }: Contract) {
    this.#byPath = operations
      .map((operation) => ({
        operation,
        pattern: new RegExp(
          `^${operation.path.replaceAll('.', '\\.').replaceAll(/\{[A-Za-z]+\}/g, '[^/]+')}$`,
        ),
        literals: operation.path.split('{').length,
      }))
      .sort((a, b) => a.literals - b.literals);
  }

  /** The operation that a request is for; undefined where the contract has none. */
  operationOf({ method, path, raw }: WireRequest): Operation | undefined {
    const bare = path.split('?', 1)[0] ?? '';
    const wanted = method === 'HEAD' ? 'GET' : method;
    if (raw) return undefined;
    return this.#byPath.find(
      ({ operation, pattern }) => operation.method.toUpperCase() === wanted && pattern.test(bare),
    )?.operation;
  }

  /** What is wrong with the answer; undefined when nothing is. */
  faultOf(wire: WireRequest, answer: WireAnswer): string | undefined {
    const { status, headers } = answer;
    const operation = this.operationOf(wire);
    if (status >= 500 && !(status === 503 && operation?.responses.has(503))) return `${status}`;
    // The console's files and its page; they are no operations.
    if (!operation && status < 400 && !wire.raw)
      return isPage(headers) ? undefined : `${status} without an operation`;
    if (!wire.raw && !REQUEST_ID.test(headers['x-request-id'] ?? '')) return 'no X-Request-Id';
    if (!operation)
      return wire.raw || WITHOUT_OPERATION.has(status) ? undefined : `${status} without an operation`;
    // Refused before it was looked at whose it is: a path that cannot be read, headers that are too long.
    if ((status === 400 || status === 431) && headers['content-type'] === 'application/problem+json')
      return undefined;
    const shape = operation.responses.get(status);
    if (!shape) return `${status} is not declared`;
    if (wire.method === 'HEAD' || status === 206) return undefined;
    return bodyFault(shape.types, answer);
  }
}

function isPage(headers: Record<string, string>): boolean {
  return !String(headers['content-type']).includes('json');
}

function bodyFault(
  types: ReadonlyMap<string, (data: unknown) => unknown>,
  { headers, body, status }: WireAnswer,
): string | undefined {
  const type = (headers['content-type'] ?? '').split(';', 1)[0] ?? '';
  if (types.size === 0) return body.length > 0 ? `${status} with a body that is not declared` : undefined;
  const validate = types.get(type) as { (data: unknown): unknown; errors?: unknown[] } | undefined;
  if (!validate) return `${status} with the media type '${type}', which is not declared`;
  if (headers['content-encoding']) return undefined; // its content is checked where it comes plain
  const text = body.toString('utf8');
  const value = /[/+]json$/.test(type) ? JSON.parse(text) : text;
  return validate(value)
    ? undefined
    : `${status} with a body against its schema: ${JSON.stringify(validate.errors?.slice(0, 2))}`;
}
