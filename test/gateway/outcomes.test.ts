/**
 * What the gateway says of a command, and what really happened: every command × every way its answer can fail.
 *
 * Each trouble hits the request of one command in the simulator, before or after the simulator has carried it out.
 * Then four things must hold: the outcome of the table; one request and no second; `APPLIED` only where the
 * simulator's calls show it, `NOT_APPLIED` only where they do not; and a payload that shows the calls as they are.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CommandName, CommandOutcome } from '../../schema/provider.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { COMMAND_NAMES, COMMANDS, give, openStillHouse, STILL, untruthsIn } from '../support/commands.ts';
import { type House, until } from '../support/gateway.ts';

/** A trouble, and whether the simulator carries the command out all the same. */
const TROUBLES = {
  '409': { fault: { do: 'status', status: 409 }, applies: false },
  '404': { fault: { do: 'status', status: 404 }, applies: false },
  '403': { fault: { do: 'status', status: 403 }, applies: false },
  '400': { fault: { do: 'status', status: 400 }, applies: false },
  '429': { fault: { do: 'status', status: 429, retryAfter: '30' }, applies: false },
  '500 before': { fault: { do: 'status', status: 500 }, applies: false },
  'timeout before': { fault: { do: 'hang' }, applies: false },
  'reset before': { fault: { do: 'reset' }, applies: false },
  'HTML before': { fault: { do: 'html', status: 502 }, applies: false },
  'HTML with 200 before': { fault: { do: 'html', status: 200 }, applies: false },
  '500 after': { fault: { do: 'applyThenStatus', status: 500 }, applies: true },
  'timeout after': { fault: { do: 'applyThenDelay', delay: 600_000 }, applies: true },
  'reset after': { fault: { do: 'resetAfterApply' }, applies: true },
  'HTML after': { fault: { do: 'html', status: 502, apply: true }, applies: true },
  'truncated JSON': { fault: { do: 'truncate' }, applies: true },
  '204 without a body': { fault: { do: 'applyThenStatus', status: 204, body: '' }, applies: true },
  '202 without a body': { fault: { do: 'applyThenStatus', status: 202, body: '' }, applies: true },
  '200 without a body': { fault: { do: 'applyThenStatus', status: 200, body: '' }, applies: true },
  '200 with a body of another shape': {
    fault: { do: 'applyThenStatus', status: 200, body: {} },
    applies: true,
  },
} as const;
type TroubleName = keyof typeof TROUBLES;

/** Whatever the command: RingCentral said no. */
const REFUSED = {
  '409': 'NOT_APPLIED',
  '404': 'NOT_APPLIED',
  '403': 'NOT_APPLIED',
  '400': 'NOT_APPLIED',
  '429': 'NOT_APPLIED',
} as const;

/** Nothing was done, but nobody said so: RingCentral may still be at it. */
const NOTHING_SEEN = {
  '500 before': 'UNKNOWN',
  'timeout before': 'UNKNOWN',
  'reset before': 'UNKNOWN',
  'HTML before': 'UNKNOWN',
  'HTML with 200 before': 'UNKNOWN',
} as const;

/** It was done, and the state of the call shows it. */
const SEEN = {
  '500 after': 'APPLIED',
  'timeout after': 'APPLIED',
  'reset after': 'APPLIED',
  'HTML after': 'APPLIED',
} as const;

/** It was done, and nothing in the call proves it (yet). */
const UNSEEN = {
  '500 after': 'UNKNOWN',
  'timeout after': 'UNKNOWN',
  'reset after': 'UNKNOWN',
  'HTML after': 'UNKNOWN',
} as const;

/** RingCentral said yes, and nothing that can be read beside it. */
const ACCEPTED = {
  'truncated JSON': 'APPLIED',
  '204 without a body': 'APPLIED',
  '202 without a body': 'APPLIED',
  '200 without a body': 'APPLIED',
  '200 with a body of another shape': 'APPLIED',
} as const;

const VISIBLE = { ...REFUSED, ...NOTHING_SEEN, ...SEEN, ...ACCEPTED };
const INVISIBLE = { ...REFUSED, ...NOTHING_SEEN, ...UNSEEN, ...ACCEPTED };

const CELLS: { readonly [Name in CommandName]: { readonly [Trouble in TroubleName]: CommandOutcome } } = {
  // The id of what is new stood in the lost answer alone.
  makeCallOut: INVISIBLE,
  createConference: INVISIBLE,
  dropCallSession: VISIBLE,
  // A party of the supervisor is there, but only who saw the call before knows that it is new.
  superviseCallSession: INVISIBLE,
  superviseCallParty: INVISIBLE,
  // The guest shows where it came from once it is `GONE`; here it is still `SETUP`.
  bringInCallParty: INVISIBLE,
  // The phone is told to answer, and rings as before until it does.
  answerCallParty: INVISIBLE,
  rejectCallParty: VISIBLE,
  ignoreCallInQueue: VISIBLE,
  replyToCallParty: VISIBLE,
  forwardCallParty: VISIBLE,
  // Somebody else may have picked it up.
  pickupCallParty: INVISIBLE,
  holdCallParty: VISIBLE,
  unholdCallParty: VISIBLE,
  updateCallParty: VISIBLE,
  muteCallParty: VISIBLE,
  unmuteCallParty: VISIBLE,
  transferCallParty: VISIBLE,
  bridgeCallParty: VISIBLE,
  parkCallParty: VISIBLE,
  // The old phone leaves when the other one has answered.
  flipCallParty: INVISIBLE,
  removeCallParty: VISIBLE,
  startCallRecording: VISIBLE,
  pauseCallRecording: VISIBLE,
  resumeCallRecording: VISIBLE,
};

/** What became of a command in trouble. */
interface Cell {
  readonly outcome: CommandOutcome;
  /** Requests that were no reads. */
  readonly commands: readonly string[];
  readonly isApplied: boolean;
  /** What the payload said otherwise than the simulator. */
  readonly untruths: readonly string[];
}

function expected(trouble: TroubleName): Record<string, Cell> {
  return columnOf((name) => ({
    outcome: CELLS[name][trouble],
    commands: [COMMANDS[name].operationId],
    isApplied: TROUBLES[trouble].applies,
    untruths: [],
  }));
}

/** Prepares the calls for all commands, orders the trouble for each, and gives all of them at once. */
async function column(
  house: House,
  trouble: TroubleName,
  names = COMMAND_NAMES,
): Promise<Record<string, Cell>> {
  const { simulator } = house;
  const scenes = columnOf((name) => COMMANDS[name].ready(simulator), names);
  simulator.orderFaults(
    // The first request that names the session is the command's: nothing is read before it.
    names.map((name) => ({
      match: String(scenes[name]?.input.sessionId ?? COMMANDS[name].operationId),
      times: 1,
      ...TROUBLES[trouble].fault,
    })),
  );
  const before = simulator.requests().length;
  const payloads = await Promise.all(names.map((name) => give(house, name, scenes[name]?.input ?? {})));
  expect(simulator.faults()).toEqual([]);

  const sent = simulator
    .requests()
    .slice(before)
    .filter(({ method }) => method !== 'GET');
  return columnOf((name) => {
    const { input = {}, isApplied = () => false } = scenes[name] ?? {};
    const payload = payloads[names.indexOf(name)];
    if (payload === undefined) throw new Error(`${name} was not given.`);
    const own = sent.filter(({ path, operationId }) =>
      input.sessionId === undefined
        ? operationId === COMMANDS[name].operationId
        : path.split('/').includes(String(input.sessionId)),
    );
    return {
      outcome: payload.outcome,
      commands: own.map(({ operationId }) => operationId ?? 'none'),
      isApplied: isApplied(),
      untruths: untruthsIn(simulator, payload),
    };
  }, names);
}

function columnOf<Value>(cellOf: (name: CommandName) => Value, names = COMMAND_NAMES): Record<string, Value> {
  return Object.fromEntries(names.map((name) => [name, cellOf(name)]));
}

describe('With every command at once', () => {
  let house: House;
  beforeAll(async () => {
    house = await openStillHouse();
  });
  afterAll(() => house?.[Symbol.asyncDispose]());

  const quick: TroubleName[] = [
    '409',
    '404',
    '403',
    '400',
    '500 before',
    'reset before',
    'HTML before',
    'HTML with 200 before',
    '500 after',
    'reset after',
    'HTML after',
    'truncated JSON',
    '204 without a body',
    '202 without a body',
    '200 without a body',
    '200 with a body of another shape',
  ];

  test.each(quick)('%s: one request each, and what is said is true', async (trouble) => {
    expect(await column(house, trouble)).toEqual(expected(trouble));
  });

  // These wait for the gateway's patience to end, so it is short; and yet long enough for a busy machine to connect.
  describe('and little patience', () => {
    let hasty: House;
    beforeAll(async () => {
      hasty = await openStillHouse({ environment: { UPSTREAM_TIMEOUT: '3' } });
    });
    afterAll(() => hasty?.[Symbol.asyncDispose]());

    test.each(['timeout before', 'timeout after'] as const)(
      '%s: one request each, and what is said is true',
      async (trouble) => {
        expect(await column(hasty, trouble)).toEqual(expected(trouble));
      },
    );
  });

  test('429: one request each, and what is said is true', async () => {
    // After a 429 the gateway is silent for a while, so each command needs a gateway of its own.
    const columns: Record<string, Cell>[] = [];
    for (const name of COMMAND_NAMES) {
      await using fresh = await openStillHouse();
      columns.push(await column(fresh, '429', [name]));
    }
    expect(Object.assign({}, ...columns)).toEqual(expected('429'));
  });

  test('every trouble of the table is tried', () => {
    const tried = [...quick, 'timeout before', 'timeout after', '429'];
    expect(tried.sort()).toEqual(Object.keys(TROUBLES).sort());
  });
});

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

test('A command is never sent when RingCentral cannot be reached', async () => {
  await using house = await openStillHouse();
  const { input, isApplied } = COMMANDS.holdCallParty.ready(house.simulator);
  const before = house.simulator.requests().length;
  await house.simulator.stop();
  const { outcome, error } = await give(house, 'holdCallParty', input);
  expect([outcome, error?.__typename]).toEqual(['NOT_APPLIED', 'UpstreamUnavailable']);
  expect(house.simulator.requests().length).toBe(before);
  expect(isApplied()).toBe(false);
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
