/** The listener before a scripted RingCentral, which grants something odd: nothing of that is left to nobody. */
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { createListener } from '../../../src/ringcentral/push/listener.ts';
import { createPush } from '../../../src/ringcentral/push/push.ts';
import { RATE_RULE } from '../../../src/ringcentral/rate-groups.ts';
import type { WireFrameMeta } from '../../../src/ringcentral/wire.ts';
import { createLog } from '../../../src/telemetry/log.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { createBudget } from '../../../src/upstream/budget.ts';
import { OWN_CALLS } from '../../simulator/push-client.ts';
import { eventually } from '../../simulator/support.ts';
import { callerWith, json, scriptedServer, upstreamTo } from '../support.ts';

/** A question over the socket. */
interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: { readonly eventFilters?: readonly string[] } | undefined;
}

/** Grants subscriptions with this `id`, at sockets whose address ends with `fragment`. */
async function openRingCentral({ id = 'sub-1', fragment = '' } = {}) {
  const asked: Asked[] = [];
  const sockets = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await new Promise((resolve) => sockets.once('listening', resolve));
  sockets.on('connection', (socket: WebSocket) => {
    const say = (...frame: object[]) => socket.send(JSON.stringify(frame));
    say({ type: 'ConnectionDetails', wsc: { token: 'w', sequence: 1 } }, {});
    socket.on('message', (data) => {
      const [{ messageId, method = '', path = '' }, body] = JSON.parse(String(data)) as [
        WireFrameMeta,
        Asked['body'],
      ];
      asked.push({ method, path, body });
      const { eventFilters } = body ?? {};
      say({ type: 'ClientRequest', messageId, status: 200, headers: {} }, { id, eventFilters });
    });
  });
  const uri = `ws://127.0.0.1:${(sockets.address() as AddressInfo).port}/${fragment}`;
  const server = await scriptedServer((response) => json(response, 200, { uri, ws_access_token: 't' }));
  const { upstream, metrics } = upstreamTo(server.url);
  const budget = createBudget({ rule: RATE_RULE, metrics: createMetrics() });
  onTestFinished(() => {
    budget.stop();
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
  });
  const tell = (notification: object) => {
    for (const socket of sockets.clients) {
      socket.send(JSON.stringify([{ type: 'ServerNotification' }, { subscriptionId: id, ...notification }]));
    }
  };
  return { parts: { upstream, budget, metrics }, asked, tell };
}

interface Odd {
  readonly id?: string;
  readonly fragment?: string;
  readonly hear?: () => void;
  readonly enter?: () => void;
  readonly reach?: () => void;
}

/** The same, with somebody who listens there. */
async function listenAt({ hear = () => {}, enter = () => {}, reach = () => {}, ...granted }: Odd = {}) {
  const { parts, asked, tell } = await openRingCentral(granted);
  const states: string[] = [];
  const lines: { readonly err: { readonly message: string } }[] = [];
  const listener = createListener({
    ...{ ...parts, caller: callerWith('t'), filters: [OWN_CALLS], living: new Set<string>() },
    log: createLog('error', { write: (line) => void lines.push(JSON.parse(line)) }),
    ...{ random: () => 0, times: { widening: 20 } },
    ear: {
      heard: hear,
      reached: reach,
      entered(state, { reason }) {
        states.push([state, reason ?? ''].join(' ').trim());
        enter();
      },
    },
  });
  onTestFinished(() => listener.stop());
  return { listener, states, lines, asked, tell };
}

test.for(['', '..', '\ud800', 'x'.repeat(600)])(
  'A subscription with the id %j, which cannot stand in a path, is none: nothing could be changed by it, or given back',
  async (id) => {
    const { listener, states } = await listenAt({ id });
    await eventually(() => states).toEqual(['denied RingCentral refused the subscription: 200']);
    listener.stop();
  },
);

test('An address with a fragment, which no socket can be opened at, is none', async () => {
  const { states } = await listenAt({ fragment: '#here' });
  await eventually(() => states).toEqual(['denied RingCentral answered no address for notifications.']);
});

test.for(['no JSON', 'null', '{"wsc":"w","subscriptionId":"..","beyond":[]}'])(
  'Whoever inherits %s subscribes anew',
  async (inherited) => {
    const { asked, parts } = await openRingCentral();
    const push = createPush({ ...parts, log: createLog('silent'), leftOut() {}, random: () => 0 });
    const states: string[] = [];
    const viewer = { viewerId: 'v', caller: callerWith('t'), extensionId: () => null };
    const ear = { heard() {}, entered: (state: string) => void states.push(state) };
    const listening = push.listen(viewer, ear, inherited);
    onTestFinished(() => listening.stop());
    await eventually(() => states).toEqual(['listening']);
    expect(asked).toMatchObject([{ method: 'POST' }]);
  },
);

test('An extension whose id is broken text is not listened for, and others are', async () => {
  const { listener, states, asked } = await listenAt();
  await eventually(() => states).toEqual(['listening']);
  listener.widen({ account: false, calls: ['\ud800', '7'], presence: [] });
  await eventually(() => asked.at(-1)).toMatchObject({
    method: 'PUT',
    body: { eventFilters: [OWN_CALLS, '/restapi/v1.0/account/~/extension/7/telephony/sessions'] },
  });
});

test('A defect of whoever hears a piece of news is noted, and costs no socket', async () => {
  let heard = 0;
  const hear = () => {
    heard += 1;
    if (heard === 1) throw new TypeError('a defect');
  };
  const { states, lines, tell } = await listenAt({ hear });
  await eventually(() => states).toEqual(['listening']);
  tell({ event: '/one' });
  tell({ event: '/other' });
  await eventually(() => heard).toBe(2);
  expect(states).toEqual(['listening']);
  expect(lines).toMatchObject([{ msg: 'A listener met a defect', err: { message: 'a defect' } }]);
});

test('A defect of whoever is told where a listener stands, and how far it reaches, is noted, and it goes on', async () => {
  const defect = () => {
    throw new TypeError('a defect');
  };
  const { listener, states, lines, asked } = await listenAt({ enter: defect, reach: defect });
  await eventually(() => states).toEqual(['listening']);
  listener.widen({ account: false, calls: ['7'], presence: [] });
  await eventually(() => lines).toHaveLength(2);
  listener.widen({ account: false, calls: ['8'], presence: [] });
  await eventually(() => asked.at(-1)?.body?.eventFilters?.at(-1)).toContain('/extension/8/');
  expect(states).toEqual(['listening']);
  expect(new Set(lines.map(({ err }) => err.message))).toEqual(new Set(['a defect']));
});
