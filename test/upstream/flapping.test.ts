/** Sockets that both phone systems take, and end at once, over an hour of a clock that is turned by hand. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { createListener as listenToGenesys } from '../../src/genesys/notifications/listener.ts';
import * as genesys from '../../src/genesys/system.ts';
import { createListener as listenToRingCentral } from '../../src/ringcentral/push/listener.ts';
import { RATE_RULE } from '../../src/ringcentral/rate-groups.ts';
import { RINGCENTRAL } from '../../src/ringcentral/system.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { createBudget } from '../../src/upstream/budget.ts';
import { createUpstream } from '../../src/upstream/http.ts';
import { DENIED_FOR, MOST_FAILURES, WAITS } from '../../src/upstream/setbacks.ts';
import { callerWith } from '../ringcentral/support.ts';
import { startStill } from '../simulator/genesys-support.ts';
import { OWN_CALLS } from '../simulator/push-client.ts';
import { startQuiet } from '../simulator/support.ts';
import { USERS } from '../support/genesys-house.ts';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
/** The clock is turned while something is asked and answered: no answer is too late. */
const EVER = 500 * HOUR;
const TIMES = { opening: EVER, answer: EVER, silence: EVER, echo: EVER, pong: EVER, renewal: HOUR };

interface Flapping {
  readonly simulator: Simulator;
  readonly states: readonly string[];
}

/** A listener that loses what it listens to as soon as it does. */
async function ofRingCentral(): Promise<Flapping> {
  const simulator = await startQuiet({ settings: { pushDelay: 0, mediumLimit: 0 } });
  const states: string[] = [];
  const parts = partsTo(simulator, RINGCENTRAL, RATE_RULE);
  const listener = listenToRingCentral({
    ...{ ...parts, caller: callerWith('sim-101'), filters: [OWN_CALLS], living: new Set() },
    ear: {
      heard() {},
      entered(state) {
        states.push(state);
        if (state === 'listening') simulator.troublePush({ do: 'cut' });
      },
    },
  });
  onTestFinished(() => listener.stop());
  return { simulator, states };
}

const ofGenesys = (trouble: 'cut' | 'evict') => async (): Promise<Flapping> => {
  const simulator = await startStill();
  const states: string[] = [];
  const parts = partsTo(simulator, genesys.GENESYS, genesys.RATE_RULE);
  const listener = listenToGenesys({
    ...{ ...parts, caller: callerWith('gsim-ada') },
    topics: async () => [`v2.users.${USERS.ada}.conversations.calls`],
    ear: {
      heard() {},
      entered(state) {
        states.push(state);
        if (state === 'listening') simulator.genesys.troubleChannels({ do: trouble });
      },
    },
  });
  onTestFinished(() => listener.stop());
  return { simulator, states };
};

function partsTo(
  simulator: Simulator,
  system: Parameters<typeof createUpstream>[0]['system'],
  rule: Parameters<typeof createBudget>[0]['rule'],
) {
  const metrics = createMetrics();
  const budget = createBudget({ rule, metrics });
  const log = createLog('silent');
  const upstream = createUpstream({
    ...{ system, serverUrl: simulator.url, budget, metrics, log },
    upstreamTimeout: EVER,
    userAgent: 'gateway-test/1.0',
  });
  onTestFinished(async () => {
    upstream.stop();
    budget.stop();
    await simulator.stop();
  });
  return { upstream, budget, metrics, log, times: TIMES, random: () => 0 };
}

test.for([
  ['A socket of RingCentral', ofRingCentral, 'authWsToken'],
  ['A socket of Genesys Cloud', ofGenesys('cut'), 'connectChannel'],
  ['A channel of Genesys Cloud', ofGenesys('evict'), 'postNotificationsChannels'],
] as const)(
  '%s that is taken and ended at once is tried ever more rarely, then left alone, and then once in ten minutes',
  async ([, open, operation]) => {
    const realTimeout = setTimeout;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const { simulator, states } = await open();
    const tries = () => simulator.requests().filter(({ operationId }) => operationId === operation);
    const denials = () => states.filter((state) => state === 'denied').length;
    const triesBy: number[] = [];
    const end = Date.now() + HOUR;
    while (triesBy.length < 3 && Date.now() < end && tries().length < 100) {
      await new Promise((resolve) => realTimeout(resolve, 1));
      if (denials() > triesBy.length) triesBy.push(tries().length);
      // What listens is about to be lost: that takes no time.
      if (states.at(-1) === 'recovering' || states.at(-1) === 'denied')
        await vi.advanceTimersByTimeAsync(SECOND);
    }
    expect(triesBy).toEqual([MOST_FAILURES + 1, MOST_FAILURES + 2, MOST_FAILURES + 3]);
    const at = tries().map(({ started }) => started);
    const waits = at.slice(1).map((started, index) => started - (at[index] ?? 0));
    waits.forEach((wait, index) => {
      const isDenied = index >= MOST_FAILURES;
      // The first channel that is gone is replaced at once.
      const least =
        operation === 'postNotificationsChannels' && index === 0
          ? 0
          : WAITS[Math.min(index, WAITS.length - 1)]?.[0];
      expect(wait).toBeGreaterThanOrEqual(isDenied ? DENIED_FOR : (least ?? Infinity));
    });
    // Everything is read again no more often than that.
    expect(states.filter((state) => state === 'listening')).toHaveLength(tries().length);
  },
);
