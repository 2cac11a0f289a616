// The part of a row's evidence that only people read. It is stored under the contract's names, as JSON.
import { createHash } from 'node:crypto';
import { maskSample, stripUrl } from '../list/masking.ts';
import type { FieldReader } from './field-reader.ts';

/** What is absent has no key. */
export interface Evidence {
  model?: string;
  callbackNumber?: string[];
  relay?: string;
  chain?: string[];
  /** Masked. */
  sample?: string;
  /** SHA-256 of the sample as it came, in hexadecimal: tells equal messages without keeping any. */
  sampleHash?: string;
  url?: string;
  reportIds?: string[];
  note?: string;
}

const MAX_NAME = 200;
const MAX_SAMPLE = 4000;
const MAX_TEXT = 2000;

/** Reads the evidence of a row; null when there is none. */
export function readEvidence(row: FieldReader, samples: MaskedSamples): Evidence | null {
  const evidence: Evidence = {};
  const model = row.text('model', MAX_NAME);
  if (model !== null) evidence.model = model;
  const callbacks = row.texts('callbackNumber', 20, 64);
  if (callbacks.length > 0) evidence.callbackNumber = callbacks;
  const relay = row.text('relay', MAX_NAME);
  if (relay !== null) evidence.relay = relay;
  const chain = row.texts('chain', 20, MAX_NAME);
  if (chain.length > 0) evidence.chain = chain;
  const sample = row.text('sample', MAX_SAMPLE, true);
  if (sample !== null) Object.assign(evidence, samples.mask(sample, String(row.given('sample'))));
  const url = row.text('url', MAX_TEXT);
  if (url !== null) evidence.url = stripUrl(url);
  const reports = row.texts('reportIds', 100, 100);
  if (reports.length > 0) evidence.reportIds = reports;
  const note = row.text('note', MAX_TEXT, true);
  if (note !== null) evidence.note = note;
  for (const _ in evidence) return evidence;
  return null;
}

const MAX_REMEMBERED = 1000;

/** Masks and hashes samples. Spam repeats itself, so the last ones are remembered, for one submission. */
export class MaskedSamples {
  readonly #masked = new Map<string, { sample: string; sampleHash: string }>();

  /** @param raw the sample as it came; @param clean the same without control characters */
  mask(clean: string, raw: string): { sample: string; sampleHash: string } {
    const known = this.#masked.get(raw);
    if (known !== undefined) return known;
    const masked = { sample: maskSample(clean), sampleHash: createHash('sha256').update(raw).digest('hex') };
    if (this.#masked.size >= MAX_REMEMBERED) this.#masked.clear();
    // A copy: a slice of the body would keep its whole piece in memory.
    this.#masked.set(Buffer.from(raw).toString(), masked);
    return masked;
  }
}
