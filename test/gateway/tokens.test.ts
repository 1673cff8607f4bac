/** Callers with RingCentral tokens of their own: what happens when one of them ends. */
import type { Client } from 'graphql-ws';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type Answer, type House, openHouse, signIn, until } from '../support/gateway.ts';
import { BY_POLLS, isCertainToBeTold, LIVE_SOURCE } from '../support/live-source.ts';
import { type Stream, watch } from '../support/streams.ts';

// biome-ignore lint/suspicious/noExplicitAny: the events are whatever the operation selects.
type Event = any;

const EVENTS = /* GraphQL */ `
  subscription ($sessionId: ID!, $after: ID) {
    callEvents(sessionId: $sessionId, after: $after) {
      __typename
      ... on CallSnapshot { cursor reason session { parties { id status { code } } } }
      ... on CallPartyChange { cursor party { status { code } muted } }
      ... on CallStreamNotice { cursor kind at }
    }
  }
`;

/** Costs one request to RingCentral each time: nobody keeps a list of phones. */
const PHONES = '{ viewer { devices { id } } }';

const HOLD = /* GraphQL */ `
  mutation ($input: HoldCallPartyInput!) { holdCallParty(input: $input) { outcome error { __typename } } }
`;

function connectedCall(house: House) {
  const session = house.simulator.startCall({ kind: 'inbound', to: '101', state: 'Answered' });
  const sessionId = session.id ?? '';
  const partyId = session.parties?.[1]?.id ?? '';
  return {
    sessionId,
    partyId,
    move: (changes: Record<string, unknown>) => house.simulator.moveParty(sessionId, partyId, changes),
  };
}

/** A graphql-ws client that asks for its token anew at each connection; it comes back when it is let. */
function deskOf(house: House, token: () => string, retryAttempts = 0) {
  const closes: number[] = [];
  const frames: string[] = [];
  let comeBack = () => {};
  const mayComeBack = new Promise<void>((resolve) => {
    comeBack = resolve;
  });
  class Overheard extends WebSocket {
    constructor(url: string, protocol: string) {
      super(url, protocol);
      this.on('message', (data) => frames.push(String(data)));
    }
  }
  const client = house.socket('', {
    webSocketImpl: Overheard,
    connectionParams: () => ({ authorization: `Bearer ${token()}` }),
    retryAttempts,
    retryWait: () => mayComeBack,
    on: { closed: (event) => void closes.push((event as CloseEvent).code) },
  });
  return { client, closes, frames, comeBack };
}

/** Watches a call as an app should: after each event, the operation stands to go on behind it. */
function watchOn(client: Client, sessionId: string): Stream<Event> {
  const variables: { sessionId: string; after: string | null } = { sessionId, after: null };
  const stream = watch<Event>(client, 'callEvents', EVENTS, variables);
  return {
    ...stream,
    async next() {
      const event = await stream.next();
      variables.after = event.cursor;
      return event;
    },
  };
}

/** Reads until this, and answers everything on the way. */
async function readTo(stream: Stream<Event>, isMeant: (event: Event) => boolean): Promise<Event[]> {
  const seen: Event[] = [];
  for (;;) {
    const event = await stream.next();
    seen.push(event);
    if (isMeant(event)) return seen;
  }
}

/** As RingCentral says it of an app. */
const SCOPE_IS_MISSING = {
  errors: [
    {
      errorCode: 'CMN-401',
      message: 'In order to call this API endpoint, application needs to have [ReadPresence] permission',
    },
  ],
};

/** Reads a list until it is this one. */
async function readList<Item>(
  stream: Stream<readonly Item[]>,
  isMeant: (list: readonly Item[]) => boolean,
): Promise<readonly Item[]> {
  for (;;) {
    const list = await stream.next();
    if (isMeant(list)) return list;
  }
}

const isCode = (code: string) => (event: Event) => event.party?.status.code === code;

const codesOf = ({ errors = [] }: Answer<unknown>) => errors.map(({ extensions }) => extensions.code);

function requestsFor(house: House, operationId: string) {
  return house.simulator.requests().filter((entry) => entry.operationId === operationId);
}

describe('A token that RingCentral does not take', () => {
  test('is answered 401 UNAUTHENTICATED, and a flood with it costs RingCentral one request and one in doubt.', async () => {
    await using house = await openHouse();
    const flood = () =>
      Promise.all(Array.from({ length: 100 }, () => house.ask(PHONES, {}, 'never-was-a-token')));
    for (const answer of [...(await flood()), ...(await flood())]) {
      expect(answer.status).toBe(401);
      expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
    }
    const { client, closes, frames } = deskOf(house, () => 'never-was-a-token');
    await watchOn(client, connectedCall(house).sessionId).ended;
    expect(closes).toEqual([4403]);
    expect(frames).toEqual([]);
    expect(house.simulator.requests().map(({ status }) => status)).toEqual([401, 401]);
  });

  test('any more is found out by the first request that needs it, and refused at the door from then on.', async () => {
    await using house = await openHouse();
    const token = await signIn(house);
    expect(codesOf(await house.ask(PHONES, {}, token))).toEqual([]);
    house.simulator.revoke(token);
    house.simulator.clearRequests();

    expect(codesOf(await house.ask(PHONES, {}, token))).toEqual(['UNAUTHENTICATED']);
    for (let times = 0; times < 50; times += 1) {
      const answer = await house.ask(PHONES, {}, token);
      expect([answer.status, codesOf(answer)]).toEqual([401, ['UNAUTHENTICATED']]);
      expect(answer.data).toBeUndefined();
    }
    expect(house.simulator.requests().map(({ status }) => status)).toEqual([401, 401]);
  });
});

describe('When the token of an open socket ends', () => {
  test('the socket is closed with 4403 and not a word before, also where a command finds it out.', async () => {
    for (const findOut of ['watch', 'command'] as const) {
      await using house = await openHouse();
      const call = connectedCall(house);
      const token = await signIn(house);
      const { client, closes, frames } = deskOf(house, () => token);
      const other = deskOf(house, () => token);
      const streams = [client, other.client].map((one) => watchOn(one, call.sessionId));
      for (const stream of streams) await stream.next();
      await until(() => isCertainToBeTold(house.simulator, call.sessionId));
      house.simulator.revoke(token);

      // A poll that is held still tells of the change; the next one is refused, and so is another socket.
      if (findOut === 'watch') call.move({ code: 'Hold' });
      else {
        const { sessionId, partyId } = call;
        const answer = await house.ask(HOLD, { input: { sessionId, partyId } }, token);
        expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
      }

      for (const stream of streams) expect(await stream.ended).toBe('error');
      expect([closes, other.closes]).toEqual([[4403], [4403]]);
      expect([...frames, ...other.frames].filter((frame) => /"errors?"/.test(frame))).toEqual([]);
      expect(requestsFor(house, 'holdCallParty')).toHaveLength(findOut === 'command' ? 1 : 0);
    }
  });

  test('a graphql-ws client comes back with a fresh one and its cursor, and has missed nothing.', async () => {
    await using house = await openHouse({ environment: { LONG_POLL_TIMEOUT: '1' } });
    const call = connectedCall(house);
    const old = await signIn(house);
    let token = old;
    const { client, closes, comeBack } = deskOf(house, () => token, 10);
    const stream = watchOn(client, call.sessionId);
    await stream.next();
    token = await signIn(house);
    await until(() => isCertainToBeTold(house.simulator, call.sessionId));
    house.simulator.revoke(old);
    // A poll that is held may tell of this one still; the next poll is refused, and so is another socket.
    call.move({ code: 'Hold' });
    await until(() => closes.length > 0);

    // Nobody has a token now, so that nobody looks: what happens is seen as one change afterwards.
    call.move({ code: 'Answered' });
    call.move({ muted: true });
    comeBack();
    const seen = await readTo(stream, (event) => event.party?.muted === true);
    if (LIVE_SOURCE === 'poll') expect(seen.filter(isCode('HOLD'))).toHaveLength(1);
    expect(seen.filter((event) => !isCode('HOLD')(event))).toEqual([
      {
        __typename: 'CallPartyChange',
        cursor: expect.any(String),
        party: { status: { code: 'ANSWERED' }, muted: true },
      },
    ]);
    call.move({ code: 'Hold' });
    expect(await readTo(stream, isCode('HOLD'))).toHaveLength(1);
    expect(closes).toEqual([4403]);
  });

  test('another tab with a token of the same user goes on undisturbed, and keeps the events for the first.', async () => {
    await using house = await openHouse();
    const call = connectedCall(house);
    const lasting = await signIn(house);
    const old = await signIn(house);
    let token = old;
    const other = deskOf(house, () => lasting);
    const undisturbed = watchOn(other.client, call.sessionId);
    await undisturbed.next();
    // Shown later, so that the watch asks with this one.
    const { client, closes, comeBack } = deskOf(house, () => token, 10);
    const stream = watchOn(client, call.sessionId);
    await stream.next();

    token = await signIn(house);
    house.simulator.revoke(old);
    const changes = [{ code: 'Hold' }, { code: 'Answered' }, { muted: true }, { code: 'Hold' }];
    const told: Event[] = [];
    for (const change of changes) {
      call.move(change);
      told.push(await undisturbed.next());
    }
    await until(() => closes.length > 0);
    comeBack();
    const seen: Event[] = [];
    while (seen.length < changes.length) seen.push(await stream.next());
    for (const events of [told, seen]) {
      expect(events.map(({ party }) => [party?.status.code, party?.muted])).toEqual([
        ['HOLD', false],
        ['ANSWERED', false],
        ['ANSWERED', true],
        ['HOLD', true],
      ]);
    }
    expect(seen.map(({ cursor }) => cursor)).toEqual(told.map(({ cursor }) => cursor));
    expect([closes, other.closes]).toEqual([[4403], []]);
  });

  test('commands go out with the token of whoever gives them, so that no other token of the user carries them.', async () => {
    await using house = await openHouse();
    const { sessionId, partyId } = connectedCall(house);
    const ended = await signIn(house);
    const lasting = await signIn(house);
    for (const token of [ended, lasting]) expect(codesOf(await house.ask(PHONES, {}, token))).toEqual([]);
    house.simulator.revoke(ended);
    for (const document of [HOLD, PHONES]) {
      const answer = await house.ask(document, { input: { sessionId, partyId } }, ended);
      expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
    }
    expect(requestsFor(house, 'holdCallParty').map(({ status }) => status)).toEqual([401]);
    const { data } = await house.ask(HOLD, { input: { sessionId, partyId } }, lasting);
    expect(data.holdCallParty).toEqual({ outcome: 'APPLIED', error: null });
  });
});

describe('A revoked token whose user has another one', () => {
  /** A minute in a second, so that a test need not wait for one. */
  const tokens = { check: 900, use: 1_000 }; // milliseconds
  const NAME = '{ viewer { name } }';

  /** Two tokens of one user, each with a socket that watches the call. */
  async function twoTabs(house: House, watched: string) {
    const gone = await signIn(house);
    const lasting = await signIn(house);
    const open = async (token: string) => {
      const desk = deskOf(house, () => token);
      const stream = watchOn(desk.client, watched);
      await stream.next();
      return { ...desk, stream };
    };
    return { gone, lasting, tab: await open(gone), other: await open(lasting) };
  }

  test('is found out by its turn at the reads that are made anyway, which cost no request more.', async () => {
    // Whatever is read here is read by the watch: nothing is due in this test.
    await using house = await openHouse({ environment: BY_POLLS });
    const call = connectedCall(house);
    const { gone, lasting, tab, other } = await twoTabs(house, call.sessionId);
    house.simulator.clearRequests();
    house.simulator.revoke(gone);

    // Each change ends a poll that is held, so that the next one is made, with the token whose turn it is.
    const told: Event[] = [];
    for (const code of ['Hold', 'Answered', 'Hold', 'Answered']) {
      call.move({ code });
      told.push(await other.stream.next());
    }
    expect(told.map(({ party }) => party?.status.code)).toEqual(['HOLD', 'ANSWERED', 'HOLD', 'ANSWERED']);
    await tab.stream.ended;
    expect([tab.closes, other.closes]).toEqual([[4403], []]);

    expect((await house.ask(NAME, {}, gone)).status).toBe(401);
    const again = deskOf(house, () => gone);
    await watchOn(again.client, call.sessionId).ended;
    expect(again.closes).toEqual([4403]);
    expect((await house.ask(NAME, {}, lasting)).data.viewer.name).toBeTypeOf('string');
    // One read was refused and made again with the other token; once RingCentral was asked whether it means that.
    const refused = house.simulator.requests().filter(({ status }) => status === 401);
    expect(refused.map(({ operationId }) => operationId)).toEqual(['readCallSessionStatus', 'readExtension']);
    call.move({ muted: true });
    expect((await other.stream.next()).party.muted).toBe(true);
  });

  test('is found out with a socket whose stream is silent, by a request of its own.', async () => {
    await using house = await openHouse({ gateway: { tokens } });
    const call = connectedCall(house);
    const { gone, tab, other } = await twoTabs(house, call.sessionId);
    house.simulator.revoke(gone);

    expect(await tab.stream.ended).toBe('error');
    expect([tab.closes, other.closes]).toEqual([[4403], []]);
    expect(tab.frames.filter((frame) => /"errors?"/.test(frame))).toEqual([]);
    expect((await house.ask(NAME, {}, gone)).status).toBe(401);
    call.move({ code: 'Hold' });
    expect((await readTo(other.stream, isCode('HOLD'))).at(-1)?.__typename).toBe('CallPartyChange');
    expect(other.closes).toEqual([]);
  });

  test('is found out though all that it asks for is answered from memory.', async () => {
    await using house = await openHouse({ gateway: { tokens } });
    const [gone, lasting] = [await signIn(house), await signIn(house)];
    for (const token of [gone, lasting]) expect((await house.ask(NAME, {}, token)).status).toBe(200);
    house.simulator.revoke(gone);
    await until(async () => (await house.ask(NAME, {}, gone)).status === 401);
    expect((await house.ask(NAME, {}, lasting)).status).toBe(200);
  });

  test('and that nobody uses costs nothing.', async () => {
    await using house = await openHouse({ gateway: { tokens: { check: 50, use: 50 } } });
    const [idle, busy] = [await signIn(house), await signIn(house)];
    for (const token of [idle, busy]) await house.ask(NAME, {}, token);
    const before = requestsFor(house, 'readExtension').length;
    // The busy one is asked about three times meanwhile.
    await until(async () => {
      await house.ask(NAME, {}, busy);
      return requestsFor(house, 'readExtension').length >= before + 3;
    });
    house.simulator.revoke(idle);
    house.simulator.clearRequests();
    await house.ask(NAME, {}, busy);
    await until(async () => {
      await house.ask(NAME, {}, busy);
      return requestsFor(house, 'readExtension').length >= 3;
    });
    expect(house.simulator.requests().filter(({ status }) => status === 401)).toEqual([]);
  });
});

describe('A token whose app lacks a permission', () => {
  test('does not end what its user reads with another one.', async () => {
    // Only polls read the list again and again, each time with the other token.
    await using house = await openHouse({
      environment: BY_POLLS,
      gateway: { live: { activeCallsPace: 100 } },
    });
    const [poor, rich] = [await signIn(house), await signIn(house)];
    const open = async (token: string) => {
      const stream = watch<Event>(
        house.socket(token),
        'activeCalls',
        'subscription { activeCalls { sessionId } }',
        {},
      );
      await stream.next();
      return stream;
    };
    const streams = [await open(rich), await open(poor)];
    // The simulator's tokens have every scope, so that a refusal for one of them has to be ordered.
    house.simulator.orderFaults([
      { match: 'readUserPresenceStatus', times: 1, do: 'status', status: 403, body: SCOPE_IS_MISSING },
    ]);
    const { sessionId } = connectedCall(house);
    for (const stream of streams) {
      const list = await readList(stream, (calls) => calls.length > 0);
      expect(list).toEqual([{ sessionId }]);
    }
    expect(house.simulator.faults()).toEqual([]);
  });
});

describe('A stray 401', () => {
  const stray = (match: string, times = 1) => ({ match, times, do: 'status', status: 401 }) as const;
  const isIn = async (house: House, token: string) => (await house.ask(PHONES, {}, token)).status === 200;

  test('for a token that nobody knows yet does not shut it out.', async () => {
    await using house = await openHouse();
    house.simulator.orderFaults([stray('readExtension')]);
    expect(await isIn(house, 'sim-101')).toBe(true);
    expect(requestsFor(house, 'readExtension').map(({ status }) => status)).toEqual([401, 200]);
  });

  test('for strangers is doubted so often a minute, and no more.', async () => {
    await using house = await openHouse();
    const start = performance.now();
    const statuses = await Promise.all(
      Array.from(
        { length: 60 },
        async (_, count) => (await house.ask(PHONES, {}, `made-up-${count}`)).status,
      ),
    );
    expect(new Set(statuses)).toEqual(new Set([401]));
    const minutes = (performance.now() - start) / 60_000;
    expect(requestsFor(house, 'readExtension').length).toBeLessThanOrEqual(60 + 20 + Math.ceil(20 * minutes));
    // Whoever is known already is doubted all the same.
    await house.ask(PHONES);
    house.simulator.orderFaults([stray('listExtensionDevices')]);
    expect(await isIn(house, 'sim-101')).toBe(true);
  });

  test('to a query and to a command costs one more request, and the command is applied once.', async () => {
    await using house = await openHouse();
    const { sessionId, partyId } = connectedCall(house);
    await isIn(house, 'sim-101');
    house.simulator.orderFaults([stray('listExtensionDevices'), stray('holdCallParty')]);
    expect(await isIn(house, 'sim-101')).toBe(true);
    const { data } = await house.ask(HOLD, { input: { sessionId, partyId } });
    expect(data.holdCallParty).toEqual({ outcome: 'APPLIED', error: null });
    expect(requestsFor(house, 'holdCallParty').map(({ status }) => status)).toEqual([401, 200]);
    expect(await isIn(house, 'sim-101')).toBe(true);
  });

  test('to a poll leaves the stream as it is, and its socket open.', async () => {
    await using house = await openHouse({ environment: BY_POLLS });
    const call = connectedCall(house);
    const { client, closes } = deskOf(house, () => 'sim-101');
    const stream = watchOn(client, call.sessionId);
    await stream.next();
    await until(() => requestsFor(house, 'readCallSessionStatus').at(-1)?.held);
    house.simulator.orderFaults([stray('readCallSessionStatus')]);
    for (const code of ['Hold', 'Answered', 'Hold']) {
      call.move({ code });
      const seen = await readTo(stream, isCode(code.toUpperCase()));
      expect(seen.map(({ __typename }) => __typename)).toEqual(['CallPartyChange']);
    }
    expect(closes).toEqual([]);
    expect(house.simulator.faults()).toEqual([]);
  });

  test('inside a penalty is not asked about: nothing is sent, and nobody is shut out.', async () => {
    await using house = await openHouse({ simulator: { settings: { lightLimit: 0, penalty: 1 } } });
    const { sessionId, partyId } = connectedCall(house);
    await isIn(house, 'sim-101');
    house.simulator.orderFaults([
      { ...stray('holdCallParty') },
      { match: 'readExtension', times: 1, do: 'status', status: 429, retryAfter: '1' },
    ]);
    const refused = await house.ask(HOLD, { input: { sessionId, partyId } });
    expect(refused.data.holdCallParty).toEqual({
      outcome: 'NOT_APPLIED',
      error: { __typename: 'RateLimited' },
    });
    const sent = house.simulator.requests().length;
    const meanwhile = await house.ask(HOLD, { input: { sessionId, partyId } });
    expect(meanwhile.data.holdCallParty.error).toEqual({ __typename: 'RateLimited' });
    expect(house.simulator.requests().length).toBe(sent);
    await until(() => isIn(house, 'sim-101'));
  });
});

test('Before a token ends, whoever watches is told by when.', async () => {
  const life = 3_600_000; // 1 hour
  await using house = await openHouse({ gateway: { tokens: { notice: 50, life } } });
  const call = connectedCall(house);
  const stream = watchOn(deskOf(house, () => 'sim-101').client, call.sessionId);
  await stream.next();

  const before = Date.now();
  await house.ask(PHONES, {}, await signIn(house));
  const after = Date.now();

  const isMeant = ({ kind, at }: Event) => kind === 'TOKEN_EXPIRING' && Date.parse(at) >= before + life;
  const notice = (await readTo(stream, isMeant)).at(-1);
  expect(Date.parse(notice.at)).toBeLessThanOrEqual(after + life);
});
