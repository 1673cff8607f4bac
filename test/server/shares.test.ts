/** What one viewer (a user, or a key of GATEWAY_KEYS) may take of what all share. */
import { describe, expect, test } from 'vitest';
import { createCrowd } from '../../src/server/crowd.ts';
import { eventually, type House, openHouse } from './house.ts';

const as = (viewer: string) => ({ headers: { authorization: `Bearer ${viewer}` } });

async function inFlight(house: House): Promise<number | undefined> {
  return (await house.metrics.inFlight.get()).values[0]?.value;
}

/** Takes places in turns until nobody gets another one, and answers how many each has. */
function fill(maxInFlight: number, viewers: readonly string[]) {
  const crowd = createCrowd({ maxInFlight, maxSubscriptionsPerViewer: 1 }, () => {});
  const counts = new Map(viewers.map((viewer) => [viewer, 0]));
  for (let turn = 0; turn < maxInFlight; turn += 1) {
    for (const viewer of viewers) {
      try {
        crowd.enter(viewer);
        counts.set(viewer, (counts.get(viewer) ?? 0) + 1);
      } catch {}
    }
  }
  return [...counts.values()];
}

describe('Of the places in flight', () => {
  test.each<[number, string[], number[]]>([
    [1, ['ann'], [1]],
    [2, ['ann'], [1]],
    [1_000, ['ann'], [500]],
    [900, ['ann', 'bob'], [300, 300]],
    [1_000, ['ann', 'bob', 'eve'], [250, 250, 250]],
    [100, [...'abcdefghi'], Array(9).fill(10)],
  ])('of %i, %j have %j however many they ask for, and the same is free', (most, viewers, shares) => {
    expect(fill(most, viewers)).toEqual(shares);
  });

  test.each(['HTTP', 'WebSocket'])(
    'a viewer who asks for all on %s gets half, another one is answered, and all come back',
    async (way) => {
      await using house = await openHouse({ settings: { MAX_IN_FLIGHT: '10' } });
      const peer = await house.connect({ params: { authorization: 'Bearer ann' } });
      const asked = Array.from({ length: 5 }, (_, count) => {
        if (way === 'HTTP') return house.answer('{ slow }', as('ann'));
        peer.send({ type: 'subscribe', id: `${count}`, payload: { query: '{ slow }' } });
        return peer
          .until(({ id, type }) => id === `${count}` && type === 'next')
          .then(({ payload }) => payload);
      });
      await eventually(() => house.ran.fields).toBe(5);

      const refused = await house.ask('{ me }', as('ann'));
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
      const error = {
        message:
          'You have 5 operations under way, which is as many as are left for others; try again in a moment.',
        extensions: { code: 'OVERLOADED' },
      };
      expect(await refused.json()).toMatchObject({ errors: [error] });
      peer.send({ type: 'subscribe', id: 'more', payload: { query: '{ me }' } });
      expect((await peer.until(({ type }) => type === 'error')).payload).toMatchObject([error]);

      expect(await house.answer('{ me }', as('bob'))).toEqual({ data: { me: 'bob' } });
      expect(await inFlight(house)).toBe(5);
      house.gate.open();
      expect(await Promise.all(asked)).toEqual(Array(5).fill({ data: { slow: 'slow' } }));
      expect(await inFlight(house)).toBe(0);
      expect(await house.answer('{ me }', as('ann'))).toEqual({ data: { me: 'ann' } });
    },
  );

  test('a viewer has those back that were left by their clients', async () => {
    await using house = await openHouse({ settings: { MAX_IN_FLIGHT: '2' } });
    for (let turn = 0; turn < 5; turn += 1) {
      const peer = await house.connect({ params: { authorization: 'Bearer ann' } });
      peer.send({ type: 'subscribe', id: '1', payload: { query: '{ slow }' } });
      await eventually(() => house.ran.fields).toBe(turn + 1);
      peer.socket.terminate();
      house.gate.open();
      await eventually(() => inFlight(house)).toBe(0);
    }
    const events = await house.ask('subscription { events }', {
      headers: { ...as('ann').headers, accept: 'text/event-stream' },
    });
    expect(await house.answer('{ me }', as('ann'))).toEqual({ data: { me: 'ann' } });
    await events.body?.cancel();
  });
});
