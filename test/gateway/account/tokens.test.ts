/** A watched account whose user has no token any more: nobody waits for what cannot come. */
import { describe, expect, test } from 'vitest';
import { eventually } from '../../simulator/support.ts';
import { gauge, signIn } from '../../support/gateway.ts';
import { watch } from '../../support/streams.ts';
import { type AccountHouse, type Event, IRIS, openAccountHouse, readAccount, told } from './support.ts';

const ROW = /* GraphQL */ `
  subscription Row($ids: [ID!]!) { presenceUpdated(extensionIds: $ids) { extensionId telephonyStatus } }
`;

/** A client of this token, and with which codes its connections were closed. */
function clientOf(house: AccountHouse, token: string) {
  const closes: number[] = [];
  const client = house.socket(token, {
    retryAttempts: 0,
    on: { closed: (event) => void closes.push((event as CloseEvent).code) },
  });
  return { client, closes };
}

const isIdle = async (house: AccountHouse) =>
  house.simulator.push().sockets.length === 0 && (await gauge(house, 'gateway_account_watches')) === 0;

describe('When the last token of whoever watches an account ends', () => {
  for (const LIVE_SOURCE of ['auto', 'poll']) {
    test(`every stream ends with the socket, and nothing is asked or kept any more (${LIVE_SOURCE})`, async () => {
      await using house = await openAccountHouse(
        {},
        {
          environment: { LIVE_SOURCE },
          gateway: { live: { limits: { linger: 0, retention: 0 } }, tokens: { check: 300, use: 400 } },
        },
      );
      const token = await signIn(house, '103');
      const { client, closes } = clientOf(house, token);
      const row = watch<Event>(client, 'presenceUpdated', ROW, { ids: [IRIS] });
      const stream = readAccount(client);
      await stream.next();
      const call = house.call('101');
      await stream.until((event) => told(event) === `began ${call.id}`);
      house.simulator.revoke(token);
      expect(await Promise.all([stream.ended, row.ended])).toEqual(['error', 'error']);
      expect(closes).toEqual([4403]);
      await eventually(() => isIdle(house)).toBe(true);
      // Whoever signs in again finds everything.
      const again = clientOf(house, await signIn(house, '103'));
      const back = readAccount(again.client);
      expect(told(await back.next())).toBe('snapshot SUBSCRIBED');
      if (!back.screen.calls.has(call.id)) await back.until((event) => told(event) === `began ${call.id}`);
      expect(again.closes).toEqual([]);
    });
  }

  test('whoever waits for the first picture is let go, too', async () => {
    await using house = await openAccountHouse(
      {},
      { gateway: { live: { limits: { linger: 0, retention: 0 } } } },
    );
    house.simulator.orderFaults([{ match: 'readAccountPresence', times: 1, do: 'delay', delay: 300 }]);
    const token = await signIn(house, '103');
    const { client, closes } = clientOf(house, token);
    const stream = readAccount(client);
    await eventually(() => house.simulator.faults()).toEqual([]);
    house.simulator.revoke(token);
    house.simulator.orderFaults([{ match: 'readAccountPresence', times: 10, do: 'status', status: 401 }]);
    expect(await stream.ended).toBe('error');
    expect(closes).toEqual([4403]);
    await eventually(() => isIdle(house)).toBe(true);
  });
});
