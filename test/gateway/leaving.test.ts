/** Whoever leaves, at whatever step and in whatever way, leaves nothing taken behind. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { gauge, type House, openHouse, signIn, until } from '../support/gateway.ts';

/** Costs one request to RingCentral each time. */
const PHONES = '{ viewer { devices { id } } }';
const HOLD = /* GraphQL */ `
  mutation ($input: HoldCallPartyInput!) { holdCallParty(input: $input) { outcome replayed } }
`;

/** Watches a call that nobody has watched yet. */
function watchOf({ simulator }: House): { query: string } {
  const { id } = simulator.startCall({ kind: 'inbound', to: '102', state: 'Answered' });
  return { query: `subscription { callEvents(sessionId: "${id}") { __typename } }` };
}

/** What is given back by whoever leaves. */
const TAKEN = [
  'gateway_graphql_in_flight',
  'gateway_request_body_bytes',
  'gateway_introductions',
  'gateway_subscribers',
];

async function taken(house: House): Promise<Record<string, number>> {
  return Object.fromEntries(await Promise.all(TAKEN.map(async (name) => [name, await gauge(house, name)])));
}

async function nothingIsTaken(house: House): Promise<void> {
  await until(async () => Object.values(await taken(house)).every((count) => count === 0));
}

/** Waits until RingCentral is being asked this, and nothing came of it yet. */
function isAsked(house: House, operationId: string) {
  return until(() =>
    house.simulator
      .requests()
      .find(
        (entry) => entry.operationId === operationId && entry.ended === null && entry.fault !== undefined,
      ),
  );
}

const WAYS: Record<string, (socket: Socket) => void> = {
  'hangs up': (socket) => void socket.destroy(),
  'resets the connection': (socket) => void socket.resetAndDestroy(),
  'says that it sends no more': (socket) => void socket.end(),
};

/** A POST as it goes over the wire, whole or cut. */
function postOf(token: string, body: object, accept = 'application/json'): string {
  const text = JSON.stringify(body);
  return [
    'POST /graphql HTTP/1.1',
    'host: 127.0.0.1',
    `authorization: Bearer ${token}`,
    'content-type: application/json',
    `accept: ${accept}`,
    `content-length: ${text.length}`,
    '',
    text,
  ].join('\r\n');
}

interface Step {
  /** Writes what it takes to get there, and answers when it is there. */
  reach(house: House, socket: Socket): Promise<unknown>;
}

const heard = (socket: Socket, text: string) => {
  let all = '';
  socket.on('data', (data) => {
    all += data;
  });
  return until(() => all.includes(text));
};

/** Known to the gateway from the first request on. */
const GOOD = 'sim-102';

const STEPS: Record<string, Step> = {
  'in its headers': {
    async reach(_house, socket) {
      socket.write(postOf(GOOD, { query: PHONES }).slice(0, 60));
    },
  },
  'before its body': {
    async reach(house, socket) {
      socket.write(postOf(GOOD, { query: PHONES }).split('{')[0] ?? '');
      await until(async () => (await gauge(house, 'gateway_request_body_bytes')) > 0);
    },
  },
  'in its body': {
    async reach(house, socket) {
      socket.write(postOf(GOOD, { query: PHONES }).slice(0, -5));
      await until(async () => (await gauge(house, 'gateway_request_body_bytes')) > 0);
    },
  },
  "in a stranger's body": {
    async reach(house, socket) {
      socket.write(postOf(await signIn(house), { query: PHONES }).slice(0, -5));
      await until(async () => (await gauge(house, 'gateway_request_body_bytes')) > 0);
    },
  },
  'during its introduction': {
    async reach(house, socket) {
      house.simulator.orderFaults([{ match: 'readExtension', do: 'hang' }]);
      socket.write(postOf(await signIn(house), { query: PHONES }));
      await isAsked(house, 'readExtension');
    },
  },
  'during its query': {
    async reach(house, socket) {
      house.simulator.orderFaults([{ match: 'listExtensionDevices', do: 'hang' }]);
      socket.write(postOf(GOOD, { query: PHONES }));
      await isAsked(house, 'listExtensionDevices');
      expect(await gauge(house, 'gateway_graphql_in_flight')).toBe(1);
    },
  },
  'during the answer': {
    async reach(_house, socket) {
      socket.write(postOf(GOOD, { query: PHONES }));
      await heard(socket, 'HTTP/1.1 200');
    },
  },
  'as its stream begins': {
    async reach(house, socket) {
      house.simulator.orderFaults([{ match: 'readCallSessionStatus', do: 'hang' }]);
      socket.write(postOf(GOOD, watchOf(house), 'text/event-stream'));
      await isAsked(house, 'readCallSessionStatus');
    },
  },
  'in its stream': {
    async reach(house, socket) {
      socket.write(postOf(GOOD, watchOf(house), 'text/event-stream'));
      await heard(socket, 'event: next');
      expect(await gauge(house, 'gateway_graphql_in_flight')).toBe(0);
      expect(await gauge(house, 'gateway_subscribers')).toBe(1);
    },
  },
};

const SOCKET_WAYS: Record<string, (socket: WebSocket, connection: Socket) => void> = {
  'closes its WebSocket': (socket) => socket.close(1000),
  'hangs up': (socket) => socket.terminate(),
  'resets the connection': (_socket, connection) => void connection.resetAndDestroy(),
};

interface SocketStep {
  reach(
    house: House,
    send: (message: object) => void,
    said: (type: string) => Promise<unknown>,
  ): Promise<unknown>;
}

const INIT = { type: 'connection_init', payload: { authorization: `Bearer ${GOOD}` } };

const SOCKET_STEPS: Record<string, SocketStep> = {
  'before it says who it is': { reach: async () => {} },
  'during its introduction': {
    async reach(house, send) {
      house.simulator.orderFaults([{ match: 'readExtension', do: 'hang' }]);
      send({ ...INIT, payload: { authorization: `Bearer ${await signIn(house)}` } });
      await isAsked(house, 'readExtension');
    },
  },
  'during its query': {
    async reach(house, send, said) {
      house.simulator.orderFaults([{ match: 'listExtensionDevices', do: 'hang' }]);
      send(INIT);
      await said('connection_ack');
      send({ type: 'subscribe', id: '1', payload: { query: PHONES } });
      await isAsked(house, 'listExtensionDevices');
      expect(await gauge(house, 'gateway_graphql_in_flight')).toBe(1);
    },
  },
  'as its stream begins': {
    async reach(house, send, said) {
      house.simulator.orderFaults([{ match: 'readCallSessionStatus', do: 'hang' }]);
      send(INIT);
      await said('connection_ack');
      send({ type: 'subscribe', id: '1', payload: watchOf(house) });
      await isAsked(house, 'readCallSessionStatus');
    },
  },
  'in its stream': {
    async reach(house, send, said) {
      send(INIT);
      await said('connection_ack');
      send({ type: 'subscribe', id: '1', payload: watchOf(house) });
      await said('next');
      expect(await gauge(house, 'gateway_subscribers')).toBe(1);
    },
  },
};

const rows = <Step, Way>(steps: Record<string, Step>, ways: Record<string, Way>) =>
  Object.entries(steps).flatMap(([when, step]) =>
    Object.entries(ways).map(([way, leave]) => ({ when, step, way, leave })),
  );

function open({ gateway }: House): Socket {
  const { port, hostname } = new URL(gateway.url);
  return connect(Number(port), hostname).on('error', () => {});
}

describe.each(['on', 'off'])('With FAST_PATH=%s nothing stays taken', (fastPath) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse({
      environment: { FAST_PATH: fastPath, MAX_IN_FLIGHT: '2' },
      gateway: { live: { limits: { linger: 20, retention: 20 } } },
    });
  });
  afterAll(() => house[Symbol.asyncDispose]());

  const opened: { destroy(): void }[] = [];
  afterEach(() => {
    for (const socket of opened.splice(0)) socket.destroy();
  });

  /** Nothing is left, and whoever comes next is answered. */
  async function isWell(): Promise<void> {
    await nothingIsTaken(house);
    house.simulator.orderFaults([]);
    expect((await house.ask(PHONES, {}, GOOD)).errors).toBe(undefined);
    expect(await gauge(house, 'gateway_graphql_in_flight')).toBe(0);
  }

  test.each(rows(STEPS, WAYS))('of a client that $way $when', async ({ step, leave }) => {
    house.simulator.orderFaults([]);
    house.simulator.clearRequests();
    await house.ask(PHONES, {}, GOOD);
    const socket = open(house);
    opened.push(socket);
    await step.reach(house, socket);
    leave(socket);
    await isWell();
  });

  test.each(rows(SOCKET_STEPS, SOCKET_WAYS))('of a WebSocket that $way $when', async ({ step, leave }) => {
    house.simulator.orderFaults([]);
    house.simulator.clearRequests();
    await house.ask(PHONES, {}, GOOD);
    const socket = new WebSocket(house.gateway.url.replace('http', 'ws'), 'graphql-transport-ws');
    const types: string[] = [];
    socket.on('error', () => {}).on('message', (data) => types.push(JSON.parse(String(data)).type));
    opened.push({ destroy: () => socket.terminate() });
    const [{ socket: connection }] = (await once(socket, 'upgrade')) as [{ socket: Socket }];
    if (socket.readyState !== socket.OPEN) await once(socket, 'open');
    await step.reach(
      house,
      (message) => socket.send(JSON.stringify(message)),
      (type) => until(() => types.includes(type)),
    );
    leave(socket, connection);
    await isWell();
    await until(async () => (await gauge(house, 'gateway_sockets')) === 0);
  });

  test.each(['HTTP', 'WebSocket'])(
    'of whoever leaves while a command of theirs is carried out on %s; but it runs to its end, keeps its place until then, and is remembered',
    async (over) => {
      house.simulator.clearRequests();
      const session = house.simulator.startCall({ kind: 'inbound', to: '102', state: 'Answered' });
      const input = {
        ...{ sessionId: session.id ?? '', partyId: session.parties?.[1]?.id ?? '' },
        idempotencyKey: `left-${over}`,
      };
      await house.ask(PHONES, {}, GOOD);
      house.simulator.orderFaults([{ match: 'holdCallParty', times: 1, do: 'delay', delay: 700 }]);
      const body = { query: HOLD, variables: { input } };
      if (over === 'HTTP') {
        const socket = open(house);
        socket.write(postOf(GOOD, body));
        await isAsked(house, 'holdCallParty');
        socket.resetAndDestroy();
      } else {
        const socket = new WebSocket(house.gateway.url.replace('http', 'ws'), 'graphql-transport-ws');
        await once(socket, 'open');
        socket.send(JSON.stringify(INIT));
        await once(socket, 'message');
        socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: body }));
        await isAsked(house, 'holdCallParty');
        socket.terminate();
      }
      const sent = () =>
        house.simulator.requests().filter(({ operationId }) => operationId === 'holdCallParty');
      for (;;) {
        const places = await gauge(house, 'gateway_graphql_in_flight');
        if (sent()[0]?.ended !== null) break;
        expect(places).toBe(1);
      }
      await isWell();
      const again = await house.ask(HOLD, { input }, GOOD);
      expect(again.data).toEqual({ holdCallParty: { outcome: 'APPLIED', replayed: true } });
      expect(sent().map(({ status }) => status)).toEqual([200]);
    },
  );
});

test('A thousand and forty clients that hang up while RingCentral is asked about their tokens shut nobody out.', async () => {
  await using house = await openHouse();
  expect((await house.ask(PHONES, {}, GOOD)).errors).toBe(undefined);
  house.simulator.orderFaults([{ match: 'readExtension', do: 'delay', delay: 400, times: null }]);
  for (let wave = 0; wave < 8; wave += 1) {
    const sockets = await Promise.all(
      Array.from({ length: 130 }, async (_, index) => {
        const socket = open(house);
        await once(socket, 'connect');
        socket.write(postOf(`made-up-${wave}-${index}`, { query: PHONES }));
        return socket;
      }),
    );
    await until(async () => (await gauge(house, 'gateway_introductions')) > 0);
    // A known caller has all places to choose from.
    expect((await house.ask(PHONES, {}, GOOD)).errors).toBe(undefined);
    for (const socket of sockets) socket.destroy();
  }
  await nothingIsTaken(house);
  house.simulator.orderFaults([]);
  expect((await house.ask(PHONES, {}, GOOD)).errors).toBe(undefined);
});
