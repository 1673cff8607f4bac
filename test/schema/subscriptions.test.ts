/** The streams: what the provider yields reaches the resolvers untouched, and each event is a fresh look. */
import { parse, subscribe } from 'graphql';
import { describe, expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import type { ActiveCallEvent, CallEvent, CallPartyUpdate, CallProvider } from '../../schema/provider.ts';
import {
  aContext,
  anActiveCall,
  aParty,
  aSession,
  aStatus,
  createFakeProvider,
  START,
  watchIn,
} from './fake-provider.ts';

const later = START + 1_000;
const held = aParty('s-1', 'p-2', { status: aStatus({ code: 'HOLD', rawCode: 'Hold' }), observedAt: later });
const afterHold = aSession('s-1', { parties: [aParty('s-1', 'p-1'), held], observedAt: later });

async function* stream<Value>(...values: Value[]): AsyncIterableIterator<Value> {
  yield* values;
}

const watch = (provider: CallProvider, source: string) => watchIn(aContext(provider), source);

describe('callEvents', () => {
  const events: readonly CallEvent[] = [
    { type: 'CallSnapshot', cursor: 'c1', reason: 'SUBSCRIBED', session: aSession('s-1') },
    {
      type: 'CallPartyChange',
      cursor: 'c2',
      party: held,
      previousStatus: aStatus(),
      skipped: 0,
      session: afterHold,
    },
    {
      type: 'CallStreamNotice',
      cursor: 'c3',
      kind: 'MOVED',
      message: 'The call went on elsewhere.',
      sessionId: 's-1',
      partyId: 'p-2',
      movedTo: { sessionId: 's-2', partyId: 'p-1' },
      at: null,
    },
  ];
  const everything = `subscription { callEvents(sessionId: "s-1", after: "c0") {
    __typename
    ... on CallSnapshot { cursor reason session { parties { id status { code } } } }
    ... on CallPartyChange {
      cursor skipped previousStatus { code }
      party { status { code } observedAt session { parties { status { code } } } availableActions { action } }
    }
    ... on CallStreamNotice { cursor kind message sessionId partyId movedTo { sessionId partyId } at }
  } }`;

  test('shows each event as its type, and reads nothing for it', async () => {
    const provider = createFakeProvider({ callEvents: () => stream(...events) });
    expect(await watch(provider, everything)).toEqual([
      {
        data: {
          callEvents: {
            __typename: 'CallSnapshot',
            cursor: 'c1',
            reason: 'SUBSCRIBED',
            session: {
              parties: [
                { id: 'p-1', status: { code: 'ANSWERED' } },
                { id: 'p-2', status: { code: 'ANSWERED' } },
              ],
            },
          },
        },
      },
      {
        data: {
          callEvents: {
            __typename: 'CallPartyChange',
            cursor: 'c2',
            skipped: 0,
            previousStatus: { code: 'ANSWERED' },
            party: {
              status: { code: 'HOLD' },
              observedAt: '2026-03-04T15:20:02.417Z',
              session: { parties: [{ status: { code: 'ANSWERED' } }, { status: { code: 'HOLD' } }] },
              availableActions: [{ action: 'HOLD' }, { action: 'UNHOLD' }],
            },
          },
        },
      },
      {
        data: {
          callEvents: {
            __typename: 'CallStreamNotice',
            cursor: 'c3',
            kind: 'MOVED',
            message: 'The call went on elsewhere.',
            sessionId: 's-1',
            partyId: 'p-2',
            movedTo: { sessionId: 's-2', partyId: 'p-1' },
            at: null,
          },
        },
      },
    ]);
    expect(provider.asked).toEqual([]);
  });

  test('asks the provider for the session and the cursor', async () => {
    const asked: unknown[] = [];
    const provider = createFakeProvider({
      callEvents: (...args) => {
        asked.push(args);
        return stream<CallEvent>();
      },
    });
    await watch(provider, everything);
    await watch(provider, 'subscription { callEvents(sessionId: "s-1") { __typename } }');
    expect(asked).toEqual([
      ['s-1', 'c0'],
      ['s-1', null],
    ]);
  });

  test('ends the stream of the provider when the subscriber leaves', async () => {
    let ended = false;
    const provider = createFakeProvider({
      callEvents: async function* () {
        try {
          yield* events;
        } finally {
          ended = true;
        }
      },
    });
    const result = await subscribe({
      schema,
      document: parse(everything),
      contextValue: aContext(provider),
    });
    if (!(Symbol.asyncIterator in result)) throw new Error('There is no stream.');
    await result.next();
    await result.return?.();
    expect(ended).toBe(true);
  });
});

describe('callPartyUpdated', () => {
  const updates: readonly CallPartyUpdate[] = [
    { party: aParty('s-1', 'p-2'), session: aSession('s-1') },
    { party: held, session: afterHold },
  ];

  test('shows with each party the call as it was then, and reads nothing for it', async () => {
    const provider = createFakeProvider({ callPartyUpdates: () => stream(...updates) });
    expect(
      await watch(
        provider,
        `subscription { callPartyUpdated(sessionId: "s-1", partyId: "p-2") {
          status { code } session { party(id: "p-2") { status { code } } }
        } }`,
      ),
    ).toEqual(
      ['ANSWERED', 'HOLD'].map((code) => ({
        data: { callPartyUpdated: { status: { code }, session: { party: { status: { code } } } } },
      })),
    );
    expect(provider.asked).toEqual([]);
  });
});

describe('activeCalls', () => {
  test('reads a call anew for each list', async () => {
    const provider = createFakeProvider({
      activeCallUpdates: () => stream([anActiveCall('s-1')], [anActiveCall('s-1'), anActiveCall('s-9')]),
    });
    expect(
      await watch(provider, 'subscription { activeCalls { sessionId session { id } party { id } } }'),
    ).toEqual([
      { data: { activeCalls: [{ sessionId: 's-1', session: { id: 's-1' }, party: { id: 'p-2' } }] } },
      {
        data: {
          activeCalls: [
            { sessionId: 's-1', session: { id: 's-1' }, party: { id: 'p-2' } },
            { sessionId: 's-9', session: null, party: null },
          ],
        },
      },
    ]);
    expect(provider.asked).toEqual(['callSession s-1', 'callSession s-1', 'callSession s-9']);
  });
});

describe('activeCallEvents', () => {
  test('gives lists with their time, and notices, and reads a call anew for each', async () => {
    const list: ActiveCallEvent = { type: 'ActiveCallList', calls: [anActiveCall('s-1')], observedAt: START };
    const provider = createFakeProvider({
      activeCallEvents: () =>
        stream<ActiveCallEvent>(
          list,
          { type: 'ActiveCallNotice', kind: 'UPSTREAM_DEGRADED', message: 'Old.', at: null },
          { ...list, observedAt: START + 1 },
        ),
    });
    const calls = [{ sessionId: 's-1', observedAt: '2026-03-04T15:20:01.417Z', session: { id: 's-1' } }];
    expect(
      await watch(
        provider,
        `subscription { activeCallEvents {
          ... on ActiveCallList { observedAt calls { sessionId observedAt session { id } } }
          ... on ActiveCallNotice { kind message at }
        } }`,
      ),
    ).toEqual([
      { data: { activeCallEvents: { observedAt: '2026-03-04T15:20:01.417Z', calls } } },
      { data: { activeCallEvents: { kind: 'UPSTREAM_DEGRADED', message: 'Old.', at: null } } },
      { data: { activeCallEvents: { observedAt: '2026-03-04T15:20:01.418Z', calls } } },
    ]);
    expect(provider.asked).toEqual(['callSession s-1', 'callSession s-1']);
  });
});
