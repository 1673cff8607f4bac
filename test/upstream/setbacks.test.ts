/** What is listened to and lost again and again, in the machines of both phone systems: one rule, one suite. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as genesys from '../../src/genesys/notifications/listening.ts';
import * as ringCentral from '../../src/ringcentral/push/listening.ts';
import { DENIED_FOR, LASTING, MOST_FAILURES, WAITS } from '../../src/upstream/setbacks.ts';

type State = { readonly phase: string; readonly until?: number };

/** A machine, as far as this rule goes. */
interface Machine {
  /** As it begins, with nothing behind it. */
  first(): State;
  /** What the phone system does to one that tries: it listens then. */
  accept(state: State, now: number): State;
  due(state: State, now: number): State;
  /** How it may be lost. */
  readonly ends: Readonly<Record<string, (state: State, now: number, random: number) => State>>;
}

const channel = { id: 'channel-1', connectUri: 'wss://streaming.example/channels/channel-1' };
const recoverable = (now: number) => ({ wsc: 'wsc-1', subscriptionId: 'sub-1', until: now + 180_000 });

const inGenesys =
  (input: genesys.ListeningInput) =>
  (state: State, now: number, random = 0) =>
    genesys.next(state as genesys.Listening, input, now, random);

const GENESYS: Machine = {
  first: () => genesys.FIRST,
  accept: (state, now) =>
    (['created', 'opened', 'granted'] as const).reduce<State>(
      (before, kind) => inGenesys(kind === 'created' ? { kind, channel } : { kind })(before, now),
      state,
    ),
  due: inGenesys({ kind: 'due' }),
  ends: { lost: inGenesys({ kind: 'lost' }), gone: inGenesys({ kind: 'gone' }) },
};

const ringCentralNext = (state: State, input: ringCentral.ListeningInput, now: number, random = 0) =>
  ringCentral.next(state as ringCentral.Listening, input, now, random);

const RINGCENTRAL: Machine = {
  first: () => ringCentral.FIRST,
  accept(state, now) {
    const opened = ringCentralNext(state, { kind: 'opened', recovered: true }, now);
    return ringCentralNext(opened, { kind: 'granted', subscriptionId: 'sub-1' }, now);
  },
  due: (state, now) => ringCentralNext(state, { kind: 'due' }, now),
  ends: {
    'lost for good': (state, now, random) =>
      ringCentralNext(state, { kind: 'lost', recoverable: null }, now, random),
    'lost for a moment': (state, now, random) =>
      ringCentralNext(state, { kind: 'lost', recoverable: recoverable(now) }, now, random),
  },
};

const SYSTEMS = [
  ['Genesys Cloud', GENESYS],
  ['RingCentral', RINGCENTRAL],
] as const;

/** How long it was listened to, in milliseconds, how it was lost then, and the chance that the wait takes. */
interface Life {
  readonly lasts: number;
  readonly end: string;
  readonly random: number;
}

function livesOf({ ends }: Machine, range: { readonly min: number; readonly max: number }) {
  return fc.record<Life>({
    lasts: fc.integer(range),
    end: fc.constantFrom(...Object.keys(ends)),
    // Parts that a sum of milliseconds keeps whole.
    random: fc.constantFrom(0, 0.25, 0.5, 0.75, 1),
  });
}

/** Lives one: from a state that tries to what comes of its loss. */
function lived(machine: Machine, trying: State, at: number, { lasts, end, random }: Life) {
  const listening = machine.accept(trying, at);
  expect(listening.phase).toBe('listening');
  const lostAt = at + lasts;
  const after = (machine.ends[end] as Machine['ends'][string])(listening, lostAt, random);
  const until = after.until ?? lostAt;
  return { after, lostAt, until, wait: until - lostAt, next: () => machine.due(after, until) };
}

const NOW = 1_000_000;
const SHORT = { min: 0, max: LASTING - 1 };
const LONG = { min: LASTING, max: 10 * LASTING };
const isWithin = (wait: number, [least, most]: readonly [number, number] = [0, 0]) =>
  wait >= least && wait <= most;

describe.for(SYSTEMS)('What %s takes, and ends', ([, machine]) => {
  const many = (count: number) => fc.array(livesOf(machine, SHORT), { minLength: count, maxLength: count });

  test('within a minute each time is waited for longer and longer, and then left to polls.', () => {
    fc.assert(
      fc.property(many(MOST_FAILURES + 1), (lives) => {
        let [state, at] = [machine.first(), NOW];
        lives.forEach((life, losses) => {
          const { after, until, wait, next } = lived(machine, state, at, life);
          if (losses === MOST_FAILURES) {
            expect(after.phase).toBe('denied');
            expect(wait).toBe(DENIED_FOR);
          } else {
            // What is gone for the first time is had anew at once.
            const isAtOnce = losses === 0 && after.phase === 'opening';
            expect(isAtOnce || isWithin(wait, WAITS[Math.min(losses, WAITS.length - 1)])).toBe(true);
          }
          [state, at] = [next(), until];
        });
      }),
    );
  });

  test('is tried once in ten minutes after that, until it lasts.', () => {
    fc.assert(
      fc.property(
        many(MOST_FAILURES + 4),
        livesOf(machine, LONG),
        fc.nat({ max: MOST_FAILURES + 3 }),
        livesOf(machine, SHORT),
        (lives, long, place, short) => {
          let [state, at] = [machine.first(), NOW];
          lives.forEach((life, losses) => {
            const { after, until, next } = lived(machine, state, at, life);
            expect(after.phase === 'denied').toBe(losses >= MOST_FAILURES);
            if (losses >= MOST_FAILURES) expect(until).toBe(at + life.lasts + DENIED_FOR);
            [state, at] = [next(), until];
            if (losses !== place) return;
            // Whatever came before: from then on it is lost as if for the first time.
            const last = lived(machine, state, at, long);
            expect(last.after.phase === 'opening' || isWithin(last.wait, WAITS[0])).toBe(true);
            const again = lived(
              machine,
              last.after.phase === 'opening' ? last.after : last.next(),
              last.until,
              short,
            );
            expect(isWithin(again.wait, WAITS[1])).toBe(true);
          });
        },
      ),
    );
  });

  test('after a minute each time is never given up, and had again within two seconds.', () => {
    fc.assert(
      fc.property(
        fc.array(livesOf(machine, LONG), { minLength: 3 * MOST_FAILURES, maxLength: 3 * MOST_FAILURES }),
        (lives) => {
          let [state, at] = [machine.first(), NOW];
          for (const life of lives) {
            const { after, until, wait, next } = lived(machine, state, at, life);
            expect(after.phase).not.toBe('denied');
            expect(wait).toBeLessThanOrEqual(2_000);
            [state, at] = [after.phase === 'opening' ? after : next(), until];
          }
        },
      ),
    );
  });
});

describe('A server of Genesys Cloud that says that it closes the socket soon', () => {
  const closing = inGenesys({ kind: 'closing' });
  const opened = inGenesys({ kind: 'opened' });

  test('is followed at once, however short the socket was open and whatever came before.', () => {
    let [state, at]: [State, number] = [GENESYS.first(), NOW];
    for (const end of ['lost', 'gone', 'lost'] as const) {
      const { after, until, next } = lived(GENESYS, state, at, { lasts: 1_000, end, random: 0.5 });
      [state, at] = [after.phase === 'opening' ? after : next(), until];
    }
    state = closing(GENESYS.accept(state, at), at + 1);
    expect(state).toMatchObject({ phase: 'connecting', channel });
  });

  test('does not start the count anew: a socket that is lost then is waited for as long as before.', () => {
    const first = lived(GENESYS, GENESYS.first(), NOW, { lasts: 1_000, end: 'lost', random: 0 });
    const back = GENESYS.accept(first.next(), first.until);
    const moved = opened(closing(back, first.until), first.until);
    const again = GENESYS.ends.lost?.(moved, first.until, 0);
    expect(again).toMatchObject({ phase: 'waiting', until: first.until + (WAITS[2]?.[0] ?? 0) });
  });

  test('is given up where it says nothing else.', () => {
    let state: State = GENESYS.accept(GENESYS.first(), NOW);
    let sockets = 1;
    while (state.phase === 'listening' && sockets < 100) {
      state = closing(state, NOW + sockets);
      if (state.phase === 'connecting') sockets += 1;
      state = opened(state, NOW + sockets);
    }
    expect(state).toMatchObject({ phase: 'denied' });
    expect(sockets).toBe(MOST_FAILURES + 1);
  });
});

test('What RingCentral hangs up because its sign-in ends is no setback.', () => {
  let state: State = RINGCENTRAL.accept(RINGCENTRAL.first(), NOW);
  for (let times = 0; times < 3 * MOST_FAILURES; times += 1) {
    state = ringCentralNext(state, { kind: 'moved' }, NOW, 1);
    expect(state).toMatchObject({
      phase: 'waiting',
      failures: 0,
      recoverable: null,
      until: NOW + (WAITS[0]?.[1] ?? 0),
    });
    state = RINGCENTRAL.accept(RINGCENTRAL.due(state, state.until ?? 0), NOW);
  }
});

test.for(SYSTEMS)(
  'While %s itself is out of order the waits grow, and what comes back then may be lost some more times.',
  ([, machine]) => {
    const fail = (state: State, now: number) => {
      const input = { kind: 'failed', notBefore: now + 1, reason: '503' } as const;
      return machine === GENESYS ? inGenesys(input)(state, now) : ringCentralNext(state, input, now);
    };
    const end = Object.keys(machine.ends)[0] ?? '';
    const loss = { lasts: LASTING, end, random: 0 };
    const first = lived(machine, machine.first(), NOW, loss);
    let [state, at] = [first.next(), first.until];
    for (let failures = 0; failures < 5 * MOST_FAILURES; failures += 1) {
      state = fail(state, at);
      expect(state.phase).toBe('waiting');
      at = state.until ?? 0;
      state = machine.due(state, at);
    }
    expect(lived(machine, state, at, { ...loss, lasts: 1_000 }).after.phase).toBe('waiting');
  },
);
