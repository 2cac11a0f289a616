// What a reader asks a mirror for: the path and the parameters of the exchange's pull API, strictly as its contract has
// them.
import { Refusal } from './http-answer.ts';

/** A path of the contract; of a list, what follows its name. */
export type MirrorRoute =
  | '/v1/keys'
  | '/v1/lists'
  | ''
  | '/manifest'
  | '/events'
  | '/diff'
  | '/versions'
  | '/versions/{version}'
  | '/versions/{version}/snapshot'
  | '/versions/{version}/diff'
  | '/entries/{value}/proof';

export interface Asked {
  route: MirrorRoute;
  /** Of the list, as it was written; '' where the path has none. */
  id: string;
  /** Of the path, or the query of a proof. */
  version?: number;
  /** A value in any spelling; '' where the path has none. */
  value: string;
  from?: number;
  epoch?: string;
  /** The version that the page before ended with. */
  cursor?: number;
  limit?: number;
}

type Params = Pick<Asked, 'version' | 'from' | 'epoch' | 'cursor' | 'limit'>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const MAX_VERSION = 2 ** 31 - 1;
const MAX_LIMIT = 1000;

/** The parameters of each route that has some; a name with ! must be there. */
const PARAMS: Partial<Record<MirrorRoute, readonly string[]>> = {
  '/diff': ['from!', 'epoch!'],
  '/versions': ['epoch', 'cursor', 'limit'],
  '/versions/{version}/snapshot': ['epoch!'],
  '/versions/{version}/diff': ['from!', 'epoch!'],
  '/entries/{value}/proof': ['version', 'epoch'],
};

/** Reads a path below /v1/. Throws Refusal 404, and 400 for a version that is none. */
export function readPath(path: string): Asked {
  const nothing = { id: '', value: '' };
  if (path === '/v1/keys' || path === '/v1/lists') return { ...nothing, route: path };
  const [, id = '', rest = ''] = /^\/v1\/lists\/([^/]+)(.*)$/.exec(path) ?? [];
  const asked = { ...nothing, id: decode(id) };
  const [, value] = /^\/entries\/([^/]+)\/proof$/.exec(rest) ?? [];
  if (value !== undefined) return { ...asked, route: '/entries/{value}/proof', value: decode(value) };
  const [, version, what = ''] = /^\/versions\/([^/]+)(\/snapshot|\/diff|)$/.exec(rest) ?? [];
  if (version !== undefined)
    return {
      ...asked,
      route: `/versions/{version}${what}` as MirrorRoute,
      version: readNumber('version', version, MAX_VERSION),
    };
  if (id === '' || !['', '/manifest', '/events', '/diff', '/versions'].includes(rest))
    throw new Refusal(404, 'not_found', 'a mirror does not serve that');
  return { ...asked, route: rest as MirrorRoute };
}

/** Reads the query of a route. Throws Refusal 400 where a parameter is unknown, malformed, missing or there twice. */
export function readParams(route: MirrorRoute, query: string): Params {
  const known = PARAMS[route] ?? [];
  const params: Params = {};
  const given = new URLSearchParams(query);
  for (const name of new Set(given.keys())) {
    const isKnown = known.includes(name) || known.includes(`${name}!`);
    const [text = '', ...more] = given.getAll(name);
    if (!isKnown || more.length > 0) throw invalid(`${known.join(', ') || 'no parameters'} can be given`);
    if (name === 'epoch') params.epoch = readEpoch(text);
    else if (name === 'cursor') params.cursor = readCursor(text);
    else if (name === 'limit') params.limit = readNumber('limit', text, MAX_LIMIT, 1);
    else params[name as 'from' | 'version'] = readNumber(name, text, MAX_VERSION);
  }
  for (const name of known.filter((each) => each.endsWith('!')))
    if (!given.has(name.slice(0, -1))) throw invalid(`${name.slice(0, -1)} is required`);
  return params;
}

function readEpoch(text: string): string {
  if (!UUID.test(text)) throw invalid('epoch is a UUID');
  return text.toLowerCase();
}

function readNumber(name: string, text: string, most: number, least = 0): number {
  const number = /^[0-9]{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= least && number <= most)) throw invalid(`${name} is a number of ${least} to ${most}`);
  return number;
}

/** The cursor of the exchange's pages: the version that the page before ended with. */
function readCursor(text: string): number {
  const [, version] = /^\[([0-9]{1,10})\]$/.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  if (version === undefined) throw new Refusal(400, 'invalid_cursor', 'the cursor is not one of this call');
  return Number(version);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid('the path is not UTF-8');
  }
}

function invalid(detail: string): Refusal {
  return new Refusal(400, 'invalid_request', detail);
}
