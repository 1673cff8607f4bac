/**
 * Many viewers lose their sockets at the same moment. `STORM_VIEWERS=1000 npx vitest run test/ringcentral/push/storm.test.ts`
 * makes it a thousand, and tells its numbers.
 */
import { describe, expect, onTestFinished, test } from 'vitest';
import { createPush } from '../../../src/ringcentral/push/push.ts';
import { RATE_RULE } from '../../../src/ringcentral/rate-groups.ts';
import { RINGCENTRAL } from '../../../src/ringcentral/system.ts';
import type { SettingChanges } from '../../../src/simulator/server.ts';
import { createLog } from '../../../src/telemetry/log.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { createBudget } from '../../../src/upstream/budget.ts';
import type { Caller } from '../../../src/upstream/caller.ts';
import { createUpstream } from '../../../src/upstream/http.ts';
import { startQuiet } from '../../simulator/support.ts';
import { until } from '../../support/gateway.ts';

const VIEWERS = Number(process.env.STORM_VIEWERS ?? 200);
const AUTH_LIMIT = 5;
const LONG = { timeout: 300_000 }; // 5 minutes

/** Each with a bucket and a token of their own, all of them listening. */
async function openStorm(settings: SettingChanges = {}) {
  const simulator = await startQuiet({ settings: { pushDelay: 0, authLimit: AUTH_LIMIT, ...settings } });
  const metrics = createMetrics();
  const budget = createBudget({ rule: RATE_RULE, metrics });
  const log = createLog('silent');
  const upstream = createUpstream({
    ...{ system: RINGCENTRAL, serverUrl: simulator.url, budget, metrics, log },
    upstreamTimeout: 20_000,
    userAgent: 'gateway-test/1.0',
  });
  const push = createPush({ upstream, budget, metrics, log, leftOut: () => {} });
  const viewers = Array.from({ length: VIEWERS }, (_, index) => {
    const number = String(10_000 + index);
    const caller: Caller = {
      bucket: number,
      accessToken: async () => `sim-${number}`,
      refused: async () => false,
    };
    const states: string[] = [];
    const listening = push.listen(
      { viewerId: number, caller, extensionId: () => null },
      { heard: () => {}, entered: (state) => states.push(state) },
    );
    return { listening, states };
  });
  onTestFinished(async () => {
    for (const { listening } of viewers) listening.stop();
    upstream.stop();
    budget.stop();
    await simulator.stop();
  });
  const areBack = () => until(() => viewers.every(({ states }) => states.at(-1) === 'listening'));
  const areAway = () => until(() => viewers.every(({ states }) => states.at(-1) !== 'listening'));
  await areBack();

  return {
    simulator,
    viewers,
    areBack,
    async cut() {
      expect(simulator.troublePush({ do: 'cut' })).toEqual({ sockets: VIEWERS });
      const at = Date.now();
      await areAway();
      return at;
    },
    tokens: (since = 0) =>
      simulator
        .requests()
        .filter(({ operationId, started }) => operationId === 'authWsToken' && started >= since),
  };
}

/** The most of these that fall into any time of this length. */
function busiest(times: readonly number[], length: number): number {
  const sorted = [...times].sort((one, other) => one - other);
  let first = 0;
  return sorted.reduce((most, at, index) => {
    while (at - (sorted[first] ?? at) >= length) first += 1;
    return Math.max(most, index - first + 1);
  }, 0);
}

describe(`When ${VIEWERS} viewers lose their sockets at once`, () => {
  test.for([
    ['are recovered', {}],
    ['are not recovered', { pushRecovery: 'refuse' }],
  ] as const)(
    'and they %s, they come back one after the other, by one request each',
    LONG,
    async ([how, settings]) => {
      const storm = await openStorm(settings);
      const at = await storm.cut();
      await storm.areBack();
      const backAfter = Date.now() - at;
      const tries = storm.tokens(at).map(({ started }) => started);
      expect(tries).toHaveLength(VIEWERS);
      // Even spread over two seconds a tenth of them falls into 200 ms.
      expect(busiest(tries, 200)).toBeLessThan(0.3 * VIEWERS);
      expect(storm.simulator.requests().some(({ status }) => status === 429)).toBe(false);
      if (process.env.STORM_VIEWERS !== undefined) {
        const [first = 0, last = 0] = [Math.min(...tries), Math.max(...tries)];
        console.log(
          `${VIEWERS} sockets that ${how}: tries from ${first - at} to ${last - at} ms, ` +
            `at most ${busiest(tries, 200)} in 200 ms, all back after ${backAfter} ms`,
        );
      }
    },
  );

  test('again and again, nobody spends more on it than the budget has, and all come back', LONG, async () => {
    // Four in ten seconds, so that the third try of those who begin soon after the second is one too many.
    const window = 10;
    const authLimit = 4;
    const storm = await openStorm({ authLimit, rateWindow: window, penalty: window });
    for (let times = 0; times < 2; times += 1) {
      await storm.cut();
      await storm.areBack();
    }
    const perViewer = new Map<string | null, number[]>();
    for (const { viewer, started } of storm.tokens()) {
      perViewer.set(viewer, [...(perViewer.get(viewer) ?? []), started]);
    }
    expect(perViewer.size).toBe(VIEWERS);
    const most = [...perViewer.values()].map((started) => busiest(started, window * 1_000));
    // The last two are for the renewal of tokens.
    expect(Math.max(...most)).toBe(authLimit - 2);
    expect(storm.simulator.requests().some(({ status }) => status === 429)).toBe(false);
  });
});
