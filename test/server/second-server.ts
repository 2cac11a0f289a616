// A further server of the same exchange: the same database, the same data directory, another port.
import { pino } from 'pino';
import supertest from 'supertest';
import { startServer } from '../../src/server.ts';
import { readSettings } from '../../src/settings.ts';
import type { Party, TestExchange } from '../setup/exchange.ts';
import { checkResponses } from '../setup/response-check.ts';

export interface SecondServer {
  url: string;
  /** A request to this server with the access token that a party has from the first. */
  get(party: Party, path: string): Promise<supertest.Response>;
  post(party: Party, path: string, body?: object): Promise<supertest.Response>;
  stop(): Promise<void>;
}

export async function startSecond(
  exchange: TestExchange,
  environment: Record<string, string> = {},
): Promise<SecondServer> {
  const check = checkResponses();
  const settings = readSettings({
    DATABASE_URL: exchange.databaseUrl,
    CHADAN_DATA: exchange.directory,
    CHADAN_PORT: '0',
    CHADAN_ISSUER: exchange.url,
    CHADAN_PUBLISH_INTERVAL: '0',
    ...environment,
  });
  const log = pino({ level: 'silent' });
  const server = await startServer({ settings, log, now: exchange.now, wrap: check.wrap });
  const authorized = async (test: supertest.Test, party: Party) =>
    test.set('Authorization', `Bearer ${await party.token()}`);
  return {
    url: server.url,
    get: async (party, path) => authorized(supertest(server.url).get(path), party),
    post: async (party, path, body = {}) => authorized(supertest(server.url).post(path).send(body), party),
    async stop() {
      await server.stop();
      check.assertKept();
    },
  };
}
