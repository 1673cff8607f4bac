/**
 * The account as it happens: a company of a thousand with three hundred calls, one wallboard, and fifty agents who look at
 * their own. What a change costs must not depend on how many calls there are.
 *
 * ```text
 *   a wallboard each sits down ──► 30, 100, 300 calls begin ──► in turns as many changes a second: processor time for a change
 *                                                └──► fifty agents sit down; each call changes every ten seconds:
 *                                                     delays, bytes, requests of the wallboard
 * ```
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Changes,
  type Company,
  type CompanyCall,
  createChanges,
  createCompany,
  type Frame,
  openScreen,
  type Seen,
} from '../company.ts';
import { file, type Server } from '../machine.ts';
import type { Stage } from '../stage.ts';
import { percentile, say, saySpread, spreadOf } from '../statistics.ts';
import { waitUntil } from '../waiting.ts';

const WORK = 'account';
const CROWD = 1_000; // extensions
const SIZES = [30, 100, 300]; // calls
const AGENTS = 50;
const FAST = 100; // changes a second, while processor time is taken
const SHORTEST = 1_000; // milliseconds: it is told to 10 of them
const EVERY = 10; // seconds between two changes of a call
const SUPERVISOR = 'sim-103';
const SEATED_WITHIN = 60_000; // 1 minute
const GRACE = 2_000; // 2 seconds for what is still on its way

/** The goals. */
const P99 = 300; // milliseconds
const FLAT = 1.25;
const BYTES = 2_048;
const REQUESTS = 20; // a minute

const OWN_CALL =
  'subscription ($id: ID!) { callEvents(sessionId: $id) { __typename ... on CallPartyChange { party { id status { code } } } } }';
const OWN_LIST = 'subscription { activeCalls { sessionId partyId telephonyStatus } }';

interface Watched {
  readonly size: number;
  readonly company: Company;
  readonly server: Server;
  readonly wallboard: Wallboard;
  readonly changes: Changes;
  readonly calls: readonly CompanyCall[];
  /** Milliseconds of processor time for a change, round by round. */
  readonly cost: number[];
}

/** Companies of one size but with few, more and many calls take turns; then the agents of the busiest sit down. */
export async function account(stage: Stage): Promise<void> {
  const all: Watched[] = [];
  for (const size of SIZES) all.push(await watched(stage, size));
  for (const { company, calls } of all) await company.change(calls, FAST, stage.pace.warmUp / 2_000);
  for (let round = 0; round < stage.pace.rounds; round += 1) {
    for (const { company, server, calls, cost } of all) {
      await sleep(GRACE / 4);
      const before = server.processorTime();
      const count = await company.change(calls, FAST, Math.max(stage.pace.round, SHORTEST) / 1_000);
      cost.push((server.processorTime() - before) / count);
    }
  }
  const busiest = all.pop();
  if (busiest === undefined) return;
  for (const { company, server } of all) await Promise.all([server.stop(), company.stop()]);
  await measured(stage, busiest, [...all, busiest]);
}

/** A wallboard before a company with so many calls, which all began before its eyes. */
async function watched(stage: Stage, size: number): Promise<Watched> {
  const changes = createChanges();
  const company = await createCompany(CROWD, changes);
  stage.leaves(company);
  const { server } = await stage.own('ours', { env: { LIVE_SOURCE: 'auto' } }, company);
  const wallboard = createWallboard(changes.screen());
  const query = readFileSync(file('../examples/27-watch-the-company.graphql'), 'utf8');
  stage.leaves({ stop: (await openScreen(server, SUPERVISOR, { query }, wallboard.see)).close });
  const calls = company.begin(size);
  await until(() => wallboard.calls.size === size, `${size} calls on the wallboard`);
  return { size, company, server, wallboard, changes, calls, cost: [] };
}

async function measured(
  stage: Stage,
  { company, server, wallboard, changes, calls }: Watched,
  all: readonly Watched[],
): Promise<void> {
  const agents: Seen[] = [];
  for (const { id, partyId, token } of calls.slice(0, AGENTS)) {
    const seen = changes.screen();
    agents.push(seen);
    const see = ({ data }: Frame) => {
      const { party } = data.callEvents ?? {};
      if (party?.id === partyId) seen.saw(party.id, party.status.code);
    };
    const events = await openScreen(server, token, { query: OWN_CALL, variables: { id } }, see);
    const list = await openScreen(server, token, { query: OWN_LIST }, () => {});
    stage.leaves({ stop: events.close });
    stage.leaves({ stop: list.close });
  }
  await sleep(GRACE);

  for (const seen of [wallboard.seen, ...agents]) seen.forget();
  wallboard.bytes = 0;
  const seconds = stage.pace.look / 1_000;
  const started = Date.now();
  const due = await company.change(calls, calls.length / EVERY, seconds);
  await sleep(GRACE);
  const asked = company.simulator
    .requests()
    .filter(({ viewer, started: at }) => viewer === SUPERVISOR.slice(4) && at >= started);
  const own = agents.flatMap(({ delays }) => delays);
  const ownDue = calls.slice(0, AGENTS).length * Math.floor(seconds / EVERY);
  const rejected = company.simulator.requests().filter(({ status }) => status === 429).length;

  const { delays } = wallboard.seen;
  const [p50, p99] = [percentile(delays, 0.5), percentile(delays, 0.99)];
  const costs = all.map(({ size, cost }) => ({ size, ...spreadOf(cost) }));
  const medians = costs.map(({ median }) => median);
  const steepness = Math.max(...medians) / Math.min(...medians);
  const perMinute = (asked.length * 60_000) / (Date.now() - started);
  const perChange = wallboard.bytes / due;
  stage.report(
    {
      work: WORK,
      measure: `p50; p99 from a change to the wallboard, ms: ${calls.length} calls of ${CROWD} extensions, ${AGENTS} agents`,
      ours: `${say(p50)}; ${say(p99)}`,
      against: '',
      result: `${delays.length} of ${due} changes seen, ${rejected} × 429`,
      goal: `p99 ≤ ${P99}; all, 0 × 429`,
      met: p99 <= P99 && delays.length === due && rejected === 0,
    },
    {
      work: WORK,
      measure: 'p50; p99 from a change to the agent whose call it is, ms',
      ours: `${say(percentile(own, 0.5))}; ${say(percentile(own, 0.99))}`,
      against: '',
      result: `${own.length} of ${ownDue} changes seen`,
      goal: `p99 ≤ ${P99}; all`,
      met: percentile(own, 0.99) <= P99 && own.length === ownDue,
    },
    {
      work: WORK,
      measure: 'processor time for a change, ms, by the number of calls',
      ours: costs.map((cost) => `${cost.size}: ${saySpread(cost)}`).join('; '),
      against: '',
      result: `${steepness.toFixed(2)} × from the cheapest to the dearest`,
      goal: `≤ ${FLAT} ×`,
      met: steepness <= FLAT,
    },
    {
      work: WORK,
      measure:
        'bytes to the wallboard for a change of a call, what its extension does included (WatchTheCompany)',
      ours: say(perChange),
      against: '',
      result: `the dearest frame ${say(wallboard.dearest)}`,
      goal: `≤ ${say(BYTES)}`,
      met: perChange <= BYTES,
    },
    {
      work: WORK,
      measure: 'requests a minute for the wallboard, after its cold start',
      ours: say(perMinute),
      against: '',
      result: `${asked.length} in ${seconds} s: ${[...new Set(asked.map(({ operationId }) => operationId))].join(', ') || 'none'}`,
      goal: `≤ ${REQUESTS}`,
      met: perMinute <= REQUESTS,
    },
  );
  await server.stop();
  await company.stop();
}

interface Wallboard {
  readonly seen: Seen;
  /** The ids of those that it shows. */
  readonly calls: Set<string>;
  /** Of what changed. */
  bytes: number;
  dearest: number;
  readonly see: (frame: Frame) => void;
}

function createWallboard(seen: Seen): Wallboard {
  const board: Wallboard = {
    seen,
    calls: new Set(),
    bytes: 0,
    dearest: 0,
    see({ bytes, data: { accountCallEvents: event } }) {
      if (event.__typename === 'AccountSnapshot') {
        for (const { id } of event.calls) board.calls.add(id);
        return;
      }
      board.bytes += bytes;
      board.dearest = Math.max(board.dearest, bytes);
      if (event.__typename === 'AccountCallBegan') board.calls.add(event.session.id);
      if (event.__typename === 'AccountCallPartyChange') seen.saw(event.party.id, event.party.status.code);
    },
  };
  return board;
}

function until(isSo: () => boolean, what: string): Promise<void> {
  return waitUntil(isSo, { within: SEATED_WITHIN, every: 20, missing: () => `there are not ${what}` });
}
