import { describe, expect, test } from 'vitest';
import {
  afterPoll,
  asksToHold,
  hurried,
  type Polling,
  type PollMode,
  type PollOutcome,
  startPolling,
} from '../../src/live/polling.ts';

const PACE = 2_000;
const SENT = 1_000_000; // when the poll in question left
const FIVE_MINUTES = 300_000;

const quick = { sentAt: SENT, receivedAt: SENT + 50 };
const held = { sentAt: SENT, receivedAt: SENT + 30_000 };
const news = { kind: 'answered', changed: true, excused: false, catchUp: 0 } as const;
const nothing = { kind: 'answered', changed: false, excused: false, catchUp: 0 } as const;

/** Everything that can come of a poll. */
const EVENTS = {
  plainAnswer: { ...nothing, ...quick, withParameters: false },
  earlyNews: { ...news, ...quick, withParameters: true },
  heldNews: { ...news, ...held, withParameters: true },
  heldNothing: { ...nothing, ...held, withParameters: true },
  earlyNothing: { ...nothing, ...quick, withParameters: true },
  earlyExcused: { ...nothing, ...quick, withParameters: true, excused: true, catchUp: 200 },
  doubtful: { kind: 'doubtful', ...quick },
  heldWithoutBody: { ...nothing, ...held, withParameters: true, bodiless: true },
  cutAtItsEnd: { kind: 'cut', isShort: false, ...held },
  cutShort: { kind: 'cut', isShort: true, ...quick, receivedAt: SENT + 5_000 },
  missing: { kind: 'missing', ...quick },
  parametersRefused: { kind: 'parametersRefused', at: SENT + 50 },
  rateLimited: { kind: 'rateLimited', retryAt: SENT + 60_000 },
  failed: { kind: 'failed', at: SENT + 50, random: 1 },
} satisfies Record<string, PollOutcome>;

/** The modes, and how far an unknown one or an honoured one is in doubt. */
const STATES = {
  unknown: state('unknown'),
  unknownInDoubt: { ...state('unknown'), early: 1 },
  honoured: state('honoured'),
  honouredInDoubt: { ...state('honoured'), early: 1 },
  ignored: state('ignored'),
  ignoredForLong: { ...state('ignored'), doubtAt: SENT },
  refused: state('refused'),
  refusedForLong: { ...state('refused'), doubtAt: SENT },
};

/** The mode afterwards, and after how many milliseconds from its sending the next poll leaves. */
type Cell = readonly [mode: PollMode, nextAfter: number];
type Table = Record<keyof typeof STATES, Record<keyof typeof EVENTS, Cell>>;

const alike: Omit<Record<keyof typeof EVENTS, Cell>, 'plainAnswer' | 'earlyNothing'> = {
  earlyNews: ['unknown', 100],
  heldNews: ['unknown', 30_000],
  heldNothing: ['honoured', 30_000],
  earlyExcused: ['unknown', 200],
  doubtful: ['unknown', 100],
  heldWithoutBody: ['honoured', 30_000],
  cutAtItsEnd: ['unknown', 30_100],
  cutShort: ['unknown', 5_100],
  missing: ['unknown', 50 + 500],
  parametersRefused: ['refused', 50 + PACE],
  rateLimited: ['unknown', 60_000],
  failed: ['unknown', 50 + 1_000],
};
const honoured: typeof alike = {
  ...alike,
  earlyNews: ['honoured', 100],
  heldNews: ['honoured', 30_000],
  earlyExcused: ['honoured', 200],
  doubtful: ['honoured', 100],
  cutAtItsEnd: ['honoured', 30_100],
  cutShort: ['honoured', 5_100],
  missing: ['honoured', 50 + 500],
  rateLimited: ['honoured', 60_000],
  failed: ['honoured', 50 + 1_000],
};
/** Without parameters every answer is a plain one. */
const paced = (mode: PollMode): Record<keyof typeof EVENTS, Cell> => ({
  plainAnswer: [mode, PACE],
  earlyNews: [mode, PACE],
  heldNews: [mode, 30_000],
  heldNothing: [mode, 30_000],
  earlyNothing: [mode, PACE],
  earlyExcused: [mode, PACE],
  doubtful: [mode, 100],
  heldWithoutBody: [mode, 30_000],
  cutAtItsEnd: [mode, 30_100],
  cutShort: [mode, 5_100],
  missing: [mode, 50 + 500],
  parametersRefused: ['refused', 50 + PACE],
  rateLimited: [mode, 60_000],
  failed: [mode, 50 + 1_000],
});
const doubted = (mode: PollMode): Record<keyof typeof EVENTS, Cell> => ({
  ...paced('unknown'),
  doubtful: [mode, 100],
  cutAtItsEnd: [mode, 30_100],
  cutShort: [mode, 5_100],
  missing: [mode, 50 + 500],
  rateLimited: [mode, 60_000],
  failed: [mode, 50 + 1_000],
});

const TABLE: Table = {
  unknown: { ...alike, plainAnswer: ['unknown', 100], earlyNothing: ['unknown', 1_000] },
  unknownInDoubt: { ...alike, plainAnswer: ['unknown', 100], earlyNothing: ['ignored', PACE] },
  honoured: { ...honoured, plainAnswer: ['honoured', 100], earlyNothing: ['honoured', 1_000] },
  honouredInDoubt: { ...honoured, plainAnswer: ['honoured', 100], earlyNothing: ['ignored', PACE] },
  ignored: paced('ignored'),
  ignoredForLong: doubted('ignored'),
  refused: paced('refused'),
  refusedForLong: doubted('refused'),
};

describe('A watch whose parameters are', () => {
  for (const [name, row] of Object.entries(TABLE)) {
    for (const [event, [mode, nextAfter]] of Object.entries(row)) {
      test(`${name}, after ${event}, has them ${mode} and asks again after ${nextAfter} ms.`, () => {
        const before = STATES[name as keyof typeof STATES];
        const after = afterPoll(before, EVENTS[event as keyof typeof EVENTS], PACE);
        expect([after.mode, after.nextAt - SENT]).toEqual([mode, nextAfter]);
      });
    }
  }
});

describe('The doubt of a watch', () => {
  test('is not lessened by changes, which say nothing of the parameters.', () => {
    const after = run(state('unknown'), [EVENTS.earlyNothing, EVENTS.earlyNews, EVENTS.earlyNothing]);
    expect(after.mode).toBe('ignored');
  });

  test('is lifted by an answer that was held.', () => {
    const after = run(state('unknown'), [EVENTS.earlyNothing, EVENTS.heldNothing, EVENTS.earlyNothing]);
    expect([after.mode, after.early]).toEqual(['honoured', 1]);
  });

  test('is not raised by early answers that may tell of what is known already.', () => {
    expect(run(state('unknown'), Array(10).fill(EVENTS.earlyExcused)).early).toBe(0);
  });

  test('returns to a disregarded parameter after five minutes, for one pair of polls.', () => {
    const ignored = run(state('unknown'), [EVENTS.earlyNothing, EVENTS.earlyNothing]);
    expect(ignored.doubtAt).toBe(quick.receivedAt + FIVE_MINUTES);
    expect(asksToHold(ignored)).toBe(false);
    const late = { sentAt: SENT + FIVE_MINUTES, receivedAt: SENT + FIVE_MINUTES + 50 };
    const again = afterPoll(ignored, { ...EVENTS.plainAnswer, ...late }, PACE);
    expect([again.mode, asksToHold(again)]).toEqual(['unknown', true]);
    expect(run(again, [EVENTS.earlyNothing, EVENTS.earlyNothing]).mode).toBe('ignored');
  });
});

describe('Holds that', () => {
  const plain = (polling: Polling) => afterPoll(polling, EVENTS.plainAnswer, PACE);

  test('end without a body are believed three times, and then the call is looked at.', () => {
    let polling = run(state('honoured'), [EVENTS.heldWithoutBody, EVENTS.heldWithoutBody]);
    expect(asksToHold(polling)).toBe(true);
    polling = run(polling, [EVENTS.heldWithoutBody]);
    expect([polling.mode, asksToHold(polling)]).toEqual(['honoured', false]);
    polling = plain(polling);
    expect([polling.mode, asksToHold(polling), polling.nextAt - SENT]).toEqual(['honoured', true, 100]);
  });

  test('end at once without a body are no holds.', () => {
    const early = { ...EVENTS.earlyNothing, bodiless: true } satisfies PollOutcome;
    expect(run(state('honoured'), [early, early]).mode).toBe('ignored');
  });

  test('are cut long before their end four times do harm: no more of them for five minutes.', () => {
    let polling = state('honoured');
    for (let cut = 1; cut <= 3; cut += 1) polling = plain(run(polling, [EVENTS.cutShort]));
    expect([polling.mode, polling.cuts]).toEqual(['honoured', 3]);
    const lifted = run(polling, [EVENTS.heldNothing, EVENTS.cutShort]);
    expect([lifted.mode, lifted.cuts]).toEqual(['honoured', 1]);
    polling = run(polling, [EVENTS.cutShort]);
    expect([polling.mode, polling.doubtAt - SENT]).toEqual(['ignored', 5_000 + FIVE_MINUTES]);
  });

  test('are cut at their end are no harm, however often.', () => {
    const cuts = Array<PollOutcome>(20).fill(EVENTS.cutAtItsEnd);
    expect(run(state('honoured'), cuts)).toMatchObject({ mode: 'honoured', cuts: 0 });
  });
});

describe('A watch', () => {
  test('begins at once, with what others have found out.', () => {
    expect(startPolling('ignored', SENT)).toMatchObject({ mode: 'ignored', nextAt: SENT });
  });

  test('backs off from failure to failure up to half a minute, and starts anew after an answer.', () => {
    const waits: number[] = [];
    let polling = state('honoured');
    for (let failure = 0; failure < 8; failure += 1) {
      polling = afterPoll(polling, { kind: 'failed', at: SENT, random: 1 }, PACE);
      waits.push(polling.nextAt - SENT);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    polling = run(polling, [EVENTS.heldNothing, EVENTS.failed]);
    expect(polling.nextAt - SENT).toBe(50 + 1_000);
  });

  test('spreads its tries over the half of each backoff.', () => {
    const waits = [0, 0.5, 1].map(
      (random) => afterPoll(state('honoured'), { kind: 'failed', at: SENT, random }, PACE).nextAt - SENT,
    );
    expect(waits).toEqual([500, 750, 1_000]);
  });

  test('that is hurried asks at once, but never inside a penalty, a backoff or the least gap.', () => {
    const whenHurried = (outcome: PollOutcome) => {
      const after = afterPoll({ ...state('ignored') }, outcome, PACE);
      return hurried(after, SENT + 60).nextAt - SENT;
    };
    expect(hurried({ ...state('ignored'), nextAt: SENT + PACE }, SENT + 500).nextAt).toBe(SENT + 500);
    expect(whenHurried(EVENTS.plainAnswer)).toBe(100);
    expect(whenHurried(EVENTS.parametersRefused)).toBe(150);
    expect(whenHurried(EVENTS.failed)).toBe(1_050);
    expect(whenHurried(EVENTS.rateLimited)).toBe(60_000);
  });

  test('that is due already stays as it is when it is hurried.', () => {
    const polling = state('unknown');
    expect(hurried(polling, SENT + 1)).toBe(polling);
  });

  test('waits after an excused answer for as long as it must to be behind the change, a quarter of a second at most.', () => {
    const waits = [-3_000, 0, 200, 60_000].map((catchUp) => {
      const outcome = { ...EVENTS.earlyExcused, catchUp };
      return afterPoll(state('unknown'), outcome, PACE).nextAt - SENT;
    });
    expect(waits).toEqual([100, 100, 200, 250]);
  });

  /** How often an upstream is asked in a minute that answers each request in the same way. */
  const inAMinute = (outcome: (sentAt: number) => PollOutcome, mode: PollMode = 'unknown') => {
    let polling = startPolling(mode, SENT);
    let count = 0;
    for (; polling.nextAt < SENT + 60_000 && count < 10_000; count += 1) {
      const before = polling.nextAt;
      polling = afterPoll(polling, outcome(before), PACE);
      expect(polling.nextAt).toBeGreaterThan(before);
    }
    return count;
  };
  const at = (sentAt: number, took: number) => ({ sentAt, receivedAt: sentAt + took });

  const UPSTREAMS: Record<string, [count: number, (sentAt: number) => PollOutcome]> = {
    'ignores the parameters': [32, (sentAt) => ({ ...EVENTS.earlyNothing, ...at(sentAt, 1) })],
    'refuses them': [31, (sentAt) => ({ kind: 'parametersRefused', at: sentAt + 1 })],
    'is merely slow': [30, (sentAt) => ({ ...EVENTS.heldNothing, ...at(sentAt, 1_100) })],
    'shows something new every time': [80, (sentAt) => ({ ...EVENTS.earlyNews, ...at(sentAt, 1) })],
    'is always excused': [80, (sentAt) => ({ ...EVENTS.earlyExcused, ...at(sentAt, 1), catchUp: -1 })],
    'is always in doubt': [80, (sentAt) => ({ kind: 'doubtful', ...at(sentAt, 1) })],
    'cuts every hold after a second': [60, (sentAt) => ({ ...EVENTS.cutShort, ...at(sentAt, 1_000) })],
    'ends every hold without a body': [32, (sentAt) => ({ ...EVENTS.heldWithoutBody, ...at(sentAt, 1_100) })],
    fails: [7, (sentAt) => ({ kind: 'failed', at: sentAt, random: 1 })],
    'says 429': [1, (sentAt) => ({ kind: 'rateLimited', retryAt: sentAt + 60_000 })],
  };
  for (const [name, [most, outcome]] of Object.entries(UPSTREAMS)) {
    test(`asks an upstream that ${name} at most ${most} times a minute.`, () => {
      expect(inAMinute(outcome)).toBeLessThanOrEqual(most);
    });
  }
});

function state(mode: PollMode): Polling {
  return { ...startPolling(mode, SENT), doubtAt: SENT + 2 * FIVE_MINUTES };
}

function run(polling: Polling, outcomes: readonly PollOutcome[]): Polling {
  return outcomes.reduce((current, outcome) => afterPoll(current, outcome, PACE), polling);
}
