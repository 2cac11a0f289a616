// The part of a row's evidence that only people read. It is stored under the contract's names, as JSON.
import { createHash } from 'node:crypto';
import { maskSample, stripUrl } from '../list/masking.ts';
import type { FieldReader } from './field-reader.ts';

/** Absent texts are null, absent lists empty. */
export interface Evidence {
  model: string | null;
  callbackNumber: string[];
  relay: string | null;
  chain: string[];
  /** Masked. */
  sample: string | null;
  /** SHA-256 of the sample as it came, in hexadecimal: tells equal messages without keeping any. */
  sampleHash: string | null;
  url: string | null;
  reportIds: string[];
  note: string | null;
}

const MAX_NAME = 200;
const MAX_SAMPLE = 4000;
const MAX_TEXT = 2000;

/** Reads the evidence of a row. */
export function readEvidence(row: FieldReader, samples: MaskedSamples): Evidence {
  const model = row.text('model', MAX_NAME);
  const callbackNumber = row.texts('callbackNumber', 20, 64);
  const relay = row.text('relay', MAX_NAME);
  const chain = row.texts('chain', 20, MAX_NAME);
  const message = row.text('sample', MAX_SAMPLE, true);
  const masked = message === null ? undefined : samples.mask(message, String(row.given('sample')));
  const url = row.text('url', MAX_TEXT);
  return {
    model,
    callbackNumber,
    relay,
    chain,
    sample: masked?.sample ?? null,
    sampleHash: masked?.sampleHash ?? null,
    url: url === null ? null : stripUrl(url),
    reportIds: row.texts('reportIds', 100, 100),
    note: row.text('note', MAX_TEXT, true),
  };
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
