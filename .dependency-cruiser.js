// Which way imports may point (see ARCHITECTURE.md). `npm run check:directions` fails on any other.
const FEATURES = 'identity|submit|review|publish|enforcement|audit|statistics';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circle',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'list-is-pure',
      comment: 'list/ is shared by server and relay: it imports nothing of ours.',
      severity: 'error',
      from: { path: '^src/list/' },
      to: { path: '^src/', pathNot: '^src/list/' },
    },
    {
      name: 'client-knows-list-only',
      severity: 'error',
      from: { path: '^src/client/' },
      to: { path: '^src/', pathNot: '^src/(client|list)/' },
    },
    {
      name: 'sync-knows-list-and-client-only',
      comment: 'A relay installs sync/ without Express or pg.',
      severity: 'error',
      from: { path: '^src/sync/' },
      to: { path: '^src/', pathNot: '^src/(sync|client|list)/' },
    },
    {
      name: 'analyze-knows-list-and-client-only',
      comment: 'A carrier analyses its reports without an exchange.',
      severity: 'error',
      from: { path: '^src/analyze/' },
      to: { path: '^src/|node_modules/(express|pg|kysely)/', pathNot: '^src/(analyze|client|list)/' },
    },
    {
      name: 'nobody-knows-analyze-but-the-command',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(analyze/|cli\\.ts$)' },
      to: { path: '^src/analyze/' },
    },
    {
      name: 'console-is-a-client-of-the-contract',
      comment: 'The console knows the types of the contract and nothing else of the server.',
      severity: 'error',
      from: { path: '^src/console/' },
      to: { path: '^src/', pathNot: '^src/console/|^src/http/generated/openapi' },
    },
    {
      name: 'nobody-imports-the-console',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/console/' },
      to: { path: '^src/console/' },
    },
    {
      name: 'relay-without-server-packages',
      severity: 'error',
      from: { path: '^src/(list|client|sync)/' },
      to: { path: 'node_modules/(express|pg|kysely|pino|helmet)/' },
    },
    {
      name: 'keys-know-list-and-client-only',
      comment: 'Keys are made on a host, and handed in over HTTP.',
      severity: 'error',
      from: { path: '^src/keys/' },
      to: { path: '^src/', pathNot: '^src/(keys|client|list)/' },
    },
    {
      name: 'features-meet-in-tables',
      comment: 'Features never import each other; all of them write to the audit record, by its one way in.',
      severity: 'error',
      from: { path: `^src/(${FEATURES})/` },
      to: { path: `^src/(${FEATURES}|sync)/`, pathNot: '^src/($1/|audit/record\\.ts$)' },
    },
    {
      name: 'http-and-database-know-no-feature',
      severity: 'error',
      from: { path: '^src/(http|database)/' },
      to: { path: `^src/(${FEATURES}|sync|client)/` },
    },
    {
      name: 'rules-are-pure',
      comment: 'Rules see neither HTTP nor SQL.',
      severity: 'error',
      from: { path: '^src/(review/decision-rules|publish/next-version|submit/row-rules)\\.ts$' },
      to: { path: '^src/(http|database)/|node_modules/(express|pg|kysely)/' },
    },
    {
      name: 'commands-speak-http',
      comment: 'Commands reach the exchange through its API, as everyone does.',
      severity: 'error',
      from: { path: '^src/[a-z]+/(user-)?commands\\.ts$' },
      to: { path: '^src/(http|database|review|publish)/|-queries\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js'] },
  },
};
