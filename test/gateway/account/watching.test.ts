/** The whole gateway before a RingCentral that tells of the whole account. */
import { describe, expect, test } from 'vitest';
import { openAccountHouse, told } from './support.ts';

describe('Whoever looks at the account', () => {
  test('starts from a snapshot, and is told only what changes', async () => {
    await using house = await openAccountHouse();
    const before = house.call('102');
    const stream = house.account('sim-103');
    const snapshot = await stream.next();
    expect(snapshot.__typename).toBe('AccountSnapshot');
    expect(snapshot.reason).toBe('SUBSCRIBED');
    expect(snapshot.presences.length).toBeGreaterThan(10);
    // The call that went on before is found.
    await stream.until((event) => event.__typename === 'AccountCallBegan' && event.session.id === before.id);
    const call = house.call('101');
    await stream.until((event) => told(event) === `began ${call.id}`);
    house.move(call, 2, 'Hold');
    await stream.until((event) => told(event) === `${call.id} 2 HOLD`);
    house.move(call, 1, 'Disconnected');
    house.move(call, 2, 'Disconnected');
    await stream.until((event) => told(event) === `ended ${call.id}`);
  });
});
