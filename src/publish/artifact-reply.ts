// Snapshots and diffs as answers: in the content coding that the caller prefers, from a file here or by the cache in
// front.
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { preferredCoding } from '../http/negotiation.ts';
import { CODINGS, type Coding } from '../list/coding.ts';
import type { ArtifactDeps, TypedArtifact } from './artifact-forms.ts';

/** Nobody reads it: the cache in front answers in its place. It is no list, should it ever reach a reader. */
const FOR_THE_FRONT = 'This is for the cache in front, which CHADAN_ARTIFACTS_FRONT says is there.\n';

/** Answers with an artifact. */
export async function replyWith<Type extends string>(
  { artifacts }: Pick<ArtifactDeps, 'artifacts'>,
  artifact: TypedArtifact<Type>,
  request: IncomingMessage,
  cacheControl: string,
) {
  const { name, type } = artifact;
  const coding = preferredCoding(request, CODINGS);
  const headers = artifactHeaders(name, coding, cacheControl);
  const place = await artifacts.place(artifact, coding);
  if ('file' in place) return { type, file: place.file, headers };
  // ETag and Content-Encoding are then those that the object was stored with.
  const { 'Content-Encoding': _, ...rest } = headers;
  return { type, text: FOR_THE_FRONT, headers: { ...rest, 'X-Accel-Redirect': place.front } };
}

type ArtifactHeaders = Record<string, string> & { ETag: string; 'Cache-Control': string };

/** The name says the content, so it is the validator; each coding has its own (RFC 9110 §8.8.3). */
function artifactHeaders(name: string, coding: Coding, cacheControl: string): ArtifactHeaders {
  return {
    ETag: etagOf(`${name} ${coding}`),
    'Cache-Control': cacheControl,
    Vary: 'Accept, Accept-Encoding',
    ...(coding !== 'identity' && { 'Content-Encoding': coding }),
  };
}

/** Those asked for last: every relay asks for the same few. */
const tags = new Map<string, string>();
const MAX_TAGS = 1000;

/** A strong validator of what the text says. */
export function etagOf(text: string): string {
  const known = tags.get(text);
  if (known !== undefined) return known;
  const tag = `"${createHash('sha256').update(text).digest('hex').slice(0, 32)}"`;
  if (tags.size >= MAX_TAGS) tags.clear();
  tags.set(text, tag);
  return tag;
}
