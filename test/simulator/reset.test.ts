/** A reset of the simulator, as the gateway in front of it and its clients live through it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { followSimulator } from '../../src/simulator/front.ts';
import { createSimulator, DEMO_SESSION_ID } from '../../src/simulator/server.ts';
import { type House, openHouse, until } from '../support/gateway.ts';

const CALL = 'query ($id: ID!) { callSession(id: $id) { id parties { id status { code } } } }';
const PHONES = '{ viewer { devices { id } } }';
const EVENTS = `subscription ($id: ID!) {
  callEvents(sessionId: $id) {
    __typename
    ... on CallSnapshot { session { id } }
    ... on CallStreamNotice { kind }
  }
}`;

async function control(house: House, method: string, path: string, body: object): Promise<void> {
  const url = `${house.simulator.url}/simulator/${path}`;
  const response = await fetch(url, { method, body: JSON.stringify(body) });
  expect(response.ok).toBe(true);
}

/** Asks until there is nothing left to spend. */
async function spendAll(house: House): Promise<void> {
  await until(async () => (await house.ask(PHONES)).errors?.[0]?.extensions.code === 'RATE_LIMITED');
}

const LIMITED = { simulator: { settings: { lightLimit: 8 } } };

test('A simulator that has stopped plays nothing any more, also when it is reset', async () => {
  const simulator = await createSimulator();
  await simulator.stop();
  simulator.reset();
  expect([simulator.calls(), simulator.genesys.conversations()]).toEqual([[], []]);
});

test('A penalty ends with a reset: the very next question is answered', async () => {
  await using house = await openHouse(LIMITED);
  house.simulator.orderFaults([{ match: 'device', do: 'status', status: 429, retryAfter: 3_600 }]);
  await house.ask(PHONES);
  expect((await house.ask(PHONES)).errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);

  await control(house, 'POST', 'reset', {});
  expect((await house.ask(PHONES)).errors).toBeUndefined();
  expect(house.simulator.requests().map(({ status }) => status)).not.toContain(429);
});

test('A budget that was spent is whole after a reset, again and again', async () => {
  await using house = await openHouse(LIMITED);
  for (let time = 1; time <= 3; time++) {
    await spendAll(house);
    await control(house, 'POST', 'reset', {});
    expect((await house.ask(PHONES)).errors).toBeUndefined();
    expect(house.simulator.requests().map(({ status }) => status)).not.toContain(429);
  }
});

test('A limit that is switched off is off for the gateway too', async () => {
  await using house = await openHouse(LIMITED);
  await spendAll(house);
  await control(house, 'PUT', 'settings', { lightLimit: 0 });
  for (let time = 1; time <= 60; time++) expect((await house.ask(PHONES)).errors).toBeUndefined();
});

test('An idempotency key that was used before a reset begins a new call after it', async () => {
  await using house = await openHouse();
  const make = `mutation {
    makeCallOut(input: { deviceId: "801100004", to: { extensionNumber: "102" }, idempotencyKey: "one-and-only" }) {
      outcome
      replayed
    }
  }`;
  const fresh = { makeCallOut: { outcome: 'APPLIED', replayed: false } };
  expect((await house.ask(make)).data).toEqual(fresh);
  expect((await house.ask(make)).data).toEqual({ makeCallOut: { outcome: 'APPLIED', replayed: true } });
  await control(house, 'POST', 'reset', {});
  expect((await house.ask(make)).data).toEqual(fresh);
});

test('A call that a reset takes away ends for whoever watches it, and a new one is shown', async () => {
  await using house = await openHouse();
  const { id } = house.simulator.startCall({ kind: 'inbound', state: 'Answered' });
  const seen: unknown[] = [];
  const events = house.socket().iterate({ query: EVENTS, variables: { id } });
  for await (const { data } of events) {
    seen.push((data as { callEvents: object }).callEvents);
    if (seen.length === 1) await control(house, 'POST', 'reset', {});
  }
  expect(seen[0]).toEqual({ __typename: 'CallSnapshot', session: { id } });
  expect(seen.at(-1)).toEqual({ __typename: 'CallStreamNotice', kind: 'CALL_ENDED' });

  const next = house.simulator.startCall({ kind: 'inbound' });
  expect((await house.ask(CALL, { id: next.id })).data.callSession).toMatchObject({ id: next.id });
  const list = house.socket().iterate({ query: 'subscription { activeCalls { sessionId } }' });
  expect((await list.next()).value?.data).toEqual({ activeCalls: [{ sessionId: next.id }] });
});

test('The call of the story that never ends is watched on through a reset', async () => {
  await using house = await openHouse({ simulator: { story: true, settings: { storyPace: 3_600_000 } } });
  const events = house.socket().iterate({ query: EVENTS, variables: { id: DEMO_SESSION_ID } });
  expect((await events.next()).value?.data).toMatchObject({ callEvents: { __typename: 'CallSnapshot' } });
  await control(house, 'POST', 'reset', {});
  const path = `calls/${DEMO_SESSION_ID}/parties/${house.simulator.calls()[0]?.parties?.[1]?.id}`;
  await control(house, 'POST', path, { code: 'Answered' });
  expect((await events.next()).value?.data).toMatchObject({ callEvents: { __typename: 'CallPartyChange' } });
});

test('A simulator that goes away and comes back is one that was reset', async () => {
  const first = await createSimulator({ story: false });
  const resets: number[] = [];
  const front = followSimulator(first.url, () => void resets.push(1));
  onTestFinished(() => front.stop());
  await until(() => front.users().length > 0);
  expect(front.genesysUsers()[0]).toEqual({ name: 'Ada Lind, team lead', token: 'gsim-ada' });
  await first.stop();
  await using second = await createSimulator({ story: false, port: Number(new URL(first.url).port) });
  await until(() => resets.length === 1);
  second.reset();
  await until(() => resets.length === 2);
});

test.each([
  ['another page', 200, '<html></html>'],
  ['other JSON', 200, '{"era":1}'],
  ['nothing there', 404, ''],
])('Whoever answers %s is no simulator, and asked only once', async (_, status, body) => {
  const asked: (string | undefined)[] = [];
  const server = createServer(({ url, headers }, response) => {
    asked.push(url, headers.authorization);
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const front = followSimulator(`http://127.0.0.1:${port}`, () => expect.unreachable());
  await front.answered;
  expect(front.users()).toEqual([]);
  expect(asked).toEqual(['/simulator/era?after=', undefined]);
});

test('RingCentral itself is never asked whether it is a simulator', async () => {
  const front = followSimulator('https://platform.ringcentral.example', () => expect.unreachable());
  await front.answered;
  expect(front.users()).toEqual([]);
  front.stop();
});
