/** The listener before the simulator's notifications. */
import { expect, onTestFinished, test } from 'vitest';
import type { Inheritance, ListenerState } from '../../../src/ringcentral/push/ear.ts';
import { createListener } from '../../../src/ringcentral/push/listener.ts';
import type { SocketTimes } from '../../../src/ringcentral/push/socket.ts';
import { RATE_RULE } from '../../../src/ringcentral/rate-groups.ts';
import { RINGCENTRAL } from '../../../src/ringcentral/system.ts';
import type { WireNotification, WireSessionEvent } from '../../../src/ringcentral/wire.ts';
import type { Simulator } from '../../../src/simulator/server.ts';
import { createLog } from '../../../src/telemetry/log.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { createBudget } from '../../../src/upstream/budget.ts';
import { createUpstream } from '../../../src/upstream/http.ts';
import { connectPush, OWN_CALLS, told } from '../../simulator/push-client.ts';
import { eventually, inbound, startQuiet } from '../../simulator/support.ts';
import { callerWith } from '../support.ts';

const QUICK: SocketTimes = { opening: 5_000, answer: 5_000, silence: 50, echo: 100 };
const PATIENT: SocketTimes = { opening: 5_000, answer: 5_000, silence: 30_000, echo: 10_000 };

/** A listener of extension 101; `random: 0` makes it come back after a tenth of a second. */
function listen(
  simulator: Simulator,
  {
    times = PATIENT,
    tokens = ['sim-101'] as [string, ...string[]],
    living = new Set<string>() as Set<string>,
    random = (): number => 0,
    inherited = null as Inheritance | null,
  } = {},
) {
  const metrics = createMetrics();
  const budget = createBudget({ rule: RATE_RULE, metrics });
  const lines: string[] = [];
  const log = createLog('error', { write: (line) => void lines.push(line) });
  const upstream = createUpstream({
    ...{ system: RINGCENTRAL, serverUrl: simulator.url, budget, metrics, log },
    upstreamTimeout: 5_000,
    userAgent: 'gateway-test/1.0',
  });
  const events: WireSessionEvent[] = [];
  const states: string[] = [];
  const kept: (Inheritance | null)[] = [];
  const listener = createListener({
    ...{ upstream, budget, metrics, log, times, living },
    caller: callerWith(...tokens),
    filters: [OWN_CALLS],
    random,
    inherited,
    ear: {
      kept: (inheritance) => kept.push(inheritance),
      heard: ({ body }: WireNotification) => events.push(body as WireSessionEvent),
      entered: (state: ListenerState, { mayHaveMissed, reason }) =>
        states.push([state, mayHaveMissed ? 'missed' : '', reason ?? ''].filter(Boolean).join(' ')),
    },
  });
  onTestFinished(() => {
    listener.stop();
    upstream.stop();
    budget.stop();
  });
  return { listener, events, states, metrics, lines, kept };
}

const quiet = (settings = {}) => startQuiet({ settings: { pushDelay: 0, mediumLimit: 0, ...settings } });
const wsTokens = (simulator: Simulator) =>
  simulator.requests().filter(({ operationId }) => operationId === 'authWsToken').length;

test('It subscribes, hears the own parties, and gives its subscription back when it stops', async () => {
  await using simulator = await quiet();
  const { listener, events, states } = listen(simulator);
  await eventually(() => states).toEqual(['listening missed']);
  inbound(simulator);
  await eventually(() => told(events).at(-1)).toMatch(/2 Answered$/);
  listener.stop();
  await eventually(() => simulator.push().sockets).toEqual([]);
  expect(simulator.requests().at(-1)).toMatchObject({ operationId: 'deleteSubscription', status: 204 });
});

test('A cut socket is recovered within its window, and nothing is missed or read again', async () => {
  await using simulator = await quiet();
  const { events, states } = listen(simulator);
  await eventually(() => states).toEqual(['listening missed']);
  const call = inbound(simulator);
  await eventually(() => events.length).toBeGreaterThan(0);
  simulator.troublePush({ do: 'cut' });
  simulator.moveParty(call.id, call.parties[1]?.id ?? '', { code: 'Hold' });
  await eventually(() => told(events).at(-1)).toMatch(/2 Hold$/);
  expect(states).toEqual(['listening missed', 'recovering', 'listening']);
});

const subscriptions = (simulator: Simulator) =>
  simulator.requests().filter(({ operationId }) => operationId === 'createSubscription').length;

test('What it hands over is brought back by another, which hears what was told meanwhile', async () => {
  await using simulator = await quiet();
  const { listener, states, events } = listen(simulator);
  await eventually(() => states).toEqual(['listening missed']);
  const call = inbound(simulator);
  await eventually(() => told(events).at(-1)).toMatch(/2 Answered$/);
  const inherited = listener.handOver();
  await eventually(() => simulator.push().sockets).toEqual([]);
  simulator.moveParty(call.id, call.parties[1]?.id ?? '', { code: 'Hold' });
  const next = listen(simulator, { inherited });
  await eventually(() => told(next.events).at(-1)).toMatch(/2 Hold$/);
  // Told once, and nothing is to be read again.
  expect(next.events).toHaveLength(1);
  expect(next.states).toEqual(['recovering', 'listening']);
  expect(subscriptions(simulator)).toBe(1);
  expect(simulator.requests().map(({ operationId }) => operationId)).not.toContain('deleteSubscription');
});

test('It says what would bring it back, also while it listens, and that works without a word from it', async () => {
  await using simulator = await quiet();
  const { listener, states, events, kept } = listen(simulator);
  await eventually(() => states).toEqual(['listening missed']);
  await eventually(() => kept.length).toBe(1);
  const call = inbound(simulator);
  const { id = '' } = call.parties[1] ?? {};
  // The simulator brings a new one with every twentieth.
  for (let step = 0; step < 25; step += 1) {
    simulator.moveParty(call.id, id, { code: step % 2 === 0 ? 'Hold' : 'Answered' });
    const heard = events.length;
    await eventually(() => events.length).toBeGreaterThan(heard);
  }
  await eventually(() => new Set(kept.map((one) => one?.wsc)).size).toBeGreaterThan(1);
  const next = listen(simulator, { inherited: kept.at(-1) ?? null });
  await eventually(() => next.states).toEqual(['recovering', 'listening']);
  listener.stop();
});

test('What RingCentral does not know any more is not tried again: it subscribes anew', async () => {
  await using simulator = await quiet();
  const inherited = { wsc: 'none-of-its-own', subscriptionId: 'sub-1', beyond: [] };
  const { states, kept } = listen(simulator, { inherited });
  await eventually(() => states).toEqual(['recovering', 'listening missed']);
  expect(kept.at(-1)?.subscriptionId).not.toBe('sub-1');
  expect(wsTokens(simulator)).toBe(2);
});

test('A wait that ends a part of a millisecond early is over all the same', async () => {
  await using simulator = await quiet();
  // Timers know whole milliseconds only.
  const all = [1, 2, 3, 4, 5].map(() => listen(simulator, { random: () => 0.000_4 }));
  await eventually(() => all.every(({ states }) => states.at(-1) === 'listening missed')).toBe(true);
  simulator.troublePush({ do: 'cut' });
  const whole = ['listening missed', 'recovering', 'listening'];
  await eventually(() => all.map(({ states }) => states)).toEqual(all.map(() => whole));
});

test.for([
  ['is refused', { pushRecovery: 'refuse' }],
  ['comes too late', { recoveryTimeout: 0 }],
] as const)(
  'When recovery %s it subscribes on the new socket, and says that something may be missed',
  async ([, settings]) => {
    await using simulator = await quiet(settings);
    const { events, states } = listen(simulator);
    await eventually(() => states).toEqual(['listening missed']);
    simulator.troublePush({ do: 'cut' });
    await eventually(() => states).toEqual(['listening missed', 'recovering', 'listening missed']);
    inbound(simulator);
    await eventually(() => events.length).toBeGreaterThan(0);
  },
);

test('When a recovery brings all that was kept, something may be missed', async () => {
  await using simulator = await quiet({ recoveryBuffer: 3 });
  const { states } = listen(simulator);
  const call = inbound(simulator);
  await eventually(() => states).toEqual(['listening missed']);
  simulator.troublePush({ do: 'cut' });
  for (let step = 0; step < 5; step += 1) {
    simulator.moveParty(call.id, call.parties[1]?.id ?? '', { code: step % 2 === 0 ? 'Hold' : 'Answered' });
  }
  await eventually(() => states).toEqual(['listening missed', 'recovering', 'listening', 'listening missed']);
});

test.for([
  ['broke off', { do: 'truncate' }],
  ['is the page of a proxy', { do: 'html', status: 200 }],
] as const)(
  'An answer that %s is no reason to give up what has worked, and no defect',
  async ([, trouble]) => {
    await using simulator = await quiet();
    const { states, lines } = listen(simulator);
    await eventually(() => states).toEqual(['listening missed']);
    simulator.orderFaults([{ match: 'authWsToken', times: 1, ...trouble }]);
    simulator.troublePush({ do: 'cut' });
    await eventually(() => states.length).toBeGreaterThan(2);
    expect(states.slice(1).map((state) => state.split(' ')[0])).toEqual(['recovering', 'listening']);
    expect(lines).toEqual([]);
  },
);

test('A half-open socket is found by the heartbeat that gets no echo', async () => {
  await using simulator = await quiet();
  const { events, states } = listen(simulator, { times: QUICK });
  await eventually(() => states).toEqual(['listening missed']);
  // A quiet socket that is whole stays: it answers.
  await eventually(() => simulator.push().sockets[0]?.received ?? 0).toBeGreaterThan(3);
  expect(states).toHaveLength(1);
  simulator.troublePush({ do: 'freeze' });
  const call = inbound(simulator);
  await eventually(() => states.slice(0, 3)).toEqual(['listening missed', 'recovering', 'listening']);
  await eventually(() => events.some((event) => event.telephonySessionId === call.id)).toBe(true);
});

test.for([
  ['the permission is missing', { push: 'forbidden' }, /denied .*SUB-528/],
  ['the filter is disabled', { disabledFilters: 'calls' }, /denied .*SUB-405/],
  ['there is no such address', { push: 'missing' }, /denied /],
] as const)('Where %s it is denied, and asks no more', async ([, settings, told]) => {
  await using simulator = await quiet(settings);
  const { states } = listen(simulator);
  await eventually(() => states).toEqual([expect.stringMatching(told)]);
  expect(wsTokens(simulator)).toBeLessThanOrEqual(1);
});

test('Another token of the viewer is reason to try again', async () => {
  await using simulator = await quiet({ push: 'forbidden' });
  const { listener, states } = listen(simulator);
  await eventually(() => states.length).toBe(1);
  simulator.configure({ push: 'on' });
  listener.newToken();
  await eventually(() => states.at(-1)).toBe('listening missed');
});

test('When the quota is full it deletes what is left of gone sockets, once', async () => {
  await using simulator = await quiet({ subscriptionLimit: 1 });
  const orphan = await connectPush(simulator);
  await orphan.subscribe(OWN_CALLS);
  simulator.troublePush({ do: 'cut' });
  await orphan.closed;
  const { states } = listen(simulator);
  await eventually(() => states).toEqual(['listening missed']);

  await using full = await quiet({ subscriptionLimit: 0 });
  const refused = listen(full);
  await eventually(() => refused.states).toEqual([expect.stringMatching(/denied .*no more subscriptions/)]);
  const asked = full.requests().filter(({ operationId }) => operationId === 'createSubscription');
  expect(asked).toHaveLength(2);
});

test('When the quota is full it leaves alone what others of this process still hear of', async () => {
  await using simulator = await quiet({ subscriptionLimit: 1 });
  const living = new Set<string>();
  const first = listen(simulator, { living });
  await eventually(() => first.states).toEqual(['listening missed']);
  const second = listen(simulator, { living });
  await eventually(() => second.states).toEqual([expect.stringMatching(/denied .*no more subscriptions/)]);
  inbound(simulator);
  await eventually(() => first.events.length).toBeGreaterThan(0);
  // Its own is none of them any more once it has left.
  first.listener.stop();
  await eventually(() => simulator.push().sockets).toEqual([]);
  expect([...living]).toEqual([]);
  second.listener.newToken();
  await eventually(() => second.states.at(-1)).toBe('listening missed');
});

test('When its sign-in ends it goes on with another token of the viewer, and says that it may have missed something', async () => {
  await using simulator = await quiet();
  const signIn = async () => {
    const form = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: 'sim-jwt-101',
      client_id: 'app',
    });
    const response = await fetch(`${simulator.url}/restapi/oauth/token`, { method: 'POST', body: form });
    return ((await response.json()) as { access_token: string }).access_token;
  };
  const [first, second] = [await signIn(), await signIn()];
  const { events, states } = listen(simulator, { tokens: [first, second] });
  await eventually(() => states).toEqual(['listening missed']);
  simulator.revoke(first);
  await eventually(() => states).toEqual(['listening missed', 'recovering', 'listening missed']);
  inbound(simulator);
  await eventually(() => events.length).toBeGreaterThan(0);
});

test('Before a limit it waits, and sends nothing into the penalty', async () => {
  await using simulator = await quiet({ authLimit: 1, rateWindow: 600, penalty: 600 });
  const { states } = listen(simulator);
  await eventually(() => states).toEqual(['listening missed']);
  simulator.troublePush({ do: 'cut' });
  await eventually(() => states).toEqual(['listening missed', 'recovering']);
  await eventually(() => simulator.push().sockets).toEqual([]);
  expect(simulator.requests().some(({ status }) => status === 429)).toBe(false);
});
