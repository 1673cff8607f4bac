/**
 * Under the real limit: fifty requests a minute, and a penalty that each further request restarts. One screen
 * asks for twenty live sessions once a second. Each session changes once a minute.
 *
 * An answer is true when it has no error and shows a state that is still the state, or was until less than
 * two seconds ago. Everybody plays at the same time, each as a viewer of its own with a budget of its own.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createAudience } from '../audience.ts';
import { readMarker } from '../calls.ts';
import { microseconds } from '../clock.ts';
import type { Contestant, Upstream } from '../contestants.ts';
import { type Connection, isTrue, openConnection } from '../http-load.ts';
import type { Stage } from '../stage.ts';
import { seatAt } from './seats.ts';

const WORK = 'under the real limit';
const LIMIT = 50; // requests a minute
const SESSIONS = Array.from({ length: 20 }, (_, index) => 9_000_000 + index);
/** The viewer whose screen also subscribes to each session, as a screen of ours would. */
const WATCHING = 1;
const CONNECTIONS = 4;
const CHANGES_EVERY = 60_000; // milliseconds
const OLD = 2_000_000; // microseconds: two seconds

interface Screen {
  readonly name: string;
  readonly contestant: Contestant;
  readonly viewer: number;
  asked: number;
  true: number;
  example: string | null;
}

/** Lets the screens ask (in a full round for three minutes). */
export async function realLimit(stage: Stage): Promise<void> {
  const seconds = stage.pace.full ? 180 : stage.pace.look / 1_000;
  const upstream = await stage.ownUpstream({ limit: LIMIT });
  // The time a poll may be held is left as it comes: it is part of what is judged.
  const ours = await stage.own('ours', { env: { LONG_POLL_TIMEOUT: '' } }, upstream);
  const others = [
    await stage.own('bare got proxy', {}, upstream),
    ...(await stage.peers((name) => stage.own(name, {}, upstream))),
  ];
  const screens = [screenAt(ours, WATCHING, 'watched and asked'), screenAt(ours, 2)];
  for (const other of others) screens.push(screenAt(other, screens.length + 1));
  const audience = createAudience(upstream);
  stage.leaves(audience);
  await audience.admit([seatAt(ours, WATCHING, SESSIONS)]);

  const truth = new Map<number, number>();
  const over = new AbortController();
  const changing = changeForever(upstream, truth, over.signal);
  await Promise.all(screens.map((screen) => askEverySecond(screen, seconds, truth)));
  over.abort();
  await changing;
  audience.stop();

  for (const screen of screens) {
    const { rejected, reads, polls } = await upstream.counts(screen.viewer);
    const share = screen.true / screen.asked;
    const shown = `${screen.true} of ${screen.asked}`;
    const isOurs = screen.contestant === ours;
    stage.report({
      work: WORK,
      measure: `true answers in ${seconds} s: ${screen.name}`,
      ours: isOurs ? shown : '',
      against: isOurs ? '' : shown,
      result: `${(share * 100).toFixed(1)} %, ${rejected} × 429, ${reads + polls + rejected} upstream requests${share < 1 ? `, like ${screen.example}` : ''}`,
      goal: isOurs ? '100 %, 0 × 429' : '',
      met: isOurs ? share === 1 && rejected === 0 : null,
    });
    if (!isOurs) await screen.contestant.server.stop();
  }
  await ours.server.stop();
}

function screenAt(contestant: Contestant, viewer: number, how = 'only asked'): Screen {
  return { name: `${contestant.name}, ${how}`, contestant, viewer, asked: 0, true: 0, example: null };
}

async function askEverySecond(
  screen: Screen,
  seconds: number,
  truth: ReadonlyMap<number, number>,
): Promise<void> {
  const { port } = screen.contestant.server;
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => openConnection(port)));
  const started = microseconds();
  for (let second = 0; second < seconds; second += 1) {
    const early = (started - microseconds()) / 1_000 + second * 1_000;
    if (early > 0) await sleep(early);
    await Promise.all(
      connections.map(async (connection, hand) => {
        for (let index = hand; index < SESSIONS.length; index += CONNECTIONS) {
          await askFor(SESSIONS[index] ?? 0, screen, connection, truth);
        }
      }),
    );
  }
  for (const connection of connections) connection.close();
}

async function askFor(
  session: number,
  screen: Screen,
  connection: Connection,
  truth: ReadonlyMap<number, number>,
): Promise<void> {
  const { request, expects } = screen.contestant.dialect.read(screen.viewer, session);
  const answer = await connection.send(request);
  const current = truth.get(session) ?? 0;
  const shown = readMarker(answer.body)?.changedAt ?? 0;
  screen.asked += 1;
  if (isTrue(answer, expects) && (shown >= current || microseconds() - current < OLD)) screen.true += 1;
  else screen.example ??= answer.body.subarray(0, 100).toString().replaceAll('|', ' ');
}

async function changeForever(
  upstream: Upstream,
  truth: Map<number, number>,
  signal: AbortSignal,
): Promise<void> {
  const gap = CHANGES_EVERY / SESSIONS.length;
  for (let turn = 0; !signal.aborted; turn += 1) {
    await sleep(gap, undefined, { signal }).catch(() => {});
    const session = SESSIONS[turn % SESSIONS.length];
    if (signal.aborted || session === undefined) return;
    const [marker = 0] = await upstream.change([session]);
    truth.set(session, marker);
  }
}
