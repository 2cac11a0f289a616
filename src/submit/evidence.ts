// The part of a row's evidence that only people read. It is stored under the contract's names, as JSON.
import { createHash } from 'node:crypto';
import { maskSample, stripUrl } from '../list/masking.ts';
import type { FieldReader } from './field-reader.ts';
import { cleanText } from './text-cleaning.ts';

interface Sample {
  /** Masked. */
  sample: string | null;
  /** SHA-256 of the sample as it came, in hexadecimal: tells equal messages without keeping any. */
  sampleHash: string | null;
}

/** Absent texts are null, absent lists empty. */
export interface Evidence extends Sample {
  model: string | null;
  callbackNumber: readonly string[];
  relay: string | null;
  chain: readonly string[];
  url: string | null;
  reportIds: readonly string[];
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
  const message = row.raw('sample', MAX_SAMPLE);
  const { sample, sampleHash } = message === null ? NO_SAMPLE : samples.read(message);
  const url = row.text('url', MAX_TEXT);
  return {
    model,
    callbackNumber,
    relay,
    chain,
    sample,
    sampleHash,
    url: url === null ? null : stripUrl(url),
    reportIds: row.texts('reportIds', 100, 100),
    note: row.text('note', MAX_TEXT, true),
  };
}

const MAX_REMEMBERED = 1000;
const NO_SAMPLE: Sample = { sample: null, sampleHash: null };

/** Masks and hashes samples. Spam repeats itself, so the last ones are remembered, for one submission. */
export class MaskedSamples {
  readonly #read = new Map<string, Sample>();

  /** @param raw the sample as it came */
  read(raw: string): Sample {
    const known = this.#read.get(raw);
    if (known !== undefined) return known;
    const clean = cleanText(raw);
    const sample =
      clean === ''
        ? NO_SAMPLE
        : { sample: maskSample(clean), sampleHash: createHash('sha256').update(raw).digest('hex') };
    if (this.#read.size >= MAX_REMEMBERED) this.#read.clear();
    // A copy: a slice of the body would keep its whole piece in memory.
    this.#read.set(Buffer.from(raw, 'utf16le').toString('utf16le'), sample);
    return sample;
  }
}
