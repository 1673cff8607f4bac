/** graphql-sse as README gives it to frontend teams: what it shows the gateway, and what it tells. */
import { expect, test } from 'vitest';
import { createSseClient } from '../../examples/sse.ts';
import { openAccountHouse, TOMAS } from '../gateway/account/support.ts';
import { openHouse, until } from '../support/gateway.ts';
import { type CallEvent, WATCH } from '../support/outage.ts';

/** Everything that a subscription is told. */
function listen(client: ReturnType<typeof createSseClient>, variables: Record<string, unknown>) {
  const told: unknown[] = [];
  client.subscribe<{ callEvents: CallEvent }>(
    { query: WATCH, variables },
    {
      next: ({ data, errors }) => void told.push(data?.callEvents ?? errors),
      error: (reason) => void told.push(reason),
      complete: () => void told.push('complete'),
    },
  );
  return told;
}

test('graphql-sse brings a fresh token at each request, and waits where there is none to be had', async () => {
  await using house = await openHouse();
  const { id } = house.simulator.startCall({ kind: 'inbound', to: '101', state: 'Answered' });
  let asked = 0;
  const client = createSseClient(house.gateway.url, async () => {
    asked += 1;
    if (asked === 1) throw new Error('The network is away.');
    return asked === 2 ? 'nobody' : 'sim-101';
  });
  const told = listen(client, { sessionId: id });
  await until(() => told.length === 1);
  client.dispose();
  expect(told).toMatchObject([{ __typename: 'CallSnapshot', reason: 'SUBSCRIBED' }]);
  expect(asked).toBe(3);
});

test('graphql-sse tells why a call cannot be watched, once', async () => {
  await using house = await openHouse();
  const client = createSseClient(house.gateway.url, () => 'sim-101');
  const told = listen(client, { sessionId: 's-unknown' });
  await until(() => told.includes('complete'));
  client.dispose();
  expect(told).toMatchObject([[{ extensions: { code: 'CALL_NOT_FOUND' } }], 'complete']);
});

test('graphql-sse brings with each event what is so then, also of what else is asked for', async () => {
  await using house = await openAccountHouse();
  const client = createSseClient(house.gateway.url, () => 'sim-103');
  type Presence = { telephonyStatus: string; extension: { presence: { telephonyStatus: string } } };
  const told: string[][] = [];
  client.subscribe<{ presenceUpdated: Presence }>(
    {
      query: `subscription ($ids: [ID!]!) {
        presenceUpdated(extensionIds: $ids) { telephonyStatus extension { presence { telephonyStatus } } }
      }`,
      variables: { ids: [TOMAS] },
    },
    {
      next({ data }) {
        const { telephonyStatus, extension } = data?.presenceUpdated ?? {};
        told.push([String(telephonyStatus), String(extension?.presence.telephonyStatus)]);
      },
      error: (reason) => void told.push([String(reason)]),
      complete: () => void told.push(['complete']),
    },
  );
  await until(() => told.length === 1);
  house.call('102');
  await until(() => told.at(-1)?.[0] === 'CALL_CONNECTED');
  client.dispose();
  expect([told[0], told.at(-1)]).toEqual([
    ['NO_CALL', 'NO_CALL'],
    ['CALL_CONNECTED', 'CALL_CONNECTED'],
  ]);
});
