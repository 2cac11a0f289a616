import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Party, startExchange, type TestExchange } from '../setup/exchange.ts';
import { allCases, mobileNumbers, publish, submit } from '../setup/walk.ts';
import { canonical, caseOf, decideNumber, entryPath } from './desk-steps.ts';

let exchange: TestExchange;
let agency: Party;
beforeAll(async () => {
  // A small brake, so that a mass change is a small one.
  exchange = await startExchange({ CHADAN_BRAKE_MINIMUM: '20', CHADAN_BRAKE_SHARE: '0' });
  agency = await exchange.party('agency');
});
afterAll(() => exchange.stop());

/** Numbers that are listed. */
async function listed(count: number, seed: number): Promise<string[]> {
  const numbers = mobileNumbers(count, seed);
  await submit(exchange, numbers);
  for (const number of numbers)
    expect((await decideNumber(exchange, number, { verdict: 'verify' })).status).toBe(201);
  await publish(exchange, 'sender-numbers', { confirmMassChange: true });
  return numbers;
}

function release(number: string, body: object) {
  return agency.post(entryPath(number, '/release'), { reason: 'agency_correction', ...body });
}

async function statusOf(number: string): Promise<string> {
  return (await agency.get(entryPath(number)).expect(200)).body.status;
}

describe('a release', () => {
  test('is a decision, and the value is gone with the next version', async () => {
    const [number = ''] = await listed(1, 401);
    const { body } = await release(number, { reason: 'number_reassigned', note: 'new subscriber' }).expect(
      201,
    );
    expect(body).toMatchObject({
      verdict: 'release',
      effect: 'released',
      reason: 'number_reassigned',
      note: 'new subscriber',
      urgent: false,
      category: null,
      until: null,
      decidedBy: agency.clientId,
    });
    expect(await statusOf(number)).toBe('listed');
    const version = await publish(exchange);
    expect(version).toMatchObject({ added: 0, removed: 1 });
    expect((await agency.get(entryPath(number)).expect(200)).body).toMatchObject({
      status: 'released',
      removedIn: version.version,
      removalReason: 'number_reassigned',
    });
  });

  test('of what is not listed is refused, of what was never seen is not found', async () => {
    const [number = ''] = await listed(1, 402);
    await release(number, {}).expect(201);
    expect((await release(number, {}).expect(409)).body.code).toBe('not_listed');
    await publish(exchange);
    expect((await release(number, {}).expect(409)).body.code).toBe('not_listed');
    const [open = '', unseen = ''] = mobileNumbers(2, 403);
    await submit(exchange, [open]);
    expect((await release(open, {}).expect(409)).body.code).toBe('not_listed');
    await release(unseen, {}).expect(404);
    await release(number, { reason: 'because' }).expect(400);
  });

  test('by two at the same moment is decided once', async () => {
    const [number = ''] = await listed(1, 404);
    const answers = await Promise.all([
      release(number, {}),
      release(number, {}),
      release(number, { urgent: true }),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
    await publish(exchange);
  });

  test('before the publication cancels the listing', async () => {
    const [number = ''] = mobileNumbers(1, 405);
    await submit(exchange, [number]);
    await decideNumber(exchange, number, { verdict: 'verify' });
    await release(number, {}).expect(201);
    await agency.post('/v1/lists/sender-numbers/versions').expect(200);
    await agency.get(entryPath(number)).expect(404);
    expect((await release(number, {}).expect(409)).body.code).toBe('not_listed');
  });

  test('leaves the way open for a new listing, and the entry tells the whole story', async () => {
    const [number = ''] = await listed(1, 406);
    const first = (await agency.get(entryPath(number)).expect(200)).body;
    await release(number, { reason: 'appeal_accepted' }).expect(201);
    await publish(exchange);
    await submit(exchange, [number], 'carrier two');
    expect(await caseOf(exchange, number)).toMatchObject({ status: 'open', flags: ['reopened'] });
    const again = await decideNumber(exchange, number, {
      verdict: 'verify',
      category: 'smishing',
      until: 'permanent',
    });
    await publish(exchange);
    const { body } = await agency.get(entryPath(`${number.slice(0, 3)}-${number.slice(3)}`)).expect(200);
    expect(body).toMatchObject({
      value: canonical(number),
      category: 'smishing',
      until: 'permanent',
      status: 'listed',
      organization: 'agency one',
      decisionId: again.body.id,
      caseId: first.caseId,
      removedIn: null,
    });
    expect(body.decisions.map(({ effect }: { effect: string }) => effect)).toEqual([
      'verified',
      'released',
      'verified',
    ]);
    expect(body.history).toMatchObject([
      { status: 'listed', category: 'smishing', removedIn: null },
      {
        status: 'released',
        category: 'gambling',
        listedIn: first.listedIn,
        removalReason: 'appeal_accepted',
      },
    ]);
  });
});

describe('an urgent release', () => {
  test('publishes a version of its own by itself, though nothing else is published by itself', async () => {
    const [number = '', waiting = ''] = [...(await listed(1, 411)), ...mobileNumbers(1, 412)];
    await submit(exchange, [waiting]);
    await decideNumber(exchange, waiting, { verdict: 'verify' });
    const { body: before } = await agency.get('/v1/lists/sender-numbers').expect(200);
    await release(number, { urgent: true }).expect(201);
    await vi.waitFor(async () => expect(await statusOf(number)).toBe('released'), { timeout: 10_000 });
    const { body: after } = await agency.get('/v1/lists/sender-numbers').expect(200);
    expect(after.version).toBe(before.version + 1);
    expect(after.pending).toEqual({ added: 1, removed: 0, held: false });
    const { body: version } = await agency
      .get(`/v1/lists/sender-numbers/versions/${after.version}`)
      .expect(200);
    expect(version).toMatchObject({ added: 0, removed: 1 });
    await publish(exchange);
  });

  test('passes while the brake holds a mass change, which stays held', async () => {
    const [number = ''] = await listed(1, 413);
    const mass = mobileNumbers(21, 414);
    await submit(exchange, mass);
    const cases = (await allCases(exchange)).filter(({ value }) => mass.map(canonical).includes(value));
    const many = cases.map(({ id, revision }) => ({ id, revision }));
    await agency.post('/v1/decisions', { cases: many, verdict: 'verify' }).expect(201);
    expect((await agency.post('/v1/lists/sender-numbers/versions').expect(409)).body.code).toBe(
      'mass_change_held',
    );
    await release(number, { urgent: true }).expect(201);
    await vi.waitFor(async () => expect(await statusOf(number)).toBe('released'), { timeout: 10_000 });
    const { body } = await agency.get('/v1/lists/sender-numbers').expect(200);
    expect(body.pending).toEqual({ added: 21, removed: 0, held: true });
    await publish(exchange, 'sender-numbers', { confirmMassChange: true });
  });

  test('that could not be published at first is published as soon as it can be', async () => {
    const [number = ''] = await listed(1, 415);
    await sql`create function fail() returns trigger language plpgsql as
      $$ begin raise exception 'no space' using errcode = 'disk_full'; end $$`.execute(exchange.db);
    await sql`create trigger fail before insert on version for each row execute function fail()`.execute(
      exchange.db,
    );
    await release(number, { urgent: true }).expect(201);
    await agency.post('/v1/lists/sender-numbers/versions').expect(503);
    expect(await statusOf(number)).toBe('listed');
    await sql`drop function fail cascade`.execute(exchange.db);
    await vi.waitFor(async () => expect(await statusOf(number)).toBe('released'), { timeout: 10_000 });
  });

  test('of a value that is not published yet takes it out of what waits', async () => {
    const [number = ''] = mobileNumbers(1, 416);
    await submit(exchange, [number]);
    await decideNumber(exchange, number, { verdict: 'verify' });
    await release(number, { urgent: true }).expect(201);
    const pending = async () => (await agency.get('/v1/lists/sender-numbers').expect(200)).body.pending;
    await vi.waitFor(async () => expect(await pending()).toEqual({ added: 0, removed: 0, held: false }));
    await agency.post('/v1/lists/sender-numbers/versions').expect(200);
    await agency.get(entryPath(number)).expect(404);
  });
});

describe('the entries of a list', () => {
  test('come by value, page by page, each once', async () => {
    const numbers = await listed(7, 421);
    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await agency.get(`/v1/lists/sender-numbers/entries?limit=3${cursor}`).expect(200);
      seen.push(...body.items.map(({ value }: { value: string }) => value));
      if (body.next === null) break;
      cursor = `&cursor=${body.next}`;
    }
    expect(seen).toEqual(seen.toSorted());
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(numbers.map(canonical)));
  });

  test('are found by number in whatever spelling, and by their beginning', async () => {
    const [number = ''] = await listed(1, 422);
    const found = async (q: string) =>
      (await agency.get(`/v1/lists/sender-numbers/entries?q=${encodeURIComponent(q)}`).expect(200)).body
        .items;
    const spelling = `${number.slice(0, 3)}-${number.slice(3, 7)}-${number.slice(7)}`;
    expect(await found(spelling)).toMatchObject([{ value: canonical(number), status: 'listed' }]);
    expect(await found(canonical(number).slice(0, -2))).toMatchObject([{ value: canonical(number) }]);
    await release(number, {}).expect(201);
    await publish(exchange);
    expect(await found(spelling)).toEqual([]);
  });
});
