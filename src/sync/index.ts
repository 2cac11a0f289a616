// chadan/sync: what relay operators install. It needs neither a server nor a database.
export {
  type Credentials,
  CredentialsError,
  type Mirror,
  type Pinned,
  readCredentials,
  readReaderCredentials,
} from '../client/credentials.ts';
export { ExchangeClient, type ExchangeClientOptions, ExchangeError } from '../client/exchange-client.ts';
export type { Entry, ListId } from '../list/entry.ts';
export type { CheckResult } from './check-result.ts';
export { type EnforcementOptions, EnforcementReports } from './enforcement-reports.ts';
export { openRelay, type Relay, type RelayOptions } from './relay.ts';
export type { ListStatus } from './relay-list.ts';
export { SyncError, type SyncErrorCode } from './sync-error.ts';
export type { RelayEvents, SyncProgress, SyncReport } from './sync-report.ts';
