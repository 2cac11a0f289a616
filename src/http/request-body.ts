// Reads a bounded request body and parses it strictly: declared media type, UTF-8, declared content coding.
import type { IncomingMessage } from 'node:http';
import type { ValidateFunction } from 'ajv';
import type { BodyShare } from './body-budget.ts';
import { requireCoding, unpackBody } from './content-coding.ts';
import { bodyPointer, type Operation, requireValid } from './contract.ts';
import { Problem } from './problem.ts';

/** Deeper than anything in the contract. */
const MAX_DEPTH = 32;
/** Denser than anything in the contract: in a long body no value has fewer bytes on average. */
const BYTES_PER_VALUE = 8;
const FREE_VALUES = 1024;
const [QUOTE, COMMA, BACKSLASH, BRACKET, BRACE] = [0x22, 0x2c, 0x5c, 0x5b, 0x7b];
/** An escaped surrogate; the others are no UTF-8. */
const SURROGATE = /\\u[dD][89a-fA-F]/;
const LONE = /\p{Surrogate}/u;

/** The media type without parameters, lower case; '' when there is none. */
export function mediaType(request: IncomingMessage): string {
  return (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/**
 * The validated body, or undefined for an operation without one or for one that streams it.
 * @param share what it holds from here on, until the caller releases it
 * @throws Problem 400, 413, 415, 503
 */
export async function readBody(
  request: IncomingMessage,
  operation: Operation,
  share: BodyShare,
): Promise<unknown> {
  if (!operation.body) return undefined;
  const type = mediaType(request);
  if (!operation.body.required && !hasBody(request)) return undefined;
  const declared = operation.body.types.get(type);
  if (!declared) {
    const accepted = [...operation.body.types.keys()].join(', ');
    throw new Problem('unsupported_media_type', `Content-Type must be ${accepted}.`, {
      headers: { Accept: accepted },
    });
  }
  requireUtf8(request);
  requireCoding(request, operation.body.codings);
  if (Number(request.headers['content-length'] ?? 0) > declared.maxBytes) throw tooLarge(declared.maxBytes);
  if (declared.isStreamed) return undefined;
  return parseBody(type, await readText(request, declared.maxBytes, share), declared.validate);
}

/** The refusal of a body over its limit. */
export function tooLarge(maxBytes: number): Problem {
  return new Problem('payload_too_large', `The body is over ${maxBytes} bytes.`);
}

function hasBody(request: IncomingMessage): boolean {
  return (
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0
  );
}

function requireUtf8(request: IncomingMessage): void {
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(request.headers['content-type'] ?? '')?.[1];
  if (charset && !/^(utf-?8|us-ascii)$/i.test(charset)) {
    throw new Problem(
      'unsupported_encoding',
      `The charset ${charset.slice(0, 40)} is not taken: send UTF-8.`,
    );
  }
}

async function readText(request: IncomingMessage, maxBytes: number, share: BodyShare): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const isPacked = request.headers['content-encoding'] !== undefined;
  const expected = isPacked ? maxBytes : Number(request.headers['content-length'] ?? maxBytes);
  try {
    // Left early, the request stays open: the refusal is still to be read at its other end.
    const packed = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
    for await (const chunk of unpackBody(request, packed)) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      await share.grow(bytes, expected);
      chunks.push(chunk);
    }
    await share.complete(bytes);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem('incomplete_body', 'The body ended early; nothing was stored.', { cause: error });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (error) {
    throw new Problem('invalid_encoding', 'The body is not valid UTF-8.', { cause: error });
  }
}

function parseBody(type: string, text: string, validate: ValidateFunction): unknown {
  const body =
    type === 'application/json'
      ? parseJson(text)
      : type === 'application/x-www-form-urlencoded'
        ? parseForm(text)
        : text.trim();
  requireValid(validate, body, bodyPointer);
  if (SURROGATE.test(text) && !isWellFormed(body))
    throw new Problem('invalid_json', 'The body has half of a surrogate pair, which is no character.');
  return body;
}

function parseJson(text: string): unknown {
  const fault = shapeFault(text);
  if (fault) throw new Problem('invalid_json', fault);
  try {
    return JSON.parse(text);
  } catch (error) {
    // The parser's message quotes the input, which may be personal data: it stays out of the answer.
    throw new Problem('invalid_json', 'The body is not valid JSON.', { cause: error });
  }
}

/** I-JSON (RFC 7493, section 2.1): no string or name holds a surrogate without its other half. */
function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return !LONE.test(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, one]) => !LONE.test(name) && isWellFormed(one));
}

/** What costs many times its bytes once it is parsed (nesting forty times, small values twenty) is refused before. */
function shapeFault(text: string): string | undefined {
  const mostValues = FREE_VALUES + text.length / BYTES_PER_VALUE;
  let depth = 0;
  let values = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === BACKSLASH) at++;
      else if (code === QUOTE) inString = false;
    } else if (code === QUOTE) inString = true;
    else if (code === COMMA) values++;
    else if (code === BRACKET || code === BRACE) {
      values++;
      if (++depth > MAX_DEPTH) return `The body is nested over ${MAX_DEPTH} deep.`;
    } else if (code === BRACKET + 2 || code === BRACE + 2) depth--; // ] and }
  }
  if (values > mostValues) return `The body has more than one value for ${BYTES_PER_VALUE} bytes of it.`;
  return undefined;
}

function parseForm(text: string): Record<string, string> {
  const form: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) {
    if (name in form) throw new Problem('invalid_request', 'A form field is given twice.');
    form[name] = value;
  }
  return form;
}
