/** What Redis gets to see while two users work on two gateways: everything that is kept, asked and published. */
import { createClient } from '@redis/client';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createNaming } from '../../src/commons/keys.ts';
import { COMMANDS, PEOPLE, STILL } from '../support/command-cases.ts';
import { mutationOf, type Payload } from '../support/commands.ts';
import { openFleet } from '../support/fleet.ts';
import { type House, signIn, until } from '../support/gateway.ts';
import { hasNoRedis } from '../support/redis.ts';

const WORK = `query ($id: ID!) {
  viewer { name activeCalls { session { id } } }
  callSession(id: $id) { id parties { id from { phoneNumber } to { phoneNumber } } }
}`;
const WATCH = 'subscription ($id: ID!) { callEvents(sessionId: $id) { __typename } }';

describe.skipIf(hasNoRedis)('Redis', () => {
  test('never sees a token, a number, a call or a key of a user, in whatever is done there', async () => {
    await using fleet = await openFleet({ simulator: { settings: STILL } });
    const { houses, simulator, redis } = fleet;
    const watcher = createClient({ url: redis.url });
    const seen: string[] = [];
    await watcher.connect();
    await watcher.monitor((line) => void seen.push(String(line)));
    try {
      const { input } = COMMANDS.holdCallParty.ready(simulator);
      const tokens = [await signIn({ simulator }, '101'), await signIn({ simulator }, '102')];
      const stops: (() => void)[] = [];
      for (const [index, token] of tokens.entries()) {
        for (const house of houses) {
          const told = new Promise<void>((resolve) => {
            const client = house.socket(token);
            const events = client.subscribe(
              { query: WATCH, variables: { id: input.sessionId } },
              { next: () => resolve(), error: () => resolve(), complete: () => resolve() },
            );
            stops.push(events);
          });
          await house.ask(WORK, { id: input.sessionId }, token);
          await told;
          const variables = { input: { ...input, idempotencyKey: `a key of ${index}` } };
          await house.ask(mutationOf('holdCallParty'), variables, token);
        }
      }
      await until(() => seen.filter((line) => line.includes('ended')).length >= 2);
      for (const stop of stops) stop();
      const text = seen.join('\n') + JSON.stringify(await redis.contents());
      expect(text).toContain(':window');
      const numbers = [...JSON.stringify(simulator.switchboard.calls()).matchAll(/\+?\d{11,}/g)].map(
        ([number]) => number.replace('+', ''),
      );
      expect(numbers.length).toBeGreaterThan(0);
      for (const secret of [...tokens, ...numbers, 'a key of', input.sessionId, input.partyId]) {
        expect(text).not.toContain(secret);
      }
    } finally {
      watcher.destroy();
    }
  });

  test('keeps the key of one user from every other, on every gateway', async () => {
    await using fleet = await openFleet({ simulator: { settings: STILL } });
    const callOut = async (house: House, token: 'sim-101' | 'sim-102') => {
      const { deviceId } = PEOPLE[token];
      const input = { deviceId, to: { phoneNumber: '+12025550171' }, idempotencyKey: 'k' };
      const answer = await house.ask<{ payload: Payload }>(mutationOf('makeCallOut'), { input }, token);
      return answer.data.payload;
    };
    const [one, other] = fleet.houses;
    const first = await callOut(one, 'sim-101');
    const theirs = await callOut(other, 'sim-102');
    expect([first.replayed, theirs.replayed]).toEqual([false, false]);
    expect(await callOut(other, 'sim-101')).toEqual({ ...first, replayed: true });
    expect(await callOut(one, 'sim-102')).toEqual({ ...theirs, replayed: true });
  });
});

describe('A name in Redis', () => {
  test('is another for whatever else is meant, however it is spelt', () => {
    const naming = createNaming('gateway');
    const spelling = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '',
        '}',
        '{fleet}',
        ':',
        ':key',
        '["a","b"]',
        '","',
        'gateway:{fleet}:gateways',
        '*',
        '\r\n',
      ),
    );
    const key = fc.record({ owner: spelling, name: spelling });
    fc.assert(
      fc.property(key, key, (one, other) => {
        const [first, second] = [naming.nameOf('key', one), naming.nameOf('key', other)];
        expect(first).toMatch(/^gateway:\{[\w-]{22}\}:key(:[\w-]{22})?$/);
        expect(first === second).toBe(one.owner === other.owner && one.name === other.name);
        expect(naming.fleet).not.toContain(first);
      }),
      { numRuns: 500 },
    );
  });
});
