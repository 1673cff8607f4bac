/** Every state of listening × every input: where it stands then. */
import { describe, expect, test } from 'vitest';
import {
  FIRST,
  type Listening,
  type ListeningInput,
  next,
  takenOver,
} from '../../../src/ringcentral/push/listening.ts';
import {
  DENIED_FOR,
  LASTING,
  MOST_FAILURES,
  MOST_FIRST_FAILURES,
  WAITS,
} from '../../../src/upstream/setbacks.ts';

const NOW = 1_000_000;
const HALF = 0.5;
const recoverable = { wsc: 'wsc-1', subscriptionId: 'sub-1', until: NOW + 10_000 };
const gone = { ...recoverable, until: NOW - 1 };

const STATES = {
  first: FIRST,
  recovering: { phase: 'connecting', failures: 0, recoverable, hasListened: true },
  subscribing: { phase: 'subscribing', failures: 0, hasListened: false, cleaned: false },
  cleaned: { phase: 'subscribing', failures: 0, hasListened: false, cleaned: true },
  cleaning: { phase: 'cleaning', failures: 0, hasListened: false },
  listening: { phase: 'listening', subscriptionId: 'sub-1', failures: 0, since: NOW },
  // It was lost before, and is back for a moment; for long enough; for a moment, once too often.
  young: { phase: 'listening', subscriptionId: 'sub-1', failures: 3, since: NOW - LASTING + 1 },
  lasting: { phase: 'listening', subscriptionId: 'sub-1', failures: MOST_FAILURES, since: NOW - LASTING },
  restless: {
    ...{ phase: 'listening', subscriptionId: 'sub-1', failures: MOST_FAILURES },
    since: NOW - LASTING + 1,
  },
  waiting: { phase: 'waiting', failures: 1, recoverable, hasListened: true, until: NOW + 1 },
  due: { phase: 'waiting', failures: 1, recoverable: gone, hasListened: true, until: NOW },
  denied: { phase: 'denied', reason: 'no', failures: 2, until: NOW + 1 },
  tolerated: { phase: 'denied', reason: 'no', failures: 2, until: NOW },
} as const satisfies Record<string, Listening>;

const INPUTS = {
  opened: { kind: 'opened', recovered: false },
  recovered: { kind: 'opened', recovered: true },
  granted: { kind: 'granted', subscriptionId: 'sub-2' },
  full: { kind: 'full' },
  cleaned: { kind: 'cleaned' },
  denied: { kind: 'denied', reason: 'SUB-528' },
  failed: { kind: 'failed', reason: 'network' },
  limited: { kind: 'failed', notBefore: NOW + 60_000, reason: 'limited' },
  lost: { kind: 'lost', recoverable },
  moved: { kind: 'moved' },
  due: { kind: 'due' },
  newToken: { kind: 'newToken' },
} as const satisfies Record<string, ListeningInput>;

type Cell = 'same' | string;
/** A missing cell does not compile. */
const TABLE: Record<keyof typeof STATES, Record<keyof typeof INPUTS, Cell>> = {
  first: {
    opened: 'subscribing',
    recovered: 'subscribing',
    granted: 'same',
    full: 'same',
    cleaned: 'same',
    denied: 'denied SUB-528',
    // A socket that never opened is more likely a proxy than bad luck.
    failed: 'denied network failures 1',
    limited: 'waiting 60000 failures 1',
    lost: 'same',
    moved: 'same',
    due: 'same',
    newToken: 'same',
  },
  recovering: {
    opened: 'subscribing',
    // It was lost: that counts until this time lasts.
    recovered: 'listening sub-1 failures 1',
    granted: 'same',
    full: 'same',
    cleaned: 'same',
    denied: 'denied SUB-528',
    failed: 'waiting 4000 failures 1 wsc-1',
    limited: 'waiting 60000 failures 1 wsc-1',
    lost: 'same',
    moved: 'same',
    due: 'same',
    newToken: 'same',
  },
  subscribing: {
    opened: 'same',
    recovered: 'same',
    granted: 'listening sub-2',
    full: 'cleaning',
    cleaned: 'same',
    denied: 'denied SUB-528',
    failed: 'waiting 4000 failures 1',
    limited: 'waiting 60000 failures 1',
    lost: 'waiting 4000 failures 1',
    moved: 'same',
    due: 'same',
    newToken: 'same',
  },
  cleaned: {
    opened: 'same',
    recovered: 'same',
    granted: 'listening sub-2',
    full: 'denied RingCentral allows no more subscriptions of this user with this app.',
    cleaned: 'same',
    denied: 'denied SUB-528',
    failed: 'waiting 4000 failures 1',
    limited: 'waiting 60000 failures 1',
    lost: 'waiting 4000 failures 1',
    moved: 'same',
    due: 'same',
    newToken: 'same',
  },
  cleaning: {
    opened: 'same',
    recovered: 'same',
    granted: 'same',
    full: 'same',
    cleaned: 'subscribing cleaned',
    denied: 'denied SUB-528',
    failed: 'waiting 4000 failures 1',
    limited: 'waiting 60000 failures 1',
    lost: 'waiting 4000 failures 1',
    moved: 'same',
    due: 'same',
    newToken: 'same',
  },
  listening: {
    opened: 'same',
    recovered: 'same',
    granted: 'same',
    full: 'same',
    cleaned: 'same',
    denied: 'denied SUB-528',
    failed: 'same',
    limited: 'same',
    lost: 'waiting 1050 failures 0 wsc-1',
    // It was hung up in good order, and what it told comes no more.
    moved: 'waiting 1050 failures 0',
    due: 'same',
    newToken: 'same',
  },
  young: {
    opened: 'same',
    recovered: 'same',
    granted: 'same',
    full: 'same',
    cleaned: 'same',
    denied: 'denied SUB-528 failures 3',
    failed: 'same',
    limited: 'same',
    lost: 'waiting 30000 failures 3 wsc-1',
    moved: 'waiting 1050 failures 0',
    due: 'same',
    newToken: 'same',
  },
  lasting: {
    opened: 'same',
    recovered: 'same',
    granted: 'same',
    full: 'same',
    cleaned: 'same',
    denied: 'denied SUB-528 failures 9',
    failed: 'same',
    limited: 'same',
    lost: 'waiting 1050 failures 0 wsc-1',
    moved: 'waiting 1050 failures 0',
    due: 'same',
    newToken: 'same',
  },
  restless: {
    opened: 'same',
    recovered: 'same',
    granted: 'same',
    full: 'same',
    cleaned: 'same',
    denied: 'denied SUB-528 failures 9',
    failed: 'same',
    limited: 'same',
    // Polls, which work, are better than what never lasts.
    lost: 'denied It is lost again and again, within a minute of listening. failures 9',
    moved: 'waiting 1050 failures 0',
    due: 'same',
    newToken: 'same',
  },
  waiting: {
    opened: 'same',
    recovered: 'same',
    granted: 'same',
    full: 'same',
    cleaned: 'same',
    denied: 'denied SUB-528 failures 1',
    failed: 'same',
    limited: 'same',
    lost: 'same',
    moved: 'same',
    due: 'same',
    newToken: 'same',
  },
  due: {
    opened: 'same',
    recovered: 'same',
    granted: 'same',
    full: 'same',
    cleaned: 'same',
    denied: 'denied SUB-528 failures 1',
    failed: 'same',
    limited: 'same',
    lost: 'same',
    moved: 'same',
    // Too late to recover: a new session.
    due: 'connecting failures 1',
    newToken: 'same',
  },
  denied: {
    opened: 'same',
    recovered: 'same',
    granted: 'same',
    full: 'same',
    cleaned: 'same',
    denied: 'same',
    failed: 'same',
    limited: 'same',
    lost: 'same',
    moved: 'same',
    due: 'same',
    newToken: 'connecting',
  },
  tolerated: {
    opened: 'same',
    recovered: 'same',
    granted: 'same',
    full: 'same',
    cleaned: 'same',
    denied: 'same',
    failed: 'same',
    limited: 'same',
    lost: 'same',
    moved: 'same',
    // What failed before counts until something lasts.
    due: 'connecting failures 2',
    newToken: 'connecting',
  },
};

function told(state: Listening): string {
  switch (state.phase) {
    case 'connecting':
      return ['connecting', counted(state)].flat().join(' ');
    case 'subscribing':
      return state.cleaned ? 'subscribing cleaned' : 'subscribing';
    case 'cleaning':
      return 'cleaning';
    case 'listening':
      return ['listening', state.subscriptionId, counted(state)].flat().join(' ');
    case 'waiting':
      return [
        `waiting ${state.until - NOW} failures ${state.failures}`,
        ...(state.recoverable === null ? [] : [state.recoverable.wsc]),
      ].join(' ');
    case 'denied':
      return ['denied', state.reason, counted(state)].flat().join(' ');
  }
}

function counted({ failures }: { readonly failures: number }): string | [] {
  return failures === 0 ? [] : `failures ${failures}`;
}

describe.for(Object.entries(STATES))('%s', ([name, state]) => {
  test.for(Object.entries(INPUTS))('%s', ([input, what]) => {
    const expected = TABLE[name as keyof typeof STATES][input as keyof typeof INPUTS];
    const after = next(state, what, NOW, HALF);
    if (expected === 'same') expect(after).toBe(state);
    else expect(told(after)).toBe(expected);
  });
});

test('what was denied is tried again after ten minutes, not sooner', () => {
  const denied = next(FIRST, INPUTS.denied, NOW, HALF);
  expect(next(denied, { kind: 'due' }, NOW + DENIED_FOR - 1, HALF)).toBe(denied);
  expect(next(denied, { kind: 'due' }, NOW + DENIED_FOR, HALF)).toEqual(FIRST);
});

test.for([0, 0.999])('a storm of losses asks for fewer than four tokens in any minute (%s)', (random) => {
  let state: Listening = STATES.listening;
  const tries: number[] = [];
  let now = NOW;
  state = next(state, { kind: 'lost', recoverable: null }, now, random);
  while (tries.length < MOST_FAILURES) {
    if (state.phase !== 'waiting') throw new Error(`It is ${state.phase}.`);
    now = state.until;
    tries.push(now);
    state = next(next(state, { kind: 'due' }, now, random), INPUTS.failed, now, random);
  }
  expect((tries[0] ?? 0) - NOW).toBeLessThanOrEqual(2_000);
  const busiest = Math.max(
    ...tries.map((from) => tries.filter((at) => at >= from && at < from + 60_000).length),
  );
  expect(busiest).toBeLessThanOrEqual(4);
  expect((tries.at(-1) ?? 0) - (tries.at(-2) ?? 0)).toBeGreaterThanOrEqual(WAITS.at(-1)?.[0] ?? 0);
});

test.for([
  ['has worked', STATES.recovering, MOST_FAILURES],
  ['has never worked', STATES.subscribing, MOST_FIRST_FAILURES],
] as const)(
  'a socket that %s is given up for ten minutes after so many failures in a row',
  ([, from, most]) => {
    let now = NOW;
    let state: Listening = from;
    for (let failures = 1; failures < most; failures += 1) {
      state = next(state, INPUTS.failed, now, 0);
      if (state.phase !== 'waiting') throw new Error(`It is ${state.phase}.`);
      now = state.until;
      state = next(state, { kind: 'due' }, now, 0);
      if (!from.hasListened) state = next(state, INPUTS.opened, now, 0);
    }
    if (from.hasListened) expect(now - NOW).toBeGreaterThan(300_000);
    expect(next(state, INPUTS.failed, now, 0)).toEqual({
      phase: 'denied',
      reason: 'network',
      failures: most,
      until: now + DENIED_FOR,
    });
  },
);

test('what RingCentral itself is too busy for is never given up', () => {
  let now = NOW;
  let state: Listening = STATES.recovering;
  for (let failures = 0; failures < 3 * MOST_FAILURES; failures += 1) {
    state = next(state, { kind: 'failed', notBefore: now + 1, reason: '503' }, now, 0.5);
    if (state.phase !== 'waiting') throw new Error(`It is ${state.phase}.`);
    now = state.until;
    state = next(state, { kind: 'due' }, now, 0.5);
  }
  expect(state.phase).toBe('connecting');
});

test('what another has listened with is brought back, and left alone where RingCentral does not know it', () => {
  const over = takenOver(recoverable);
  expect(next(over, INPUTS.recovered, NOW, HALF)).toMatchObject({
    phase: 'listening',
    subscriptionId: 'sub-1',
  });
  const forgotten = next(over, { kind: 'forgotten' }, NOW, HALF);
  expect(forgotten).toEqual({ ...over, recoverable: null });
  // Once: what comes then is a beginning like any other.
  expect(next(forgotten, { kind: 'forgotten' }, NOW, HALF)).toBe(forgotten);
  for (const state of [STATES.first, STATES.listening, STATES.waiting, STATES.denied]) {
    expect(next(state, { kind: 'forgotten' }, NOW, HALF)).toBe(state);
  }
});
