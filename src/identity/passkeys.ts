// Passkeys (WebAuthn): registered by who is signed in, and then a way to sign in. User verification is required, so
// one stands for possession and finger, face or PIN together.
import { isIP } from 'node:net';
import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';
import { changesOf, recordAct } from '../audit/record.ts';
import type { Actor } from '../http/caller.ts';
import type { components } from '../http/generated/openapi.ts';
import { notFound, Problem } from '../http/problem.ts';
import { parseId } from './id.ts';
import {
  deletePasskey,
  insertPasskey,
  markPasskeyUsed,
  type PasskeyRow,
  selectPasskey,
  selectPasskeys,
} from './passkey-queries.ts';
import type { PeopleDeps } from './people.ts';
import { type PersonRow, selectPerson } from './person-queries.ts';
import { hashSecret, newSecret } from './secret.ts';
import { insertSignInRequest, takeSignInRequest } from './session-queries.ts';
import { enter, type From, invalidCredentials, type SignedIn } from './sign-in.ts';

type Schemas = components['schemas'];

const TIMEOUT_MS = 300_000;
const ES256 = -7;
const RS256 = -257;
const EDDSA = -8;

/** Browsers know a passkey by a domain, over https or on this very machine. */
export function hasPasskeys(issuer: string): boolean {
  const { protocol, hostname } = new URL(issuer);
  return isIP(hostname.replace(/^\[|\]$/g, '')) === 0 && (protocol === 'https:' || hostname === 'localhost');
}

/** What the browser needs to make a passkey for a person. */
export async function offerRegistration(
  deps: PeopleDeps,
  person: PersonRow,
): Promise<Schemas['PasskeyOptions']> {
  const challenge = await challengeFor(deps, 'registration', person.id);
  const known = await selectPasskeys(deps.db, person.id);
  return {
    rp: { id: domainOf(deps), name: 'chadan' },
    user: { id: Buffer.from(person.id).toString('base64url'), name: person.email, displayName: person.name },
    challenge,
    pubKeyCredParams: [ES256, EDDSA, RS256].map((alg) => ({ type: 'public-key', alg })),
    timeout: TIMEOUT_MS,
    attestation: 'none',
    authenticatorSelection: {
      residentKey: 'required',
      requireResidentKey: true,
      userVerification: 'required',
    },
    excludeCredentials: known.map(({ credentialId }) => ({ id: credentialId, type: 'public-key' })),
  };
}

/** Registers what the browser made. Throws Problem `invalid_request`, `already_exists`. */
export async function registerPasskey(
  deps: PeopleDeps,
  author: Actor,
  given: Schemas['NewPasskey'],
): Promise<PasskeyRow> {
  const credential = await verifiedCredential(deps, author.id, given);
  const at = deps.now();
  return deps.db.transaction().execute(async (trx) => {
    const row = await insertPasskey(trx, {
      personId: author.id,
      credentialId: credential.id,
      publicKey: Buffer.from(credential.publicKey),
      signCount: credential.counter,
      name: given.name ?? 'passkey',
      createdAt: at,
    });
    if (!row) throw new Problem('already_exists', 'This passkey is registered already.');
    const changes = changesOf(null, { passkey: row.id, name: row.name });
    await recordAct(trx, author, { target: `users/${author.id}`, at, changes });
    return row;
  });
}

/** Removes a passkey of the person. */
export function removePasskey(deps: PeopleDeps, author: Actor, passkeyId: string): Promise<void> {
  return deps.db.transaction().execute(async (trx) => {
    const id = parseId(passkeyId);
    if (id === undefined || !(await deletePasskey(trx, author.id, id))) throw notFound('passkey');
    const changes = changesOf({ passkey: id }, null);
    await recordAct(trx, author, { target: `users/${author.id}`, at: deps.now(), changes });
  });
}

/** What the browser needs to sign in with whatever passkey it has for this domain. */
export async function offerSignIn(deps: PeopleDeps): Promise<Schemas['PasskeyRequest']> {
  const challenge = await challengeFor(deps, 'passkey', null);
  return { challenge, rpId: domainOf(deps), timeout: TIMEOUT_MS, userVerification: 'required' };
}

/** Signs in. Throws Problem `invalid_credentials`. */
export async function signInWithPasskey(
  deps: PeopleDeps,
  given: Schemas['PasskeyAssertion'],
  from: From,
): Promise<SignedIn> {
  const passkey = await selectPasskey(deps.db, given.id);
  const person = passkey && (await selectPerson(deps.db, passkey.personId));
  const signCount = passkey && (await verifiedCount(deps, passkey, given));
  if (!passkey || !person || signCount === undefined || person.suspendedAt) {
    await recordAct(deps.db, from.author, {
      target: person ? `users/${person.id}` : 'users',
      at: deps.now(),
      changes: [{ field: 'signIn', before: null, after: 'refused' }],
    });
    throw invalidCredentials();
  }
  await markPasskeyUsed(deps.db, passkey.id, signCount, deps.now());
  return enter(deps, person, 'passkey', from);
}

async function challengeFor(
  deps: PeopleDeps,
  kind: 'passkey' | 'registration',
  personId: string | null,
): Promise<string> {
  const challenge = newSecret();
  const now = deps.now();
  const expiresAt = new Date(now.getTime() + TIMEOUT_MS);
  await insertSignInRequest(deps.db, hashSecret(challenge), { kind, personId, detail: {} }, now, expiresAt);
  return challenge;
}

async function verifiedCredential(deps: PeopleDeps, personId: string, given: Schemas['NewPasskey']) {
  const challenge = challengeIn(given.clientDataJSON);
  const request = await takeSignInRequest(deps.db, hashSecret(challenge), 'registration', deps.now());
  if (request?.personId !== personId) throw invalidPasskey();
  const { clientDataJSON, attestationObject } = given;
  const result = await verifyRegistrationResponse({
    response: envelope(given.id, { clientDataJSON, attestationObject }),
    expectedChallenge: challenge,
    expectedOrigin: new URL(deps.issuer).origin,
    expectedRPID: domainOf(deps),
    requireUserVerification: true,
  }).catch((cause: unknown) => {
    throw invalidPasskey(cause); // it throws about what it was given
  });
  if (!result.verified || !result.registrationInfo) throw invalidPasskey();
  return result.registrationInfo.credential;
}

/** The authenticator's new counter; undefined where the assertion does not hold. */
async function verifiedCount(
  deps: PeopleDeps,
  passkey: PasskeyRow,
  given: Schemas['PasskeyAssertion'],
): Promise<number | undefined> {
  const challenge = challengeIn(given.clientDataJSON);
  if (!(await takeSignInRequest(deps.db, hashSecret(challenge), 'passkey', deps.now()))) return undefined;
  const { clientDataJSON, authenticatorData, signature } = given;
  const { credentialId: id, publicKey, signCount: counter } = passkey;
  const result = await verifyAuthenticationResponse({
    response: envelope(given.id, { clientDataJSON, authenticatorData, signature }),
    expectedChallenge: challenge,
    expectedOrigin: new URL(deps.issuer).origin,
    expectedRPID: domainOf(deps),
    requireUserVerification: true,
    credential: { id, publicKey: new Uint8Array(publicKey), counter },
  }).catch(() => undefined); // it throws about what it was given
  return result?.verified ? result.authenticationInfo.newCounter : undefined;
}

function envelope<R>(id: string, response: R) {
  return { id, rawId: id, type: 'public-key' as const, clientExtensionResults: {}, response };
}

function challengeIn(clientDataJson: string): string {
  try {
    const { challenge } = JSON.parse(Buffer.from(clientDataJson, 'base64url').toString('utf8')) as {
      challenge?: unknown;
    };
    return String(challenge);
  } catch (error) {
    throw invalidPasskey(error);
  }
}

function domainOf({ issuer }: PeopleDeps): string {
  return new URL(issuer).hostname;
}

function invalidPasskey(cause?: unknown): Problem {
  return new Problem(
    'invalid_request',
    'The answer of the browser does not fit what was asked: begin again.',
    { cause },
  );
}
