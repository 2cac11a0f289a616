// What is told of a setting beside its schema, which holds its default and its bounds.
import { z } from 'zod';

interface About {
  /** One or two sentences in Markdown: what it does, and its unit. */
  description: string;
  /** What holds where it is unset and has no default. */
  unset?: string;
  /** How a value looks, where the schema's bounds do not say it. */
  form?: string;
  /** Never shown; may be given in a file by NAME_FILE, whose first line it is. */
  secret?: true;
  /** A URL whose password is not shown. */
  secretUrl?: true;
}

const registry = z.registry<About>();

/** The schema, with what is told of it. */
export function setting<Schema extends z.ZodType>(schema: Schema, about: About): Schema {
  registry.add(schema, about);
  return schema;
}

/** What is told of a setting. */
export function aboutSetting(schema: z.ZodType): About {
  const about = registry.get(schema);
  if (!about) throw new Error('a setting without a description');
  return about;
}

export const port = z.coerce.number().int().min(0).max(65535);
export const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' });

/** A number within bounds. */
export function numberFrom(minimum: number, maximum: number): z.ZodCoercedNumber {
  return z.coerce.number().min(minimum).max(maximum);
}

/** A whole number within bounds. */
export function wholeFrom(minimum: number, maximum: number): z.ZodCoercedNumber {
  return numberFrom(minimum, maximum).int();
}

/** The parts of a comma-separated list. */
export function split(list: string): string[] {
  return list
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}
