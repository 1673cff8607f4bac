/** A listener that is denied, over ten minutes of a clock that is turned by hand. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { createListener } from '../../../src/ringcentral/push/listener.ts';
import { RATE_RULE } from '../../../src/ringcentral/rate-groups.ts';
import { RINGCENTRAL } from '../../../src/ringcentral/system.ts';
import { createLog } from '../../../src/telemetry/log.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { createBudget } from '../../../src/upstream/budget.ts';
import { createUpstream } from '../../../src/upstream/http.ts';
import { OWN_CALLS } from '../../simulator/push-client.ts';
import { startQuiet } from '../../simulator/support.ts';
import { openSocketRoad, type SocketWay } from '../../support/socket-road.ts';
import { callerWith } from '../support.ts';

const MINUTE = 60_000;

test.for([
  // The second number: how often it asks for a subscription in each try.
  ['the permission is missing', 'through', { push: 'forbidden' }, 1],
  ['the filter is off', 'through', { disabledFilters: 'calls' }, 1],
  ['there is no such address', 'through', { push: 'missing' }, 0],
  ['the quota is full', 'through', { subscriptionLimit: 0 }, 2],
  ['a proxy answers 400', 400, {}, 0],
  ['a proxy answers 502', 502, {}, 0],
  ['a proxy answers a page', 200, {}, 0],
  ['a proxy drops it', 'dropped', {}, 0],
] as const)('Where %s a socket is tried once in ten minutes', async ([, way, settings, subscribed]) => {
  const realTimeout = setTimeout;
  vi.useFakeTimers({
    shouldAdvanceTime: true,
    toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'],
  });
  onTestFinished(() => void vi.useRealTimers());
  const road = await openSocketRoad(way as SocketWay);
  const simulator = await startQuiet({ settings: { pushDelay: 0, mediumLimit: 0, ...settings } });
  road.leadTo(simulator.url);
  const metrics = createMetrics();
  const budget = createBudget({ rule: RATE_RULE, metrics });
  const log = createLog('silent');
  const upstream = createUpstream({
    ...{ system: RINGCENTRAL, serverUrl: road.url, budget, metrics, log },
    upstreamTimeout: 5_000,
    userAgent: 'gateway-test/1.0',
  });
  const states: string[] = [];
  const listener = createListener({
    ...{ upstream, budget, metrics, log, caller: callerWith('sim-101'), filters: [OWN_CALLS] },
    living: new Set(),
    ear: { heard: () => {}, entered: (state) => states.push(state) },
  });
  onTestFinished(async () => {
    listener.stop();
    upstream.stop();
    budget.stop();
    await road[Symbol.asyncDispose]();
    await simulator.stop();
  });
  const asked = (operation: string) =>
    simulator.requests().filter(({ operationId }) => operationId === operation).length;
  const denials = () => states.filter((state) => state === 'denied').length;
  const seen = async (count: number) => {
    while (denials() < count) await new Promise((resolve) => realTimeout(resolve, 5));
    const tokens = simulator.requests().filter(({ path }) => path === '/restapi/oauth/wstoken');
    expect(tokens).toHaveLength(count);
    expect(asked('createSubscription')).toBe(subscribed * count);
  };
  for (const count of [1, 2, 3]) {
    await seen(count);
    await vi.advanceTimersByTimeAsync(9 * MINUTE);
    await seen(count);
    await vi.advanceTimersByTimeAsync(MINUTE);
  }
});
