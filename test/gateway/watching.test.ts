/** Watching calls through the public door: sockets and event streams before a simulator that plays RingCentral. */
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Fault } from '../../src/simulator/faults.ts';
import type { Settings } from '../../src/simulator/settings.ts';
import { type House, openHouse, until } from '../support/gateway.ts';
import { BY_POLLS, isCertainToBeTold, readsOf } from '../support/live-source.ts';
import { type Stream, watch } from '../support/streams.ts';

const CALL_EVENTS = /* GraphQL */ `
  subscription Events($sessionId: ID!, $after: ID) {
    callEvents(sessionId: $sessionId, after: $after) {
      __typename
      ... on CallSnapshot { cursor reason session { id parties { id status { code } muted observedAt } } }
      ... on CallPartyChange { cursor skipped previousStatus { code } party { id muted observedAt status { code reason } } }
      ... on CallStreamNotice { cursor kind partyId movedTo { sessionId partyId } }
    }
  }
`;

const HOLD = /* GraphQL */ `
  mutation Hold($sessionId: ID!, $partyId: ID!) {
    holdCallParty(input: { sessionId: $sessionId, partyId: $partyId }) { outcome party { status { code } } }
  }
`;

// biome-ignore lint/suspicious/noExplicitAny: the events are whatever the operation selects.
type Event = any;

/** A call of extension 101 that is being talked in. */
function connectedCall(house: House, to = '101') {
  const session = house.simulator.startCall({ kind: 'inbound', to, state: 'Answered' });
  const sessionId = session.id ?? '';
  const partyId = session.parties?.[1]?.id ?? '';
  const callerId = session.parties?.[0]?.id ?? '';
  return {
    sessionId,
    partyId,
    callerId,
    move: (changes: Record<string, unknown>, party = partyId) =>
      house.simulator.moveParty(sessionId, party, changes),
  };
}

function events(house: House, sessionId: string, after: string | null = null, token = 'sim-101') {
  return watch<Event>(house.socket(token, { retryAttempts: 0 }), 'callEvents', CALL_EVENTS, {
    sessionId,
    after,
  });
}

/** A client, and the sockets under it for a test that cuts them. */
function cuttableSocket(house: House) {
  const raw = new Set<WebSocket>();
  class Cuttable extends WebSocket {
    constructor(url: string, protocol: string) {
      super(url, protocol);
      raw.add(this);
    }
  }
  return { client: house.socket('sim-101', { webSocketImpl: Cuttable, retryAttempts: 0 }), raw };
}

function polls(house: House, sessionId: string) {
  return readsOf(house.simulator, sessionId);
}

/** Reads until the state of this party is the one looked for, and answers every event on the way. */
async function readTo(stream: Stream<Event>, isMeant: (event: Event) => boolean): Promise<Event[]> {
  const seen: Event[] = [];
  for (;;) {
    const event = await stream.next();
    seen.push(event);
    if (isMeant(event)) return seen;
  }
}

const isCode = (code: string) => (event: Event) => event.party?.status.code === code;
const isNotice = (kind: string) => (event: Event) => event.kind === kind;

async function gauge(house: House, name: string): Promise<number> {
  const text = await (await fetch(house.gateway.url.replace('/graphql', '/metrics'))).text();
  return [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].reduce(
    (sum, [, value]) => sum + Number(value),
    0,
  );
}

describe('A watched call', () => {
  test('costs one request in flight, however many watch it, and none when the last has left.', async () => {
    await using house = await openHouse({ gateway: { live: { limits: { linger: 50 } } } });
    const call = connectedCall(house);
    const sockets = Array.from({ length: 10 }, () => house.socket());
    const streams = sockets.flatMap((socket) =>
      Array.from({ length: 10 }, () =>
        watch<Event>(socket, 'callEvents', CALL_EVENTS, { sessionId: call.sessionId }),
      ),
    );
    for (const stream of streams) expect((await stream.next()).__typename).toBe('CallSnapshot');
    call.move({ code: 'Hold' });
    for (const stream of streams)
      expect(await stream.next()).toMatchObject({ party: { status: { code: 'HOLD' } } });

    const spans = polls(house, call.sessionId).map(({ started, ended }) => ({
      started,
      ended: ended ?? Infinity,
    }));
    for (const [index, span] of spans.entries()) {
      expect(spans.slice(index + 1).filter((later) => later.started < span.ended)).toEqual([]);
    }
    for (const stream of streams) stream.leave();
    await until(async () => (await gauge(house, 'gateway_watches')) === 0);
    await until(() => polls(house, call.sessionId).every(({ ended }) => ended !== null));
    const count = polls(house, call.sessionId).length;
    call.move({ code: 'Answered' });
    // A second watch, of another call, takes longer than any poll of the first would.
    const other = connectedCall(house);
    await events(house, other.sessionId).next();
    expect(polls(house, call.sessionId)).toHaveLength(count);
  });

  test('leaves nothing behind after a thousand comings and goings.', async () => {
    await using house = await openHouse({ gateway: { live: { limits: { linger: 20 } } } });
    const call = connectedCall(house);
    for (let round = 0; round < 20; round += 1) {
      const socket = house.socket();
      const streams = Array.from({ length: 50 }, () =>
        watch<Event>(socket, 'callEvents', CALL_EVENTS, { sessionId: call.sessionId }),
      );
      await Promise.all(streams.map((stream) => stream.next()));
      for (const stream of streams) stream.leave();
      await socket.dispose();
    }
    for (const name of ['gateway_watches', 'gateway_subscribers', 'gateway_sockets']) {
      await until(async () => (await gauge(house, name)) === 0);
    }
  });

  test('answers a thousand queries without a request, and tells how fresh it is.', async () => {
    await using house = await openHouse();
    const call = connectedCall(house);
    const stream = events(house, call.sessionId);
    await stream.next();
    call.move({ code: 'Hold' });
    await readTo(stream, isCode('HOLD'));
    await until(() => isCertainToBeTold(house.simulator, call.sessionId));
    const before = house.simulator.requests().length;
    const query = /* GraphQL */ `
      query Q($id: ID!) { callSession(id: $id) { observedAt parties { status { code } observedAt } } }
    `;
    for (let round = 0; round < 50; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => house.ask(query, { id: call.sessionId })),
      );
      for (const { data } of answers) expect(data.callSession.parties[1].status.code).toBe('HOLD');
    }
    expect(house.simulator.requests().slice(before)).toEqual([]);
  });

  test('tells of a party whose available actions changed only because the far end answered.', async () => {
    await using house = await openHouse();
    const { id: sessionId = '', parties = [] } = house.simulator.startCall({
      kind: 'outbound',
      from: '101',
      to: '+12025550147',
      state: 'Answered',
    });
    const [ownId = '', farId = ''] = parties.map(({ id }) => id);
    house.simulator.moveParty(sessionId, farId, { code: 'Setup' });
    const PARTY = 'id observedAt status { code } availableActions { action allowed reason }';
    const both = house.socket();
    const follow = (field: string, query: string) => watch<Event>(both, field, query, { sessionId });
    const events = follow(
      'callEvents',
      `subscription ($sessionId: ID!) { callEvents(sessionId: $sessionId) {
        __typename
        ... on CallSnapshot { session { parties { ${PARTY} } } }
        ... on CallPartyChange { previousStatus { code } party { ${PARTY} } }
      } }`,
    );
    const updates = follow(
      'callPartyUpdated',
      `subscription ($sessionId: ID!) { callPartyUpdated(sessionId: $sessionId) { ${PARTY} } }`,
    );
    const hold = ({ availableActions }: Event) =>
      availableActions.find(({ action }: Event) => action === 'HOLD');
    const [before] = (await events.next()).session.parties;
    expect(hold(before)).toEqual({
      action: 'HOLD',
      allowed: false,
      reason: 'Not possible before the other end has answered.',
    });
    expect([(await updates.next()).id, (await updates.next()).id]).toEqual([ownId, farId]);

    house.simulator.moveParty(sessionId, farId, { code: 'Answered' });
    expect(await events.next()).toMatchObject({
      previousStatus: { code: 'SETUP' },
      party: { id: farId, status: { code: 'ANSWERED' } },
    });
    const change = await events.next();
    expect(change).toMatchObject({
      __typename: 'CallPartyChange',
      previousStatus: { code: 'ANSWERED' },
      party: { id: ownId, status: { code: 'ANSWERED' } },
    });
    expect(hold(change.party)).toEqual({ action: 'HOLD', allowed: true, reason: null });
    expect(Date.parse(change.party.observedAt)).toBeGreaterThan(Date.parse(before.observedAt));
    expect([(await updates.next()).id, await updates.next()]).toEqual([farId, change.party]);

    const { data } = await house.ask<Event>(
      `query ($sessionId: ID!) { callSession(id: $sessionId) { parties { ${PARTY} } } }`,
      { sessionId },
    );
    const [asked] = data.callSession.parties;
    expect(asked.availableActions).toEqual(change.party.availableActions);
    expect(Date.parse(asked.observedAt)).toBeGreaterThanOrEqual(Date.parse(change.party.observedAt));
  });

  test('outlives a single 404, and a command that is accepted takes back the end that two have told.', async () => {
    // A poll meets it: nothing else reads a call so soon after a change that moves nobody.
    await using house = await openHouse({ environment: BY_POLLS });
    const call = connectedCall(house);
    const missing = (times: number): Partial<Fault> & Pick<Fault, 'match' | 'do'> => ({
      match: 'readCallSessionStatus',
      do: 'status',
      status: 404,
      times,
    });
    const stream = events(house, call.sessionId);
    await stream.next();
    await until(() => polls(house, call.sessionId).some(({ held, ended }) => held && ended === null));
    house.simulator.orderFaults([missing(1)]);
    call.move({ muted: true });
    expect(await stream.next()).toMatchObject({ party: { muted: true, status: { code: 'ANSWERED' } } });
    await until(() => polls(house, call.sessionId).some(({ status }) => status === 404));
    call.move({ muted: false });
    expect(await stream.next()).toMatchObject({ party: { muted: false, status: { code: 'ANSWERED' } } });

    await until(() => polls(house, call.sessionId).some(({ held, ended }) => held && ended === null));
    house.simulator.orderFaults([missing(2)]);
    call.move({ muted: true });
    await readTo(stream, isNotice('CALL_ENDED'));
    const { data } = await house.ask(HOLD, call as never);
    expect(data.holdCallParty).toEqual({ outcome: 'APPLIED', party: { status: { code: 'HOLD' } } });
    const { session } = await events(house, call.sessionId).next();
    expect(session.parties.map(({ status }: Event) => status.code)).toEqual(['ANSWERED', 'HOLD']);
  });

  test('outlives a 404 of whoever asks for it or for a party, and of the look back after a command.', async () => {
    await using house = await openHouse();
    const call = connectedCall(house);
    const PARTY = `query ($sessionId: ID!, $partyId: ID!) {
      callParty(sessionId: $sessionId, id: $partyId) { status { code } }
    }`;
    const SESSION = 'query ($sessionId: ID!) { callSession(id: $sessionId) { parties { status { code } } } }';
    const { data: first } = await house.ask<Event>(SESSION, call as never);
    expect(first.callSession.parties).toHaveLength(2);
    const once = { do: 'status', status: 404, times: 1 } as const;
    house.simulator.orderFaults([{ match: 'readCallPartyStatus', ...once }]);
    const { data: second } = await house.ask<Event>(PARTY, call as never);
    expect(second.callParty).toEqual({ status: { code: 'ANSWERED' } });
    house.simulator.orderFaults([
      { match: 'holdCallParty', do: 'resetAfterApply', times: 1 },
      { match: 'readCallSessionStatus', ...once },
    ]);
    const { data: third } = await house.ask<Event>(HOLD, call as never);
    expect(third.holdCallParty).toEqual({ outcome: 'APPLIED', party: { status: { code: 'HOLD' } } });
    house.simulator.orderFaults([{ match: 'readCallSessionStatus', ...once }]);
    const { data: fourth } = await house.ask<Event>(SESSION, call as never);
    expect(fourth.callSession.parties).toMatchObject([{}, { status: { code: 'HOLD' } }]);
    expect(house.simulator.faults()).toEqual([]);
  });

  test('sees a command of its viewer at once, without waiting for the poll.', async () => {
    await using house = await openHouse();
    // A poll that is not held tells nothing for two seconds.
    house.simulator.configure({ longPoll: 'ignore' });
    const call = connectedCall(house);
    const stream = events(house, call.sessionId);
    await stream.next();
    const { data } = await house.ask(HOLD, call as never);
    expect(data.holdCallParty).toEqual({ outcome: 'APPLIED', party: { status: { code: 'HOLD' } } });
    expect(await stream.next()).toMatchObject({
      __typename: 'CallPartyChange',
      previousStatus: { code: 'ANSWERED' },
      party: { id: call.partyId, status: { code: 'HOLD' } },
    });
  });

  test('ends on DISCONNECTED when the hold is answered after the caller has hung up.', async () => {
    await using house = await openHouse();
    const call = connectedCall(house);
    const streams = [events(house, call.sessionId), events(house, call.sessionId)];
    for (const stream of streams) await stream.next();
    house.simulator.orderFaults([{ match: 'holdCallParty', times: 1, do: 'applyThenDelay', delay: 1_500 }]);
    const held = house.ask(HOLD, call as never);
    for (const stream of streams) await readTo(stream, isCode('HOLD'));
    call.move({ code: 'Disconnected' });
    call.move({ code: 'Disconnected' }, call.callerId);
    for (const stream of streams) {
      const seen = await readTo(stream, isNotice('CALL_ENDED'));
      const codes = seen
        .filter(({ party }) => party?.id === call.partyId)
        .map(({ party }) => party.status.code);
      expect(codes.at(-1)).toBe('DISCONNECTED');
      expect(await stream.ended).toBe('complete');
    }
    const { data } = await held;
    expect(data.holdCallParty.party.status.code).toBe('DISCONNECTED');
  });

  test('tells where a party went in a warm transfer, and its peer is found in the other call.', async () => {
    await using house = await openHouse();
    const [first, second] = [connectedCall(house), connectedCall(house)];
    const stream = events(house, first.sessionId);
    await stream.next();
    const { data } = await house.ask(
      /* GraphQL */ `
        mutation Bridge($input: BridgeCallPartyInput!) {
          bridgeCallParty(input: $input) { outcome party { status { code } peer { id session { id } } } }
        }
      `,
      {
        input: {
          sessionId: first.sessionId,
          partyId: first.partyId,
          with: { sessionId: second.sessionId, partyId: second.partyId },
        },
      },
    );
    expect(data.bridgeCallParty).toEqual({
      outcome: 'APPLIED',
      party: { status: { code: 'GONE' }, peer: { id: second.partyId, session: { id: second.sessionId } } },
    });
    const moved = (await readTo(stream, isNotice('MOVED'))).at(-1);
    expect(moved).toMatchObject({
      partyId: first.partyId,
      movedTo: { sessionId: second.sessionId, partyId: second.partyId },
    });
  });

  test('keeps a GONE member of a conference as a member.', async () => {
    // Of somebody else nothing is told by itself, and a look soon after a command sees what is done by then.
    await using house = await openHouse({ simulator: { settings: { answerDelay: 50 } } });
    const conference = house.simulator.startCall({ kind: 'conference', from: '101' });
    const call = connectedCall(house);
    const conferenceId = conference.id ?? '';
    await until(() => house.simulator.calls().find(({ id }) => id === conferenceId)?.parties?.length);
    const stream = events(house, conferenceId);
    await stream.next();
    const { data } = await house.ask(
      /* GraphQL */ `
        mutation BringIn($input: BringInCallPartyInput!) {
          bringInCallParty(input: $input) { outcome party { id } error { message } }
        }
      `,
      { input: { sessionId: conferenceId, bringIn: { sessionId: call.sessionId, partyId: call.partyId } } },
    );
    expect(data.bringInCallParty).toMatchObject({ outcome: 'APPLIED' });
    const memberId = data.bringInCallParty.party.id;
    await readTo(stream, (event) => event.party?.id === memberId && event.party.status.code === 'GONE');
    // Had the conference been taken for over, its end would come before. What the host may do changes meanwhile.
    const input = { sessionId: conferenceId, partyId: memberId };
    const removed = await house.ask(
      'mutation Remove($input: RemoveCallPartyInput!) { removeCallParty(input: $input) { outcome } }',
      { input },
    );
    expect(removed.data.removeCallParty).toEqual({ outcome: 'APPLIED' });
    const seen = await readTo(stream, isCode('DISCONNECTED'));
    expect(new Set(seen.map(({ __typename }) => __typename))).toEqual(new Set(['CallPartyChange']));
  });
});

describe('A broken connection', () => {
  test('loses nothing: the cursor brings exactly what was missed.', async () => {
    await using house = await openHouse({ gateway: { live: { limits: { linger: 1 } } } });
    const call = connectedCall(house);
    const { client, raw } = cuttableSocket(house);
    const stream = watch<Event>(client, 'callEvents', CALL_EVENTS, { sessionId: call.sessionId });
    const { cursor } = await stream.next();
    for (const socket of raw) socket.terminate();
    await stream.ended;

    // While nobody is connected, a second watcher tells when each change has been seen.
    const witness = events(house, call.sessionId);
    await witness.next();
    for (const change of [{ code: 'Hold' }, { code: 'Answered' }, { muted: true }]) {
      call.move(change);
      await witness.next();
    }
    witness.leave();

    const resumed = events(house, call.sessionId, cursor);
    const missed = [await resumed.next(), await resumed.next(), await resumed.next()];
    expect(missed.map(({ __typename, party }) => [__typename, party.status.code, party.muted])).toEqual([
      ['CallPartyChange', 'HOLD', false],
      ['CallPartyChange', 'ANSWERED', false],
      ['CallPartyChange', 'ANSWERED', true],
    ]);
    call.move({ code: 'Hold' });
    expect(await resumed.next()).toMatchObject({ party: { status: { code: 'HOLD' } } });
  });

  test('is watched on while nobody is there, so that a lone client misses nothing.', async () => {
    await using house = await openHouse({ gateway: { live: { limits: { linger: 1 } } } });
    const call = connectedCall(house);
    const { client, raw } = cuttableSocket(house);
    const stream = watch<Event>(client, 'callEvents', CALL_EVENTS, { sessionId: call.sessionId });
    const { cursor } = await stream.next();
    for (const socket of raw) socket.terminate();
    await stream.ended;
    for (const change of [{ code: 'Hold' }, { code: 'Answered' }, { muted: true }]) {
      await until(() => isCertainToBeTold(house.simulator, call.sessionId));
      call.move(change);
      // Answered by what is watched, so that it is seen when it has been.
      await until(async () => {
        const query =
          'query ($sessionId: ID!) { callSession(id: $sessionId) { parties { muted status { code } } } }';
        const { data } = await house.ask<Event>(query, { sessionId: call.sessionId });
        const { muted, status } = data.callSession.parties[1];
        return 'muted' in change ? muted : status.code === change.code.toUpperCase();
      });
    }
    const resumed = events(house, call.sessionId, cursor);
    const missed = [await resumed.next(), await resumed.next(), await resumed.next()];
    expect(missed.map(({ party }) => [party.status.code, party.muted])).toEqual([
      ['HOLD', false],
      ['ANSWERED', false],
      ['ANSWERED', true],
    ]);
  });

  test('gets a fresh snapshot with its reason for a cursor that is not its own.', async () => {
    await using house = await openHouse();
    await using elsewhere = await openHouse();
    const session = house.simulator.startCall({
      kind: 'internal',
      from: '101',
      to: '102',
      state: 'Answered',
    });
    const sessionId = session.id ?? '';
    const mine = await events(house, sessionId).next();
    const theirs = await events(house, sessionId, null, 'sim-102').next();
    const foreignCall = connectedCall(elsewhere);
    const otherProcess = await events(elsewhere, foreignCall.sessionId).next();
    const tampered = `${mine.cursor.slice(0, -1)}${mine.cursor.endsWith('A') ? 'B' : 'A'}`;

    for (const [cursor, reason] of [
      [theirs.cursor, 'CURSOR_FOREIGN'],
      [otherProcess.cursor, 'CURSOR_FOREIGN'],
      [tampered, 'CURSOR_UNKNOWN'],
      ['no cursor at all', 'CURSOR_UNKNOWN'],
      [connectedCall(house).sessionId, 'CURSOR_UNKNOWN'],
    ]) {
      const event = await events(house, sessionId, cursor).next();
      expect(event).toMatchObject({ __typename: 'CallSnapshot', reason, session: { id: sessionId } });
    }
  });
});

describe('An upstream that', () => {
  for (const longPoll of ['ignore', 'reject'] as const) {
    test(`does ${longPoll} the parameters is asked at a pace, and changes still arrive.`, async () => {
      const pacedGap = 100;
      await using house = await openHouse({
        environment: BY_POLLS,
        gateway: { live: { pace: { pacedGap } } },
      });
      house.simulator.configure({ longPoll });
      const call = connectedCall(house);
      const stream = events(house, call.sessionId);
      await stream.next();
      for (const code of ['Hold', 'Answered', 'Hold', 'Answered', 'Hold', 'Answered']) {
        call.move({ code });
        await readTo(stream, isCode(code.toUpperCase()));
      }
      const asked = polls(house, call.sessionId);
      const first = asked[0]?.started ?? 0;
      const last = asked.at(-1)?.started ?? 0;
      // At the start a few more, until it is clear what the parameters are worth.
      expect(asked.length).toBeLessThanOrEqual((last - first) / pacedGap + 6);
    });
  }

  const PENALTY = 4_000; // milliseconds

  const TROUBLES: Readonly<Record<string, Partial<Fault> & { readonly do: Fault['do'] }>> = {
    hangs: { do: 'hang' },
    drips: { do: 'drip', delay: 50 },
    'breaks connections': { do: 'reset' },
    'answers HTML': { do: 'html' },
    'answers half a body': { do: 'truncate' },
    'answers 500': { do: 'status', status: 500 },
    'answers 429': { do: 'status', status: 429, retryAfter: String(PENALTY / 1_000) },
  };

  for (const [trouble, fault] of Object.entries(TROUBLES)) {
    test(`${trouble} is told, hardly asked, and told again when it is well.`, async () => {
      await using house = await openHouse({
        // What fails here is the polls: while changes are told, nothing is read that could.
        environment: { ...BY_POLLS, UPSTREAM_TIMEOUT: '0.3', LONG_POLL_TIMEOUT: '1' },
      });
      const call = connectedCall(house);
      const stream = events(house, call.sessionId);
      await stream.next();
      await until(() => polls(house, call.sessionId).at(-1)?.held);
      house.simulator.clearRequests();
      house.simulator.orderFaults([{ match: 'readCallSessionStatus', times: null, ...fault }]);
      call.move({ code: 'Hold' });
      await readTo(stream, isNotice('UPSTREAM_DEGRADED'));
      const asked = await until(() => {
        const starts = polls(house, call.sessionId).map(({ started }) => started);
        return starts.length > 3 ? starts : null;
      });
      // The held poll was asked before the trouble; after it, each wait is at least half its backoff, or the penalty.
      const waits = asked.slice(2).map((started, index) => started - (asked[index + 1] ?? 0));
      const least = trouble === 'answers 429' ? PENALTY : 400;
      expect(Math.min(...waits)).toBeGreaterThanOrEqual(least);
      call.move({ muted: true });
      house.simulator.orderFaults([]);
      const seen = await readTo(stream, (event) => event.party?.muted === true);
      expect(seen.map(({ kind }) => kind)).toContain('RECOVERED');
      expect(seen.at(-1)).toMatchObject({ party: { status: { code: 'HOLD' }, muted: true } });
    });
  }
});

// At once, because nothing can be hurried here: a read is held for six seconds at least.
describe.concurrent('Held reads that', () => {
  /** A stream before an upstream that ends held reads so, until some of them have ended; then the call changes. */
  async function quietly(
    longPollTimeout: string,
    settings: Partial<Settings>,
    enough: (seen: Held[]) => boolean,
  ) {
    await using house = await openHouse({ environment: { ...BY_POLLS, LONG_POLL_TIMEOUT: longPollTimeout } });
    house.simulator.configure(settings);
    const call = connectedCall(house);
    const stream = events(house, call.sessionId);
    expect((await stream.next()).__typename).toBe('CallSnapshot');
    const ended = () =>
      polls(house, call.sessionId)
        .filter(({ held, ended }) => held && ended !== null)
        .map(({ status, query }) => ({ status, seconds: Number(new URLSearchParams(query).get('timeout')) }));
    await until(() => enough(ended()));
    call.move({ code: 'Hold' });
    // Nothing but the change: neither trouble nor recovery.
    expect(await stream.next()).toMatchObject({
      __typename: 'CallPartyChange',
      party: { status: { code: 'HOLD' } },
    });
    return ended();
  }
  type Held = { readonly status: number | null; readonly seconds: number };

  for (const longPollExpiry of [204, 304, 408, 504] as const) {
    test(`end with ${longPollExpiry} when nothing is new are no trouble.`, async () => {
      const isSo = ({ status }: Held) => status === longPollExpiry;
      const seen = await quietly('1', { longPollExpiry }, (ends) => ends.filter(isSo).length >= 2);
      expect(seen.filter(isSo).length).toBeGreaterThanOrEqual(2);
    });
  }

  for (const longPollCutBy of [408, 502, 504, 'reset'] as const) {
    test(`a proxy ends after a while, by ${longPollCutBy}, are shortened, and no trouble.`, async () => {
      const status = longPollCutBy === 'reset' ? null : longPollCutBy;
      const settings = { longPollCutAfter: 1_400, longPollCutBy };
      const seen = await quietly('6', settings, (ends) => ends.some((end) => end.status === 200));
      const cut = seen.filter((end) => end.status === status).map(({ seconds }) => seconds);
      expect(cut).toEqual([6, 6]);
      expect(seen.find((end) => end.status === 200)).toEqual({ status: 200, seconds: 1 });
    });
  }
});

describe('Server-sent events', () => {
  test('bring the same events from the same code.', async () => {
    await using house = await openHouse();
    const call = connectedCall(house);
    const response = await fetch(house.gateway.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: 'Bearer sim-101',
      },
      body: JSON.stringify({ query: CALL_EVENTS, variables: { sessionId: call.sessionId } }),
    });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const readUntil = async (piece: string) => {
      while (!text.includes(piece)) text += (await reader?.read())?.value ?? '';
    };
    await readUntil('"reason":"SUBSCRIBED"');
    call.move({ code: 'Hold' });
    await readUntil('"code":"HOLD"');
    await reader?.cancel();
  });
});

describe('The list of my calls', () => {
  const ACTIVE_CALLS = /* GraphQL */ `
    subscription { activeCalls { sessionId telephonyStatus } }
  `;

  test('shows a call that begins while nobody watches it, and follows a watched one at once.', async () => {
    await using house = await openHouse({ gateway: { live: { activeCallsPace: 50 } } });
    const stream = watch<Event>(house.socket(), 'activeCalls', ACTIVE_CALLS, {});
    expect(await stream.next()).toEqual([]);
    const call = connectedCall(house);
    expect(await stream.next()).toEqual([{ sessionId: call.sessionId, telephonyStatus: 'CALL_CONNECTED' }]);
    const watched = events(house, call.sessionId);
    await watched.next();
    call.move({ code: 'Hold' });
    expect(await stream.next()).toEqual([{ sessionId: call.sessionId, telephonyStatus: 'ON_HOLD' }]);
  });

  const ACTIVE_CALL_EVENTS = /* GraphQL */ `
    subscription {
      activeCallEvents {
        __typename
        ... on ActiveCallList { observedAt calls { sessionId observedAt session { parties { status { code } } } } }
        ... on ActiveCallNotice { kind message at }
      }
    }
  `;
  const A_MOMENT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

  test('tells that it may be old, also an empty one, and when it is true again.', async () => {
    // Only a list that is read again and again may meet an upstream that fails.
    await using house = await openHouse({
      environment: BY_POLLS,
      gateway: { live: { activeCallsPace: 50 } },
    });
    const stream = watch<Event>(house.socket(), 'activeCallEvents', ACTIVE_CALL_EVENTS, {});
    const empty = await stream.next();
    expect(empty).toEqual({ __typename: 'ActiveCallList', observedAt: A_MOMENT, calls: [] });
    house.simulator.orderFaults([
      { match: 'readUserPresenceStatus', times: null, do: 'status', status: 503 },
    ]);
    expect(await stream.next()).toEqual({
      __typename: 'ActiveCallNotice',
      kind: 'UPSTREAM_DEGRADED',
      message: expect.stringContaining('may be old'),
      at: A_MOMENT,
    });
    // It rings, and nobody can know.
    const call = connectedCall(house);
    house.simulator.orderFaults([]);
    expect(await stream.next()).toMatchObject({ kind: 'RECOVERED', at: null });
    const full = await stream.next();
    expect(full.calls).toEqual([
      {
        sessionId: call.sessionId,
        observedAt: full.observedAt,
        session: { parties: [{ status: { code: 'ANSWERED' } }, { status: { code: 'ANSWERED' } }] },
      },
    ]);
    expect(full.observedAt > empty.observedAt).toBe(true);
  });

  test('shows to whoever comes later each call as it is by then.', async () => {
    await using house = await openHouse({ gateway: { live: { activeCallsPace: 60_000 } } });
    const call = connectedCall(house);
    const codes = async () => {
      const stream = watch<Event>(
        house.socket(),
        'activeCalls',
        'subscription { activeCalls { session { parties { status { code } } } } }',
        {},
      );
      const calls = await stream.next();
      return calls[0].session.parties.map(({ status }: Event) => status.code);
    };
    expect(await codes()).toEqual(['ANSWERED', 'ANSWERED']);
    call.move({ code: 'Hold' }, call.callerId);
    expect(await codes()).toEqual(['HOLD', 'ANSWERED']);
  });

  test('is read once for all who look, and not when nobody does.', async () => {
    await using house = await openHouse({ gateway: { live: { activeCallsPace: 50 } } });
    const streams = Array.from({ length: 20 }, () =>
      watch<Event>(house.socket(), 'activeCalls', ACTIVE_CALLS, {}),
    );
    for (const stream of streams) expect(await stream.next()).toEqual([]);
    const asked = house.simulator
      .requests()
      .filter(({ operationId }) => operationId === 'readUserPresenceStatus')
      .map(({ started, ended }) => ({ started, ended: ended ?? Infinity }));
    for (const [index, span] of asked.entries()) {
      expect(asked.slice(index + 1).filter((later) => later.started < span.ended)).toEqual([]);
    }
    for (const stream of streams) stream.leave();
    await until(async () => (await gauge(house, 'gateway_subscribers')) === 0);
  });
});
