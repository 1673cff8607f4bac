/** Watching conversations: each event is a fresh look, and reads nothing that it brings itself. */
import { describe, expect, test } from 'vitest';
import { createContext } from '../../schema/context.ts';
import { UpstreamUnavailable } from '../../schema/failures.ts';
import type { ConversationEvent, ConversationListEvent } from '../../schema/genesys/provider.ts';
import {
  aConversation,
  anEntity,
  aParticipant,
  askBoth,
  createFakeConversations,
  watchBoth,
} from './fake-conversations.ts';
import { createFakeProvider, START } from './fake-provider.ts';

async function* stream<Value>(...values: Value[]): AsyncIterableIterator<Value> {
  yield* values;
}

const unreachable = async (): Promise<never> => {
  throw new UpstreamUnavailable('Genesys Cloud does not answer.', true);
};

describe('Watching conversations', () => {
  const later = START + 1_000;
  const held = aParticipant('c-1', 'agent', {
    held: true,
    startHoldTime: later,
    user: anEntity('USER', 'u-ada'),
    observedAt: later,
  });
  const afterHold = aConversation('c-1', { participants: [held], observedAt: later });
  const events: readonly ConversationEvent[] = [
    {
      type: 'ConversationSnapshot',
      cursor: 'k1',
      reason: 'CURSOR_EXPIRED',
      conversation: aConversation('c-1'),
    },
    {
      type: 'CallMediaParticipantChange',
      cursor: 'k2',
      participant: held,
      previousState: 'CONNECTED',
      previousActivity: 'CONNECTED',
      skipped: 2,
      conversation: afterHold,
    },
    {
      type: 'ConversationStreamNotice',
      cursor: 'k3',
      kind: 'DRAINING',
      message: 'This gateway stops.',
      conversationId: 'c-1',
      at: later,
    },
  ];

  test('conversationEvents shows each event as its type, and reads nothing but names for it', async () => {
    const asked: unknown[] = [];
    const genesys = createFakeConversations({
      conversationEvents: (...args) => {
        asked.push(args);
        return stream(...events);
      },
    });
    expect(
      await watchBoth(
        genesys,
        `subscription { conversationEvents(conversationId: "c-1", after: "k0") {
          __typename
          ... on ConversationSnapshot { cursor reason conversation { participants { id held } } }
          ... on CallMediaParticipantChange {
            cursor skipped previousState previousActivity
            participant { activity since observedAt user { name } conversation { participants { held } } }
          }
          ... on ConversationStreamNotice { cursor kind message conversationId at }
        } }`,
      ),
    ).toEqual([
      {
        data: {
          conversationEvents: {
            __typename: 'ConversationSnapshot',
            cursor: 'k1',
            reason: 'CURSOR_EXPIRED',
            conversation: {
              participants: [
                { id: 'customer', held: false },
                { id: 'agent', held: false },
              ],
            },
          },
        },
      },
      {
        data: {
          conversationEvents: {
            __typename: 'CallMediaParticipantChange',
            cursor: 'k2',
            skipped: 2,
            previousState: 'CONNECTED',
            previousActivity: 'CONNECTED',
            participant: {
              activity: 'ON_HOLD',
              since: '2026-03-04T15:20:02.417Z',
              observedAt: '2026-03-04T15:20:02.417Z',
              user: { name: 'Ada Bell' },
              conversation: { participants: [{ held: true }] },
            },
          },
        },
      },
      {
        data: {
          conversationEvents: {
            __typename: 'ConversationStreamNotice',
            cursor: 'k3',
            kind: 'DRAINING',
            message: 'This gateway stops.',
            conversationId: 'c-1',
            at: '2026-03-04T15:20:02.417Z',
          },
        },
      },
    ]);
    expect(asked).toEqual([['c-1', 'k0']]);
    expect(genesys.asked).toEqual(['names USER u-ada']);
  });

  test('callMediaParticipantUpdated asks for all or for one, and each event is a fresh look', async () => {
    const asked: unknown[] = [];
    const genesys = createFakeConversations({
      participantUpdates: (...args) => {
        asked.push(args);
        return stream(
          { participant: aParticipant('c-1', 'agent'), conversation: aConversation('c-1') },
          { participant: held, conversation: afterHold },
        );
      },
    });
    const selection = '{ id held conversation { participants { id } } }';
    const told = await watchBoth(
      genesys,
      `subscription { callMediaParticipantUpdated(conversationId: "c-1") ${selection} }`,
    );
    expect(told).toEqual([
      {
        data: {
          callMediaParticipantUpdated: {
            id: 'agent',
            held: false,
            conversation: { participants: [{ id: 'customer' }, { id: 'agent' }] },
          },
        },
      },
      {
        data: {
          callMediaParticipantUpdated: {
            id: 'agent',
            held: true,
            conversation: { participants: [{ id: 'agent' }] },
          },
        },
      },
    ]);
    await watchBoth(
      genesys,
      'subscription { callMediaParticipantUpdated(conversationId: "c-1", participantId: "agent") { id } }',
    );
    expect(asked).toEqual([
      ['c-1', null],
      ['c-1', 'agent'],
    ]);
    expect(genesys.asked).toEqual([]);
  });

  test('conversations gives each list whole, and its conversations cost nothing', async () => {
    const genesys = createFakeConversations({
      conversationUpdates: () => stream([aConversation('c-1'), aConversation('c-2')], []),
    });
    expect(
      await watchBoth(
        genesys,
        'subscription { conversations { id participant(id: "agent") { conversation { id } } } }',
      ),
    ).toEqual([
      {
        data: {
          conversations: ['c-1', 'c-2'].map((id) => ({ id, participant: { conversation: { id } } })),
        },
      },
      { data: { conversations: [] } },
    ]);
    expect(genesys.asked).toEqual([]);
  });

  test('conversationListEvents tells when a list was true, and when it may be old', async () => {
    const told: readonly ConversationListEvent[] = [
      { type: 'ConversationList', conversations: [aConversation('c-1')], observedAt: later },
      { type: 'ActiveCallNotice', kind: 'UPSTREAM_DEGRADED', message: 'Genesys Cloud is away.', at: null },
    ];
    const genesys = createFakeConversations({ conversationListEvents: () => stream(...told) });
    expect(
      await watchBoth(
        genesys,
        `subscription { conversationListEvents {
          __typename
          ... on ConversationList { conversations { id participants { call { id } } } observedAt }
          ... on ActiveCallNotice { kind message at }
        } }`,
      ),
    ).toEqual([
      {
        data: {
          conversationListEvents: {
            __typename: 'ConversationList',
            conversations: [{ id: 'c-1', participants: [{ call: { id: 'c-1' } }, { call: { id: 'c-1' } }] }],
            observedAt: '2026-03-04T15:20:02.417Z',
          },
        },
      },
      {
        data: {
          conversationListEvents: {
            __typename: 'ActiveCallNotice',
            kind: 'UPSTREAM_DEGRADED',
            message: 'Genesys Cloud is away.',
            at: null,
          },
        },
      },
    ]);
    expect(genesys.asked).toEqual([]);
  });

  test('asks at each event for names and codes again: one that could not be read is there with the next', async () => {
    let isAway = true;
    const genesys = createFakeConversations({
      conversationUpdates: async function* () {
        yield [afterHold];
        isAway = false;
        yield [afterHold];
      },
      entityNames: async (_, ids) => (isAway ? unreachable() : ids.map(() => 'Ada Bell')),
      wrapupCodes: async () => (isAway ? unreachable() : [{ id: 'w-1', name: 'Sold', description: null }]),
    });
    const told = await watchBoth(
      genesys,
      'subscription { conversations { participants { user { name } wrapupCodes { id } } } }',
    );
    const agent = (name: string | null, wrapupCodes: object[] | null) => ({
      conversations: [{ participants: [{ user: { name }, wrapupCodes }] }],
    });
    expect(told.map(({ data }) => data)).toEqual([agent(null, null), agent('Ada Bell', [{ id: 'w-1' }])]);
  });

  test('makes what asks Genesys Cloud only for an operation that asks it', async () => {
    let made = 0;
    const context = createContext({
      provider: createFakeProvider(),
      get genesys() {
        made += 1;
        return createFakeConversations();
      },
      requestId: 'r-1',
    });
    await askBoth(context, '{ callSession(id: "s-1") { id parties { activity } } }');
    expect(made).toBe(0);
    await askBoth(context, '{ viewer { conversations { id } genesysUser { id } } }');
    expect(made).toBe(1);
  });

  test.each([
    'callMediaParticipantUpdated(conversationId: "..") { id }',
    'callMediaParticipantUpdated(conversationId: "c-1", participantId: "") { id }',
    'conversationEvents(conversationId: " ") { __typename }',
  ])('refuses %s', async (field) => {
    await expect(watchBoth(createFakeConversations(), `subscription { ${field} }`)).rejects.toThrow(
      /allowed is an id as the phone system gave it/,
    );
  });
});
