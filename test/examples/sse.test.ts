/** graphql-sse as README gives it to frontend teams: what it shows the gateway, and what it tells. */
import { expect, test } from 'vitest';
import { createSseClient } from '../../examples/sse.ts';
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
