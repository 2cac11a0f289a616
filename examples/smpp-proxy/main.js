// Runs the proxy: node main.js. Settings are in the environment, see docs/gateways/smpp.md.
import { openRelay } from 'chadan/sync';
import { createProxy } from './proxy.js';

const {
  CHADAN_DIR,
  CHADAN_CREDENTIALS,
  SMPP_UPSTREAM,
  SMPP_HOST = '127.0.0.1',
  SMPP_PORT = '2775',
} = process.env;
const upstream = /^(?<host>[^:]+):(?<port>[0-9]+)$/.exec(SMPP_UPSTREAM ?? '')?.groups;
if (!CHADAN_DIR || !upstream) {
  console.error('CHADAN_DIR and SMPP_UPSTREAM=HOST:PORT are needed');
  process.exit(1);
}

const relay = await openRelay({
  dir: CHADAN_DIR,
  lists: ['sender-numbers'],
  ...(CHADAN_CREDENTIALS && { credentials: CHADAN_CREDENTIALS }),
});
relay.on('alarm', ({ code, message }) => console.error(`alarm: ${code}: ${message}`));
relay.on('changed', ({ version, count }) =>
  console.error(`version ${version} is in force, ${count} entries`),
);
relay.on('synced', ({ error }) => error && console.error(`the sync failed: ${error.message}`));

// Messages are taken only once there is a list to look into.
if (CHADAN_CREDENTIALS) await relay.sync();
const [{ fault, version }] = await relay.status();
if (version === undefined) {
  console.error(fault?.message ?? `${CHADAN_DIR} holds no list`);
  process.exit(1);
}

const stopping = new AbortController();
const proxy = createProxy({
  relay,
  upstream: { host: upstream.host, port: Number(upstream.port) },
  tell: (message) => console.error(message),
});
proxy.listen(Number(SMPP_PORT), SMPP_HOST, () => {
  console.error(`listening on ${SMPP_HOST}:${proxy.address().port}`);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stopping.abort());

try {
  await (CHADAN_CREDENTIALS ? relay.follow({ signal: stopping.signal }) : lookAgain(stopping.signal));
} catch (error) {
  if (!stopping.signal.aborted) throw error;
}
await relay.close();
// Clients stay bound for days: they are cut off, and bind anew.
process.exit(0);

/** Takes up what another process (chadan sync --follow) writes into the directory. */
function lookAgain(signal) {
  return new Promise((resolve, reject) => {
    const timer = setInterval(() => relay.refresh().catch(reject), 1000);
    signal.addEventListener('abort', () => {
      clearInterval(timer);
      resolve();
    });
  });
}
