// The contract itself: what every operation, field and schema of openapi.yaml must say, and what the server
// refuses to start with.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { CONTRACT_FILE } from '../../src/assembly.ts';
import { BodyBudget } from '../../src/http/body-budget.ts';
import { loadContract } from '../../src/http/contract.ts';
import type { Handlers } from '../../src/http/handler.ts';
import { mountOperations } from '../../src/http/mount.ts';
import { Problem, type ProblemCode } from '../../src/http/problem.ts';

interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  description?: string;
  examples?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: unknown;
  items?: Schema;
  oneOf?: Schema[];
}
interface Parameter {
  $ref?: string;
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema: Schema;
}
interface Operation {
  operationId: string;
  summary?: string;
  tags?: string[];
  security?: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, unknown> };
  responses: Record<string, { $ref?: string; description?: string; content?: Record<string, unknown> }>;
}
interface Document {
  paths: Record<string, Record<string, Operation> & { parameters?: Parameter[] }>;
  components: { schemas: Record<string, Schema>; [part: string]: Record<string, unknown> };
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options', 'trace'];
const text = await readFile(CONTRACT_FILE, 'utf8');
const contract = parse(text, { merge: true }) as Document;

const operations = Object.entries(contract.paths).flatMap(([path, item]) =>
  METHODS.filter((method) => method in item).map((method) => ({
    method,
    path,
    shared: (item.parameters ?? []) as Parameter[],
    operation: item[method] as Operation,
  })),
);

function resolve<T extends { $ref?: string }>(node: T): T {
  if (node.$ref === undefined) return node;
  return node.$ref
    .slice(2)
    .split('/')
    .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], contract) as T;
}

/** Every schema of the document with where it stands, references not followed. */
function schemas(): { at: string; schema: Schema }[] {
  const found: { at: string; schema: Schema }[] = [];
  const walk = (node: unknown, at: string): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (key === 'examples') continue;
      if (key === 'schema') visit(value as Schema, at);
      else walk(value, `${at}/${key}`);
    }
  };
  const visit = (schema: Schema, at: string): void => {
    found.push({ at, schema });
    for (const [name, property] of Object.entries(schema.properties ?? {})) visit(property, `${at}.${name}`);
    if (schema.items) visit(schema.items, `${at}[]`);
    for (const one of schema.oneOf ?? []) visit(one, at);
  };
  for (const [name, schema] of Object.entries(contract.components.schemas)) visit(schema, name);
  walk(contract.paths, '');
  for (const part of ['parameters', 'responses', 'headers']) walk(contract.components[part], part);
  return found;
}

function isScalar(schema: Schema): boolean {
  const types = [resolve(schema).type ?? []].flat();
  return types.some((type) => ['string', 'integer', 'number', 'boolean'].includes(type));
}

function hasExample(schema: Schema): boolean {
  return (schema.examples?.length ?? 0) > 0 || (resolve(schema).examples?.length ?? 0) > 0;
}

describe('every operation', () => {
  test('states its security itself', () => {
    expect(operations.filter(({ operation }) => !Array.isArray(operation.security))).toEqual([]);
    expect(operations.length).toBeGreaterThan(30);
  });

  test('asks for scopes that the contract declares, at least one in each alternative', () => {
    const scheme = contract.components['securitySchemes']?.['oauth'] as {
      flows: { clientCredentials: { scopes: Record<string, string> } };
    };
    const known = Object.keys(scheme.flows.clientCredentials.scopes);
    for (const { operation } of operations) {
      for (const alternative of operation.security ?? []) {
        const [[scheme = '', scopes = []] = []] = Object.entries(alternative);
        expect(Object.keys(alternative), operation.operationId).toHaveLength(1);
        expect(['oauth', 'session'], operation.operationId).toContain(scheme);
        // Whoever is signed in may; a token always says what for.
        if (scheme === 'oauth') expect(scopes.length, operation.operationId).toBeGreaterThan(0);
        for (const scope of scopes) expect(known).toContain(scope);
      }
    }
  });

  test('declares 401 and 403 when it needs a token', () => {
    for (const { operation } of operations.filter(({ operation }) => operation.security?.length)) {
      expect(Object.keys(operation.responses), operation.operationId).toEqual(
        expect.arrayContaining(['401', '403']),
      );
    }
  });

  test('declares 400, 413 and 415 when it takes a body', () => {
    for (const { operation } of operations.filter(({ operation }) => operation.requestBody)) {
      expect(Object.keys(operation.responses), operation.operationId).toEqual(
        expect.arrayContaining(['400', '413', '415']),
      );
    }
  });

  test('declares 400, since an unknown query parameter is refused everywhere', () => {
    for (const { operation } of operations)
      expect(Object.keys(operation.responses), operation.operationId).toContain('400');
  });

  test('declares 503 when it needs a token, since the database may be away', () => {
    for (const { operation } of operations.filter(({ operation }) => operation.security?.length))
      expect(Object.keys(operation.responses), operation.operationId).toContain('503');
  });

  test('is named once, by a verb and a noun in camelCase, and is summed up under a tag', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const verbs =
      /^(get|list|create|add|remove|import|change|invite|open|accept|revoke|withdraw|claim|preview|decide|protect|unprotect|publish|follow|report|release|undo|authorize)[A-Z][A-Za-z0-9]*$/;
    for (const { operation } of operations) {
      expect(operation.operationId).toMatch(verbs);
      expect(operation.summary, operation.operationId).toBeTruthy();
      expect(operation.tags, operation.operationId).toHaveLength(1);
    }
  });

  test('declares a path parameter for each place in its path, and none besides', () => {
    for (const { path, operation, shared } of operations) {
      const declared = [...shared, ...(operation.parameters ?? [])].map(resolve);
      const inPath = declared.filter((parameter) => parameter.in === 'path');
      const places = [...path.matchAll(/\{([A-Za-z]+)\}/g)].map(([, name]) => name);
      expect(inPath.map(({ name }) => name).toSorted(), operation.operationId).toEqual(places.toSorted());
      for (const { required } of inPath) expect(required).toBe(true);
    }
  });

  test('answers errors as problem+json, but the token endpoint in the form of RFC 6749', () => {
    for (const { operation } of operations) {
      for (const [status, node] of Object.entries(operation.responses).filter(
        ([code]) => Number(code) >= 400,
      )) {
        const types = Object.keys(resolve(node).content ?? {});
        const own = operation.operationId === 'createToken' || operation.operationId === 'getReadiness';
        const expected = own && status !== '400' ? ['application/json'] : types;
        expect(types, `${operation.operationId} ${status}`).toEqual(expected);
        if (!own) expect(types, operation.operationId).toEqual(['application/problem+json']);
      }
    }
  });
});

describe('every field', () => {
  test('of every object says what it is, with an example where it is a plain value', () => {
    const lacking: string[] = [];
    for (const { at, schema } of schemas()) {
      for (const [name, property] of Object.entries(schema.properties ?? {})) {
        if (!property.description && !resolve(property).description)
          lacking.push(`${at}.${name}: description`);
        const example = isScalar(property) || property.items || property.oneOf;
        if (example && !hasExample(property) && resolve(property.items ?? {}).type !== 'object')
          lacking.push(`${at}.${name}: example`);
      }
    }
    expect(lacking).toEqual([]);
  });

  test('among the parameters says what it is, with an example', () => {
    const lacking: string[] = [];
    const all = operations.flatMap(({ operation, shared }) =>
      [...shared, ...(operation.parameters ?? [])].map((node) => ({ operation, parameter: resolve(node) })),
    );
    for (const { operation, parameter } of all) {
      const at = `${operation.operationId} ${parameter.name}`;
      if (!parameter.description) lacking.push(`${at}: description`);
      if (!hasExample(parameter.schema)) lacking.push(`${at}: example`);
    }
    expect(lacking).toEqual([]);
  });

  test('that is required exists', () => {
    for (const { at, schema } of schemas()) {
      for (const name of schema.required ?? [])
        expect(Object.keys(schema.properties ?? {}), at).toContain(name);
    }
  });

  test('has examples that keep its own rules', () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats.default(ajv);
    ajv.addSchema(contract, 'contract', false, false);
    const wrong: string[] = [];
    for (const [name, schema] of Object.entries(contract.components.schemas)) {
      for (const [field, property] of Object.entries(schema.properties ?? {})) {
        const pointer = `contract#/components/schemas/${name}/properties/${field}`;
        for (const example of property.examples ?? [])
          if (!ajv.validate({ $ref: pointer }, example)) wrong.push(`${name}.${field}: ${String(example)}`);
      }
      for (const example of schema.examples ?? [])
        if (!ajv.validate({ $ref: `contract#/components/schemas/${name}` }, example)) wrong.push(name);
    }
    expect(wrong).toEqual([]);
  });
});

describe('every schema', () => {
  test('of an object is closed, but the answer that is the contract itself', () => {
    const open = schemas().filter(
      ({ schema }) => schema.type === 'object' && schema.additionalProperties !== false,
    );
    expect(open.map(({ at }) => at)).toEqual(['//openapi.json/get/responses/200/content/application/json']);
  });

  test('is referred to by something', () => {
    for (const part of ['schemas', 'parameters', 'responses', 'headers']) {
      for (const name of Object.keys(contract.components[part] ?? {}))
        expect(text, `${part}/${name}`).toContain(`#/components/${part}/${name}'`);
    }
  });

  test('of a page has items and next', () => {
    for (const [name, schema] of Object.entries(contract.components.schemas)) {
      if (name.endsWith('Page')) expect(schema.required, name).toEqual(['items', 'next']);
    }
  });
});

describe('every problem code', () => {
  const codes = contract.components.schemas['ProblemCode']?.enum as ProblemCode[];

  test('has a status that an error can have', () => {
    for (const code of codes) expect(new Problem(code, '').status, code).toBeGreaterThanOrEqual(400);
  });

  test('is given by something in the program', async () => {
    const root = fileURLToPath(new URL('../../src/', import.meta.url));
    const files = (await readdir(root, { recursive: true })).filter(
      (name) => name.endsWith('.ts') && !name.includes('generated') && name !== join('http', 'problem.ts'),
    );
    const source = (await Promise.all(files.map((name) => readFile(join(root, name), 'utf8')))).join('\n');
    expect(codes.filter((code) => !source.includes(`'${code}'`))).toEqual([]);
  });
});

describe('the server refuses to start', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'chadan-contract-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  const nobody = () => Promise.reject(new Error('nobody is asked'));
  const nobodyIsAsked = { token: nobody, session: nobody };
  const UNLIMITED = { count: async () => undefined };
  const ORIGIN = 'http://127.0.0.1';
  const BODIES = new BodyBudget({ bytes: 2 ** 20, waitMs: 10_000, patienceMs: 60_000 });
  const allHandlers = () =>
    Object.fromEntries(
      operations.map(({ operation }) => [operation.operationId, nobody]),
    ) as unknown as Handlers;

  /** The contract with a change, as a file. */
  async function changed(name: string, change: (document: Document) => void): Promise<string> {
    const document = structuredClone(contract);
    change(document);
    const file = join(directory, `${name}.yaml`);
    await writeFile(file, stringify(document, { aliasDuplicateObjects: false }));
    return file;
  }

  test('never on the contract as it is', () => {
    expect(() =>
      mountOperations(loadContract(CONTRACT_FILE), allHandlers(), nobodyIsAsked, ORIGIN, UNLIMITED, BODIES),
    ).not.toThrow();
  });

  test('on an operation that states no security', async () => {
    const file = await changed('insecure', ({ paths }) => {
      delete paths['/v1/cases']?.['get']?.security;
    });
    expect(() => loadContract(file)).toThrow('listCases states no security');
  });

  test('on an operation that nothing handles', () => {
    const { listCases: _, ...others } = allHandlers();
    const open = () =>
      mountOperations(
        loadContract(CONTRACT_FILE),
        others as Handlers,
        nobodyIsAsked,
        ORIGIN,
        UNLIMITED,
        BODIES,
      );
    expect(open).toThrow('listCases, which nothing handles');
  });

  test('on a handler that no operation asks for', () => {
    const surplus = { ...allHandlers(), listSecrets: nobody } as unknown as Handlers;
    expect(() =>
      mountOperations(loadContract(CONTRACT_FILE), surplus, nobodyIsAsked, ORIGIN, UNLIMITED, BODIES),
    ).toThrow('listSecrets');
  });

  test('on a schema that leads nowhere', async () => {
    const file = await changed('dangling', ({ components }) => {
      delete components.schemas['Verdict'];
    });
    expect(() => loadContract(file)).toThrow(/Verdict/);
  });

  test('on two operations of one name', async () => {
    const file = await changed('twice', ({ paths }) => {
      (paths['/v1/relays']?.['get'] as Operation).operationId = 'listCases';
    });
    expect(() =>
      mountOperations(loadContract(file), allHandlers(), nobodyIsAsked, ORIGIN, UNLIMITED, BODIES),
    ).toThrow();
  });
});
