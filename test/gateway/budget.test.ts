/** The rate budget through the public door: a simulator that counts as RingCentral does, and never has to say no. */
import { describe, expect, test } from 'vitest';
import type { Settings } from '../../src/simulator/settings.ts';
import { type Answer, type House, openHouse, until } from '../support/gateway.ts';
import { BY_POLLS, isCertainToBeTold } from '../support/live-source.ts';
import { watch } from '../support/streams.ts';

const IRIS = { token: 'sim-101', extension: '101' };
const TOMAS = { token: 'sim-102', extension: '102' };

/** Each costs one Light request, every time it is asked. */
const PHONES = '{ viewer { devices { id } } }';
const NUMBERS = '{ viewer { forwardingNumbers { id } } }';
const CALL = 'query ($id: ID!) { callSession(id: $id) { id } }';

const HOLD = /* GraphQL */ `
  mutation ($input: HoldCallPartyInput!) { holdCallParty(input: $input) { outcome error { __typename message } } }
`;
const DROP = /* GraphQL */ `
  mutation ($input: DropCallSessionInput!) { dropCallSession(input: $input) { outcome error { __typename message } } }
`;
const CALL_OUT = /* GraphQL */ `
  mutation ($input: MakeCallOutInput!) { makeCallOut(input: $input) { outcome error { __typename message } } }
`;
const EVENTS = /* GraphQL */ `
  subscription ($id: ID!) {
    callEvents(sessionId: $id) { __typename ... on CallPartyChange { party { status { code } } } }
  }
`;

const APPLIED = { outcome: 'APPLIED', error: null };
const LIMIT = 50;

/** A house where RingCentral counts, with a window short enough for a test. */
function openCountingHouse(
  settings: Partial<Settings>,
  environment: Readonly<Record<string, string>> = {},
): Promise<House> {
  return openHouse({
    environment: { UPSTREAM_TIMEOUT: '10', ...environment },
    simulator: { settings: { lightLimit: LIMIT, rateWindow: 3, penalty: 3, ...settings } },
  });
}

/** Asks once, so that the limits of this user are known. */
async function learn(house: House, { token }: { token: string }): Promise<void> {
  expect((await house.ask(PHONES, {}, token)).errors).toBeUndefined();
}

function connectedCall(house: House) {
  const session = house.simulator.startCall({ kind: 'inbound', to: '101', state: 'Answered' });
  return { sessionId: session.id ?? '', partyId: session.parties?.[1]?.id ?? '' };
}

/** The requests of a user that are counted in the Light group. */
function lightRequests(house: House, { extension }: { extension: string }) {
  return house.simulator
    .requests()
    .filter(({ viewer, operationId }) => viewer === extension && operationId !== 'createCallOutCallSession');
}

/** The requests that RingCentral had to refuse. */
const tooMany = (house: House) => house.simulator.requests().filter(({ status }) => status === 429);

function isRateLimited({ errors }: Answer<unknown>): boolean {
  if (errors === undefined) return false;
  for (const { extensions } of errors) {
    expect(extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfter: expect.any(Number) });
    expect(extensions.retryAfter).toBeGreaterThanOrEqual(1);
  }
  return true;
}

describe('One user who asks for more than RingCentral allows', () => {
  test('causes no 429: commands are all carried out first, queries are answered or told when to come back.', async () => {
    // Half of the time of a request is its patience: enough for three windows more, but not for all of these.
    await using house = await openCountingHouse({ rateWindow: 2 }, { UPSTREAM_TIMEOUT: '16' });
    await learn(house, IRIS);
    const before = house.simulator.requests().length;

    const calls = Array.from({ length: 200 }, () => connectedCall(house));
    const queries = Array.from({ length: 200 }, (_, index) => {
      if (index % 4 === 0) return house.ask(PHONES);
      if (index % 4 === 1) return house.ask(NUMBERS);
      return house.ask(CALL, { id: calls[index]?.sessionId });
    });
    // They come last, behind two hundred others.
    const commands = calls.slice(0, 20).map((input) => house.ask(HOLD, { input }));

    for (const { data, errors } of await Promise.all(commands)) {
      expect(errors).toBeUndefined();
      expect(data.holdCallParty).toEqual(APPLIED);
    }
    const journal = house.simulator.requests().slice(before);
    const last = journal.findLastIndex(({ operationId }) => operationId === 'holdCallParty');
    // The queries that found room before them, and those that fitted beside them when there was room again.
    expect(last).toBeLessThan(2 * LIMIT);

    const refused = (await Promise.all(queries)).filter(isRateLimited);
    expect(refused.length).toBeLessThan(200 - LIMIT / 2);
    expect(tooMany(house)).toEqual([]);
  });

  test('can still hang up when nearly nothing is left, while polls wait.', async () => {
    const rateWindow = 9; // seconds: longer than a query waits, and than it takes to ask them all on a busy machine
    await using house = await openCountingHouse({ rateWindow }, BY_POLLS);
    await learn(house, IRIS);
    const watched = connectedCall(house);
    const doomed = [connectedCall(house), connectedCall(house), connectedCall(house)];
    const stream = watch<{ __typename: string }>(house.socket(), 'callEvents', EVENTS, {
      id: watched.sessionId,
    });
    await stream.next();
    const polls = () =>
      house.simulator
        .requests()
        .filter(
          ({ operationId, path }) =>
            operationId === 'readCallSessionStatus' && path.includes(watched.sessionId),
        );
    await until(() => polls().at(-1)?.held);

    const spentFrom = house.simulator.requests().length;
    const answers = await Promise.all(Array.from({ length: LIMIT + 10 }, () => house.ask(PHONES)));
    expect(answers.filter(isRateLimited).length).toBeGreaterThanOrEqual(10);
    // The poll that is held tells of this; the next one has to wait.
    const heldPolls = polls().length;
    house.simulator.moveParty(watched.sessionId, watched.partyId, { code: 'Hold' });
    expect(await stream.next()).toMatchObject({ party: { status: { code: 'HOLD' } } });

    for (const { sessionId } of doomed) {
      const { data } = await house.ask(DROP, { input: { sessionId } });
      expect(data.dropCallSession).toEqual(APPLIED);
    }
    const next = await until(() => polls()[heldPolls]);
    const spentFirst = house.simulator.requests()[spentFrom];
    expect(next.started).toBeGreaterThanOrEqual((spentFirst?.started ?? Infinity) + rateWindow * 1_000);
    const journal = house.simulator.requests();
    const lastDrop = journal.findLastIndex(({ operationId }) => operationId === 'deleteCallSession');
    expect(lastDrop).toBeLessThan(journal.indexOf(next));
    house.simulator.moveParty(watched.sessionId, watched.partyId, { code: 'Answered' });
    // Whoever watches has been told that they had to wait.
    const events = [await stream.next()];
    while (events.at(-1)?.__typename === 'CallStreamNotice') events.push(await stream.next());
    expect(events.at(-1)).toMatchObject({ party: { status: { code: 'ANSWERED' } } });
    expect(tooMany(house)).toEqual([]);
  });
});

test('After a 429 that others caused, a user sends nothing of that group until the penalty is over.', async () => {
  const penalty = 5; // seconds
  await using house = await openCountingHouse({ heavyLimit: 10 });
  for (const user of [IRIS, TOMAS]) await learn(house, user);
  const call = connectedCall(house);
  const stream = watch<{ __typename: string }>(house.socket(), 'callEvents', EVENTS, { id: call.sessionId });
  await stream.next();
  await until(() => isCertainToBeTold(house.simulator, call.sessionId));

  house.simulator.orderFaults([
    { match: 'listExtensionDevices', viewer: '101', do: 'status', status: 429, retryAfter: String(penalty) },
  ]);
  expect(isRateLimited(await house.ask(PHONES))).toBe(true);
  const refusedAt = lightRequests(house, IRIS).length;
  const refusal = lightRequests(house, IRIS).at(-1);
  expect(refusal).toMatchObject({ status: 429 });

  // The watch would like to ask again, too: for the next change, or because this one came within the second of its look.
  house.simulator.moveParty(call.sessionId, call.partyId, { muted: true });
  // Another group is another budget.
  const input = { deviceId: '801100004', to: { phoneNumber: '+12025550166' } };
  expect((await house.ask(CALL_OUT, { input })).data.makeCallOut).toEqual(APPLIED);
  expect((await house.ask(HOLD, { input: call })).data.holdCallParty).toMatchObject({
    outcome: 'NOT_APPLIED',
    error: { __typename: 'RateLimited' },
  });

  await until(async () => {
    // Whoever else asks is served as ever; a pause keeps him inside a budget of his own.
    expect((await house.ask(PHONES, {}, TOMAS.token)).errors).toBeUndefined();
    const isServed = !isRateLimited(await house.ask(NUMBERS));
    if (!isServed) await new Promise((resolve) => setTimeout(resolve, 200));
    return isServed;
  });
  let event = await stream.next();
  while (event.__typename === 'CallStreamNotice') event = await stream.next();
  expect(event.__typename).toBe('CallPartyChange');
  const [first] = lightRequests(house, IRIS).slice(refusedAt);
  expect(first?.started).toBeGreaterThanOrEqual((refusal?.ended ?? Infinity) + penalty * 1_000);
  expect(tooMany(house)).toEqual([refusal]);
});

test('A list of calls that waits for the rate budget is said to be old, and to be true when there is room.', async () => {
  const house = await openHouse({
    // A list that changes are told of waits for nothing.
    environment: BY_POLLS,
    simulator: { settings: { lightLimit: LIMIT, rateWindow: 12, penalty: 12 } },
    gateway: { live: { activeCallsPace: 1_000 } },
  });
  await using _ = house;
  await learn(house, IRIS);
  const list = watch<{ kind?: string; calls?: unknown[] }>(
    house.socket(),
    'activeCallEvents',
    'subscription { activeCallEvents { ... on ActiveCallList { calls { sessionId } } ... on ActiveCallNotice { kind } } }',
    {},
  );
  expect(await list.next()).toEqual({ calls: [] });
  await until(async () => (await house.ask(PHONES)).errors !== undefined);
  expect(await list.next()).toEqual({ kind: 'UPSTREAM_DEGRADED' });
  expect(await list.next()).toEqual({ kind: 'RECOVERED' });
  expect(tooMany(house)).toEqual([]);
});
