/** Idempotency keys across two gateways, through their public doors. */
import { describe, expect, test } from 'vitest';
import { COMMANDS, PEOPLE, STILL } from '../support/command-cases.ts';
import { mutationOf, type Payload } from '../support/commands.ts';
import { openFleet, readiness } from '../support/fleet.ts';
import { type House, until } from '../support/gateway.ts';
import { hasNoRedis } from '../support/redis.ts';

const CALLEE = '+12025550171';
const ANOTHER = '+12025550172';

async function callOut(house: House, idempotencyKey: string, phoneNumber = CALLEE): Promise<Payload> {
  const { deviceId } = PEOPLE['sim-101'];
  const { data, errors } = await house.ask<{ payload: Payload }>(mutationOf('makeCallOut'), {
    input: { deviceId, to: { phoneNumber }, idempotencyKey },
  });
  expect(errors).toBeUndefined();
  return data.payload;
}

const sent = ({ simulator }: Pick<House, 'simulator'>) =>
  simulator.requests().filter(({ operationId }) => operationId === 'createCallOutCallSession').length;

describe.skipIf(hasNoRedis)('An idempotency key sent to two gateways', () => {
  test('at once is one request, and two answers, of which one is replayed', async () => {
    await using fleet = await openFleet({ simulator: { settings: STILL } });
    const { houses } = fleet;
    for (const house of houses) await house.ask('{ viewer { name } }');
    for (let round = 0; round < 5; round += 1) {
      const before = sent(fleet);
      const payloads = await Promise.all(houses.map((house) => callOut(house, `click ${round}`)));
      expect(sent(fleet)).toBe(before + 1);
      expect(payloads.map(({ replayed }) => replayed).sort()).toEqual([false, true]);
      const [one, other] = payloads;
      expect(one).toEqual({ ...other, replayed: one?.replayed });
      expect(one?.outcome).toBe('APPLIED');
    }
  });

  test('while the first still runs waits for its outcome', async () => {
    await using fleet = await openFleet({ simulator: { settings: STILL } });
    const [one, other] = fleet.houses;
    fleet.simulator.orderFaults([
      { match: 'createCallOutCallSession', times: 1, do: 'applyThenDelay', delay: 600_000 },
    ]);
    const first = callOut(one, 'k');
    await until(() => sent(fleet) === 1);
    const second = callOut(other, 'k');
    // The second has asked before the first is answered: nothing more is sent.
    await until(async () => (await other.ask('{ viewer { name } }')).status === 200);
    fleet.simulator.switchboard.reset();
    const [answer, replay] = [await first, await second];
    expect(answer).toMatchObject({ outcome: 'APPLIED', replayed: false });
    expect(replay).toEqual({ ...answer, replayed: true });
    expect(sent(fleet)).toBe(1);
  });

  test('later is answered again with the same payload, a refusal and a doubt with their errors too', async () => {
    await using fleet = await openFleet({ simulator: { settings: STILL } });
    const [one, other] = fleet.houses;
    fleet.simulator.orderFaults([
      { match: 'createCallOutCallSession', times: 1, do: 'resetAfterApply' },
      { match: 'createCallOutCallSession', times: 1, do: 'status', status: 403 },
    ]);
    const doubt = await callOut(one, 'doubt');
    const refusal = await callOut(one, 'refusal');
    expect([doubt.outcome, refusal.outcome]).toEqual(['UNKNOWN', 'NOT_APPLIED']);
    expect(await callOut(other, 'doubt')).toEqual({ ...doubt, replayed: true });
    expect(await callOut(other, 'refusal')).toEqual({ ...refusal, replayed: true });
    expect(sent(fleet)).toBe(2);
  });

  test('is refused by the other for another command', async () => {
    await using fleet = await openFleet({ simulator: { settings: STILL } });
    const [one, other] = fleet.houses;
    await callOut(one, 'k');
    expect(await callOut(other, 'k', ANOTHER)).toMatchObject({
      outcome: 'NOT_APPLIED',
      replayed: false,
      error: { __typename: 'InvalidCommand', parameterName: 'idempotencyKey' },
    });
    expect(sent(fleet)).toBe(1);
  });

  test('leaves nothing of the viewer, the key or the call to be read in Redis, and nothing for ever', async () => {
    await using fleet = await openFleet({ simulator: { settings: STILL } });
    const [one] = fleet.houses;
    await callOut(one, 'a key of mine');
    const { input } = COMMANDS.holdCallParty.ready(fleet.simulator);
    await one.ask(mutationOf('holdCallParty'), { input: { ...input, idempotencyKey: 'another' } });
    const contents = await until(async () => {
      const all = await fleet.redis.contents();
      return all.filter(({ value }) => value.includes('ended')).length === 2 ? all : null;
    });
    const text = JSON.stringify(contents);
    for (const secret of ['sim-101', 'a key of mine', '2025550171', '701001004', input.sessionId]) {
      expect(text).not.toContain(secret);
    }
    expect(contents.filter(({ lifetime }) => lifetime <= 0)).toEqual([]);
  });

  test('is told by the others that Redis keeps them together', async () => {
    await using fleet = await openFleet();
    for (const house of fleet.houses) {
      expect(await readiness(house)).toEqual({ ok: true, commons: 'Together with the other gateways.' });
    }
  });
});
