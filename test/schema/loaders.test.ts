/** What operations cost: the exact reads behind each. */
import { describe, expect, test } from 'vitest';
import { CALL_ACTIONS, UpstreamUnavailable } from '../../schema/failures.ts';
import { APPLIED, aParty, aSession, aStatus, ask, createFakeProvider, data } from './fake-provider.ts';

describe('A session', () => {
  test('with its parties and their way back costs one read', async () => {
    const provider = createFakeProvider();
    await data(
      provider,
      `{ callSession(id: "s-1") {
          id party(id: "p-1") { id }
          parties { id availableActions { action } session { id parties { id session { id } } } }
      } }`,
    );
    expect(provider.asked).toEqual(['callSession s-1']);
  });

  test('that is asked for twice costs one read', async () => {
    const provider = createFakeProvider();
    await data(provider, `{ a: callSession(id: "s-1") { id } b: callSession(id: "s-1") { parties { id } } }`);
    expect(provider.asked).toEqual(['callSession s-1']);
  });

  test('that nobody knows is null', async () => {
    const provider = createFakeProvider();
    expect(await data(provider, `{ callSession(id: "s-9") { id } }`)).toEqual({ callSession: null });
  });

  test('is read again by the next operation', async () => {
    const provider = createFakeProvider();
    await data(provider, `{ callSession(id: "s-1") { id } }`);
    await data(provider, `{ callSession(id: "s-1") { id } }`);
    expect(provider.asked).toEqual(['callSession s-1', 'callSession s-1']);
  });
});

describe('Several sessions', () => {
  test('are each read once and answered in the order asked', async () => {
    const provider = createFakeProvider();
    const answer = await data(provider, `{ callSessions(ids: ["s-2", "s-9", "s-1", "s-2"]) { id } }`);
    expect(answer).toEqual({ callSessions: [{ id: 's-2' }, null, { id: 's-1' }, { id: 's-2' }] });
    expect(provider.asked).toEqual(['callSession s-2', 'callSession s-9', 'callSession s-1']);
  });

  test('fail one by one', async () => {
    const provider = createFakeProvider({
      callSession: async (id) => {
        if (id === 's-2') throw new UpstreamUnavailable('RingCentral did not answer in time.', true);
        return aSession(id);
      },
    });
    const result = await ask(provider, `{ callSessions(ids: ["s-1", "s-2"]) { id } }`);
    expect(result.data).toEqual({ callSessions: [{ id: 's-1' }, null] });
    expect(result.errors?.map(({ path }) => path)).toEqual([['callSessions', 1]]);
    expect(result.errors?.[0]?.originalError).toBeInstanceOf(UpstreamUnavailable);
  });
});

describe('A party', () => {
  test('alone costs one read of the party', async () => {
    const provider = createFakeProvider();
    await data(provider, `{ callParty(sessionId: "s-1", id: "p-1") { id status { code } } }`);
    expect(provider.asked).toEqual(['callParty s-1 p-1']);
  });

  test.each([
    ['its session', '{ session { id } }'],
    ['its available actions', '{ availableActions { action } }'],
    ['its session in a fragment', '{ ... on CallParty { ...Whole } }'],
  ])('with %s costs one read of the session', async (_, selection) => {
    const provider = createFakeProvider();
    const fragment = selection.includes('Whole') ? 'fragment Whole on CallParty { session { id } }' : '';
    await data(provider, `{ callParty(sessionId: "s-1", id: "p-1") ${selection} } ${fragment}`);
    expect(provider.asked).toEqual(['callSession s-1']);
  });

  test('beside another of the same session costs one read of the session', async () => {
    const provider = createFakeProvider();
    const answer = await data(
      provider,
      `{ a: callParty(sessionId: "s-1", id: "p-1") { id }
         b: callParty(sessionId: "s-1", id: "p-2") { id }
         c: callParty(sessionId: "s-1", id: "p-9") { id } }`,
    );
    expect(answer).toEqual({ a: { id: 'p-1' }, b: { id: 'p-2' }, c: null });
    expect(provider.asked).toEqual(['callSession s-1']);
  });

  test('beside its session costs one read, whichever is asked for first', async () => {
    for (const fields of [
      'callParty(sessionId: "s-1", id: "p-1") { id } callSession(id: "s-1") { id }',
      'callSession(id: "s-1") { id } callParty(sessionId: "s-1", id: "p-1") { id }',
    ]) {
      const provider = createFakeProvider();
      await data(provider, `{ ${fields} }`);
      expect(provider.asked).toEqual(['callSession s-1']);
    }
  });

  test('of another session than the next costs its own read', async () => {
    const provider = createFakeProvider();
    await data(
      provider,
      `{ a: callParty(sessionId: "s-1", id: "p-1") { id } b: callParty(sessionId: "s-2", id: "p-1") { id } }`,
    );
    expect(provider.asked).toEqual(['callParty s-1 p-1', 'callParty s-2 p-1']);
  });

  test('of a call that has ended meanwhile allows nothing and has no session', async () => {
    const provider = createFakeProvider({
      command: async () => ({ ...APPLIED, party: aParty('s-9', 'p-1') }),
    });
    const answer = await data(
      provider,
      `mutation { removeCallParty(input: { sessionId: "s-9", partyId: "p-1" }) {
          party { session { id } availableActions { action allowed reason } }
      } }`,
    );
    expect(answer).toEqual({
      removeCallParty: {
        party: {
          session: null,
          availableActions: CALL_ACTIONS.map((action) => ({
            action,
            allowed: false,
            reason: 'The call is over.',
          })),
        },
      },
    });
  });
});

describe('A peer', () => {
  const moved = aSession('s-1', {
    parties: [
      aParty('s-1', 'p-1', {
        status: aStatus({ code: 'GONE', peerId: { sessionId: 's-2', partyId: 'p-2' } }),
      }),
      aParty('s-1', 'p-2', {
        status: aStatus({ code: 'GONE', peerId: { sessionId: 's-9', partyId: 'p-1' } }),
      }),
      aParty('s-1', 'p-3'),
    ],
  });
  const provider = () =>
    createFakeProvider({
      callSession: async (id) => (id === 's-1' ? moved : id === 's-2' ? aSession(id) : null),
    });

  test('is found in its other session, and null where there is none', async () => {
    const sessions = provider();
    expect(await data(sessions, `{ callSession(id: "s-1") { parties { peer { id sessionId } } } }`)).toEqual({
      callSession: { parties: [{ peer: { id: 'p-2', sessionId: 's-2' } }, { peer: null }, { peer: null }] },
    });
    expect(sessions.asked).toEqual(['callSession s-1', 'callParty s-2 p-2', 'callParty s-9 p-1']);
  });

  test('with its session costs one read of that session', async () => {
    const sessions = provider();
    await data(sessions, `{ callSession(id: "s-1") { parties { peer { session { parties { id } } } } } }`);
    expect(sessions.asked).toEqual(['callSession s-1', 'callSession s-2', 'callSession s-9']);
  });
});

describe('The viewer', () => {
  test('costs only what is asked for, and that once', async () => {
    const provider = createFakeProvider();
    await data(
      provider,
      `{ viewer { devices { id } } again: viewer { devices { name } forwardingNumbers { id } } }`,
    );
    expect(provider.asked).toEqual(['devices', 'forwardingNumbers']);
  });

  test('is who they are in one read', async () => {
    const provider = createFakeProvider();
    expect(await data(provider, `{ viewer { accountId extensionId extensionNumber name } }`)).toEqual({
      viewer: {
        accountId: '701000004',
        extensionId: '701001004',
        extensionNumber: '101',
        name: 'Iris Vance',
      },
    });
    expect(provider.asked).toEqual(['viewer']);
  });

  test('has calls whose own party and session cost one read each call', async () => {
    const provider = createFakeProvider();
    await data(
      provider,
      `{ viewer { activeCalls { party { id } session { parties { id status { code } } } } } }`,
    );
    expect(provider.asked).toEqual(['activeCalls', 'callSession s-1', 'callSession s-2']);
  });
});

describe('After a command', () => {
  test('later fields of the operation see the answered state without a read', async () => {
    const held = aSession('s-1', {
      parties: [aParty('s-1', 'p-1'), aParty('s-1', 'p-2', { status: aStatus({ code: 'HOLD' }) })],
    });
    const provider = createFakeProvider({
      command: async () => ({ ...APPLIED, session: held, party: held.parties[1] ?? null }),
    });
    const answer = await data(
      provider,
      `mutation { holdCallParty(input: { sessionId: "s-1", partyId: "p-2" }) {
          party { status { code } session { parties { status { code } } } availableActions { action } }
          session { party(id: "p-2") { status { code } } }
      } }`,
    );
    expect(answer).toMatchObject({
      holdCallParty: {
        party: {
          status: { code: 'HOLD' },
          session: { parties: [{ status: { code: 'ANSWERED' } }, { status: { code: 'HOLD' } }] },
        },
        session: { party: { status: { code: 'HOLD' } } },
      },
    });
    expect(provider.asked).toEqual(['holdCallParty']);
  });

  test('what was read before it in the same operation is forgotten', async () => {
    const provider = createFakeProvider({
      command: async () => ({ ...APPLIED, party: aParty('s-1', 'p-2') }),
    });
    await data(
      provider,
      `mutation {
        a: muteCallParty(input: { sessionId: "s-1", partyId: "p-2" }) { session { id } party { session { id } } }
        b: unmuteCallParty(input: { sessionId: "s-1", partyId: "p-2" }) { session { id } }
      }`,
    );
    expect(provider.asked).toEqual([
      'muteCallParty',
      'callSession s-1',
      'unmuteCallParty',
      'callSession s-1',
    ]);
  });
});
