/** A deployment under load: the process is told to end, finishes what it began, and its clients go on elsewhere. */
import { type Client, createClient } from 'graphql-ws';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createSimulator, type Simulator } from '../../src/simulator/server.ts';
import { openHouse, until } from '../support/gateway.ts';
import { startGateway } from '../support/process.ts';
import { type Stream, watch } from '../support/streams.ts';

// biome-ignore lint/suspicious/noExplicitAny: the events are whatever the operation selects.
type Event = any;

const EVENTS = /* GraphQL */ `
  subscription ($sessionId: ID!, $after: ID) {
    callEvents(sessionId: $sessionId, after: $after) {
      __typename
      ... on CallSnapshot { cursor reason }
      ... on CallPartyChange { cursor party { muted } }
      ... on CallStreamNotice { cursor kind at }
    }
  }
`;
const HOLD = /* GraphQL */ `
  mutation ($input: HoldCallPartyInput!) { holdCallParty(input: $input) { outcome replayed error { __typename } } }
`;
const PHONES = '{ viewer { devices { id } } }';

const SOCKETS = 1_000;
const QUERIES = 50;
const COMMANDS = 5;
const DRAIN_SECONDS = 30;

/** Long enough for the signal to come before the answers. */
const WORK = 4_000; // 4 seconds

function openSimulator(): Promise<Simulator> {
  const settings = { lightLimit: 0, mediumLimit: 0, heavyLimit: 0, authLimit: 0 };
  return createSimulator({ story: false, settings });
}

function connectedCall(simulator: Simulator) {
  const session = simulator.startCall({ kind: 'inbound', to: '101', state: 'Answered' });
  return { sessionId: session.id ?? '', partyId: session.parties?.[1]?.id ?? '' };
}

/** One screen of an agent: a socket that watches a call and comes back behind its last event. */
function openScreen(url: string, sessionId: string, mayComeBack: Promise<void>) {
  const closes: number[] = [];
  const client = createClient({
    url: url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: 'Bearer sim-101' },
    retryWait: () => mayComeBack,
    on: { closed: (event) => void closes.push((event as CloseEvent).code) },
  });
  const variables: { sessionId: string; after: string | null } = { sessionId, after: null };
  const stream = watch<Event>(client, 'callEvents', EVENTS, variables);
  const next = async () => {
    const event = await stream.next();
    variables.after = event.cursor;
    return event;
  };
  return { client, closes, stream: { ...stream, next } };
}

async function readTo(stream: Stream<Event>, isMeant: (event: Event) => boolean): Promise<Event> {
  for (;;) {
    const event = await stream.next();
    if (isMeant(event)) return event;
  }
}

/** One answer over a socket. */
function ask(client: Client, query: string, variables: Record<string, unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let answer: unknown;
    client.subscribe(
      { query, variables },
      {
        next: (result) => {
          answer = result;
        },
        error: reject,
        complete: () => resolve(answer),
      },
    );
  });
}

async function askOverHttp(url: string, query: string): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer sim-101' },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, ...((await response.json()) as object) };
}

test('On SIGTERM a thousand sockets are sent elsewhere with all their work done, and go on at the next gateway.', async () => {
  await using simulator = await openSimulator();
  const environment = {
    RINGCENTRAL_SERVER_URL: simulator.url,
    MAX_SUBSCRIPTIONS_PER_VIEWER: String(SOCKETS),
    MAX_IN_FLIGHT: String(2 * SOCKETS),
    DRAIN_SECONDS: String(DRAIN_SECONDS),
  };
  await using first = await startGateway(environment);
  const readyz = new URL('/readyz', first.url);
  expect((await fetch(readyz)).status).toBe(200);

  const calls = Array.from({ length: COMMANDS }, () => connectedCall(simulator));
  let comeBack = () => {};
  const mayComeBack = new Promise<void>((resolve) => {
    comeBack = resolve;
  });
  const screens = Array.from({ length: SOCKETS }, (_, index) =>
    openScreen(first.url, calls[index % COMMANDS]?.sessionId ?? '', mayComeBack),
  );
  await using _ = {
    async [Symbol.asyncDispose]() {
      comeBack();
      await Promise.allSettled(screens.map(({ client }) => client.dispose()));
    },
  };
  for (const { stream } of screens) expect((await stream.next()).reason).toBe('SUBSCRIBED');

  simulator.orderFaults([
    { match: 'listExtensionDevices', times: null, do: 'delay', delay: WORK },
    { match: 'holdCallParty', times: null, do: 'applyThenDelay', delay: WORK },
  ]);
  const queries = Array.from({ length: QUERIES }, () => askOverHttp(first.url, PHONES));
  const commands = calls.map((input, index) => {
    const screen = screens[index];
    return screen && ask(screen.client, HOLD, { input });
  });
  const running = (operationId: string) =>
    simulator.requests().filter((entry) => entry.operationId === operationId);
  await until(() => running('listExtensionDevices').length === QUERIES);
  await until(() => running('holdCallParty').length === COMMANDS);

  const toldAt = Date.now();
  first.kill('SIGTERM');
  await until(() => first.lines.find(({ msg }) => msg === 'Draining'));

  const readiness = await fetch(readyz);
  expect([readiness.status, await readiness.json()]).toEqual([
    503,
    { ok: false, reason: 'The gateway is draining.' },
  ]);
  const latecomer = new WebSocket(first.url.replace('http', 'ws'), 'graphql-transport-ws');
  expect(await new Promise((resolve) => latecomer.once('error', resolve))).toMatchObject({
    message: 'Unexpected server response: 503',
  });

  // Everybody hears of it before they are sent away, and everything that runs is answered.
  for (const { stream } of screens) {
    const { at } = await readTo(stream, ({ kind }) => kind === 'DRAINING');
    expect(Date.parse(at)).toBeGreaterThanOrEqual(toldAt);
  }
  for (const answer of await Promise.all(commands)) {
    expect(answer).toEqual({
      data: { holdCallParty: { outcome: 'APPLIED', replayed: false, error: null } },
    });
  }
  for (const answer of await Promise.all(queries)) {
    expect(answer).toMatchObject({ status: 200, data: { viewer: { devices: expect.any(Array) } } });
  }
  expect(running('holdCallParty').map(({ status }) => status)).toEqual(calls.map(() => 200));

  expect(await first.exit).toBe(0);
  expect(Date.now() - toldAt).toBeLessThan(DRAIN_SECONDS * 1_000);
  await until(() => screens.every(({ closes }) => closes.length > 0));
  expect(new Set(screens.flatMap(({ closes }) => closes))).toEqual(new Set([1012]));

  simulator.orderFaults([]);
  await using second = await startGateway({ ...environment, PORT: new URL(first.url).port });
  expect(second.url).toBe(first.url);
  comeBack();
  // Its cursor is of another process, so that each of them starts from the state as it is.
  for (const { stream } of screens) {
    expect((await readTo(stream, ({ __typename }) => __typename === 'CallSnapshot')).reason).toBe(
      'CURSOR_FOREIGN',
    );
  }
  for (const { sessionId, partyId } of calls) simulator.moveParty(sessionId, partyId, { muted: true });
  for (const { stream } of screens) await readTo(stream, ({ party }) => party?.muted === true);
  // What ran through a socket that was sent away did not run again.
  expect(running('holdCallParty')).toHaveLength(COMMANDS);
  expect(screens.every(({ closes }) => closes.length === 1)).toBe(true);
});

test('A second signal ends it at once, whatever still runs.', async () => {
  await using simulator = await openSimulator();
  await using gateway = await startGateway({
    RINGCENTRAL_SERVER_URL: simulator.url,
    DRAIN_SECONDS: '600',
    UPSTREAM_TIMEOUT: '120',
  });
  const call = connectedCall(simulator);
  const screen = openScreen(gateway.url, call.sessionId, new Promise(() => {}));
  await screen.stream.next();
  simulator.orderFaults([{ match: 'holdCallParty', do: 'hang' }]);
  ask(screen.client, HOLD, { input: call }).catch(() => {});
  await until(() => simulator.requests().some(({ operationId }) => operationId === 'holdCallParty'));

  gateway.kill('SIGTERM');
  await readTo(screen.stream, ({ kind }) => kind === 'DRAINING');
  expect(screen.closes).toEqual([]);
  gateway.kill('SIGTERM');
  expect(await gateway.exit).toBe(1);
  await until(() => screen.closes.length > 0);
  expect(screen.closes).toEqual([1006]);
});

test('A RingCentral that does not take the goodbye of the gateway delays its end no longer than a drain may last.', async () => {
  await using house = await openHouse({
    environment: {
      RINGCENTRAL_CLIENT_ID: 'app',
      RINGCENTRAL_CLIENT_SECRET: 'secret',
      RINGCENTRAL_JWT: 'sim-jwt-101',
      GATEWAY_KEYS: 'the-key-of-the-desk',
      DRAIN_SECONDS: '0.2',
      UPSTREAM_TIMEOUT: '120',
    },
  });
  expect((await house.ask(PHONES, {}, 'the-key-of-the-desk')).errors).toBeUndefined();
  house.simulator.orderFaults([{ match: 'revokeToken', do: 'hang' }]);
  await house.gateway.stop();
  const goodbye = house.simulator.requests().find(({ operationId }) => operationId === 'revokeToken');
  expect(goodbye).toMatchObject({ status: null });
});
