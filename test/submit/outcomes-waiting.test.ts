// The places where readers of outcomes wait, apart from any server.
import { expect, test } from 'vitest';
import { OutcomeHub, type WaitingPlace } from '../../src/submit/outcome-hub.ts';

/** A hub and what its listener would be told. */
async function startHub(limits?: ConstructorParameters<typeof OutcomeHub>[0]) {
  const hub = new OutcomeHub(limits);
  let notify: (organizationId: string) => unknown = () => undefined;
  let reconnect: () => unknown = () => undefined;
  await hub.start({
    async listen(channel, handler, options) {
      expect(channel).toBe('chadan_outcome');
      notify = handler;
      reconnect = options?.onReconnect ?? reconnect;
      return { close: async () => undefined };
    },
  });
  return { hub, notify: (id: string) => notify(id), reconnect: () => reconnect() };
}

function enter(hub: OutcomeHub, organizationId: string): WaitingPlace {
  const place = hub.enter(organizationId);
  if (!place) throw new Error('no place');
  return place;
}

test('what is decided between taking the place and waiting is not lost', async () => {
  const { hub, notify } = await startHub();
  const place = enter(hub, 'a');
  notify('a');
  notify('a');
  expect(await place.next()).toBe(true);
  const again = place.next();
  notify('b');
  notify('a');
  expect(await again).toBe(true);
});

test('only readers of the organisation are woken', async () => {
  const { hub, notify } = await startHub();
  const [a, b] = [enter(hub, 'a'), enter(hub, 'b')];
  const waits = { a: a.next(), b: b.next() };
  notify('a');
  expect(await waits.a).toBe(true);
  b.end();
  expect(await waits.b).toBe(false);
});

test('after the loss of the listening connection all read again', async () => {
  const { hub, reconnect } = await startHub();
  const waits = ['a', 'a', 'b'].map((id) => enter(hub, id).next());
  reconnect();
  expect(await Promise.all(waits)).toEqual([true, true, true]);
});

test('places are bounded for each organisation and in all, and come back once, however often they are ended', async () => {
  const { hub } = await startHub({ organization: 2, all: 3 });
  const first = enter(hub, 'a');
  enter(hub, 'a');
  expect(hub.enter('a')).toBeUndefined();
  enter(hub, 'b');
  expect(hub.enter('c')).toBeUndefined();
  first.end();
  first.end();
  expect(hub.waiting).toBe(2);
  enter(hub, 'c');
  expect(hub.enter('d')).toBeUndefined();
});

test('a hub that is closed ends every wait and takes nobody', async () => {
  const { hub } = await startHub();
  const waits = ['a', 'b'].map((id) => enter(hub, id).next());
  hub.close();
  expect(await Promise.all(waits)).toEqual([false, false]);
  expect(hub.waiting).toBe(0);
  expect(hub.enter('a')).toBeUndefined();
});
