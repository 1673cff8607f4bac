/**
 * Push under the real limit: fifty requests a minute, and one viewer who watches one, five, twenty or a hundred calls of
 * their own. Beside each a viewer with as many calls before a gateway that polls, who is only measured.
 *
 * ```text
 *   a few ring ──answered──► hold, mute, recording in turns ──► those few end
 *        │                          │                              │
 *        └── at most one request    └── none                       └── at most one
 * ```
 *
 * Every call is also looked at each 30 seconds, or later; those requests are not of a change, and not counted.
 *
 * A hundred first reads take two minutes at fifty a minute, so that viewer is seated with more; from then on the limit is
 * the real one for everybody.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Audience, createAudience } from '../audience.ts';
import { microseconds } from '../clock.ts';
import type { Contestant, Upstream } from '../contestants.ts';
import type { Finding } from '../findings.ts';
import type { Stage } from '../stage.ts';
import { percentile, say } from '../statistics.ts';
import type { Change } from '../upstream.ts';
import { introduce, seatAt, untilQuiet } from './seats.ts';

const WORK = 'push under the real limit';
const LIMIT = 50; // requests a minute
const CALLS = [1, 5, 20, 100];
const MOST_MOVED = 5; // calls that are answered and that end
const EVERY = 100; // milliseconds between two changes of a viewer's calls
const POLLED_EVERY = 500; // milliseconds: more than the limit lets polls tell of for long
const GRACE = 2_000; // 2 seconds for the requests that follow a change
const SEATING_LIMIT = 1_000; // requests a minute
const FIRST_SESSION = 20_000_000;

/** The goals. */
const P50 = 50; // milliseconds
const P99 = 250; // milliseconds

interface Desk {
  readonly contestant: Contestant;
  readonly viewer: number;
  readonly sessions: readonly number[];
  /** Those that ring at first. */
  readonly moving: readonly number[];
  readonly audience: Audience;
}

interface Measured {
  readonly delays: readonly number[];
  /** Changes that were due. */
  readonly due: number;
  /** Requests that no slow look explains. */
  readonly requests: number;
}

/** Seats them all, then lets their calls change (in a full round a minute later). */
export async function push(stage: Stage): Promise<void> {
  const seconds = stage.pace.look / 1_000;
  const upstream = await stage.ownUpstream({ limit: LIMIT, push: true });
  const listening = await stage.own('ours', { env: { LIVE_SOURCE: 'push' } }, upstream);
  const polling = await stage.own('ours', { env: { LONG_POLL_TIMEOUT: '' } }, upstream);
  const seat = (contestant: Contestant, first: number) =>
    Promise.all(
      CALLS.map((count, index) => seated(stage, { contestant, upstream, viewer: first + index, count })),
    );
  const [listeners, pollers] = await Promise.all([seat(listening, 1), seat(polling, 11)]);
  // What a gateway asked for while it was allowed more counts for a minute.
  if (stage.pace.full) await sleep(60_000);

  await Promise.all([
    ...listeners.map((desk) => listen(stage, upstream, desk, seconds)),
    ...pollers.map((desk) => poll(stage, upstream, desk, seconds)),
  ]);
  for (const { audience } of [...listeners, ...pollers]) audience.stop();
  await Promise.all([listening.server.stop(), polling.server.stop(), upstream.stop()]);
}

async function seated(
  stage: Stage,
  {
    contestant,
    upstream,
    viewer,
    count,
  }: { contestant: Contestant; upstream: Upstream; viewer: number; count: number },
): Promise<Desk> {
  const first = FIRST_SESSION + viewer * 1_000;
  const sessions = Array.from({ length: count }, (_, index) => first + index);
  const moving = sessions.slice(0, MOST_MOVED);
  const audience = createAudience(upstream);
  stage.leaves(audience);
  await upstream.change(moving, 'ring');
  const isCrowded = count > LIMIT / 2;
  if (isCrowded) await upstream.limit(viewer, SEATING_LIMIT);
  await introduce(contestant, [viewer]);
  await audience.admit([seatAt(contestant, viewer, sessions)]);
  if (isCrowded) {
    await untilQuiet(upstream);
    await upstream.limit(viewer, LIMIT);
    // From the answer the gateway learns that there is less.
    await introduce(contestant, [viewer]);
  }
  return { contestant, viewer, sessions, moving, audience };
}

async function listen(stage: Stage, upstream: Upstream, desk: Desk, seconds: number): Promise<void> {
  const { sessions, moving, viewer } = desk;
  const answered = await measured(
    upstream,
    desk,
    moving.map((session) => [session, 'answer']),
    EVERY,
  );
  const turns = Array.from({ length: (seconds * 1_000) / EVERY }, (_, turn): Turn => {
    const what: Change[] = ['hold', 'mute', 'record'];
    return [sessions[turn % sessions.length] ?? 0, what[turn % what.length] ?? 'hold'];
  });
  const calm = await measured(upstream, desk, turns, EVERY);
  const left = await measured(
    upstream,
    desk,
    moving.map((session) => [session, 'leave']),
    EVERY,
  );
  const { rejected, polls } = await upstream.counts(viewer);
  const all = [...answered.delays, ...calm.delays, ...left.delays];
  const due = answered.due + calm.due + left.due;
  const [p50, p99] = [percentile(all, 0.5), percentile(all, 0.99)];
  const name = sayCalls(sessions.length);
  stage.report(
    {
      work: WORK,
      measure: `p50; p99 from the upstream to the frame, ms: ${name}`,
      ours: `${say(p50)}; ${say(p99)}`,
      against: '',
      result: `${all.length} of ${due} changes seen, ${polls} polls, ${rejected} × 429`,
      goal: `≤ ${P50}; ≤ ${P99}; all, 0 × 429`,
      met: p50 <= P50 && p99 <= P99 && all.length === due && rejected === 0,
    },
    requestsFinding(`a hold, mute or recording: ${name}`, calm, 0),
    requestsFinding(
      `an answer or an end: ${name}`,
      { ...answered, due: answered.due + left.due, requests: answered.requests + left.requests },
      1,
    ),
  );
}

function requestsFinding(what: string, { due, requests }: Measured, most: number): Finding {
  return {
    work: WORK,
    measure: `requests ${what}`,
    ours: `${requests} for ${due}`,
    against: '',
    result: say(requests / due),
    goal: `≤ ${most}`,
    met: requests <= most * due,
  };
}

/** The same with polls, as far as they get. */
async function poll(stage: Stage, upstream: Upstream, desk: Desk, seconds: number): Promise<void> {
  const { sessions, viewer } = desk;
  const turns = Array.from(
    { length: (seconds * 1_000) / POLLED_EVERY },
    (_, turn): Turn => [sessions[turn % sessions.length] ?? 0, 'hold'],
  );
  const { delays, due } = await measured(upstream, desk, turns, POLLED_EVERY);
  const { rejected, reads, polls } = await upstream.counts(viewer);
  const never = Array.from({ length: due - delays.length }, () => Number.POSITIVE_INFINITY);
  const all = [...delays, ...never];
  const [p50, p99] = [percentile(all, 0.5), percentile(all, 0.99)];
  stage.report({
    work: WORK,
    measure: `p50; p99 with polls, ms: ${sayCalls(sessions.length)}`,
    ours: `${sayDelay(p50)}; ${sayDelay(p99)}`,
    against: '',
    result: `${delays.length} of ${due} changes seen in time, ${reads + polls} requests, ${rejected} × 429`,
    goal: '',
    met: null,
  });
}

type Turn = readonly [session: number, what: Change];

/** Makes one change after another, without waiting until it is seen; those of one call wait for each other. */
async function measured(
  upstream: Upstream,
  { audience, viewer }: Desk,
  turns: readonly Turn[],
  every: number,
): Promise<Measured> {
  const before = await upstream.counts(viewer);
  audience.forget();
  const started = microseconds();
  for (const [turn, [session, what]] of turns.entries()) {
    const early = (started - microseconds()) / 1_000 + turn * every;
    if (early > 0) await sleep(early);
    audience.change(session, what).catch(() => {}); // Whoever is not told in time is not counted as seen.
  }
  await sleep(GRACE);
  const after = await upstream.counts(viewer);
  return { delays: [...audience.delays], due: turns.length, requests: after.again - before.again };
}

function sayDelay(milliseconds: number): string {
  return Number.isFinite(milliseconds) ? say(milliseconds) : 'not seen in time';
}

function sayCalls(count: number): string {
  return count === 1 ? 'one call' : `${count} calls`;
}
