/** Reading conversations: what it costs, what a failure takes with it, and what reaches the resolvers. */
import { describe, expect, test } from 'vitest';
import { absentCalls } from '../../schema/absent.ts';
import { Forbidden, NotConfigured, Unauthenticated, UpstreamUnavailable } from '../../schema/failures.ts';
import {
  aConversation,
  anEntity,
  aParticipant,
  askBoth,
  bothSystems,
  createFakeConversations,
  dataOf,
} from './fake-conversations.ts';
import { createFakeProvider } from './fake-provider.ts';

const unreachable = async (): Promise<never> => {
  throw new UpstreamUnavailable('Genesys Cloud does not answer.', true);
};

describe('Reading conversations', () => {
  test('reads each once, in the order asked, however it is asked for', async () => {
    const genesys = createFakeConversations();
    const data = await dataOf(
      genesys,
      `{
        callConversations(ids: ["c-2", "c-9", "c-1", "c-2"]) { id participants { conversation { id } } }
        callConversation(id: "c-1") { participant(id: "agent") { name availableActions { action } } }
        callMediaParticipant(conversationId: "c-2", id: "customer") { name call { id } }
        nobody: callMediaParticipant(conversationId: "c-2", id: "stranger") { name }
      }`,
    );
    const own = (id: string) => ({ id, participants: [{ conversation: { id } }, { conversation: { id } }] });
    expect(data).toEqual({
      callConversations: [own('c-2'), null, own('c-1'), own('c-2')],
      callConversation: {
        participant: { name: 'Ada Bell', availableActions: [{ action: 'HOLD' }, { action: 'UNHOLD' }] },
      },
      callMediaParticipant: { name: 'Sam Ortega', call: { id: 'c-2' } },
      nobody: null,
    });
    expect(genesys.asked).toEqual(['conversation c-2', 'conversation c-9', 'conversation c-1']);
  });

  test('lets one that cannot be read fail alone', async () => {
    const genesys = createFakeConversations({
      conversation: async (id) => (id === 'c-2' ? unreachable() : aConversation(id)),
    });
    const { data, errors } = await askBoth(
      bothSystems(genesys),
      '{ callConversations(ids: ["c-1", "c-2", "c-3"]) { id } }',
    );
    expect(data).toEqual({ callConversations: [{ id: 'c-1' }, null, { id: 'c-3' }] });
    expect(errors?.map(({ path }) => path)).toEqual([['callConversations', 1]]);
  });

  test.each(['..', ' ', 'x'.repeat(257)])('refuses the id %j', async (id) => {
    const genesys = createFakeConversations();
    const source = `query ($id: ID!) {
      callConversation(id: $id) { id }
      callMediaParticipant(conversationId: "c-1", id: $id) { id }
      other: callMediaParticipant(conversationId: $id, id: "agent") { id }
    }`;
    const { errors } = await askBoth(bothSystems(genesys), source, { id });
    expect(errors?.map(({ path }) => path)).toEqual([
      ['callConversation'],
      ['callMediaParticipant'],
      ['other'],
    ]);
    expect(genesys.asked).toEqual([]);
  });

  test('asks for names only where they are not told, all of a kind at once', async () => {
    const genesys = createFakeConversations({
      conversation: async (id) =>
        aConversation(id, {
          participants: [
            aParticipant(id, 'a', { user: anEntity('USER', 'u-ada'), queue: anEntity('QUEUE', 'q-1') }),
            aParticipant(id, 'b', {
              user: anEntity('USER', 'u-bo'),
              queue: anEntity('QUEUE', 'q-2', 'Sales'),
            }),
            aParticipant(id, 'c', { user: anEntity('USER', 'u-gone'), queue: anEntity('QUEUE', 'q-1') }),
          ],
        }),
    });
    expect(
      await dataOf(
        genesys,
        '{ callConversations(ids: ["c-1"]) { participants { user { name } queue { name } } } }',
      ),
    ).toEqual({
      callConversations: [
        {
          participants: [
            { user: { name: 'Ada Bell' }, queue: { name: 'Support' } },
            { user: { name: 'Bo Lind' }, queue: { name: 'Sales' } },
            { user: { name: null }, queue: { name: 'Support' } },
          ],
        },
      ],
    });
    expect(genesys.asked).toEqual(['conversation c-1', 'names USER u-ada u-bo u-gone', 'names QUEUE q-1']);
  });

  test('withholds nothing but the name when a name cannot be read', async () => {
    const genesys = createFakeConversations({
      entityNames: async (kind, ids) => (kind === 'USER' ? unreachable() : ids.map(() => 'Sold')),
      conversation: async (id) =>
        aConversation(id, {
          participants: [
            aParticipant(id, 'a', {
              user: anEntity('USER', 'u-ada'),
              wrapup: {
                code: 'w-1',
                name: null,
                notes: null,
                tags: [],
                durationSeconds: null,
                endTime: null,
                provisional: null,
              },
            }),
          ],
        }),
    });
    expect(
      await dataOf(
        genesys,
        '{ callConversation(id: "c-1") { participants { user { id kind name } wrapup { code name } } } }',
      ),
    ).toEqual({
      callConversation: {
        participants: [
          { user: { id: 'u-ada', kind: 'USER', name: null }, wrapup: { code: 'w-1', name: 'Sold' } },
        ],
      },
    });
  });

  test('tells what a participant can be wrapped up with, and its communications, asked once each', async () => {
    const genesys = createFakeConversations();
    expect(
      await dataOf(
        genesys,
        `{ callMediaParticipant(conversationId: "c-1", id: "agent") {
          wrapupCodes { id name description } again: wrapupCodes { id } communicationIds
        } }`,
      ),
    ).toEqual({
      callMediaParticipant: {
        wrapupCodes: [{ id: 'w-1', name: 'Sold', description: 'Something was sold.' }],
        again: [{ id: 'w-1' }],
        communicationIds: ['k-1', 'k-2'],
      },
    });
    expect([...genesys.asked].sort()).toEqual([
      'communicationIds agent',
      'conversation c-1',
      'wrapupCodes agent',
    ]);
  });

  test('lets the rest of a participant live when these cannot be read', async () => {
    const genesys = createFakeConversations({ wrapupCodes: unreachable, communicationIds: unreachable });
    const { data, errors } = await askBoth(
      bothSystems(genesys),
      `{ callMediaParticipant(conversationId: "c-1", id: "agent") {
        name wrapupCodes { id } communicationIds
      } }`,
    );
    expect(data).toEqual({
      callMediaParticipant: { name: 'Ada Bell', wrapupCodes: null, communicationIds: null },
    });
    expect(errors).toHaveLength(2);
  });
});

describe('The viewer', () => {
  const everything = `{ viewer {
    accountId extensionId extensionNumber name activeCalls { sessionId } devices { id } forwardingNumbers { id }
    liveSource account { id } sessions { id }
    genesysUser { id name email organizationId } conversations { id } genesysLiveSource
  } }`;
  const ringCentral = {
    accountId: '701000004',
    extensionId: '701001004',
    extensionNumber: '101',
    name: 'Iris Vance',
    activeCalls: [{ sessionId: 's-1' }, { sessionId: 's-2' }],
    devices: [],
    forwardingNumbers: [],
    liveSource: null,
    account: { id: '701000004' },
    sessions: [],
  };
  const genesys = {
    genesysUser: { id: 'u-ada', name: 'Ada Bell', email: 'ada@example.com', organizationId: 'o-1' },
    conversations: [{ id: 'c-1' }, { id: 'c-2' }],
    genesysLiveSource: 'PUSH',
  };
  const nothing = (fields: object) => Object.fromEntries(Object.keys(fields).map((name) => [name, null]));
  const conversations = () => createFakeConversations({ liveSource: () => 'PUSH' });

  test('is of both systems', async () => {
    expect(await dataOf(conversations(), everything)).toEqual({ viewer: { ...ringCentral, ...genesys } });
  });

  test('lives where Genesys Cloud is off, and says so field by field', async () => {
    const { data, errors } = await askBoth(bothSystems(undefined), everything);
    expect(data).toEqual({ viewer: { ...ringCentral, ...nothing(genesys) } });
    expect(errors?.map(({ path }) => path?.join('.')).sort()).toEqual(
      Object.keys(genesys)
        .map((name) => `viewer.${name}`)
        .sort(),
    );
    for (const { originalError } of errors ?? []) {
      expect(originalError).toEqual(new NotConfigured('genesys'));
      expect(originalError).toMatchObject({ code: 'NOT_CONFIGURED', trace: { system: 'genesys' } });
    }
  });

  test('lives where RingCentral is off or not signed in to, but for the browsers, which are not of it', async () => {
    const refusal = new Unauthenticated('Sign in to RingCentral.', { system: 'ringcentral' });
    const context = bothSystems(
      conversations(),
      absentCalls(() => refusal),
    );
    const { data, errors } = await askBoth(context, everything);
    expect(data).toEqual({ viewer: { ...nothing(ringCentral), sessions: [], ...genesys } });
    expect(new Set(errors?.map(({ originalError }) => originalError))).toEqual(new Set([refusal]));
  });

  test('lets every other field live when one of them fails', async () => {
    const provider = createFakeProvider({
      devices: async () => {
        throw new Forbidden('You may not list devices.');
      },
    });
    const { data } = await askBoth(bothSystems(conversations(), provider), everything);
    expect(data).toEqual({ viewer: { ...ringCentral, devices: null, ...genesys } });
  });

  test('of a system that is off nothing can be watched, read or commanded', async () => {
    const off = absentCalls(() => new NotConfigured('ringcentral'));
    for (const source of [
      '{ callSession(id: "s-1") { id } }',
      '{ callParty(sessionId: "s-1", id: "p-1") { id } }',
    ]) {
      const { errors } = await askBoth(bothSystems(undefined, off), source);
      expect(errors?.[0]?.originalError).toEqual(new NotConfigured('ringcentral'));
    }
    expect(() => off.callEvents('s-1', null)).toThrow(new NotConfigured('ringcentral'));
    const { data } = await askBoth(bothSystems(undefined), '{ callConversations(ids: ["c-1"]) { id } }');
    expect(data).toEqual({ callConversations: [null] });
  });
});
