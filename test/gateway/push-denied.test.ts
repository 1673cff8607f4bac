/** The whole gateway where sockets are not to be had: it polls, and leaves RingCentral alone about them. */
import { expect, onTestFinished, test } from 'vitest';
import { type House, openHouse, until } from '../support/gateway.ts';
import { openSocketRoad, type SocketWay } from '../support/socket-road.ts';
import { watch } from '../support/streams.ts';

const CALL_EVENTS = /* GraphQL */ `
  subscription Events($sessionId: ID!) {
    callEvents(sessionId: $sessionId) {
      __typename
      ... on CallPartyChange { party { status { code } } }
      ... on CallStreamNotice { kind }
    }
  }
`;
const SOURCE = /* GraphQL */ `{ viewer { liveSource } }`;

// biome-ignore lint/suspicious/noExplicitAny: the events are whatever the operation selects.
type Event = any;

const told = ({ __typename, kind, party }: Event) => kind ?? party?.status.code ?? __typename;

const asked = (house: House, operation: string) =>
  house.simulator.requests().filter(({ operationId }) => operationId === operation).length;

async function isDenied({ gateway }: House): Promise<boolean> {
  const metrics = await fetch(gateway.url.replace('/graphql', '/metrics'));
  return (await metrics.text()).includes('gateway_push_listeners{state="denied"} 1');
}

test.for([
  // The way of the sockets, the settings of the simulator, and how often RingCentral is asked for a subscription.
  ['the permission is missing', 'through', { push: 'forbidden' }, 1],
  ['the filter is off', 'through', { disabledFilters: 'calls' }, 1],
  ['there is no such address', 'through', { push: 'missing' }, 0],
  ['the quota is full, also after the clean-up', 'through', { subscriptionLimit: 0 }, 2],
  ['a proxy answers sockets with 400', 400, {}, 0],
  ['a proxy answers sockets with 502', 502, {}, 0],
  ['a proxy answers sockets with a page', 200, {}, 0],
  ['a proxy drops sockets', 'dropped', {}, 0],
  ['a proxy keeps sockets waiting', 'waiting', {}, 0],
  ['a proxy opens sockets and lets nothing through', 'swallowed', {}, 0],
] as const)('Where %s calls are polled, and one socket is tried', async ([, way, settings, subscribed]) => {
  const road = await openSocketRoad(way as SocketWay);
  onTestFinished(() => road[Symbol.asyncDispose]());
  await using house = await openHouse({
    environment: { LIVE_SOURCE: 'auto', RINGCENTRAL_SERVER_URL: road.url },
    simulator: { story: false, settings },
    gateway: { push: { random: () => 0, times: { opening: 300 } } },
    onSimulator: ({ url }) => road.leadTo(url),
  });
  const call = house.simulator.startCall({ kind: 'inbound', to: '101', state: 'Answered' });
  const move = (code: string) => house.simulator.moveParty(call.id, call.parties[1]?.id ?? '', { code });
  const stream = watch<Event>(house.socket('sim-101', { retryAttempts: 0 }), 'callEvents', CALL_EVENTS, {
    sessionId: call.id,
  });
  expect(told(await stream.next())).toBe('CallSnapshot');
  move('Hold');
  expect(told(await stream.next())).toBe('HOLD');
  await until(() => isDenied(house));
  move('Answered');
  // Nothing was lost, and so nothing is said of a loss.
  expect(told(await stream.next())).toBe('ANSWERED');
  expect((await house.ask(SOURCE)).data.viewer.liveSource).toBe('LONG_POLL');
  const tokens = house.simulator.requests().filter(({ path }) => path === '/restapi/oauth/wstoken');
  expect(tokens).toHaveLength(1);
  expect(road.tries()).toBeLessThanOrEqual(1);
  expect(asked(house, 'createSubscription')).toBe(subscribed);
  expect(house.simulator.push().sockets).toEqual([]);
});
