/**
 * The promise of a watch, over random histories: whatever the call does, however the polls fall, and whatever goes
 * wrong, each reader sees of each party a part of what was true, in its order, nothing twice, and at last what is true.
 * What is true of a party is its own state, and its outlook: what it is shown of the others.
 */
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import {
  CallNotFound,
  RateLimited,
  UpstreamBadResponse,
  UpstreamUnavailable,
} from '../../schema/failures.ts';
import type { PartyStatusCode } from '../../schema/model.ts';
import type { Desk } from '../../src/live/desk.ts';
import { createHub } from '../../src/live/hub.ts';
import type { Kind } from '../../src/live/shape.ts';
import type { CallNews, Ear, ListeningState } from '../../src/live/source.ts';
import { partyIn } from '../../src/live/transitions.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { createPhoneOf, fakeTime, type Phone, pass, sleep } from './support.ts';
import { type Changes, GENESYS_IN_MEMORY, type InMemory, RINGCENTRAL_IN_MEMORY, SESSION } from './systems.ts';

const PARTIES = ['p-1', 'p-2', 'p-3'] as const;
const CODES = ['PROCEEDING', 'ANSWERED', 'HOLD', 'PARKED', 'VOICE_MAIL', 'GONE', 'DISCONNECTED'] as const;
const TROUBLES = ['none', 'error', 'hang', 'limited', 'garbage', 'missing'] as const;

interface Move {
  readonly at: number;
  readonly partyId: (typeof PARTIES)[number];
  readonly code: PartyStatusCode;
  /** How the party changes: by itself, by a command that answers the state, or by one that does not. */
  readonly by: 'itself' | 'command' | 'silentCommand';
}

interface ReaderPlan {
  readonly kind: 'events' | 'parties';
  readonly at: number;
  /** Its connection breaks, and it comes back so many milliseconds later with its cursor. */
  readonly breaks: { readonly at: number; readonly away: number } | null;
  /** It does not read before everything is over. */
  readonly isSlow: boolean;
}

/** What becomes of the news of own parties. */
interface PushPlan {
  /** One after the other: how late each comes, whether it comes at all, and whether twice. */
  readonly fates: readonly { readonly delay: number; readonly lost: boolean; readonly twice: boolean }[];
  /** The socket is gone for a while; what happened meanwhile comes after it, or never. */
  readonly cuts: readonly { readonly at: number; readonly away: number; readonly recovers: boolean }[];
}

interface Plan {
  /** Null: nothing comes by itself. */
  readonly push: PushPlan | null;
  readonly moves: readonly Move[];
  readonly readers: readonly ReaderPlan[];
  readonly questionsAt: readonly number[];
  /** What goes wrong, request by request, until the calm. */
  readonly troubles: readonly (typeof TROUBLES)[number][];
  readonly latencies: readonly number[];
  readonly longPolls: readonly Phone['longPoll'][];
  /** How held reads end when nothing changes. */
  readonly holds: Pick<Phone, 'patience' | 'expiry'>;
  readonly clockOffset: number;
  readonly ending: 'goes on' | 'hangs up' | 'is forgotten';
}

const CALM = 90_000; // milliseconds after which nothing goes wrong any more
const END = CALM + 150_000;

const time = fc.integer({ min: 0, max: CALM });
const pushes: fc.Arbitrary<PushPlan> = fc.record({
  fates: fc.array(
    fc.record({
      delay: fc.oneof(fc.integer({ min: 10, max: 150 }), fc.integer({ min: 10, max: 4_000 })),
      lost: fc.constantFrom(false, false, false, true),
      twice: fc.constantFrom(false, false, true),
    }),
    { minLength: 1, maxLength: 12 },
  ),
  cuts: fc.array(
    fc.record({ at: time, away: fc.integer({ min: 10, max: 20_000 }), recovers: fc.boolean() }),
    { maxLength: 3 },
  ),
});
const plans: fc.Arbitrary<Plan> = fc.record({
  push: fc.option(pushes),
  moves: fc.array(
    fc.record({
      at: time,
      partyId: fc.constantFrom(...PARTIES),
      code: fc.constantFrom(...CODES),
      by: fc.constantFrom<Move['by'][]>('itself', 'itself', 'command', 'silentCommand'),
    }),
    { maxLength: 14 },
  ),
  readers: fc.array(
    fc.record({
      kind: fc.constantFrom<ReaderPlan['kind'][]>('events', 'events', 'parties'),
      at: time,
      breaks: fc.option(fc.record({ at: time, away: fc.integer({ min: 0, max: 80_000 }) })),
      isSlow: fc.boolean(),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  questionsAt: fc.array(time, { maxLength: 8 }),
  troubles: fc.array(fc.constantFrom('none', 'none', ...TROUBLES), { maxLength: 40 }),
  latencies: fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 }),
  longPolls: fc.array(fc.constantFrom<Phone['longPoll'][]>('honour', 'ignore', 'refuse'), {
    minLength: 1,
    maxLength: 3,
  }),
  holds: fc.record({
    patience: fc.constantFrom(Infinity, Infinity, 20_000, 7_000, 1_500),
    expiry: fc.constantFrom<Phone['expiry'][]>('body', 'body', 'nothingNew', 'cut'),
  }),
  clockOffset: fc.constantFrom(0, 0, 700, -60_000, 3_600_000),
  ending: fc.constantFrom<Plan['ending'][]>('goes on', 'hangs up', 'is forgotten'),
});

/** A state of a party as a reader was shown it. */
interface Sighting {
  readonly partyId: string;
  /** The place of this state in the true history. */
  readonly version: number;
  readonly code: PartyStatusCode;
  /** What the party was shown of the others with it. */
  readonly outlook: string;
  readonly observedAt: number;
  /** Shown as part of the whole: nothing new, maybe. */
  readonly isSnapshot: boolean;
  /** It stands for others that a slow reader did not get, so that in sum nothing may be new. */
  readonly isSum: boolean;
  /** When it was read. */
  readonly readAt: number;
}

/** From so many unread events on a reader is behind. */
const QUEUE_LIMIT = 3;

/** What one reader saw, and how its stream failed, if it did. */
interface Seen {
  readonly kind: ReaderPlan['kind'];
  readonly sightings: readonly Sighting[];
  failure: unknown;
}

/** How many of the others ring, and how many have left. */
function outlookOf<K extends Kind>(system: InMemory<K>, call: K['Call'], { id }: K['Party']): string {
  const codes = system.shape.partiesOf(call).map((one) => [one.id, system.codeOf(one)] as const);
  return outlookIn(Object.fromEntries(codes), id);
}

/** The same where these are the codes of all. */
function outlookIn(codes: { readonly [partyId: string]: PartyStatusCode }, partyId: string): string {
  const others = Object.entries(codes).flatMap(([id, code]) => (id === partyId ? [] : [code]));
  const count = (...counted: PartyStatusCode[]) => others.filter((code) => counted.includes(code)).length;
  return `${count('SETUP', 'PROCEEDING')} ring, ${count('DISCONNECTED', 'GONE')} left`;
}

function sighting<K extends Kind>(
  system: InMemory<K>,
  call: K['Call'],
  shown: K['Party'],
  { isSnapshot = false, isSum = false }: Partial<Pick<Sighting, 'isSnapshot' | 'isSum'>> = {},
): Sighting {
  return {
    partyId: shown.id,
    outlook: outlookOf(system, call, shown),
    version: system.versionOf(shown),
    code: system.codeOf(shown),
    observedAt: shown.observedAt,
    isSnapshot,
    isSum,
    readAt: Date.now(),
  };
}

function sightingsIn<K extends Kind>(system: InMemory<K>, event: K['Event']): Sighting[] {
  const said = system.said(event);
  if (said.type === 'notice') return [];
  if (said.type === 'change') {
    return [sighting(system, said.call, said.party, { isSum: said.skipped > 0 })];
  }
  const parties = system.shape.partiesOf(said.call);
  return parties.map((one) => sighting(system, said.call, one, { isSnapshot: true }));
}

interface Played<K extends Kind> {
  readonly phone: Phone<K, Changes>;
  readonly seen: Seen[];
  /** How many requests were sent. */
  readonly count: number;
  /** How many states the parties had, all together. */
  readonly states: number;
}

/** Plays a plan, and answers what each reader saw. */
async function play<K extends Kind>(system: InMemory<K>, plan: Plan): Promise<Played<K>> {
  const metrics = createMetrics();
  const phone = createPhoneOf(system);
  const hub = createHub(system.shape, {
    metrics,
    log: createLog('silent'),
    longPollTimeout: 30_000,
    limits: { queueLimit: QUEUE_LIMIT },
  });
  const start = Date.now();
  let version = 0;
  const next = () => {
    version += 1;
    return { version };
  };
  phone.outlook = (call, party) => outlookOf(system, call, party);
  Object.assign(phone, plan.holds);
  phone.clockOffset = plan.clockOffset;
  phone.set(PARTIES.map((id) => system.party(id, 'SETUP', { ...next(), isOwn: OWN.has(id) })));
  if (plan.push !== null) push(system, phone, plan.push);

  let latency = 0;
  phone.latency = () => plan.latencies[latency++ % plan.latencies.length] ?? 1;
  let request = 0;
  const desk = hub.desk('viewer', phone.source);
  let wasMissing = false;
  phone.trouble = ({ kind, longPoll }) => {
    if (kind === 'activeCalls' || Date.now() - start > CALM) return null;
    const trouble = plan.troubles[request++] ?? 'none';
    // Who does not find it twice may believe that it is over, and who never saw it that there is none.
    // Beside another that is on its way nobody knows which of them is answered first.
    const isBeside = phone.inFlight() > 1;
    const isOneTooMany =
      trouble === 'missing' && (wasMissing || isBeside || desk.peek(SESSION) === undefined);
    if (trouble === 'missing') wasMissing = !isOneTooMany;
    // One that is held has not answered yet.
    else if (trouble === 'none' && longPoll === undefined) wasMissing = false;
    return isOneTooMany ? null : troubleOf(trouble);
  };
  for (const [index, longPoll] of plan.longPolls.entries()) {
    setTimeout(
      () => {
        phone.longPoll = longPoll;
      },
      (index * CALM) / plan.longPolls.length,
    );
  }

  for (const move of plan.moves) setTimeout(() => void act(system, desk, phone, move, next), move.at);
  for (const at of plan.questionsAt) setTimeout(() => void desk.readCall(SESSION).catch(() => {}), at);
  const seen = plan.readers.map((reader) => read(system, desk, reader));
  setTimeout(() => {
    if (plan.ending === 'hangs up') for (const id of PARTIES) moveTo(system, phone, id, 'DISCONNECTED', next);
    if (plan.ending === 'is forgotten') phone.forget();
  }, CALM + 1_000);

  await pass(END);
  hub.stop();
  await pass(0);
  expect([hub.counts().desks, vi.getTimerCount()]).toEqual([0, 0]);
  return { phone, seen, count: phone.requests.length, states: version };
}

/** Whose changes come by themselves. */
const OWN: ReadonlySet<string> = new Set(['p-1', 'p-2']);

/** Lets the phone system tell of the own parties by itself, as the plan has it. */
function push<K extends Kind>(
  system: InMemory<K>,
  phone: Phone<K, Changes>,
  { fates, cuts }: PushPlan,
): void {
  let ear: Ear<K> | null = null;
  let isCut = false;
  let sequence = 1;
  let told = 0;
  let missed: CallNews<K>[] = [];
  const hear = (news: CallNews<K>) => ear?.heard({ ...news, receivedAt: Date.now() });
  const move = phone.move;
  phone.move = (partyId, code, more) => {
    move(partyId, code, more);
    sequence += 1;
    const call = phone.now();
    if (ear === null || call === null || !OWN.has(partyId)) return;
    const news = system.news({ call, partyId, sequence, at: Date.now() + phone.clockOffset });
    const { delay = 20, lost = false, twice = false } = fates[told++ % fates.length] ?? {};
    if (isCut) missed.push(news);
    else if (!lost)
      for (const late of twice ? [delay, 2 * delay] : [delay])
        setTimeout(() => hear(news), Math.min(late, system.disorder));
  };
  phone.source.listen = (listener) => {
    ear = listener;
    setTimeout(() => enter('listening', true), 100);
    return {
      tellsOf: system.isOwn,
      stop() {
        ear = null;
      },
    };
  };
  for (const { at, away, recovers } of cuts) {
    setTimeout(() => {
      isCut = true;
      enter('recovering', false);
    }, at);
    setTimeout(() => {
      isCut = false;
      const isWhole = recovers && system.recovers;
      enter('listening', !isWhole);
      if (isWhole) for (const news of missed) hear(news);
      missed = [];
    }, at + away);
  }

  function enter(state: ListeningState, mayHaveMissed: boolean): void {
    ear?.entered(state, { mayHaveMissed, reason: null });
  }
}

function troubleOf(trouble: (typeof TROUBLES)[number]): ReturnType<Phone['trouble']> {
  switch (trouble) {
    case 'missing':
      return 'missing';
    case 'none':
      return null;
    case 'hang':
      return 'hang';
    case 'error':
      return new UpstreamUnavailable('RingCentral is out of order.', true);
    case 'garbage':
      return new UpstreamBadResponse('RingCentral answered a web page.');
    case 'limited':
      return new RateLimited('Too many.', { retryAfter: 5, retryAt: Date.now() + 5_000, sent: true });
  }
}

type Next = () => Changes;

/** Moves a party as a phone system does: nobody comes back to life, and nothing happens in a call that is over. */
function moveTo<K extends Kind>(
  system: InMemory<K>,
  phone: Phone<K, Changes>,
  partyId: string,
  code: PartyStatusCode,
  next: Next,
): K['Party'] | undefined {
  const { shape } = system;
  const call = phone.now();
  if (call === null || shape.partiesOf(call).every((one) => shape.isOver(one))) return undefined;
  const before = partyIn(shape, call, partyId);
  if (before === undefined || !system.follows(system.codeOf(before), code)) return undefined;
  phone.move(partyId, code, next());
  const after = phone.now();
  return after === null ? undefined : partyIn(shape, after, partyId);
}

async function act<K extends Kind>(
  system: InMemory<K>,
  desk: Desk<K>,
  phone: Phone<K, Changes>,
  { partyId, code, by }: Move,
  next: Next,
): Promise<void> {
  if (by === 'itself') {
    moveTo(system, phone, partyId, code, next);
    return;
  }
  const sentAt = Date.now();
  await sleep(phone.latency());
  const answered = moveTo(system, phone, partyId, code, next);
  const whole = phone.now();
  await sleep(phone.latency());
  if (by === 'silentCommand') desk.stateChanged(SESSION);
  else if (answered !== undefined && system.hasParties) {
    await desk.observeParty(answered, { sentAt, receivedAt: Date.now() });
  } else if (answered !== undefined && whole !== null) {
    await desk.observeCall(whole, { sentAt, receivedAt: Date.now(), upstreamDate: null });
  }
}

/** Starts a reader, and answers what it sees. */
function read<K extends Kind>(
  system: InMemory<K>,
  desk: Desk<K>,
  { kind, at, breaks, isSlow }: ReaderPlan,
): Seen {
  const sightings: Sighting[] = [];
  const seen: Seen = { kind, sightings, failure: undefined };
  let cursor: string | null = null;
  let isBroken = false;
  let stream: AsyncIterableIterator<unknown> | undefined;

  const follow = async () => {
    try {
      if (kind === 'parties') {
        const updates = desk.partyUpdates(SESSION, null);
        stream = updates;
        if (isSlow) await sleep(END - at - 1_000);
        for await (const update of updates) {
          const { call, party } = system.updated(update);
          sightings.push(sighting(system, call, party));
        }
      } else {
        const events = desk.events(SESSION, cursor, () => isBroken);
        stream = events;
        if (isSlow) await sleep(END - at - 1_000);
        for await (const event of events) {
          cursor = event.cursor;
          sightings.push(...sightingsIn(system, event));
        }
      }
    } catch (error) {
      seen.failure = error;
    }
  };
  setTimeout(() => void follow(), at);
  if (kind === 'events' && !isSlow && breaks !== null && breaks.at > at) {
    setTimeout(() => {
      isBroken = true;
      void stream?.return?.();
      isBroken = false;
      setTimeout(() => void follow(), breaks.away);
    }, breaks.at);
  }
  return seen;
}

/**
 * True for what may stand for others, though nothing says so, as events do: its reader had to read more at that moment than a
 * reader may who is not behind.
 */
function isOfMany({ readAt }: Sighting, sightings: readonly Sighting[]): boolean {
  return sightings.filter((one) => one.readAt === readAt).length > QUEUE_LIMIT;
}

function withoutRepeats<Value>(values: readonly Value[]): Value[] {
  return values.filter((value, index) => index === 0 || value !== values[index - 1]);
}

function check<K extends Kind>(system: InMemory<K>, { phone, seen }: Played<K>, plan: Plan): void {
  for (const { kind, sightings, failure } of seen) {
    // Whoever comes when the call is forgotten is told so, and nothing else ever fails.
    if (failure !== undefined) {
      expect(failure).toBeInstanceOf(CallNotFound);
      expect(plan.ending).toBe('is forgotten');
    }
    for (const partyId of PARTIES) {
      const own = sightings.filter((one) => one.partyId === partyId);
      for (const [index, now] of own.entries()) {
        const before = own[index - 1];
        if (before === undefined) continue;
        if (now.isSnapshot) {
          expect(now.version).toBeGreaterThanOrEqual(before.version);
          expect(now.observedAt).toBeGreaterThanOrEqual(before.observedAt);
          continue;
        }
        expect(now.observedAt).toBeGreaterThan(before.observedAt);
        // The end of a call that is forgotten is no state of its history.
        const isMadeUp =
          plan.ending === 'is forgotten' && now.code === 'DISCONNECTED' && before.code !== now.code;
        if (isMadeUp) continue;
        // New of it is its own state, or only what it is shown of the others.
        expect(now.version).toBeGreaterThanOrEqual(before.version);
        const isSum = now.isSum || (kind === 'parties' && isOfMany(now, sightings));
        if (!isSum && now.outlook === before.outlook) expect(now.version).not.toBe(before.version);
      }
      const call = phone.now();
      const truth = call === null ? undefined : partyIn(system.shape, call, partyId);
      const last = own.at(-1);
      if (last === undefined || failure !== undefined) continue;
      if (call !== null && truth !== undefined) {
        expect([last.version, last.outlook]).toEqual([
          system.versionOf(truth),
          outlookOf(system, call, truth),
        ]);
      } else {
        expect(['DISCONNECTED', 'GONE']).toContain(last.code);
        expect(last.outlook).toBe('0 ring, 2 left');
      }
    }
  }
}

const CALM_PLAN: Plan = {
  push: null,
  moves: [],
  readers: [],
  questionsAt: [],
  troubles: [],
  latencies: [1],
  longPolls: ['honour'],
  holds: { patience: Infinity, expiry: 'body' },
  clockOffset: 0,
  ending: 'goes on',
};

/** A move of an own party in the second of a read, and the next one before it was read again. */
const TIES: readonly [moves: Move[], latencies: number[], delay: number, clockOffset: number][] = [
  [
    [
      { partyId: 'p-1', code: 'HOLD', at: 5_200, by: 'itself' },
      { partyId: 'p-2', code: 'PROCEEDING', at: 5_611, by: 'itself' },
      { partyId: 'p-2', code: 'PROCEEDING', at: 5_811, by: 'itself' },
    ],
    [1, 1, 91, 1],
    109,
    0,
  ],
  [
    [
      { partyId: 'p-1', code: 'ANSWERED', at: 5_200, by: 'itself' },
      { partyId: 'p-1', code: 'PROCEEDING', at: 5_701, by: 'itself' },
      { partyId: 'p-2', code: 'PROCEEDING', at: 5_901, by: 'itself' },
      { partyId: 'p-2', code: 'PROCEEDING', at: 6_101, by: 'itself' },
    ],
    [80, 1, 1, 1],
    120,
    0,
  ],
  [
    [
      { partyId: 'p-1', code: 'ANSWERED', at: 5_200, by: 'itself' },
      { partyId: 'p-1', code: 'PROCEEDING', at: 5_400, by: 'itself' },
      { partyId: 'p-1', code: 'PROCEEDING', at: 5_600, by: 'itself' },
      { partyId: 'p-1', code: 'PROCEEDING', at: 5_800, by: 'itself' },
    ],
    [1, 1, 1, 1, 1, 1, 112, 1],
    88,
    0,
  ],
];

/** Plans that once ended in something else. */
const PLANS: readonly Plan[] = [
  // What a lost socket missed is told at once: it shows others that one rings, and then that it does not.
  {
    ...CALM_PLAN,
    push: {
      fates: [{ delay: 10, lost: false, twice: false }],
      cuts: [{ at: 0, away: 1_001, recovers: true }],
    },
    moves: [
      { at: 0, partyId: 'p-1', code: 'PARKED', by: 'itself' },
      { at: 1_000, partyId: 'p-1', code: 'PROCEEDING', by: 'itself' },
      { at: 1_000, partyId: 'p-1', code: 'HOLD', by: 'itself' },
    ],
    readers: [
      { kind: 'parties', at: 0, breaks: null, isSlow: false },
      { kind: 'events', at: 0, breaks: null, isSlow: false },
    ],
  },
];

suite(RINGCENTRAL_IN_MEMORY);
suite(GENESYS_IN_MEMORY);

function suite<K extends Kind>(system: InMemory<K>): void {
  describe(`Every reader of ${system.shape.name}`, () => {
    test('sees of each party a part of its history in order, nothing twice, and at last the true state.', async () => {
      fakeTime();
      let sightings = 0;
      await fc.assert(
        fc.asyncProperty(plans, async (plan) => {
          const played = await play(system, plan);
          check(system, played, plan);
          // Never more than the pace, the commands and the questions ask for, with some to find out the habits.
          expect(played.count).toBeLessThanOrEqual((END / 60_000) * 45 + 6 * plan.moves.length + 80);
          sightings += played.seen.flatMap((one) => one.sightings).length;
        }),
        { numRuns: Number(process.env.RUNS ?? 250), examples: PLANS.map((plan) => [plan]) },
      );
      // It would hold as well if nobody ever saw anything.
      expect(sightings).toBeGreaterThan(10 * Number(process.env.RUNS ?? 250));
    });

    test('sees every state of the own parties that news tell, when none gets lost, overtaken or into a read.', async () => {
      fakeTime();
      const moves = fc
        .array(
          fc.record({
            wait: fc.integer({ min: system.apart, max: 20_000 }),
            partyId: fc.constantFrom('p-1', 'p-2'),
            code: fc.constantFrom<PartyStatusCode[]>('PROCEEDING', 'ANSWERED', 'HOLD', 'PARKED'),
          }),
          { minLength: 1, maxLength: 12 },
        )
        .map((list) => {
          let at = 5_000;
          return list.map(({ wait, ...move }) => {
            at += wait;
            return { ...move, at, by: 'itself' as const };
          });
        });
      await fc.assert(
        fc.asyncProperty(
          moves,
          fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 10 }),
          fc.integer({ min: 10, max: 120 }),
          fc.constantFrom(0, 900, -3_600_000),
          async (list, latencies, delay, clockOffset) => {
            const start = Date.now();
            const { seen, states, phone } = await play(system, {
              ...CALM_PLAN,
              push: { fates: [{ delay, lost: false, twice: true }], cuts: [] },
              moves: list,
              readers: [{ kind: 'events', at: 0, breaks: null, isSlow: false }],
              latencies,
              longPolls: ['ignore'],
              clockOffset,
            });
            const versions = new Set(seen.flatMap((one) => one.sightings).map(({ version }) => version));
            const missing = Array.from({ length: states }, (_, index) => index + 1).filter(
              (one) => !versions.has(one),
            );
            // An answer says to the second when it was true: what happens until then may be in it or not. It is read again,
            // and by then something newer may be so.
            const mayBeOvertaken = (one: number) => {
              const [move, ...later] = list.slice(one - 1 - PARTIES.length);
              if (move === undefined || !later.some(({ partyId }) => partyId === move.partyId)) return false;
              const at = start + move.at;
              return phone.requests.some(
                ({ sentAt, endedAt }) => sentAt <= at && at <= (endedAt ?? at) + 1_000,
              );
            };
            expect(missing.filter((one) => !mayBeOvertaken(one))).toEqual([]);
          },
        ),
        { numRuns: 100, examples: system.apart <= 200 ? TIES.map(([...plan]) => plan) : [] },
      );
    });
  });
}

describe('Every reader', () => {
  test('sees every change, when RingCentral holds the polls and calls change slower than a poll turns.', async () => {
    fakeTime();
    const slowMoves = fc
      .array(
        fc.record({
          wait: fc.integer({ min: 3_000, max: 20_000 }),
          partyId: fc.constantFrom(...PARTIES),
          code: fc.constantFrom<PartyStatusCode[]>('PROCEEDING', 'ANSWERED', 'HOLD'),
        }),
        { minLength: 1, maxLength: 10 },
      )
      .map((moves) => {
        let at = 5_000;
        return moves.map(({ wait, ...move }) => {
          at += wait;
          return { ...move, at, by: 'itself' as const };
        });
      });
    await fc.assert(
      fc.asyncProperty(
        slowMoves,
        fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 10 }),
        fc.constantFrom(0, 900, -3_600_000),
        fc.constantFrom<Plan['holds'][]>(
          { patience: Infinity, expiry: 'body' },
          { patience: 20_000, expiry: 'nothingNew' },
          { patience: Infinity, expiry: 'cut' },
        ),
        async (moves, latencies, clockOffset, holds) => {
          const reader: ReaderPlan = { kind: 'events', at: 0, breaks: null, isSlow: false };
          const plan: Plan = { ...CALM_PLAN, moves, readers: [reader], latencies, holds, clockOffset };
          const { seen } = await play(RINGCENTRAL_IN_MEMORY, plan);
          const sightings = seen.flatMap((one) => one.sightings);
          // A party of which only the outlook is new shows a version that was shown before.
          const versions = new Set(sightings.map(({ version }) => version));
          expect([...versions]).toEqual(
            Array.from({ length: PARTIES.length + moves.length }, (_, index) => index + 1),
          );
          const states = [Object.fromEntries(PARTIES.map((id) => [id, 'SETUP' as PartyStatusCode]))];
          for (const { partyId, code } of moves) states.push({ ...states.at(-1), [partyId]: code });
          for (const partyId of PARTIES) {
            const shown = sightings.filter((one) => one.partyId === partyId).map(({ outlook }) => outlook);
            const real = states.map((codes) => outlookIn(codes, partyId));
            expect(withoutRepeats(shown)).toEqual(withoutRepeats(real));
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});
