// Requests as the contract allows them, for every operation: parameters and bodies from its schemas.
import fc, { type Arbitrary } from 'fast-check';
import type { Contract, Operation } from '../../src/http/contract.ts';
import { resolveReference, type Schema, type Values } from './values.ts';
import type { WireRequest } from './wire.ts';

/** A request before it is written down. */
export interface Draft {
  path: Record<string, string>;
  query: Record<string, unknown>;
  headers: Record<string, string>;
  /** Media type of the body; undefined without one. */
  type: string | undefined;
  body: unknown;
}

export interface ParameterSource {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema: Schema;
}

export interface OperationSource {
  operation: Operation;
  parameters: ParameterSource[];
  /** Schemas of the body by media type. */
  content: Record<string, { schema: Schema }>;
  isBodyRequired: boolean;
}

/** What the generator needs of each operation, references resolved. */
export function readSources({ document, operations }: Contract): OperationSource[] {
  const paths = document['paths'] as Record<string, Record<string, unknown>>;
  return operations.map((operation) => {
    const item = paths[operation.path] ?? {};
    const source = item[operation.method] as {
      parameters?: Schema[];
      requestBody?: { content: object; required?: boolean };
    };
    const given = [...((item['parameters'] ?? []) as Schema[]), ...(source.parameters ?? [])];
    return {
      operation,
      parameters: given.map((one) => resolveReference(document, one) as unknown as ParameterSource),
      content: (source.requestBody?.content ?? {}) as OperationSource['content'],
      isBodyRequired: source.requestBody?.required ?? false,
    };
  });
}

/** A request that is as the schemas of the contract say. */
export function draftOf(source: OperationSource, values: Values): Arbitrary<Draft> {
  const at = (location: ParameterSource['in']) => {
    const here = source.parameters.filter((parameter) => parameter.in === location);
    const cursor = `cursor ${source.operation.path}`;
    const fields = here.map(({ name, schema }) => {
      const isCursor = name === 'cursor' || name === 'after';
      const any = values.of(schema, name);
      return [name, isCursor ? values.told(cursor, any) : any] as const;
    });
    const requiredKeys = here
      .filter(({ required, in: place }) => required || place === 'path')
      .map(({ name }) => name);
    return fc.record(Object.fromEntries(fields), { requiredKeys });
  };
  // Each optional one is there or not, seldom all at once: filters that exclude each other find nothing.
  const query = fc
    .tuple(at('query'), fc.nat({ max: 2 }))
    .map(([all, few]) => (few === 0 ? all : onlySome(all, source)));
  return fc
    .record({ path: at('path'), query, headers: at('header'), body: bodyOf(source, values) })
    .map(({ body, ...rest }) => ({ ...rest, ...body }) as Draft);
}

function onlySome(all: Record<string, unknown>, source: OperationSource): Record<string, unknown> {
  const required = source.parameters.filter((one) => one.required).map(({ name }) => name);
  const [first, ...rest] = Object.keys(all).filter((name) => !required.includes(name));
  const left = rest.length % 2 === 0 ? first : rest[0];
  return Object.fromEntries(Object.entries(all).filter(([name]) => required.includes(name) || name === left));
}

function bodyOf(
  { content, isBodyRequired }: OperationSource,
  values: Values,
): Arbitrary<Pick<Draft, 'type' | 'body'>> {
  const types = Object.entries(content).map(([type, { schema }]) =>
    values.of(schema, `body ${type}`).map((body) => ({ type, body })),
  );
  const none = fc.constant({ type: undefined, body: undefined });
  if (types.length === 0) return none;
  const some = fc.oneof(...(types as Arbitrary<Pick<Draft, 'type' | 'body'>>[]));
  return isBodyRequired ? some : fc.oneof({ weight: 3, arbitrary: some }, none);
}

/** Writes a request down as a careful client would. */
export function write({ method, path }: Operation, draft: Draft): WireRequest {
  const filled = path.replaceAll(/\{([A-Za-z]+)\}/g, (_, name: string) =>
    encodeURIComponent(String(draft.path[name])),
  );
  const query = formOf(draft.query);
  const headers: Record<string, string> = {};
  // What a header cannot carry is no header; wrong ones are sent on purpose elsewhere.
  for (const [name, value] of Object.entries(draft.headers))
    headers[name] = String(value).replaceAll(/[^\x20-\x7e]/g, '~');
  if (draft.type) headers['Content-Type'] = draft.type;
  return {
    method: method.toUpperCase(),
    path: query === '' ? filled : `${filled}?${query}`,
    headers,
    body: draft.type === undefined ? undefined : Buffer.from(writeBody(draft.type, draft.body)),
  };
}

function writeBody(type: string, body: unknown): string {
  if (type === 'application/json') return JSON.stringify(body);
  if (type === 'application/x-www-form-urlencoded') return formOf(body as object);
  return String(body);
}

function formOf(fields: object): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields))
    form.append(name, typeof value === 'string' ? value : JSON.stringify(value));
  return form.toString();
}
