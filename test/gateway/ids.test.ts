/** Hostile ids: each reaches RingCentral as exactly one encoded segment of the path, or not at all. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CommandName } from '../../schema/provider.ts';
import type { JournalEntry } from '../../src/simulator/journal.ts';
import { COMMAND_NAMES, COMMANDS, type Input } from '../support/command-cases.ts';
import { idsIn, mutationOf, openStillHouse, type Payload, withId } from '../support/commands.ts';
import type { Answer, House } from '../support/gateway.ts';

let house: House;
beforeAll(async () => {
  house = await openStillHouse();
});
afterAll(() => house?.[Symbol.asyncDispose]());

/** Ids that can be one segment, however they look: RingCentral says that it does not know them. */
const HARMLESS = [
  '../',
  '..%2f',
  '%2e%2e',
  '%2e%2e%2fextension',
  '../../../extension/~',
  '/etc/passwd',
  'a/b',
  '..\\',
  '?x=1',
  '#',
  '#fragment',
  ';jsessionid=1',
  '@evil.example',
  '//evil.example',
  'https://evil.example/',
  '%',
  '%00',
  '%0d%0aX-Evil:1',
  '&a=b',
  '~',
  '...',
  '{partyId}',
  '$&$1',
  'é',
  '📞',
  'x'.repeat(256),
] as const;

/** The worst of them, for every command. */
const WORST = ['../', '%2e%2e', '?x=1', '#', 'a/b', 'https://evil.example/'] as const;

/** Ids that no path can carry as one segment, or that are no ids at all. */
const REFUSED = [
  '',
  '.',
  '..',
  ' ',
  '\n',
  'a\nb',
  'a\r\nX-Evil: 1',
  '\t',
  '\u0000',
  '\u00a0',
  '\u2028',
  '\ud800',
  'x'.repeat(257),
  'x'.repeat(10_240),
] as const;

const named = (ids: readonly string[]) =>
  ids.map((id) => [id.length > 40 ? `${id.length} characters` : JSON.stringify(id), id] as const);

/** What was asked with an id, and the requests it made. */
async function asking<Data>(
  work: () => Promise<Answer<Data>>,
): Promise<{ readonly answer: Answer<Data>; readonly requests: readonly JournalEntry[] }> {
  const before = house.simulator.requests().length;
  const answer = await work();
  return { answer, requests: house.simulator.requests().slice(before) };
}

const SESSIONS = '/restapi/v1.0/account/~/telephony/sessions/';

/** The decoded segments after the address of all sessions; nothing may hide in a query. */
function segmentsOf({ path, query }: JournalEntry): string[] {
  expect(path.startsWith(SESSIONS)).toBe(true);
  expect(query).toBe('');
  expect(path).toMatch(/^[\w.~!*'()%/-]*$/);
  return path.slice(SESSIONS.length).split('/').map(decodeURIComponent);
}

const codesOf = ({ errors }: Answer<unknown>) => errors?.map(({ extensions }) => extensions.code);

const QUERIES: readonly [
  field: string,
  query: string,
  variables: (id: string) => Input,
  segments: (id: string) => string[],
][] = [
  ['callSession', 'query ($id: ID!) { it: callSession(id: $id) { id } }', (id) => ({ id }), (id) => [id]],
  [
    'the session of callParty',
    'query ($id: ID!) { it: callParty(sessionId: $id, id: "p-1") { id } }',
    (id) => ({ id }),
    (id) => [id, 'parties', 'p-1'],
  ],
  [
    'the party of callParty',
    'query ($id: ID!) { it: callParty(sessionId: "s-1", id: $id) { id } }',
    (id) => ({ id }),
    (id) => ['s-1', 'parties', id],
  ],
];

describe.each(QUERIES)('In %s', (_, query, variables, segments) => {
  test.each(named(HARMLESS))('%s is one segment', async (_, id) => {
    const { answer, requests } = await asking(() => house.ask(query, variables(id)));
    expect(requests.map(segmentsOf)).toEqual([segments(id)]);
    expect([answer.data, answer.errors]).toEqual([{ it: null }, undefined]);
  });

  test.each(named(REFUSED))('%s is refused', async (_, id) => {
    const { answer, requests } = await asking(() => house.ask(query, variables(id)));
    expect(requests).toEqual([]);
    expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
  });
});

test('In callSessions one bad id refuses them all, before anything is read', async () => {
  const { answer, requests } = await asking(() =>
    house.ask('query ($ids: [ID!]!) { callSessions(ids: $ids) { id } }', { ids: ['s-1', '..'] }),
  );
  expect(requests).toEqual([]);
  expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
});

describe('In every id of the input of', () => {
  const addressed = COMMAND_NAMES.filter((name) => !['makeCallOut', 'createConference'].includes(name));

  /** The command with a hostile id at each place where its input has one. */
  async function* attacks(name: CommandName, ids: readonly string[]) {
    const { ready, token } = COMMANDS[name];
    const { input } = ready(house.simulator);
    for (const path of idsIn(input)) {
      for (const id of ids) {
        const hostile = { input: withId(input, path, id) };
        yield {
          id,
          path,
          ...(await asking<{ payload: Payload }>(() => house.ask(mutationOf(name), hostile, token))),
        };
      }
    }
  }

  test.each(addressed)('%s a hostile id is one segment, or stands in the body', async (name) => {
    for await (const { id, path, answer, requests } of attacks(name, WORST)) {
      expect([path, id, answer.data.payload.error?.__typename]).toEqual([path, id, 'CallNotFound']);
      const isInPath = requests.flatMap(segmentsOf).includes(id);
      expect([path, id, isInPath]).toEqual([path, id, path.length === 1]);
    }
  });

  test.each(addressed)('%s what is no id is refused before it leaves', async (name) => {
    for await (const { id, path, answer, requests } of attacks(name, REFUSED)) {
      expect([path, id, codesOf(answer), requests]).toEqual([path, id, ['BAD_USER_INPUT'], []]);
    }
  });
});

test.each(['callEvents', 'callPartyUpdated'])(
  'In a subscription to %s what is no id is refused',
  async (field) => {
    const socket = house.socket();
    const query = `subscription ($id: ID!) { ${field}(sessionId: $id) { __typename } }`;
    for (const id of REFUSED) {
      const { answer, requests } = await asking(async () => {
        const events = socket.iterate({ query, variables: { id } });
        const { value } = await events.next();
        return value as Answer<unknown>;
      });
      expect([id, codesOf(answer), requests]).toEqual([id, ['BAD_USER_INPUT'], []]);
    }
  },
);
