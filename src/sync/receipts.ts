// Acknowledges what is in force (format §9.7). The agency learns from it what relays hold; nothing here may ever
// take a list out of force or fail a sync.
import type { Credentials } from '../client/credentials.ts';
import { type ExchangeClient, ExchangeError } from '../client/exchange-client.ts';
import { importPrivateJwk, type SigningKey, thumbprint } from '../list/jwk.ts';
import type { Manifest } from '../list/manifest.ts';
import { signReceipt } from '../list/receipt.ts';
import type { ExchangeSource } from './exchange-source.ts';
import type { ListStore } from './store.ts';
import { SyncError } from './sync-error.ts';
import type { SyncNotes } from './sync-notes.ts';
import type { Emit } from './sync-report.ts';

type ReceiptNote = NonNullable<SyncNotes['receipt']>;

export class Receipts {
  readonly client: ExchangeClient;
  readonly #credentials: Credentials;
  readonly #key: SigningKey;
  readonly #now: () => number;

  /** @param now milliseconds since 1970 */
  constructor(client: ExchangeClient, now: () => number) {
    const { credentials } = client;
    this.client = client;
    this.#credentials = credentials;
    this.#now = now;
    const { kid: _, ...jwk } = credentials.privateKey;
    this.#key = importPrivateJwk({ ...jwk, kid: thumbprint(jwk) });
  }

  /**
   * Sends a receipt for the version in force, unless it was sent: after a change, and again when the last one did
   * not arrive. Gives back what to remember of it.
   */
  async deliver(
    store: ListStore,
    source: ExchangeSource,
    { epoch, version, digest, count }: Manifest,
    last: ReceiptNote | undefined,
    emit: Emit,
  ): Promise<ReceiptNote> {
    const isSame = last?.epoch === epoch && last.version === version && last.digest === digest;
    if (isSame && last.state !== 'pending') return last;
    const { clientId: iss, issuer: aud } = this.#credentials;
    const iat = Math.floor(this.#now() / 1000);
    const receipt = { iss, aud, sub: store.list, epoch, version, digest, count, iat };
    try {
      await source.postReceipt(store.list, signReceipt(receipt, this.#key));
      return { epoch, version, digest, state: 'delivered' };
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error;
      const { code, message } = error;
      emit('receipt_failed', { list: store.list, code, message });
      if (error.status === 409) {
        // The exchange holds that this version is something else: recorded there, and to be looked at here.
        const alarm = `the exchange says that version ${version} has another digest: ${message}`;
        emit('alarm', new SyncError('digest_mismatch', alarm, { list: store.list, cause: error }));
      }
      return { epoch, version, digest, state: error.retryable ? 'pending' : 'refused', code };
    }
  }
}
