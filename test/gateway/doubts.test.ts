/** What the gateway says of a command to RingCentral that was answered without a word, or not at all, when more is looked at. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Simulator } from '../../src/simulator/server.ts';
import { COMMAND_NAMES, COMMANDS, STILL } from '../support/command-cases.ts';
import { give, openStillHouse, untruthsIn } from '../support/commands.ts';
import { type House, until } from '../support/gateway.ts';

describe('A command that was accepted without a word about the state', () => {
  let house: House;
  beforeAll(async () => {
    house = await openStillHouse();
  });
  afterAll(() => house?.[Symbol.asyncDispose]());

  // The ids of what these begin stand in their answers alone.
  const shown = COMMAND_NAMES.filter((name) => name !== 'makeCallOut' && name !== 'createConference');

  test.each(shown)('%s shows the call, the party and the recording as they were read then', async (name) => {
    const { ready, token, operationId } = COMMANDS[name];
    const { input } = ready(house.simulator);
    // Somebody looks first, so that what is new can be told from what was there.
    await house.ask('query ($id: ID!) { callSession(id: $id) { id } }', { id: input.sessionId }, token);
    house.simulator.orderFaults([
      { match: operationId, times: 1, do: 'applyThenStatus', status: 202, body: '' },
    ]);
    const payload = await give(house, name, input);
    expect(payload).toMatchObject({ outcome: 'APPLIED', error: null });
    expect(untruthsIn(house.simulator, payload)).toEqual([]);
    const missing = Object.entries(payload).filter(([field, value]) => value === null && field !== 'error');
    expect(missing).toEqual([]);
  });

  test.each(['superviseCallSession', 'superviseCallParty', 'bringInCallParty', 'pickupCallParty'] as const)(
    '%s shows the party that is new, as its answer would',
    async (name) => {
      const { ready, operationId, token } = COMMANDS[name];
      const { input } = ready(house.simulator);
      await house.ask('query ($id: ID!) { callSession(id: $id) { id } }', { id: input.sessionId }, token);
      const before = house.simulator.calls().flatMap(({ parties = [] }) => parties.map(({ id }) => id));
      house.simulator.orderFaults([
        { match: operationId, times: 1, do: 'applyThenStatus', status: 202, body: '' },
      ]);
      const { party } = await give(house, name, input);
      expect(party?.id).toMatch(/^p-/);
      expect(before).not.toContain(party?.id);
    },
  );
});

describe('A command in doubt', () => {
  let house: House;
  beforeAll(async () => {
    house = await openStillHouse();
  });
  afterAll(() => house?.[Symbol.asyncDispose]());

  /** Somebody looks at the call, as an app that shows a button has. */
  const look = (sessionId: unknown, token: string) =>
    house.ask('query ($id: ID!) { callSession(id: $id) { id } }', { id: sessionId }, token);

  test.each(['superviseCallSession', 'superviseCallParty'] as const)(
    '%s is APPLIED when the supervisor is seen in a call that was seen without them',
    async (name) => {
      const { ready, token, operationId } = COMMANDS[name];
      const { input, isApplied } = ready(house.simulator);
      await look(input.sessionId, token);
      house.simulator.orderFaults([{ match: operationId, times: 1, do: 'resetAfterApply' }]);
      expect((await give(house, name, input)).outcome).toBe('APPLIED');
      expect(isApplied()).toBe(true);
    },
  );

  test('is UNKNOWN when the call showed the same before', async () => {
    const { wrongState, token } = COMMANDS.holdCallParty;
    if (typeof wrongState === 'string') throw new Error(wrongState);
    const held = wrongState(house.simulator);
    await look(held.sessionId, token);
    house.simulator.orderFaults([{ match: 'holdCallParty', times: 1, do: 'reset' }]);
    const { outcome, error, party } = await give(house, 'holdCallParty', held);
    expect(outcome).toBe('UNKNOWN');
    expect(error?.message).toBe(
      'The connection to RingCentral broke. Whether the command was applied is unknown: the call showed the same before.',
    );
    expect(party?.status.code).toBe('HOLD');
  });

  test('is UNKNOWN when the call cannot be read again', async () => {
    const { input, isApplied } = COMMANDS.parkCallParty.ready(house.simulator);
    house.simulator.orderFaults([
      { match: 'callParkParty', times: 1, do: 'resetAfterApply' },
      { match: 'readCallSessionStatus', times: null, do: 'reset' },
    ]);
    const { data } = await house.ask(
      'mutation ($input: ParkCallPartyInput!) { payload: parkCallParty(input: $input) { outcome error { __typename message } party { id } } }',
      { input },
    );
    expect(data.payload).toEqual({
      outcome: 'UNKNOWN',
      error: {
        __typename: 'UpstreamUnavailable',
        message:
          'The connection to RingCentral broke. Whether the command was applied is unknown: the call could not be read again.',
      },
      party: null,
    });
    expect(isApplied()).toBe(true);
    house.simulator.orderFaults([]);
  });

  test('tells where to look when its effect shows nowhere in the call', async () => {
    const { input } = COMMANDS.makeCallOut.ready(house.simulator);
    house.simulator.orderFaults([{ match: 'createCallOutCallSession', times: 1, do: 'resetAfterApply' }]);
    const { outcome, error } = await give(house, 'makeCallOut', input);
    expect(outcome).toBe('UNKNOWN');
    expect(error?.message).toMatch(/look at the active calls before you call again\.$/);
  });

  test('is APPLIED after a drop when RingCentral has forgotten the call', async () => {
    const { input } = COMMANDS.dropCallSession.ready(house.simulator);
    house.simulator.orderFaults([{ match: 'deleteCallSession', times: 1, do: 'resetAfterApply' }]);
    house.simulator.configure({ retention: 0 });
    expect(await give(house, 'dropCallSession', input)).toMatchObject({ outcome: 'APPLIED', session: null });
    house.simulator.configure({ retention: STILL.retention });
  });

  test('is never APPLIED for the drop of a conference that nobody has joined', async () => {
    const { id } = house.simulator.startCall({ kind: 'conference' });
    house.simulator.orderFaults([{ match: 'deleteCallSession', times: 1, do: 'reset' }]);
    expect((await give(house, 'dropCallSession', { sessionId: id })).outcome).toBe('UNKNOWN');
  });
});

// The answer to a rejection shows nothing and that to a hold only the party: the rest has to be read.
test.each(['rejectCallParty', 'holdCallParty'] as const)(
  'What RingCentral applied stays APPLIED when the call cannot be read afterwards: %s',
  async (name) => {
    await using house = await openStillHouse();
    const { input, isApplied } = COMMANDS[name].ready(house.simulator);
    house.simulator.orderFaults([
      { match: 'readCallSessionStatus', times: null, do: 'status', status: 429, retryAfter: '30' },
    ]);
    const { outcome, error, session, party } = await give(house, name, input);
    expect({ outcome, error, session }).toEqual({ outcome: 'APPLIED', error: null, session: null });
    expect(party?.status.code).toBe(name === 'holdCallParty' ? 'HOLD' : undefined);
    expect(isApplied()).toBe(true);
  },
);

test('It stays APPLIED too when something newer was seen meanwhile, and the call cannot be read again', async () => {
  await using house = await openStillHouse();
  const { simulator } = house;
  const { input, isApplied } = COMMANDS.holdCallParty.ready(simulator);
  // Only the party is asked for, so that nothing is read but what the gateway itself finds necessary.
  const giveParty = async (name: 'holdCallParty' | 'muteCallParty') => {
    const { data, errors } = await house.ask(
      `mutation ($sessionId: ID!, $partyId: ID!) {
        payload: ${name}(input: { sessionId: $sessionId, partyId: $partyId }) {
          outcome
          error { message }
          party { muted status { code } }
        }
      }`,
      input,
    );
    return { ...data.payload, errors };
  };
  await house.ask('query ($id: ID!) { callSession(id: $id) { id } }', { id: input.sessionId });
  simulator.orderFaults([{ match: 'holdCallParty', times: 1, do: 'applyThenDelay', delay: 600_000 }]);
  const holding = giveParty('holdCallParty');
  const hold = await until(() => requestOf(simulator, 'holdCallParty'));
  expect((await giveParty('muteCallParty')).party).toEqual({ muted: true, status: { code: 'HOLD' } });
  expect(isApplied()).toBe(true);

  simulator.orderFaults([{ match: 'readCallSessionStatus', times: 1, do: 'status', status: 429 }]);
  // Forgets the calls, and so lets the simulator send the answer that it has kept.
  simulator.switchboard.reset();
  expect(await holding).toEqual({
    outcome: 'APPLIED',
    error: null,
    party: { muted: true, status: { code: 'HOLD' } },
    errors: undefined,
  });
  expect([hold.status, simulator.faults()]).toEqual([200, []]);
});

const requestOf = ({ requests }: Simulator, operationId: string) =>
  requests().find((entry) => entry.operationId === operationId);
