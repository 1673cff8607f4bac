/** The listener of one viewer before a scripted Genesys Cloud, which answers when the test says so. */
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import {
  createListener,
  type ListenerParts,
  type ListenerState,
} from '../../../src/genesys/notifications/listener.ts';
import { createNotifications } from '../../../src/genesys/notifications/notifications.ts';
import { createLog } from '../../../src/telemetry/log.ts';
import { callerWith, countOf } from '../../ringcentral/support.ts';
import { until } from '../../support/gateway.ts';
import { answer, errorBody, serving } from '../support.ts';

/** Takes sockets, and says nothing by itself. */
async function openStreaming() {
  const sockets = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await new Promise((resolve) => sockets.once('listening', resolve));
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
  });
  return { address: `ws://127.0.0.1:${(sockets.address() as AddressInfo).port}`, sockets };
}

/** Listens for the calls of a user, until the test is over. */
function listenTo(parts: Pick<ListenerParts, 'upstream' | 'metrics' | 'times'>) {
  const states: ListenerState[] = [];
  const listener = createListener({
    ...{ caller: callerWith('t'), log: createLog('silent'), random: () => 0, ...parts },
    topics: async () => ['v2.users.u-1.conversations.calls'],
    ear: { heard() {}, entered: (state) => void states.push(state) },
  });
  onTestFinished(() => listener.stop());
  return { listener, states };
}

test('What was refused to a channel that is left does not keep the next one from being taken.', async () => {
  const { address } = await openStreaming();
  const channelAt = (count: number) => ({
    id: `channel-${count}`,
    connectUri: `${address}/channel-${count}`,
  });
  const held = new Map<string, ServerResponse>();
  let opened = 0;
  const { server, upstream, metrics } = await serving((response, { method, url }) => {
    if (method === 'POST') {
      opened += 1;
      // The second one is given when the test says so.
      if (opened === 2) held.set('second channel', response);
      else answer(response, 200, channelAt(opened));
    } else if (method === 'PUT' && url.includes('/channel-1/')) {
      held.set('first topics', response);
    } else {
      answer(response, 200, { entities: [] });
    }
  });
  const { listener, states } = listenTo({ upstream, metrics });

  await until(() => held.has('first topics'));
  await listener.move();
  await until(() => held.has('second channel'));
  answer(held.get('first topics') as ServerResponse, 503, errorBody(503, 'service.unavailable'));
  const labels = { operation: 'putNotificationsChannelSubscriptions', status: '503' };
  await until(async () => (await countOf(metrics, 'upstreamRequests', labels)) === 1);
  answer(held.get('second channel') as ServerResponse, 200, channelAt(2));

  await until(() => states.includes('listening'));
  expect(opened).toBe(2);
  const topicsOf = server.arrivals.filter(({ method }) => method === 'PUT').map(({ url }) => url);
  expect(topicsOf).toEqual([
    '/api/v2/notifications/channels/channel-1/subscriptions',
    '/api/v2/notifications/channels/channel-2/subscriptions',
  ]);
});

/** A Genesys Cloud that gives out one channel, with this address. */
const givingOut = (connectUri: string) =>
  serving((response, { method }) =>
    answer(response, 200, method === 'POST' ? { id: 'channel', connectUri } : { entities: [] }),
  );

test('A channel whose address has a fragment, which no socket can be opened at, is none.', async () => {
  const { upstream, metrics } = await givingOut('ws://127.0.0.1:9/channel#here');
  const reasons: (string | null)[] = [];
  const listener = createListener({
    ...{ caller: callerWith('t'), upstream, metrics, log: createLog('silent'), topics: async () => [] },
    ear: { heard() {}, entered: (_, { reason }) => void reasons.push(reason) },
  });
  onTestFinished(() => listener.stop());
  await until(() => reasons.length > 0);
  expect(reasons).toEqual(['Genesys Cloud answered no address for notifications.']);
});

test.for(['no JSON', 'null', '{"id":"c","connectUri":"ws://127.0.0.1:9/c#here"}'])(
  'Whoever inherits %s opens a channel of their own.',
  async (inherited) => {
    const { address } = await openStreaming();
    const { server, upstream, metrics } = await givingOut(`${address}/channel`);
    const notifications = createNotifications({
      ...{ upstream, metrics, log: createLog('silent'), leftOut() {}, random: () => 0 },
    });
    const states: string[] = [];
    const listening = notifications.listen(
      { viewerId: 'u-1', caller: callerWith('t'), userId: async () => 'u-1' },
      { heard() {}, entered: (state) => void states.push(state) },
      inherited,
    );
    onTestFinished(() => listening.stop());
    await until(() => states.includes('listening'));
    expect(server.arrivals.map(({ method }) => method)).toEqual(['POST', 'PUT']);
  },
);

test('A defect of whoever hears an event, or where a listener stands, is noted, and costs no socket.', async () => {
  const { address, sockets } = await openStreaming();
  const { upstream, metrics } = await givingOut(`${address}/channel`);
  const states: ListenerState[] = [];
  const lines: string[] = [];
  let heard = 0;
  const listener = createListener({
    ...{ caller: callerWith('t'), upstream, metrics, topics: async () => [], random: () => 0 },
    log: createLog('error', { write: (line) => void lines.push(JSON.parse(line).err.message) }),
    ear: {
      heard() {
        heard += 1;
        if (heard === 1) throw new TypeError('a defect');
      },
      entered(state) {
        states.push(state);
        throw new TypeError('another defect');
      },
    },
  });
  onTestFinished(() => listener.stop());
  await until(() => states.includes('listening'));
  for (const socket of sockets.clients) {
    for (const id of ['one', 'other'])
      socket.send(JSON.stringify({ topicName: 'v2.users.u-1.conversations.calls', eventBody: { id } }));
  }
  await until(() => heard === 2);
  expect(states).toEqual(['listening']);
  expect(lines).toEqual(['another defect', 'a defect']);
});

test.each([
  ['as it is told what to tell', 1],
  ['as it is to live longer', 2],
] as const)('A channel that is not known %s makes room for a new one, at once or soon.', async (_, known) => {
  const { address } = await openStreaming();
  let [opened, told] = [0, 0];
  const { upstream, metrics } = await serving((response, { method, url }) => {
    if (method === 'POST') {
      opened += 1;
      // The first one is to be told again soon, so that it lives on.
      const expires = new Date(Date.now() + (opened === 1 ? 40 : 86_400_000)).toISOString();
      answer(response, 200, { id: `channel-${opened}`, connectUri: `${address}/${opened}`, expires });
    } else if (method === 'PUT' && url.includes('/channel-1/')) {
      told += 1;
      if (told < known) answer(response, 200, { entities: [] });
      else answer(response, 404, errorBody(404, 'not.found'));
    } else {
      answer(response, 200, { entities: [] });
    }
  });
  const { states } = listenTo({ upstream, metrics, times: { renewal: 10 } });

  await until(() => opened === 2 && states.at(-1) === 'listening');
  expect(states).not.toContain('denied');
});
