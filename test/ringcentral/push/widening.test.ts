/** What a subscription tells beyond the own calls, before the simulator's notifications. */
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Interest, Reach, Told } from '../../../src/account/source.ts';
import type { Inheritance } from '../../../src/ringcentral/push/ear.ts';
import { OWN_CALLS } from '../../../src/ringcentral/push/filters.ts';
import { createListener } from '../../../src/ringcentral/push/listener.ts';
import { createWidening } from '../../../src/ringcentral/push/widening.ts';
import { RATE_RULE } from '../../../src/ringcentral/rate-groups.ts';
import { RINGCENTRAL } from '../../../src/ringcentral/system.ts';
import type { WireNotification } from '../../../src/ringcentral/wire.ts';
import type { Simulator } from '../../../src/simulator/server.ts';
import { createLog } from '../../../src/telemetry/log.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { createBudget } from '../../../src/upstream/budget.ts';
import { createUpstream } from '../../../src/upstream/http.ts';
import { eventually, inbound, startQuiet } from '../../simulator/support.ts';
import { callerWith } from '../support.ts';

const ACCOUNT: Interest = { account: true, calls: [], presence: [] };
const [IRIS, TOMAS, NADIA] = ['701001004', '701002004', '701003004'] as const;

function listen(simulator: Simulator, { inherited = null as Inheritance | null, token = 'sim-101' } = {}) {
  const metrics = createMetrics();
  const budget = createBudget({ rule: RATE_RULE, metrics });
  const log = createLog('silent');
  const upstream = createUpstream({
    ...{ system: RINGCENTRAL, serverUrl: simulator.url, budget, metrics, log },
    upstreamTimeout: 5_000,
    userAgent: 'gateway-test/1.0',
  });
  const events: string[] = [];
  const reaches: string[] = [];
  const states: string[] = [];
  const kept: (Inheritance | null)[] = [];
  const listener = createListener({
    ...{ upstream, budget, metrics, log, inherited },
    times: { widening: 20 },
    living: new Set(),
    caller: callerWith(token),
    filters: [OWN_CALLS],
    random: () => 0,
    ear: {
      kept: (inheritance) => kept.push(inheritance),
      heard: ({ event = '' }: WireNotification) => events.push(event.replace(/^.*\/account\/\d+/, '')),
      entered: (state, { mayHaveMissed }) => states.push(mayHaveMissed ? `${state} missed` : state),
      reached: (reach, mayHaveMissed) =>
        reaches.push([inWords(reach), mayHaveMissed ? 'missed' : ''].filter(Boolean).join(' ')),
    },
  });
  onTestFinished(() => {
    listener.stop();
    upstream.stop();
    budget.stop();
  });
  return { listener, events, reaches, states, kept };
}

function inWords(reach: Reach | null): string {
  if (reach === null) return 'nothing';
  const words = (told: Told) => (told === 'everybody' ? told : `[${[...told].join(' ')}]`);
  return `calls ${words(reach.calls)}, presence ${words(reach.presence)}`;
}

const quiet = (settings = {}) =>
  startQuiet({ settings: { pushDelay: 0, mediumLimit: 0, accountFilter: 'everybody', ...settings } });
const asked = (simulator: Simulator) =>
  simulator
    .requests()
    .map(({ operationId }) => operationId)
    .filter((id) => id === 'createSubscription' || id === 'updateSubscription');

test('Whoever looks at their own calls only never asks for a filter of the account', async () => {
  await using simulator = await quiet();
  const { listener, reaches, states } = listen(simulator);
  await eventually(() => states).toEqual(['listening missed']);
  listener.widen(null);
  inbound(simulator);
  listener.stop();
  await eventually(() => simulator.push().sockets).toEqual([]);
  expect(asked(simulator)).toEqual(['createSubscription']);
  expect(reaches).toEqual([]);
});

test('Looking at the account widens the one subscription by one request, and shrinks it again by one', async () => {
  await using simulator = await quiet({ accountFilter: 'everybody' });
  const { listener, reaches, events, states } = listen(simulator);
  await eventually(() => states).toEqual(['listening missed']);
  listener.widen(ACCOUNT);
  await eventually(() => reaches).toEqual(['calls everybody, presence everybody missed']);
  expect(asked(simulator)).toEqual(['createSubscription', 'updateSubscription']);
  const call = inbound(simulator);
  // The phone outside, which nobody owns: no extension filter tells of it.
  await eventually(() => events).toContain('/telephony/sessions');
  listener.widen(null);
  await eventually(() => reaches.at(-1)).toBe('nothing');
  expect(asked(simulator)).toEqual(['createSubscription', 'updateSubscription', 'updateSubscription']);
  const before = events.length;
  simulator.moveParty(call.id, call.parties[0]?.id ?? '', { code: 'Hold' });
  simulator.moveParty(call.id, call.parties[1]?.id ?? '', { code: 'Hold' });
  await eventually(() => events.length).toBeGreaterThan(before);
  expect(events.slice(before)).not.toContain('/telephony/sessions');
  expect(states).toEqual(['listening missed']);
});

/** How many requests it takes until nothing is left to be tried. */
const TRIES = { refused: 2, disabled: 1 } as const;

for (const accountFilter of ['refused', 'disabled'] as const) {
  test(`Account filters that are ${accountFilter} lead to those of extensions, and the own calls go on`, async () => {
    // A supervisor may hear of others one by one.
    await using simulator = await quiet({ accountFilter });
    const { listener, reaches, events, states } = listen(simulator, { token: 'sim-103' });
    await eventually(() => states).toEqual(['listening missed']);
    listener.widen(ACCOUNT);
    await eventually(() => reaches.at(-1)).toBe('calls [], presence []');
    const own = inbound(simulator, 'Answered', '103');
    await eventually(() => events).toContain(`/extension/${NADIA}/telephony/sessions`);
    listener.widen({ account: true, calls: [IRIS, TOMAS], presence: [TOMAS] });
    await eventually(() => reaches.at(-1)).toBe(`calls [${IRIS} ${TOMAS}], presence [${TOMAS}] missed`);
    inbound(simulator, 'Answered', '102');
    await eventually(() => events).toContain(`/extension/${TOMAS}/telephony/sessions`);
    const before = events.length;
    simulator.moveParty(own.id, own.parties[1]?.id ?? '', { code: 'Hold' });
    await eventually(() => events.slice(before)).toContain(`/extension/${NADIA}/telephony/sessions`);
    expect(states).toEqual(['listening missed']);
    expect(asked(simulator)).toEqual([
      'createSubscription',
      ...Array.from({ length: TRIES[accountFilter] + 1 }, () => 'updateSubscription'),
    ]);
  });

  test(`Who may hear of nobody else is told so after a few tries where the account is ${accountFilter}, and is not asked for again`, async () => {
    await using simulator = await quiet({ accountFilter });
    const { listener, reaches, states, events } = listen(simulator);
    await eventually(() => states).toEqual(['listening missed']);
    const interest: Interest = { account: true, calls: [TOMAS, NADIA], presence: [TOMAS, NADIA] };
    listener.widen(interest);
    await eventually(() => reaches.at(-1)).toBe('calls [], presence []');
    const tries = asked(simulator).length;
    expect(tries).toBeLessThanOrEqual(4);
    listener.widen(null);
    await eventually(() => reaches.at(-1)).toBe('nothing');
    listener.widen({ ...interest, calls: [NADIA, TOMAS] });
    await eventually(() => reaches.at(-1)).toBe('calls [], presence []');
    inbound(simulator);
    await eventually(() => events).toContain(`/extension/${IRIS}/telephony/sessions`);
    expect(asked(simulator)).toHaveLength(tries);
    // Another token may have what this one has not.
    simulator.configure({ accountFilter: 'everybody' });
    listener.newToken();
    await eventually(() => reaches.at(-1)).toBe('calls everybody, presence everybody missed');
    expect(states).toEqual(['listening missed']);
  });
}

test('A cut socket is brought back with all that was told, and nothing is asked for again', async () => {
  await using simulator = await quiet();
  const { listener, reaches, events, states } = listen(simulator);
  listener.widen(ACCOUNT);
  await eventually(() => reaches).toEqual(['calls everybody, presence everybody missed']);
  const call = inbound(simulator);
  await eventually(() => events).toContain('/telephony/sessions');
  simulator.troublePush({ do: 'cut' });
  const before = events.length;
  simulator.moveParty(call.id, call.parties[0]?.id ?? '', { code: 'Hold' });
  await eventually(() => events.slice(before)).toContain('/telephony/sessions');
  expect(states).toEqual(['listening missed', 'recovering', 'listening']);
  expect(reaches).toHaveLength(1);
  expect(asked(simulator)).toHaveLength(2);
});

test('A session that cannot be brought back is widened again, and says that it may have missed something', async () => {
  await using simulator = await quiet({ pushRecovery: 'refuse' });
  const { listener, reaches, states } = listen(simulator);
  listener.widen(ACCOUNT);
  await eventually(() => reaches).toEqual(['calls everybody, presence everybody missed']);
  simulator.troublePush({ do: 'cut' });
  await eventually(() => reaches).toEqual([
    'calls everybody, presence everybody missed',
    'nothing',
    'calls everybody, presence everybody missed',
  ]);
  expect(states).toEqual(['listening missed', 'recovering', 'listening missed']);
});

test('Whoever takes over goes on with all that was told', async () => {
  await using simulator = await quiet();
  const { listener, reaches, kept } = listen(simulator);
  listener.widen(ACCOUNT);
  await eventually(() => reaches).toEqual(['calls everybody, presence everybody missed']);
  await eventually(() => kept.at(-1)?.beyond).toHaveLength(2);
  const inherited = listener.handOver();
  await eventually(() => simulator.push().sockets).toEqual([]);
  inbound(simulator, 'Answered', '102');
  const next = listen(simulator, { inherited });
  next.listener.widen(ACCOUNT);
  await eventually(() => next.events).toContain('/telephony/sessions');
  await eventually(() => next.reaches).toEqual(['calls everybody, presence everybody']);
  expect(asked(simulator)).toHaveLength(2);
});

test('What RingCentral cannot do now is not asked for again before its pause is over, whatever is wished meanwhile', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  let asked = 0;
  const widening = createWidening({
    gap: 20,
    async ask() {
      asked += 1;
      return { status: 503, headers: {}, body: null };
    },
    onReach() {},
    onGranted() {},
    onLost() {},
    onRefused() {},
  });
  onTestFinished(() => widening.stop());
  widening.open([]);
  widening.want(ACCOUNT);
  await vi.advanceTimersByTimeAsync(100);
  expect(asked).toBe(1);
  for (const calls of [[IRIS], [TOMAS], [NADIA]]) {
    widening.want({ account: true, calls, presence: calls });
    await vi.advanceTimersByTimeAsync(9_000);
  }
  expect(asked).toBe(1);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(asked).toBe(2);
  // Another socket is asked at once.
  widening.open([]);
  await vi.advanceTimersByTimeAsync(100);
  expect(asked).toBe(3);
});
