/** The whole gateway before a RingCentral that tells what happens by itself. */
import { describe, expect, test } from 'vitest';
import { eventually } from '../simulator/support.ts';
import { type House, openHouse, until } from '../support/gateway.ts';
import { watch } from '../support/streams.ts';

const CALL_EVENTS = /* GraphQL */ `
  subscription Events($sessionId: ID!) {
    callEvents(sessionId: $sessionId) {
      __typename
      ... on CallSnapshot { session { parties { id status { code } observedAt } } }
      ... on CallPartyChange { party { id muted observedAt status { code } } previousStatus { code } }
      ... on CallStreamNotice { kind }
    }
  }
`;
const LIST = /* GraphQL */ `subscription { activeCalls { sessionId partyId telephonyStatus fromName from } }`;
const SOURCE = /* GraphQL */ `{ viewer { liveSource } }`;

// biome-ignore lint/suspicious/noExplicitAny: the events are whatever the operation selects.
type Event = any;

/** RingCentral as most find it: it does not hold polls, and allows fifty requests a minute. */
const REAL = { longPoll: 'ignore', lightLimit: 50, mediumLimit: 40, heavyLimit: 10, authLimit: 5 } as const;

const openRealHouse = (settings = {}, environment: Record<string, string> = {}) =>
  openHouse({
    environment: { LIVE_SOURCE: 'auto', ...environment },
    simulator: { story: false, settings: { ...REAL, pushDelay: 5, ...settings } },
    gateway: { push: { random: () => 0 } },
  });

function callOf101(house: House) {
  const session = house.simulator.startCall({ kind: 'inbound', to: '101', state: 'Answered' });
  const [caller, own] = session.parties;
  return {
    sessionId: session.id,
    move: (code: string, party = own) => house.simulator.moveParty(session.id, party?.id ?? '', { code }),
    caller,
    own,
  };
}

function events(house: House, sessionId: string) {
  return watch<Event>(house.socket('sim-101', { retryAttempts: 0 }), 'callEvents', CALL_EVENTS, {
    sessionId,
  });
}

const told = ({ __typename, kind, party }: Event) =>
  __typename === 'CallPartyChange'
    ? `${party.id.split('-').at(-1)} ${party.status.code}`
    : (kind ?? __typename);

const isListening = (house: House) =>
  until(async () => (await house.ask(SOURCE)).data?.viewer.liveSource === 'PUSH');
const isRead = ({ operationId }: { readonly operationId: string | null }) =>
  operationId === 'readCallSessionStatus';
const reads = (house: House) => house.simulator.requests().filter(isRead).length;

describe('A watched call', () => {
  test('tells what happens to the own party at once, for no request, with ten calls and fifty requests a minute', async () => {
    await using house = await openRealHouse();
    const calls = Array.from({ length: 10 }, () => callOf101(house));
    const streams = calls.map(({ sessionId }) => events(house, sessionId));
    for (const stream of streams) expect(told(await stream.next())).toBe('CallSnapshot');
    await isListening(house);
    // Each is looked at once more when news begin to come: what happened before is told by nobody.
    const first = house.simulator
      .requests()
      .findIndex(({ operationId }) => operationId === 'createSubscription');
    const looked = () => house.simulator.requests().slice(first).filter(isRead).length;
    await until(() => looked() >= calls.length);
    // Its clock tells whole seconds: within the second of a read nobody knows which was first, and the call is read again.
    const lastRead = () => house.simulator.requests().findLast(isRead)?.ended ?? Infinity;
    await until(() => Date.now() - lastRead() > 1_000);
    const before = house.simulator.requests().length;
    for (const [index, stream] of streams.entries()) {
      calls[index]?.move('Hold');
      expect(told(await stream.next())).toBe('2 HOLD');
      calls[index]?.move('Answered');
      expect(told(await stream.next())).toBe('2 ANSWERED');
    }
    const since = house.simulator.requests().slice(before);
    expect(since.filter(isRead)).toEqual([]);
    expect(house.simulator.requests().some(({ status }) => status === 429)).toBe(false);
  });

  test('shows the others soon after the own party moved', async () => {
    await using house = await openRealHouse();
    const call = callOf101(house);
    const stream = events(house, call.sessionId);
    expect(told(await stream.next())).toBe('CallSnapshot');
    await isListening(house);
    // Nobody tells of the caller: the look after the own party's end shows both.
    call.move('Disconnected', call.caller);
    call.move('Disconnected');
    const seen: string[] = [];
    while (seen.at(-1) !== 'CALL_ENDED') seen.push(told(await stream.next()));
    expect(seen).toEqual(expect.arrayContaining(['1 DISCONNECTED', '2 DISCONNECTED']));
    expect(await stream.ended).toBe('complete');
  });

  test('goes on through a cut socket, and misses nothing', async () => {
    await using house = await openRealHouse();
    const call = callOf101(house);
    const stream = events(house, call.sessionId);
    await stream.next();
    await isListening(house);
    house.simulator.troublePush({ do: 'cut' });
    call.move('Hold');
    expect(told(await stream.next())).toBe('2 HOLD');
    await isListening(house);
    call.move('Answered');
    expect(told(await stream.next())).toBe('2 ANSWERED');
  });

  test('shows the truth after a loss that could not be recovered', async () => {
    await using house = await openRealHouse({ pushRecovery: 'refuse' });
    const call = callOf101(house);
    const stream = events(house, call.sessionId);
    await stream.next();
    await isListening(house);
    house.simulator.configure({ pushLosses: 1 });
    call.move('Hold');
    house.simulator.configure({ pushLosses: 0 });
    house.simulator.troublePush({ do: 'cut' });
    // A poll that is held from before the socket was open shows it, or else a look after the loss, of which readers hear.
    let news = told(await stream.next());
    while (news === 'UPSTREAM_DEGRADED' || news === 'RECOVERED') news = told(await stream.next());
    expect(news).toBe('2 HOLD');
  });

  test.for([
    ['the permission is missing', { push: 'forbidden' }],
    ['the filter is off', { disabledFilters: 'calls' }],
    ['there is no such address', { push: 'missing' }],
  ] as const)('is polled where %s', async ([, settings]) => {
    await using house = await openRealHouse({ ...settings, longPoll: 'honour' });
    const call = callOf101(house);
    const stream = events(house, call.sessionId);
    await stream.next();
    call.move('Hold');
    expect(told(await stream.next())).toBe('2 HOLD');
    expect((await house.ask(SOURCE)).data.viewer.liveSource).toBe('LONG_POLL');
    const tokens = house.simulator.requests().filter(({ operationId }) => operationId === 'authWsToken');
    expect(tokens.length).toBeLessThanOrEqual(1);
  });

  test('of somebody else is polled, also while the own calls are told', async () => {
    await using house = await openRealHouse({ longPoll: 'honour' });
    const session = house.simulator.startCall({ kind: 'inbound', to: '102', state: 'Answered' });
    const stream = events(house, session.id);
    await stream.next();
    await isListening(house);
    house.simulator.moveParty(session.id, session.parties[1]?.id ?? '', { code: 'Hold' });
    expect(told(await stream.next())).toBe('2 HOLD');
  });
});

test('With LIVE_SOURCE=push a stream fails where notifications are not to be had, and says what to grant', async () => {
  await using house = await openRealHouse({ push: 'forbidden' }, { LIVE_SOURCE: 'push' });
  const call = callOf101(house);
  const stream = events(house, call.sessionId);
  await stream.ended;
  expect(stream.error()).toMatchObject([
    { extensions: { code: 'FORBIDDEN', permissionName: 'WebSocketsSubscription' } },
  ]);
});

test('What a command moves beside its party is looked at soon, although the news of it say nothing new', {
  timeout: 25_000, // 25 seconds: the next look would come after thirty
}, async () => {
  await using house = await openRealHouse({ answerDelay: 50 });
  const { id: conferenceId } = house.simulator.startCall({
    kind: 'conference',
    from: '101',
    state: 'Answered',
  });
  const { sessionId, own } = callOf101(house);
  const stream = events(house, conferenceId);
  await stream.next();
  await isListening(house);
  const bringIn = { sessionId, partyId: own?.id };
  const { data } = await house.ask(
    'mutation ($input: BringInCallPartyInput!) { bringInCallParty(input: $input) { party { id status { code } } } }',
    { input: { sessionId: conferenceId, bringIn } },
  );
  // The guest is nobody's extension: that they have come is told by no news.
  const guest = data.bringInCallParty.party;
  expect(guest.status.code).toBe('SETUP');
  let event = await stream.next();
  while (event.party?.id !== guest.id || event.party.status.code !== 'GONE') event = await stream.next();
});

test('With LIVE_SOURCE=poll nobody asks for a socket', async () => {
  await using house = await openRealHouse({ longPoll: 'honour' }, { LIVE_SOURCE: 'poll' });
  const call = callOf101(house);
  const stream = events(house, call.sessionId);
  await stream.next();
  call.move('Hold');
  expect(told(await stream.next())).toBe('2 HOLD');
  expect(house.simulator.requests().some(({ operationId }) => operationId === 'authWsToken')).toBe(false);
});

test('The list of calls shows a call, its changes and its end at once, and presence is read once', async () => {
  await using house = await openRealHouse();
  const stream = watch<Event>(house.socket(), 'activeCalls', LIST, {});
  expect(await stream.next()).toEqual([]);
  await isListening(house);
  await eventually(() => house.simulator.push().sockets.length).toBe(1);
  const presences = () =>
    house.simulator.requests().filter(({ operationId }) => operationId === 'readUserPresenceStatus').length;
  // Once more when news begin to come: what happened before is told by nobody.
  await eventually(presences).toBe(2);
  const before = presences();
  const session = house.simulator.startCall({ kind: 'inbound', from: '+12025550147', to: '101' });
  const own = session.parties[1]?.id ?? '';
  const entry = { sessionId: session.id, partyId: own, from: '+12025550147', fromName: null };
  expect(await stream.next()).toMatchObject([{ ...entry, telephonyStatus: 'RINGING' }]);
  house.simulator.moveParty(session.id, own, { code: 'Answered' });
  expect(await stream.next()).toMatchObject([{ ...entry, telephonyStatus: 'CALL_CONNECTED' }]);
  house.simulator.moveParty(session.id, own, { code: 'Disconnected' });
  expect(await stream.next()).toEqual([]);
  expect(presences()).toBe(before);
});

test('A command is told once: its answer and its notification are the same news', async () => {
  await using house = await openRealHouse();
  const call = callOf101(house);
  const stream = events(house, call.sessionId);
  await stream.next();
  await isListening(house);
  const hold = `mutation($input: HoldCallPartyInput!) { holdCallParty(input: $input) { outcome party { status { code } } } }`;
  const unhold = hold.replaceAll('hold', 'unhold').replaceAll('HoldCall', 'UnholdCall');
  const input = { sessionId: call.sessionId, partyId: call.own?.id };
  expect((await house.ask(hold, { input })).data.holdCallParty.outcome).toBe('APPLIED');
  expect((await house.ask(unhold, { input })).data.unholdCallParty.outcome).toBe('APPLIED');
  expect(told(await stream.next())).toBe('2 HOLD');
  expect(told(await stream.next())).toBe('2 ANSWERED');
  await eventually(() => house.simulator.push().notifications.posted).toBeGreaterThanOrEqual(2);
  call.move('Disconnected');
  expect(told(await stream.next())).toBe('2 DISCONNECTED');
});

test('While nobody watches there is no source, and no socket', async () => {
  await using house = await openRealHouse();
  expect((await house.ask(SOURCE)).data).toEqual({ viewer: { liveSource: null } });
  expect(house.simulator.push().sockets).toEqual([]);
  expect(reads(house)).toBe(0);
});
