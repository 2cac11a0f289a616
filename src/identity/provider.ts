// Signing in at an OpenID provider (OpenID Connect, code flow with PKCE). It says who somebody is; whether they may
// come in, and as what, is ours: they are known by their verified e-mail address.
import * as oidc from 'openid-client';
import { recordAct } from '../audit/record.ts';
import type { PeopleDeps } from './people.ts';
import { type PersonRow, selectPersonByEmail } from './person-queries.ts';
import { hashSecret } from './secret.ts';
import { insertSignInRequest, takeSignInRequest } from './session-queries.ts';
import { enter, type From, type SignedIn } from './sign-in.ts';

export interface ProviderSettings {
  issuer: string;
  clientId: string;
  /** None: a public client. */
  clientSecret: string | undefined;
  /** As people read it at the door. */
  name: string;
}

export const CALLBACK_PATH = '/v1/session/provider-callback';
const LIFE_MS = 10 * 60_000;

export class OpenIdProvider {
  readonly #settings: ProviderSettings;
  readonly #deps: PeopleDeps;
  #configuration: Promise<oidc.Configuration> | undefined;

  constructor(settings: ProviderSettings, deps: PeopleDeps) {
    this.#settings = settings;
    this.#deps = deps;
  }

  /** Where the browser is to go, and the state that its cookie holds until it comes back. */
  async begin(): Promise<{ location: string; state: string }> {
    const configuration = await this.#discover();
    const state = oidc.randomState();
    const nonce = oidc.randomNonce();
    const verifier = oidc.randomPKCECodeVerifier();
    const location = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#deps.issuer + CALLBACK_PATH,
      scope: 'openid email',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    const now = this.#deps.now();
    const request = { kind: 'provider' as const, personId: null, detail: { nonce, verifier } };
    const expiresAt = new Date(now.getTime() + LIFE_MS);
    await insertSignInRequest(this.#deps.db, hashSecret(state), request, now, expiresAt);
    return { location: location.href, state };
  }

  /**
   * Signs in who comes back.
   * @param state of the cookie; undefined when it is another browser than the one that went
   * @param query the provider's answer, as it came
   * @returns undefined when that is nobody who may come in
   */
  async finish(state: string | undefined, query: string, from: From): Promise<SignedIn | undefined> {
    const person = state === undefined ? undefined : await this.#personOf(state, query);
    if (person && !person.suspendedAt) return enter(this.#deps, person, 'provider', from);
    await recordAct(this.#deps.db, from.author, {
      target: person ? `users/${person.id}` : 'users',
      at: this.#deps.now(),
      changes: [{ field: 'signIn', before: null, after: 'refused' }],
    });
    return undefined;
  }

  async #personOf(state: string, query: string): Promise<PersonRow | undefined> {
    const request = await takeSignInRequest(this.#deps.db, hashSecret(state), 'provider', this.#deps.now());
    if (!request) return undefined;
    const url = new URL(this.#deps.issuer + CALLBACK_PATH + query);
    const checks = {
      pkceCodeVerifier: request.detail['verifier'] ?? '',
      expectedState: state,
      expectedNonce: request.detail['nonce'] ?? '',
      idTokenExpected: true,
    };
    const tokens = await oidc
      .authorizationCodeGrant(await this.#discover(), url, checks)
      .catch((error: unknown) => {
        if (isRefusal(error)) return undefined;
        throw error;
      });
    const claims = tokens?.claims();
    const email = claims?.['email'];
    if (typeof email !== 'string' || claims?.['email_verified'] !== true) return undefined;
    return selectPersonByEmail(this.#deps.db, email);
  }

  /** Asked for once; a provider that is away is asked again by the next who comes. */
  #discover(): Promise<oidc.Configuration> {
    if (this.#configuration) return this.#configuration;
    const { issuer, clientId, clientSecret } = this.#settings;
    const url = new URL(issuer);
    const options = url.protocol === 'http:' ? { execute: [oidc.allowInsecureRequests] } : {};
    const authentication = clientSecret === undefined ? oidc.None() : oidc.ClientSecretBasic(clientSecret);
    const asked = oidc.discovery(url, clientId, undefined, authentication, options);
    asked.catch(() => {
      this.#configuration = undefined; // whoever waits for it hears of it
    });
    this.#configuration = asked;
    return asked;
  }
}

/** The provider refused, or its answer does not hold: it is not our fault, and nobody comes in. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof oidc.AuthorizationResponseError ||
    error instanceof oidc.ResponseBodyError ||
    error instanceof oidc.ClientError
  );
}
