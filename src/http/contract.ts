// The contract at run time: reads openapi.yaml, compiles one validator per operation.
// Paths, scopes and shapes come from the file alone; nothing here knows any of them.
import { readFileSync } from 'node:fs';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import type { Security } from './caller.ts';
import type { OperationId } from './handler.ts';
import { type FieldError, Problem } from './problem.ts';

type Json = Record<string, unknown>;
type Location = 'path' | 'query' | 'header';

export interface RequestBody {
  required: boolean;
  /** Declared media types with their byte limits; what is streamed is read by its handler. */
  types: ReadonlyMap<string, { maxBytes: number; isStreamed: boolean; validate: ValidateFunction }>;
  /** Content codings that are taken off, besides none. */
  codings: readonly string[];
}

export interface ResponseShape {
  /** Declared media types; empty for a response without a body. */
  types: ReadonlyMap<string, ValidateFunction>;
}

export interface Operation {
  id: OperationId;
  method: string;
  /** As in the contract: `/v1/cases/{caseId}`. */
  path: string;
  security: Security;
  /** Why it leaves no audit event, of an operation that is not a read. */
  unaudited: string | undefined;
  /** RFC 6749 errors instead of RFC 9457 ones. */
  oauthErrors: boolean;
  /** Whether requests are counted; what asks after the server's health is not. */
  isLimited: boolean;
  parameters: Record<Location, { names: string[]; validate: ValidateFunction }>;
  body: RequestBody | undefined;
  responses: ReadonlyMap<number, ResponseShape>;
  /** Media types of the successful answer, the default first. */
  offers: string[];
}

export interface Contract {
  document: Json;
  operations: Operation[];
}

const DEFAULT_MAX_BYTES = 1024 * 1024;
const METHODS = ['get', 'put', 'post', 'delete', 'patch'];

/**
 * Reads the contract and compiles its validators.
 * @param file path or URL of openapi.yaml
 * @throws Error when an operation states no `security`, or the document does not compile: the server must not start.
 */
export function loadContract(file: string | URL): Contract {
  const document = parse(readFileSync(file, 'utf8'), { merge: true }) as Json;
  const compile = compiler(document);
  const operations: Operation[] = [];
  for (const [path, item] of Object.entries(document['paths'] as Record<string, Json>)) {
    for (const method of METHODS.filter((name) => name in item)) {
      operations.push(readOperation(document, compile, path, item, method));
    }
  }
  return { document, operations };
}

/** Throws Problem `invalid_request` with a pointer for each fault. */
export function requireValid(
  validate: ValidateFunction,
  data: unknown,
  pointer: (error: ErrorObject) => string,
): void {
  if (validate(data)) return;
  const errors = (validate.errors ?? [])
    .filter((error) => error.keyword !== 'oneOf')
    .map((error) => fieldError(error, pointer));
  throw new Problem('invalid_request', 'The request is not as the contract says; see errors.', {
    errors: errors.slice(0, 100),
  });
}

/** RFC 6901 pointer of the offending place in a body. */
export function bodyPointer(error: ErrorObject): string {
  const property = error.params['additionalProperty'] ?? error.params['missingProperty'];
  return property === undefined
    ? error.instancePath
    : `${error.instancePath}/${escapePointer(String(property))}`;
}

function escapePointer(name: string): string {
  return name.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1');
}

function fieldError(error: ErrorObject, pointer: (error: ErrorObject) => string): FieldError {
  const codes: Record<string, string> = { additionalProperties: 'unknown', required: 'required' };
  const details: Record<string, string> = {
    additionalProperties: 'is not in the contract',
    required: 'is missing',
    enum: `must be one of ${(error.params['allowedValues'] as unknown[] | undefined)?.join(', ') ?? ''}`,
  };
  return {
    pointer: pointer(error),
    code: codes[error.keyword] ?? error.keyword,
    detail: details[error.keyword] ?? error.message ?? 'is not valid',
  };
}

type Compile = (schema: Json, coerce?: boolean) => ValidateFunction;

function compiler(document: Json): Compile {
  const options = {
    allErrors: false,
    strictTypes: false as const,
    allowUnionTypes: true,
    useDefaults: true,
    validateFormats: true,
  };
  const plain = new Ajv2020(options);
  // Query parameters, headers and path segments arrive as text.
  const coercing = new Ajv2020({ ...options, allErrors: true, coerceTypes: true });
  for (const ajv of [plain, coercing]) {
    addFormats.default(ajv);
    for (const keyword of ['components', 'paths', 'info', 'openapi', 'servers', 'tags', 'security'])
      ajv.addKeyword(keyword);
    ajv.addSchema(document, 'contract', false, false);
  }
  return (schema, coerce = false) => (coerce ? coercing : plain).compile(absolute(schema) as Json);
}

/** References of a schema that is compiled on its own lead into the registered document. */
function absolute(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(absolute);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === '$ref' ? `contract${value}` : absolute(value),
    ]),
  );
}

function resolve<T>(document: Json, node: T): T {
  const reference = (node as { $ref?: string }).$ref;
  if (reference === undefined) return node;
  return reference
    .slice(2)
    .split('/')
    .reduce<unknown>(
      (at, key) => (at as Json)[key.replaceAll('~1', '/').replaceAll('~0', '~')],
      document,
    ) as T;
}

function readOperation(
  document: Json,
  compile: Compile,
  path: string,
  item: Json,
  method: string,
): Operation {
  const source = item[method] as Json;
  const id = source['operationId'] as OperationId;
  const security = source['security'] as Record<string, string[]>[] | undefined;
  if (security === undefined) throw new Error(`openapi.yaml: ${id} states no security`);
  const responses = readResponses(document, compile, source);
  return {
    id,
    method,
    path,
    security: security.flatMap((alternative) =>
      Object.entries(alternative).map(([scheme, scopes]) => ({
        scheme: scheme as 'oauth' | 'session',
        scopes,
      })),
    ),
    unaudited: source['x-unaudited'] as string | undefined,
    oauthErrors: source['x-error-format'] === 'oauth',
    isLimited: responses.has(429),
    parameters: readParameters(document, compile, [item['parameters'], source['parameters']]),
    body: readBody(compile, source['requestBody'] as Json | undefined),
    responses,
    offers: [...(responses.get(200)?.types.keys() ?? responses.get(201)?.types.keys() ?? [])],
  };
}

interface Parameter {
  name: string;
  in: Location;
  required?: boolean;
  schema: Json;
}

function readParameters(document: Json, compile: Compile, sources: unknown[]): Operation['parameters'] {
  const all = sources
    .flatMap((source) => (source ?? []) as Parameter[])
    .map((node) => resolve(document, node));
  const of = (location: Location) => {
    const here = all.filter((parameter) => parameter.in === location);
    const schema = {
      type: 'object',
      additionalProperties: false,
      properties: Object.fromEntries(here.map(({ name, schema }) => [name, schema])),
      required: here.filter(({ required }) => required).map(({ name }) => name),
    };
    return { names: here.map(({ name }) => name), validate: compile(schema, true) };
  };
  return { path: of('path'), query: of('query'), header: of('header') };
}

function readBody(compile: Compile, source: Json | undefined): RequestBody | undefined {
  if (source === undefined) return undefined;
  const types = Object.entries(source['content'] as Record<string, Json>).map(
    ([type, media]) =>
      [
        type,
        {
          maxBytes: (media['x-max-bytes'] as number | undefined) ?? DEFAULT_MAX_BYTES,
          isStreamed: media['x-streamed'] === true,
          validate: compile(media['schema'] as Json),
        },
      ] as const,
  );
  const codings = (source['x-content-codings'] as string[] | undefined) ?? [];
  return { required: source['required'] === true, types: new Map(types), codings };
}

function readResponses(document: Json, compile: Compile, source: Json): Map<number, ResponseShape> {
  const responses = Object.entries(source['responses'] as Record<string, Json>).map(([status, node]) => {
    const content = Object.entries((resolve(document, node)['content'] ?? {}) as Record<string, Json>);
    const types = new Map(
      content.map(([type, media]) => [type, onFirstUse(() => compile(media['schema'] as Json))]),
    );
    return [Number(status), { types }] as const;
  });
  return new Map(responses);
}

/** Answers are only checked by tests: a server that starts need not compile their schemas. */
function onFirstUse(compile: () => ValidateFunction): ValidateFunction {
  let compiled: ValidateFunction | undefined;
  const validate = (data: unknown) => {
    compiled ??= compile();
    const valid = compiled(data);
    validate.errors = compiled.errors;
    return valid;
  };
  validate.errors = undefined as ValidateFunction['errors'];
  return validate as ValidateFunction;
}
