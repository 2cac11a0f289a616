// Values as the contract's schemas allow them: those that an earlier answer told, examples, and any others.
import fc, { type Arbitrary } from 'fast-check';
import { generateKey } from '../../src/list/jwk.ts';
import type { Pools } from './pools.ts';

export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  examples?: unknown[];
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  items?: Schema;
  required?: string[];
  properties?: Record<string, Schema>;
}

/** Arrays may be longer by the contract; what is beyond is the same again. */
const LONGEST_ARRAY = 20;
const LONGEST_TEXT = 80;

const DAY_MS = 86_400_000;

/** A moment in the last days, or now. */
function momentNear(now: number): Arbitrary<Date> {
  return fc.integer({ min: -40 * DAY_MS, max: 0 }).map((ms) => new Date(now + ms));
}

/** Of senders: numbers that a carrier would hand in, and others. */
const SENDERS = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 20_000_000, max: 20_003_000 }).map((n) => `010${n}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('1588-1234', '0212345678', '112', '００７', '+14155552671', '123456789'),
  },
);

/** What a reference of the contract leads to, or the schema itself. */
export function resolveReference(document: Record<string, unknown>, schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const at = schema.$ref.slice(2).split('/');
  return at.reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], document) as Schema;
}

export class Values {
  readonly #document: Record<string, unknown>;
  readonly #pools: Pools;
  readonly #known = new Map<string, Arbitrary<unknown>>();

  constructor(document: Record<string, unknown>, pools: Pools) {
    this.#document = document;
    this.#pools = pools;
  }

  /** @param name of the parameter or property, by which earlier answers tell values */
  of(schema: Schema, name: string): Arbitrary<unknown> {
    const key = `${name} ${JSON.stringify(schema)}`;
    const known = this.#known.get(key) ?? this.#make(schema, name);
    this.#known.set(key, known);
    return known;
  }

  /** A value that an earlier answer told under this name, or else one of `otherwise`. */
  told(name: string, otherwise: Arbitrary<unknown>): Arbitrary<unknown> {
    return fc
      .tuple(fc.noBias(fc.nat({ max: 1_000_000 })), fc.noBias(fc.nat({ max: 9 })), otherwise)
      .map(([chance, often, other]) => (often === 0 ? other : (this.#pools.take(name, chance) ?? other)));
  }

  #make(given: Schema, name: string): Arbitrary<unknown> {
    const special = this.#special(name);
    if (special) return special;
    const schema = resolveReference(this.#document, given);
    const any = this.#any(schema, name);
    const examples = schema.examples ?? [];
    const one =
      examples.length > 0 && !schema.enum
        ? fc.oneof({ weight: 2, arbitrary: any }, fc.constantFrom(...examples))
        : any;
    return isScalar(schema) ? this.told(name, one) : one;
  }

  /** What no schema says, but whoever calls knows. */
  #special(name: string): Arbitrary<unknown> | undefined {
    switch (name) {
      case 'publicKey':
        // Each is registered once: a key that is known already is refused.
        return fc.constant(undefined).map(() => generateKey().publicJwk);
      case 'wait':
        return fc.nat({ max: 1 });
      case 'value':
        return this.told('value', SENDERS);
      case 'organizationId':
      case 'clientId':
      case 'userId':
        return this.told(name, fc.uuid());
      default:
        return undefined;
    }
  }

  #any(schema: Schema, name: string): Arbitrary<unknown> {
    if (schema.const !== undefined) return fc.constant(schema.const);
    if (schema.enum) return fc.constantFrom(...schema.enum);
    const types = [schema.type ?? 'any'].flat();
    return fc.oneof(...types.map((type) => this.#typed(type, schema, name)));
  }

  #typed(type: string, schema: Schema, name: string): Arbitrary<unknown> {
    switch (type) {
      case 'object':
        return this.#object(schema);
      case 'array':
        return fc.array(this.of(schema.items ?? {}, name), {
          minLength: schema.minItems ?? 0,
          maxLength: Math.min(schema.maxItems ?? LONGEST_ARRAY, LONGEST_ARRAY),
        });
      case 'string':
        return text(schema);
      case 'integer':
        return whole(schema);
      case 'number':
        return fc.double({ noNaN: true, min: schema.minimum ?? -1e9, max: schema.maximum ?? 1e9 });
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      default:
        return fc.jsonValue({ maxDepth: 1 });
    }
  }

  #object({ properties = {}, required = [] }: Schema): Arbitrary<unknown> {
    const fields = Object.entries(properties).map(([name, schema]) => [name, this.of(schema, name)] as const);
    return fc.record(Object.fromEntries(fields), { requiredKeys: required });
  }
}

function isScalar(schema: Schema): boolean {
  return !schema.enum && !['object', 'array', 'boolean'].includes(String(schema.type));
}

function whole({ minimum = 0, maximum = 1_000_000 }: Schema): Arbitrary<number> {
  return fc.oneof(fc.integer({ min: minimum, max: maximum }), fc.constantFrom(minimum, maximum));
}

function text(schema: Schema): Arbitrary<string> {
  const { minLength = 0, maxLength = LONGEST_TEXT, format, pattern } = schema;
  if (format === 'uuid') return fc.uuid();
  const moments = momentNear(Date.now());
  if (format === 'date-time') return moments.map((moment) => moment.toISOString());
  if (format === 'date') return moments.map((moment) => moment.toISOString().slice(0, 10));
  if (pattern !== undefined) {
    // One class of characters, any number of them: as many as the lengths allow.
    const most = Math.min(maxLength, LONGEST_TEXT);
    const bounded = pattern.replace(
      /\][*+]\$$/,
      `]{${Math.max(minLength, pattern.endsWith('+$') ? 1 : 0)},${most}}$`,
    );
    return fc.stringMatching(new RegExp(bounded, 'u')).map((one) => one.replaceAll(/\p{Surrogate}/gu, ''));
  }
  const ordinary = fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, LONGEST_TEXT) });
  return fc.oneof({ weight: 9, arbitrary: ordinary }, fc.constant('가'.repeat(Math.min(maxLength, 5000))));
}
