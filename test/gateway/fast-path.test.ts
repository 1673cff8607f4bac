/**
 * The fast path and the plain way, side by side: one corpus, two gateways that differ in `FAST_PATH`, equal answers.
 *
 * What two runs can never have in common is blanked first: moments, cursors, and the ids of RingCentral's requests.
 */

import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type House, openHouse, until } from '../support/gateway.ts';
import { isCertainToBeTold } from '../support/live-source.ts';

const SESSION_FIELDS = /* GraphQL */ `
  id origin { type rawType } creationTime observedAt voiceCallToken
  parties {
    id accountId extensionId direction muted standAlone
    attributes { queueCall emergencyCallback } park { id } owner { accountId extensionId brandId }
    from { phoneNumber name deviceId extensionId } to { phoneNumber name }
    status { code rawCode reason rawReason peerId { sessionId partyId } }
    recordings { id active } observedAt
  }
`;

type Variables = Record<string, unknown>;

interface Question {
  readonly query?: unknown;
  readonly variables?: unknown;
  readonly operationName?: unknown;
  readonly [more: string]: unknown;
}

/** Questions that change nothing; `call` is a call of the viewer. */
const questions = (call: {
  sessionId: string;
  partyId: string;
}): Readonly<Record<string, Question | string>> => {
  const variables = { id: call.sessionId, partyId: call.partyId };
  const session = `query Q($id: ID!) { callSession(id: $id) { ${SESSION_FIELDS} } }`;
  // JSON that can be read, but not be written.
  const deep = (query: string) =>
    `{"query":"${query}","variables":{"id":"${call.sessionId}","x":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`;
  return {
    'a whole session': { query: session, variables },
    'the same by a literal': { query: `{ callSession(id: "${call.sessionId}") { ${SESSION_FIELDS} } }` },
    'the same by a block string': { query: `{ callSession(id: """${call.sessionId}""") { id } }` },
    'the way back from its parties': {
      query:
        'query Q($id: ID!) { callSession(id: $id) { parties { session { parties { id session { id } } } } } }',
      variables,
    },
    'peers and actions': {
      query:
        'query Q($id: ID!) { callSession(id: $id) { parties { peer { id } availableActions { action allowed reason } } } }',
      variables,
    },
    'several sessions': {
      query: 'query Q($id: ID!) { callSessions(ids: [$id, $id, "s-unknown"]) { id } }',
      variables,
    },
    'a party': {
      query:
        'query Q($id: ID!, $partyId: ID!) { callParty(sessionId: $id, id: $partyId) { id status { code } observedAt } }',
      variables,
    },
    'the viewer': {
      query:
        '{ viewer { accountId extensionId extensionNumber name devices { id type status } forwardingNumbers { id flipNumber } } }',
    },
    'my calls': {
      query: '{ viewer { activeCalls { sessionId telephonyStatus session { id } party { id } } } }',
    },
    aliases: {
      query: `query Q($id: ID!) { a: callSession(id: $id) { x: id } b: callSession(id: $id) { y: id } }`,
      variables,
    },
    'one alias': { query: `query Q($id: ID!) { a: callSession(id: $id) { x: id } }`, variables },
    fragments: {
      query:
        'query Q($id: ID!) { ...R } fragment R on Query { callSession(id: $id) { ...S ... on CallSession { origin { type } } } } fragment S on CallSession { id parties { ...P } } fragment P on CallParty { id status { code } }',
      variables,
    },
    'directives that say yes': {
      query:
        'query Q($id: ID!, $yes: Boolean!) { callSession(id: $id) @include(if: $yes) { id parties @skip(if: $yes) { id } } }',
      variables: { ...variables, yes: true },
    },
    'directives that say no': {
      query:
        'query Q($id: ID!, $yes: Boolean!) { callSession(id: $id) @include(if: $yes) { id parties @skip(if: $yes) { id } } }',
      variables: { ...variables, yes: false },
    },
    'one of two operations': {
      query: `query A($id: ID!) { callSession(id: $id) { id } } query B { viewer { name } }`,
      operationName: 'A',
      variables,
    },
    'the other of two operations': {
      query: `query A($id: ID!) { callSession(id: $id) { id } } query B { viewer { name } }`,
      operationName: 'B',
    },
    'none of two operations': { query: `query A { viewer { name } } query B { viewer { name } }` },
    'an operation that is not there': { query: `query A { viewer { name } }`, operationName: 'C' },
    'typename and introspection': { query: '{ __typename __schema { queryType { name } } }' },
    'an unknown session': { query: '{ callSession(id: "s-unknown") { id } }' },
    'a hostile id': { query: session, variables: { id: '../../extension/~' } },
    'an encoded id': { query: session, variables: { id: '%2e%2e%2f?x=1#' } },
    'an endless id': { query: session, variables: { id: 'x'.repeat(10_000) } },
    'an id with a newline': { query: session, variables: { id: 's-1\n2' } },
    'a number for an id': { query: session, variables: { id: 7 } },
    'a list for an id': { query: session, variables: { id: ['a'] } },
    'a variable nested deep': deep(
      'query Q($id: ID!, $x: Boolean!) { callSession(id: $id) { id @skip(if: $x) } }',
    ),
    'a variable nested deep that is not asked for': deep('query Q($id: ID!) { callSession(id: $id) { id } }'),
    'a missing variable': { query: session },
    'a null variable': { query: session, variables: { id: null } },
    'variables that nobody declared': { query: session, variables: { ...variables, more: { and: 'more' } } },
    'variables that are a list': { query: session, variables: [] },
    'variables that are a text': { query: session, variables: '{}' },
    'null for everything': { query: null, variables: null, operationName: null },
    'no query': {},
    'an empty query': { query: '' },
    'a number for a query': { query: 7 },
    'a number for an operation': { query: '{ __typename }', operationName: 7 },
    'unknown parameters': { query: '{ __typename }', haunted: true },
    extensions: { query: '{ __typename }', extensions: { a: 1 } },
    'wrong extensions': { query: '{ __typename }', extensions: [] },
    'a typing error': { query: '{ viewr { name } }' },
    'a syntax error': { query: '{ viewer { name }' },
    'a query too deep': {
      query: `{ callSession(id: "x") { parties { session { parties { session { parties { session { parties { session { parties { id } } } } } } } } } } }`,
    },
    'a subscription over HTTP': { query: 'subscription { activeCalls { sessionId } }' },
    'no JSON': '{"query": ',
    'a list of questions': '[{"query":"{ __typename }"}]',
    'a text': '"{ __typename }"',
    null: 'null',
    'a key that is a trap': '{"query":"{ __typename }","__proto__":{"query":"{ viewer { name } }"}}',
    'the same key twice': '{"query":"{ __typename }","query":"{ viewer { name } }"}',
    'white space around': '  {"query":"{ __typename }"}\n',
  };
};

const ACCEPTS = [
  undefined,
  '*/*',
  'application/json',
  'application/graphql-response+json',
  'application/graphql-response+json, application/json;q=0.9',
  'application/json, application/graphql-response+json',
  'text/html',
];

const BLANKS: readonly (readonly [RegExp, string])[] = [
  [/"(observedAt|creationTime)":"[^"]+"/g, '"$1":"moment"'],
  [/"upstreamRequestId":"[^"]+"/g, '"upstreamRequestId":"id"'],
  [/"requestId":"[0-9a-f-]{36}"/g, '"requestId":"id"'],
  [/"cursor":"[^"]+"/g, '"cursor":"cursor"'],
];

function blank(text: string): string {
  return BLANKS.reduce((blanked, [pattern, replacement]) => blanked.replace(pattern, replacement), text);
}

async function post(house: House, body: string, accept: string | undefined) {
  const response = await fetch(house.gateway.url, {
    method: 'POST',
    headers: {
      authorization: 'Bearer sim-101',
      'content-type': 'application/json',
      'x-request-id': 'the-same-for-both',
      ...(accept !== undefined && { accept }),
    },
    body,
  });
  const headers = Object.fromEntries(
    [...response.headers].filter(
      ([name]) => !['date', 'content-length', 'connection', 'keep-alive'].includes(name),
    ),
  );
  return { status: response.status, headers, body: blank(await response.text()) };
}

/** A simulator whose clock stands still gives the same ids to the same calls. */
const openFrozenHouse = (fastPath: string) =>
  openHouse({ environment: { FAST_PATH: fastPath }, simulator: { now: () => 1_772_637_601_000 } });

let fast: House;
let plain: House;
const houses = () => [fast, plain] as const;

beforeAll(async () => {
  fast = await openFrozenHouse('on');
  plain = await openFrozenHouse('off');
});

afterAll(async () => {
  for (const house of houses()) await house[Symbol.asyncDispose]();
});

function connectedCall(house: House) {
  const session = house.simulator.startCall({ kind: 'inbound', to: '101', state: 'Answered' });
  return { sessionId: session.id ?? '', partyId: session.parties?.[1]?.id ?? '' };
}

describe('Over HTTP', () => {
  for (const watched of [false, true]) {
    describe(watched ? 'with the call watched,' : 'with the call not watched,', () => {
      const call = { sessionId: '', partyId: '' };
      beforeAll(async () => {
        const [ofFast, ofPlain] = houses().map(connectedCall);
        expect(ofFast).toEqual(ofPlain);
        Object.assign(call, ofFast);
        if (!watched) return;
        for (const house of houses()) {
          const socket = await openSocket(house);
          subscribe(
            socket,
            'watch',
            'subscription W($id: ID!) { callEvents(sessionId: $id) { __typename } }',
            {
              id: call.sessionId,
            },
          );
          await until(() => isCertainToBeTold(house.simulator, call.sessionId));
        }
      });

      for (const name of Object.keys(questions({ sessionId: 's', partyId: 'p' }))) {
        test(`${name} is answered alike, again and again.`, async () => {
          const question = questions(call)[name];
          const body = typeof question === 'string' ? question : JSON.stringify(question);
          for (const accept of ACCEPTS) {
            // A subscription is an event stream for whoever takes one, and ends only with its reader.
            if (name.includes('subscription') && accept?.includes('json') !== true) continue;
            const expected = await post(plain, body, accept);
            // The first answer comes the plain way, the second by the known document, the third from memory.
            for (let times = 0; times < 3; times += 1) {
              expect(await post(fast, body, accept)).toEqual(expected);
            }
          }
        });
      }
    });
  }

  test('every example is answered alike, commands included.', async () => {
    const folder = new URL('../../examples/', import.meta.url);
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.graphql'))) {
      const query = readFileSync(new URL(file, folder), 'utf8');
      if (query.includes('subscription ')) continue;
      for (let times = 0; times < 5; times += 1) {
        const answers = [];
        for (const house of houses()) {
          house.simulator.reset({ story: false });
          const call = connectedCall(house);
          const variables: Variables = { ...call };
          const json = file.replace('.graphql', '.json');
          if (readdirSync(folder).includes(json)) {
            const defaults: Variables = JSON.parse(readFileSync(new URL(json, folder), 'utf8'));
            Object.assign(variables, defaults, 'sessionId' in defaults ? call : {});
          }
          answers.push(await post(house, JSON.stringify({ query, variables }), 'application/json'));
        }
        expect(answers[0], file).toEqual(answers[1]);
      }
    }
  });

  test('a state that has changed is not answered from memory.', async () => {
    // By a clock that stands still no change is ever later than the poll that waits for it.
    await using house = await openHouse({ environment: { FAST_PATH: 'on' } });
    const { sessionId, partyId } = connectedCall(house);
    const body = JSON.stringify({
      query: 'query Q($id: ID!) { callSession(id: $id) { parties { status { code } } } }',
      variables: { id: sessionId },
    });
    const socket = await openSocket(house);
    subscribe(socket, 'watch', 'subscription W($id: ID!) { callEvents(sessionId: $id) { __typename } }', {
      id: sessionId,
    });
    await until(async () => (await post(house, body, '*/*')).body.includes('ANSWERED'));
    for (const code of ['Hold', 'Answered', 'Hold']) {
      house.simulator.moveParty(sessionId, partyId, { code });
      await until(
        async () =>
          JSON.parse((await post(house, body, '*/*')).body).data.callSession.parties[1].status.code ===
          code.toUpperCase(),
      );
    }
  });
});

async function openSocket(house: House): Promise<WebSocket> {
  const socket = new WebSocket(house.gateway.url.replace('http', 'ws'), 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer sim-101' } }));
  await once(socket, 'message');
  return socket;
}

function subscribe(socket: WebSocket, id: string, query: string, variables: Variables): void {
  socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query, variables } }));
}

describe('Over WebSocket', () => {
  const EVENT = `__typename
    ... on CallSnapshot { cursor reason session { ${SESSION_FIELDS} } }
    ... on CallPartyChange { cursor skipped previousStatus { code } party { id status { code } muted session { id parties { id muted } } } }
    ... on CallStreamNotice { cursor kind message partyId movedTo { sessionId partyId } at }`;
  const operations: Readonly<Record<string, (id: string, partyId: string) => [string, Variables]>> = {
    events: (id) => [
      `subscription E($id: ID!, $after: ID) { callEvents(sessionId: $id, after: $after) { ${EVENT} } }`,
      { id },
    ],
    'events after a wrong cursor': (id) => [
      `subscription E($id: ID!, $after: ID) { callEvents(sessionId: $id, after: $after) { ${EVENT} } }`,
      { id, after: 'wrong' },
    ],
    'events, some of them': (id) => [
      `subscription E($id: ID!, $no: Boolean = false) { callEvents(sessionId: $id) { __typename ... on CallPartyChange { party { id muted @include(if: $no) } } } }`,
      { id },
    ],
    'events, the others': (id) => [
      `subscription E($id: ID!, $no: Boolean = false) { callEvents(sessionId: $id) { __typename ... on CallPartyChange { party { id muted @include(if: $no) } } } }`,
      { id, no: true },
    ],
    parties: (id) => [
      `subscription P($id: ID!) { callPartyUpdated(sessionId: $id) { id muted status { code } } }`,
      { id },
    ],
    'one party': (id, partyId) => [
      `subscription P($id: ID!, $partyId: ID) { changed: callPartyUpdated(sessionId: $id, partyId: $partyId) { who: id muted peer { id } } }`,
      { id, partyId },
    ],
    'an unknown call': () => [`subscription E { callEvents(sessionId: "s-unknown") { __typename } }`, {}],
    'a hostile id': () => [`subscription E { callEvents(sessionId: "../x") { __typename } }`, {}],
    'a wrong variable': () => [
      `subscription E($id: ID!) { callEvents(sessionId: $id) { __typename } }`,
      { id: [] },
    ],
    'a query': (id) => [`query Q($id: ID!) { callSession(id: $id) { id } }`, { id }],
    'a typing error': () => [`subscription { callEvent { x } }`, {}],
  };

  test('every frame is alike, whoever else watches.', async () => {
    const ofFast = await transcriptOf('on');
    const ofPlain = await transcriptOf('off');
    expect(Object.keys(ofFast)).toHaveLength(2 * Object.keys(operations).length);
    expect(ofFast).toEqual(ofPlain);
  });

  /** The frames of each operation, each asked twice on two sockets, over the life of a call. */
  async function transcriptOf(fastPath: string): Promise<Record<string, string[]>> {
    // The clock must go on, as above.
    await using house = await openHouse({ environment: { FAST_PATH: fastPath } });
    const { sessionId, partyId } = connectedCall(house);
    const callId = sessionId.replace('s-', '');
    const frames: Record<string, string[]> = {};
    for (const socketName of ['first', 'second']) {
      const socket = await openSocket(house);
      socket.on('message', (data) => {
        const text = String(data);
        const { id } = JSON.parse(text);
        frames[`${socketName} ${id}`]?.push(blank(text).replaceAll(callId, 'call'));
      });
      for (const [name, make] of Object.entries(operations)) {
        frames[`${socketName} ${name}`] = [];
        subscribe(socket, name, ...make(sessionId, partyId));
      }
    }
    const everywhere = (piece: string, count: number) =>
      until(() =>
        ['first', 'second'].every(
          (name) =>
            (frames[`${name} parties`] ?? []).filter((frame) => frame.includes(piece)).length >= count &&
            Object.values(frames).every((list) => list.length > 0),
        ),
      );
    await everywhere('"ANSWERED"', 2);
    house.simulator.moveParty(sessionId, partyId, { code: 'Hold' });
    await everywhere('"HOLD"', 1);
    house.simulator.moveParty(sessionId, partyId, { muted: true });
    await everywhere('"muted":true', 1);
    // The own party first: of the others nothing is told while it is there.
    for (const [index, party] of (house.simulator.calls()[0]?.parties ?? []).toReversed().entries()) {
      house.simulator.moveParty(sessionId, party.id ?? '', { code: 'Disconnected' });
      await everywhere('"DISCONNECTED"', index + 1);
    }
    await until(() =>
      Object.values(frames).every((list) => /"type":"(complete|error)"/.test(list.at(-1) ?? '')),
    );
    return frames;
  }
});
