/** A tour of the whole gateway at the highest log level, and then a search for what must not be in the log. */
import { type Client, createClient } from 'graphql-ws';
import { beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Simulator } from '../../src/simulator/server.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { type House, openHouse, until } from '../support/gateway.ts';
import { watch } from '../support/streams.ts';

const FULL_CALL = /* GraphQL */ `
  query ($id: ID!) {
    callSession(id: $id) {
      id
      parties { id status { code } from { phoneNumber name } to { phoneNumber name } }
    }
  }
`;
const ME = /* GraphQL */ `
  { viewer { name extensionNumber activeCalls { from to session { id } } devices { id phoneNumbers } forwardingNumbers { phoneNumber } } }
`;
const HOLD =
  'mutation ($input: HoldCallPartyInput!) { holdCallParty(input: $input) { outcome error { message } } }';
const TRANSFER =
  'mutation ($input: TransferCallPartyInput!) { transferCallParty(input: $input) { outcome error { message } } }';
const CALL_OUT =
  'mutation ($input: MakeCallOutInput!) { makeCallOut(input: $input) { outcome error { message } session { id } } }';
const REPLY =
  'mutation ($input: ReplyToCallPartyInput!) { replyToCallParty(input: $input) { outcome error { message } } }';
const EVENTS = 'subscription ($id: ID!) { callEvents(sessionId: $id) { __typename } }';

const CUSTOMER = '+12025550147';
const COLLEAGUE = '+12025550199';

/** What must be in no line. */
const SECRETS = {
  cookie: 'cookie-of-the-desk',
  badToken: 'a-token-that-is-none',
  basic: 'dXNlcjpwYXNzd29yZA==',
  key: 'the-key-of-the-desk',
  wrongKey: 'no-key-of-the-desk',
  clientSecret: 'the-secret-of-the-app',
  jwt: 'sim-jwt-101',
  wrongJwt: 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl',
} as const;

interface Line {
  readonly level: string;
  readonly msg: string;
  readonly requestId?: string;
  readonly upstreamRequestId?: string;
  readonly operation?: string;
  readonly status?: string;
  readonly result?: string;
}

/** What a tour leaves behind. */
interface Tour {
  /** The log, line by line. */
  readonly log: string[];
  /** Everything that clients were told, as it came over the wire. */
  readonly answers: string[];
  /** Tokens that came up on the way. */
  readonly tokens: Set<string>;
  /** Digits of every phone number that came up, as much as all spellings have in common. */
  readonly phoneNumbers: Set<string>;
}

function newTour(): Tour {
  return {
    log: [],
    answers: [],
    tokens: new Set<string>(Object.values(SECRETS)),
    phoneNumbers: new Set<string>(),
  };
}

interface Ask {
  readonly query: string;
  readonly variables?: object;
  readonly headers?: Record<string, string>;
}

/** Somebody who asks over HTTP with a cookie, and keeps what was answered. */
function asker(house: House, tour: Tour, authorization: string) {
  return async ({ query, variables = {}, headers = {} }: Ask): Promise<string> => {
    const response = await fetch(house.gateway.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        cookie: `session=${SECRETS.cookie}`,
        authorization,
        ...headers,
      },
      body: JSON.stringify({ query, variables }),
    });
    const text = await response.text();
    tour.answers.push(text);
    return text;
  };
}

/** A socket whose every frame is kept. */
function listener(house: House, tour: Tour, authorization: string): Client {
  class Overheard extends WebSocket {
    constructor(url: string, protocol: string) {
      super(url, protocol, { headers: { cookie: `session=${SECRETS.cookie}` } });
      this.on('message', (data) => tour.answers.push(String(data)));
    }
  }
  return createClient({
    url: house.gateway.url.replace('http', 'ws'),
    webSocketImpl: Overheard,
    connectionParams: { authorization },
    retryAttempts: 0,
  });
}

/** Notes the tokens and phone numbers that the simulator gave and got. */
function noteWhatWasSaid(simulator: Simulator, { tokens, phoneNumbers }: Tour): void {
  const said = JSON.stringify([simulator.requests(), simulator.calls()]);
  for (const [token] of said.matchAll(/(access|refresh)-[\w-]{36}/g)) tokens.add(token);
  for (const [, digits = ''] of said.matchAll(/\+\d*?(\d{10})\b/g)) phoneNumbers.add(digits);
}

const TROUBLES = [
  { do: 'status', status: 500 },
  { do: 'status', status: 403 },
  { do: 'status', status: 400 },
  { do: 'status', status: 409 },
  { do: 'html' },
  { do: 'reset' },
  { do: 'resetAfterApply' },
  { do: 'truncate' },
  { do: 'hang' },
  // An upstream that repeats what it should not, and one that answers what is no call.
  {
    do: 'status',
    status: 400,
    body: {
      errorCode: 'CMN-101',
      message: `Refused: Bearer ${SECRETS.badToken} for ${CUSTOMER} at https://platform.example/x?access_token=abc`,
    },
  },
  { do: 'applyThenStatus', status: 200, body: { id: 7, parties: CUSTOMER } },
  { do: 'applyThenStatus', status: 200, body: `Bearer ${SECRETS.badToken}, ${CUSTOMER}` },
] as const;

/** Callers with tokens of their own, a caller from outside, and every way an upstream can fail. */
async function tourOfCallers(tour: Tour): Promise<void> {
  await using house = await openHouse({
    environment: { UPSTREAM_TIMEOUT: '0.3', INTROSPECTION: 'off' },
    simulator: { settings: { journalBodies: true } },
    gateway: { log: createLog('trace', { write: (line: string) => void tour.log.push(line) }) },
  });
  const { simulator } = house;
  const call = (from = CUSTOMER, state = 'Answered') => {
    const session = simulator.startCall({ kind: 'inbound', from, to: '101', state });
    return { sessionId: session.id ?? '', partyId: session.parties?.[1]?.id ?? '' };
  };
  tour.tokens.add('sim-101').add('sim-102');
  const ask = asker(house, tour, 'Bearer sim-101');

  const first = call();
  const socket = listener(house, tour, 'Bearer sim-101');
  const events = watch(socket, 'callEvents', EVENTS, { id: first.sessionId });
  await events.next();
  await ask({ query: ME });
  const variables = { id: call().sessionId };
  await ask({ query: FULL_CALL, variables, headers: { 'x-request-id': 'read-of-a-call' } });
  await ask({ query: ME, headers: { 'x-request-id': 'read-of-me' } });
  await ask({ query: FULL_CALL, variables: { id: `https://calls.example/${CUSTOMER}?token=sim-101` } });
  await ask({ query: HOLD, variables: { input: first }, headers: { 'x-request-id': 'hold-of-the-tour' } });
  const to = { phoneNumber: COLLEAGUE };
  await ask({ query: TRANSFER, variables: { input: { ...first, target: to } } });
  await ask({ query: CALL_OUT, variables: { input: { deviceId: '801100004', to } } });
  const ringing = call(CUSTOMER, 'Proceeding');
  const message = { text: `Call me at ${COLLEAGUE}` };
  await ask({ query: REPLY, variables: { input: { ...ringing, message } } });

  // What cannot be read, or is refused.
  await ask({ query: `{ callSession(id: "Bearer sim-101 ${CUSTOMER}"` });
  await ask({ query: CALL_OUT, variables: { input: { deviceId: '801100004', to: ['nobody'] } } });
  await ask({ query: '{ __schema { types { name } } }' });
  for (const authorization of [`Bearer ${SECRETS.badToken}`, `Basic ${SECRETS.basic}`, 'Bearer a b', '']) {
    await asker(house, tour, authorization)({ query: ME });
    const refused = watch(listener(house, tour, authorization), 'callEvents', EVENTS, { id: 'x' });
    await refused.ended;
  }

  for (const trouble of TROUBLES) {
    const { sessionId, partyId } = call();
    for (const match of ['holdCallParty', 'readCallSessionStatus', 'listExtensionDevices']) {
      simulator.orderFaults([{ match, times: null, ...trouble }]);
      const refused = watch(socket, 'callEvents', EVENTS, { id: `${sessionId}-unknown` });
      await ask({ query: HOLD, variables: { input: { sessionId, partyId } } });
      await ask({ query: FULL_CALL, variables: { id: sessionId } });
      await ask({ query: ME });
      simulator.orderFaults([]);
      refused.leave();
    }
  }
  const leaver = listener(house, tour, 'Bearer sim-101');
  await watch(leaver, 'callEvents', EVENTS, { id: call().sessionId }).next();
  await leaver.dispose();
  await until(() => tour.log.some((line) => JSON.parse(line).result === 'aborted'));
  simulator.revoke('sim-101');
  await ask({ query: ME });
  await ask({ query: ME });
  simulator.orderFaults([{ match: 'listExtensionDevices', do: 'status', status: 429, retryAfter: '30' }]);
  for (const query of [ME, ME]) await asker(house, tour, 'Bearer sim-102')({ query });
  await socket.dispose();
  noteWhatWasSaid(simulator, tour);
}

/** The gateway with an identity of its own: its token ends, its session is revoked, its credentials are wrong. */
async function tourOfTheService(tour: Tour): Promise<void> {
  for (const jwt of [SECRETS.jwt, SECRETS.wrongJwt]) {
    let ahead = 0;
    await using house = await openHouse({
      environment: {
        RINGCENTRAL_CLIENT_ID: 'app',
        RINGCENTRAL_CLIENT_SECRET: SECRETS.clientSecret,
        RINGCENTRAL_JWT: jwt,
        GATEWAY_KEYS: SECRETS.key,
      },
      simulator: { settings: { journalBodies: true } },
      gateway: {
        log: createLog('trace', { write: (line: string) => void tour.log.push(line) }),
        signIn: { clock: () => performance.now() + ahead },
      },
    });
    const { simulator } = house;
    const signIns = () => simulator.requests().filter(({ operationId }) => operationId === 'getToken');
    await until(() => signIns()[0]?.ended);
    const ask = asker(house, tour, `Bearer ${SECRETS.key}`);
    await ask({ query: ME });
    await asker(house, tour, `Bearer ${SECRETS.wrongKey}`)({ query: ME });
    ahead = 60_000;
    noteWhatWasSaid(simulator, tour);
    const { access_token } = { access_token: '', ...(signIns().at(-1)?.responseBody as object) };
    simulator.revoke(access_token);
    await ask({ query: ME });
    simulator.orderFaults([{ match: 'getToken', times: null, do: 'status', status: 400 }]);
    ahead = 130_000;
    noteWhatWasSaid(simulator, tour);
    simulator.reset();
    await ask({ query: ME });
  }
}

const tour = newTour();
let lines: readonly Line[] = [];

beforeAll(async () => {
  await tourOfCallers(tour);
  await tourOfTheService(tour);
  lines = tour.log.map((line) => JSON.parse(line));
});

/** The errors in an answer, wherever they stand: of an operation, of a command, or in a frame of a socket. */
function errorsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    /^errors?$/.test(name) && inner !== null ? [JSON.stringify(inner)] : errorsIn(inner),
  );
}

describe('After a tour of everything with a log of everything', () => {
  test('no token, key, JWT, secret or cookie is in the log.', () => {
    expect(tour.tokens.size).toBeGreaterThan(Object.keys(SECRETS).length + 4);
    for (const token of tour.tokens) expect(tour.log.filter((line) => line.includes(token))).toEqual([]);
    const basic = Buffer.from(`app:${SECRETS.clientSecret}`).toString('base64');
    expect(tour.log.filter((line) => line.includes(basic) || /Bearer (?!\[)/i.test(line))).toEqual([]);
  });

  test('no full phone number is in the log.', () => {
    expect([...tour.phoneNumbers]).toEqual(expect.arrayContaining(['2025550147', '2025550199']));
    for (const digits of tour.phoneNumbers) {
      expect(tour.log.filter((line) => line.includes(digits))).toEqual([]);
    }
  });

  test('each operation has one line with its request id, and how it ended.', () => {
    const operations = lines.filter(({ msg }) => msg === 'operation');
    const ids = operations.map(({ requestId }) => requestId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const operation of operations) {
      expect(operation).toMatchObject({
        requestId: expect.stringMatching(/^[\w-]+$/),
        result: expect.any(String),
      });
    }
    const results = new Set(operations.map(({ result }) => result));
    for (const result of [
      ...['ok', 'aborted', 'BAD_USER_INPUT', 'UNAUTHENTICATED', 'FORBIDDEN', 'RATE_LIMITED'],
      ...['UPSTREAM_UNAVAILABLE', 'UPSTREAM_BAD_RESPONSE'],
    ]) {
      expect(results).toContain(result);
    }
  });

  test('the request of a command to RingCentral has the id of its operation, and the one RingCentral gave it.', () => {
    const ofHold = lines.filter(({ requestId }) => requestId === 'hold-of-the-tour');
    expect(ofHold).toMatchObject([
      {
        msg: 'RingCentral answered.',
        operation: 'holdCallParty',
        status: '200',
        upstreamRequestId: expect.stringMatching(/^[\da-f-]{36}$/),
      },
      { msg: 'operation', type: 'mutation', field: 'holdCallParty', result: 'ok' },
    ]);
  });

  test('so have the reads of queries.', () => {
    const reads = lines.filter(
      ({ requestId = '', msg }) => requestId.startsWith('read-of') && msg === 'RingCentral answered.',
    );
    const operations = new Set(reads.map(({ operation }) => operation));
    for (const operation of ['readCallSessionStatus', 'readUserPresenceStatus', 'listForwardingNumbers']) {
      expect(operations).toContain(operation);
    }
  });

  test('no error that a client got has a stack, an address, a token or a phone number in it.', () => {
    const errors = tour.answers.flatMap((answer) => errorsIn(JSON.parse(answer)));
    expect(errors.length).toBeGreaterThan(50);
    const unspeakable =
      /\bat \S+ ?\(|\.[jt]s:\d|node:|https?:|\/restapi|127\.0\.0\.1|Bearer (?!<token>)(?!\[redacted\])/;
    expect(errors.filter((error) => unspeakable.test(error))).toEqual([]);
    for (const secret of [...tour.tokens, ...tour.phoneNumbers]) {
      expect(errors.filter((error) => error.includes(secret))).toEqual([]);
    }
  });
});

test('Whatever is logged by mistake has its secrets and phone numbers cut.', () => {
  const log: string[] = [];
  const write = createLog('trace', { write: (line: string) => void log.push(line) });
  write.error(
    { err: new Error(`Bearer ${SECRETS.badToken} asked for ${CUSTOMER}, Basic ${SECRETS.basic}`) },
    `Sent to /x/%2B${CUSTOMER.slice(1)}`,
  );
  write.trace({ headers: { authorization: SECRETS.badToken, cookie: SECRETS.cookie } }, 'headers');
  write.debug({ body: { access_token: SECRETS.badToken, refresh_token: SECRETS.badToken } }, 'a token');
  write.debug({ form: { assertion: SECRETS.wrongJwt, token: SECRETS.badToken } }, 'a form');
  expect(log).toHaveLength(4);
  for (const secret of [...Object.values(SECRETS), CUSTOMER.slice(1)])
    expect(log.join('')).not.toContain(secret);
});
