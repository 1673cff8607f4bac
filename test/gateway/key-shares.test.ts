import { expect, test } from 'vitest';
import { openHouse } from '../support/gateway.ts';

const KEYS = ['the-key-of-the-desk', 'the-key-of-the-wall'] as const;

/** Costs one request to RingCentral each time: nobody keeps a list of phones. */
const PHONES = '{ viewer { devices { id } } }';

test('A gateway key that asks for all it can get leaves the other keys their share of the rate budget.', async () => {
  await using house = await openHouse({
    simulator: { settings: { lightLimit: 50 } },
    environment: {
      RINGCENTRAL_CLIENT_ID: 'app',
      RINGCENTRAL_CLIENT_SECRET: 'secret',
      RINGCENTRAL_JWT: 'sim-jwt-101',
      GATEWAY_KEYS: KEYS.join(','),
      LIVE_SOURCE: 'poll',
    },
  });
  const served = async (key: string, times: number) => {
    const answers = await Promise.all(Array.from({ length: times }, () => house.ask(PHONES, {}, key)));
    return answers.filter(({ errors }) => errors === undefined).length;
  };
  const [greedy, modest] = KEYS;
  expect(await served(modest, 1)).toBe(1);
  expect(await served(greedy, 100)).toBeLessThan(40);
  expect(await served(greedy, 1)).toBe(0);
  expect(await served(modest, 5)).toBe(5);
});
