/**
 * Chance on both sides of a gateway for a while: callers who ask anything, in any order, and leave at any moment, before a
 * RingCentral of which every second answer is odd.
 *
 * `FUZZ_SECONDS=300 FUZZ_SEED=7 npx vitest run test/siege` looks longer, and from there. A seed makes the same callers ask the
 * same things; which of them meet is up to the machine, so a failure also tells what was asked.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createClient } from 'graphql-ws';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { schema } from '../../schema/index.ts';
import { createSimulator, type Simulator } from '../../src/simulator/server.ts';
import { inbound, own, STILL } from '../support/command-cases.ts';
import { FAST_PATH } from '../support/fast-path.ts';
import { until } from '../support/gateway.ts';
import { LIVE_SOURCE } from '../support/live-source.ts';
import { watch } from '../support/streams.ts';
import { call } from './callers.ts';
import { type Chance, createChance } from './chance.ts';
import type { Address } from './documents.ts';
import { createOddUpstream, type OddUpstream } from './odd-upstream.ts';

const SEED = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
const SECONDS = Number(process.env.FUZZ_SECONDS ?? 40);
const HANDS = 32; // callers at a time
const USERS = 8; // at a time
const WARM_UP = 0.15; // of the time: what is kept for good is kept after that
/** Code that ran first after that, as it is compiled and its stack traces are mapped: 16 MiB, and half as much again. */
const MORE_HEAP = 24 * 1_048_576; // 24 MiB
/** For each new token, whose viewer is remembered with the list of their calls, which is long here: 88 KiB, and half as much again. */
const MORE_HEAP_EACH = 132 * 1_024; // 132 KiB
/** The token that nobody else has, and to whom RingCentral is always honest. */
const GOOD = 'sim-103';

test(
  'Whatever callers and RingCentral do, nothing breaks, everything taken is given back, and who behaves is served.',
  async () => {
    process.stdout.write(`FUZZ_SEED=${SEED} FUZZ_SECONDS=${SECONDS}\n`);
    const chance = createChance(SEED);
    await using simulator = await createSimulator({
      story: false,
      settings: { ...STILL, lightLimit: 0, mediumLimit: 0, heavyLimit: 0, authLimit: 0 },
    });
    await using upstream = await createOddUpstream({
      behind: simulator.url,
      chance: chance.named(1),
      known: (token) => ({ token: token.startsWith('fuzz-') ? 'sim-101' : token, isHonest: token === GOOD }),
    });
    await using gateway = await besiege(upstream);
    const alarms: string[] = [];
    const failures: string[] = [];
    const answers = { asked: 0, answered: 0, true: 0 };
    const heard = (answer: string, asked: string) => {
      answers.asked += 1;
      if (answer !== '') answers.answered += 1;
      if (answer.includes('"data":{')) answers.true += 1;
      if (answer.includes('"code":"INTERNAL_SERVER_ERROR"')) {
        alarms.push(`${asked.slice(0, 3_000)}\n→ ${answer.slice(-1_000)}`);
      }
    };

    const tokens = new Set<string>();
    const disturb = async (seconds: number, chances: Chance) => {
      await using goodUser = await behave(gateway.url, simulator, failures);
      const over = AbortSignal.timeout(Math.round(seconds * 1_000));
      const calls = play(simulator, chances.named(0), over);
      const hands = Array.from({ length: HANDS }, async (_, hand) => {
        const own = chances.named(1 + hand);
        for (let turn = 0; !over.aborted; turn += 1) {
          // Now and then another user: a penalty, or a refused token, would leave the rest unseen.
          const token = `fuzz-${1 + (hand % USERS) + USERS * Math.floor(turn / 20)}`;
          tokens.add(token);
          await call({ schema, url: gateway.url, chance: own, token, calls: calls.addresses(), heard });
        }
      });
      await Promise.all([...hands, goodUser.until(over), calls.over]);
      await goodUser.isServed();
    };

    await disturb(SECONDS * WARM_UP, chance.named(2));
    const notBefore = await gateway.untilIdle();
    const before = await gateway.heap();
    const knownBefore = tokens.size;
    await disturb(SECONDS * (1 - WARM_UP), chance.named(3));
    const notAfter = await gateway.untilIdle();
    const newTokens = tokens.size - knownBefore;
    const moreHeap = MORE_HEAP + newTokens * MORE_HEAP_EACH;
    const after = await gateway.heapBelow(before + moreHeap);
    const odd = Object.values(upstream.did).reduce((sum, times) => sum + times, 0);
    process.stdout.write(
      `${JSON.stringify({ ...answers, odd, newTokens })}, heap ${mebibytes(before)} → ${mebibytes(after)} MiB\n`,
    );

    expect.soft({ notBefore, notAfter }).toEqual({ notBefore: [], notAfter: [] });
    expect.soft(alarms.slice(0, 3)).toEqual([]);
    expect.soft(gateway.lines.slice(1, 4)).toEqual([]);
    expect.soft(failures.slice(0, 3)).toEqual([]);
    // A fuzz that reaches nothing says nothing.
    expect.soft(answers.true).toBeGreaterThan(0);
    expect.soft(odd).toBeGreaterThan(0);
    expect.soft(after - before).toBeLessThan(moreHeap);
    expect(await gateway.end()).toEqual({ code: 0, stderr: '' });
  },
  (SECONDS + 180) * 1_000,
);

interface Line {
  readonly level: string;
  readonly msg: string;
}

/** A line that calls for the operator; that RingCentral is out, which it is, is none of the gateway's faults. */
function isAlarm({ level, msg }: Line): boolean {
  return (level === 'error' || level === 'fatal') && !msg.startsWith('RingCentral is out');
}

interface Besieged extends AsyncDisposable {
  readonly url: string;
  /** Its first line, and those that call for the operator. */
  readonly lines: readonly Line[];
  /** Waits until nothing is being answered, asked, watched or streamed; answers what is even after a while. */
  untilIdle(): Promise<readonly string[]>;
  /** Bytes that are needed: what is kept of documents is replaced by always the same, and garbage is collected first. */
  heap(): Promise<number>;
  /** The same, as soon as it is less than that; answers what it is even after a while: some things are kept for seconds. */
  heapBelow(bytes: number): Promise<number>;
  /** Ends it as operators do; answers how it ended, and everything that Node had to complain of. */
  end(): Promise<{ readonly code: number | null; readonly stderr: string }>;
}

/** What must be zero when nobody is there: places, places for who waits, and everything that is watched. */
const PLACES =
  /^(gateway_graphql_in_flight|gateway_introductions|gateway_request_body_bytes|gateway_sockets|gateway_subscribers|gateway_watches)(\{.*\})? (?!0$)\S+$/gm;

async function besiege(upstream: OddUpstream): Promise<Besieged> {
  const { PATH = '' } = process.env;
  const child = spawn(
    process.execPath,
    [
      '--expose-gc',
      '--trace-warnings',
      '--import',
      'tsx',
      fileURLToPath(new URL('besieged.ts', import.meta.url)),
    ],
    {
      env: {
        PATH,
        FAST_PATH,
        LIVE_SOURCE,
        PORT: '0',
        RINGCENTRAL_SERVER_URL: upstream.url,
        INTROSPECTION: 'on',
        LONG_POLL_TIMEOUT: '2',
        UPSTREAM_TIMEOUT: '4',
        DRAIN_SECONDS: '1',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const lines: Line[] = [];
  createInterface(child.stdout).on('line', (line) => {
    const parsed = JSON.parse(line);
    // The rest is told by metrics; a line for each operation of a minute would fill the memory of the test.
    if (lines.length === 0 || isAlarm(parsed)) lines.push(parsed);
  });
  const first = await until(() => lines[0] ?? child.exitCode !== null);
  const url = typeof first === 'object' ? /http:\S+/.exec(first.msg)?.[0] : undefined;
  if (url === undefined) throw new Error(`The gateway did not start: ${stderr}`);
  const metrics = async () => {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`The gateway is gone: ${stderr}`);
    return (await fetch(new URL('/metrics', url))).text();
  };
  const heap = async () => {
    const used = async () => {
      child.kill('SIGUSR2');
      await sleep(200);
      return Number(/^nodejs_heap_size_used_bytes (\S+)$/m.exec(await metrics())?.[1]);
    };
    await replaceDocuments(url);
    // What was just let go of may need a second collection.
    return Math.min(await used(), await used(), await used());
  };

  return {
    url,
    lines,
    async untilIdle() {
      const patience = AbortSignal.timeout(20_000); // 20 seconds
      for (;;) {
        const taken = [...((await metrics()).match(PLACES) ?? []), ...upstream.open()];
        if (taken.length === 0 || patience.aborted) return taken;
        await sleep(50);
      }
    },
    heap,
    async heapBelow(bytes) {
      const patience = AbortSignal.timeout(60_000); // a minute
      for (;;) {
        const used = await heap();
        if (used < bytes || patience.aborted) return used;
        await sleep(1_000);
      }
    },
    async end() {
      child.kill('SIGTERM');
      return { code: await exit, stderr };
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exit;
    },
  };
}

/** As many as are kept parsed, and as many as are kept for being no documents, whatever was kept before. */
async function replaceDocuments(url: string): Promise<void> {
  const replace = async (first: number) => {
    for (let number = first; number < DOCUMENTS; number += 10) {
      const comment = `# ${number} ${'-'.repeat(1_000)}\n`;
      const answer = await ask(url, `${comment}{ __typename }`, {});
      if (answer.data === undefined) throw new Error(`A document was answered ${JSON.stringify(answer)}`);
      const refused = await ask(url, `${comment}{`, {});
      if (refused.errors === undefined)
        throw new Error(`No document was answered ${JSON.stringify(refused)}`);
    }
  };
  await Promise.all(Array.from({ length: 10 }, (_, first) => replace(first)));
}

const DOCUMENTS = 1_000;

/** Asks as the good user. */
async function ask(url: string, query: string, variables: object) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${GOOD}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

interface GoodUser extends AsyncDisposable {
  /** Reads, acts and watches until then. */
  until(over: AbortSignal): Promise<void>;
  /** Reads, acts and waits for the event of it, once. */
  isServed(): Promise<void>;
}

/** Commands of the good user that may be cut off in a whole run: connections are shared, and end without a warning. */
const MOST_CUT_OFF = 2;
const READ = 'query ($id: ID!) { callSession(id: $id) { id parties { id muted status { code } } } }';
const PAYLOAD = '{ outcome error { __typename message } party { status { code } } }';
const WATCH =
  'subscription ($id: ID!, $party: ID!) { callPartyUpdated(sessionId: $id, partyId: $party) { status { code } } }';

/** A user with a call of their own that nobody else touches, who puts it on hold and takes it back. */
async function behave(url: string, simulator: Simulator, failures: string[]): Promise<GoodUser> {
  const session = simulator.startCall({
    kind: 'inbound',
    from: '+12025550147',
    to: '103',
    state: 'Answered',
  });
  const address = own(session, GOOD);
  const { sessionId: id, partyId: party } = address;
  let code = 'ANSWERED';
  let cutOff = 0;
  const client = createClient({
    url: url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${GOOD}` },
  });
  const events = watch<{ status: { code: string } }>(client, 'callPartyUpdated', WATCH, { id, party });
  await events.next();

  const check = (what: string, answer: unknown, expected: unknown) => {
    try {
      expect(answer).toEqual(expected);
    } catch {
      failures.push(`${what}: ${JSON.stringify(answer)}`);
    }
  };
  const turn = async () => {
    const read = await ask(url, READ, { id });
    const own = { id: party, muted: false, status: { code } };
    check('read', read, { data: { callSession: { id, parties: [expect.anything(), own] } } });
    const before = code;
    code = code === 'HOLD' ? 'ANSWERED' : 'HOLD';
    const verb = code === 'HOLD' ? 'hold' : 'unhold';
    const Verb = code === 'HOLD' ? 'Hold' : 'Unhold';
    const done = await ask(
      url,
      `mutation ($input: ${Verb}CallPartyInput!) { did: ${verb}CallParty(input: $input) ${PAYLOAD} }`,
      { input: address },
    );
    if (done.data?.did?.outcome === 'UNKNOWN' && cutOff < MOST_CUT_OFF) {
      // An odd answer to somebody else ended the connection while this was on its way: then the truth is told of it.
      cutOff += 1;
      code = before;
      const error = {
        __typename: 'UpstreamUnavailable',
        message: expect.stringContaining('connection to RingCentral broke'),
      };
      check('cut off', done, { data: { did: { outcome: 'UNKNOWN', error, party: { status: { code } } } } });
      return;
    }
    check(verb, done, { data: { did: { outcome: 'APPLIED', error: null, party: { status: { code } } } } });
    const event = await Promise.race([events.next(), sleep(10_000, 'nothing for 10 seconds')]);
    check('event', event, { status: { code } });
  };

  return {
    async until(over) {
      while (!over.aborted && failures.length < 20) {
        try {
          await turn();
        } catch (error) {
          failures.push(String(error));
        }
        await sleep(100);
      }
    },
    isServed: turn,
    async [Symbol.asyncDispose]() {
      await client.dispose();
    },
  };
}

interface Play {
  /** Calls to ask about; some of them are over. */
  addresses(): readonly Address[];
  readonly over: Promise<void>;
}

const CODES = ['Setup', 'Proceeding', 'Answered', 'Hold', 'Parked', 'VoiceMail', 'Gone', 'Disconnected'];
const MOST_CALLS = 12;

/** Calls begin, change and end by chance. */
function play(simulator: Simulator, chance: Chance, over: AbortSignal): Play {
  const addresses: Address[] = [];
  const begin = () => {
    const kind = chance.of(['inbound', 'inbound', 'outbound', 'internal', 'queue', 'conference'] as const);
    const session =
      kind === 'inbound' ? inbound(simulator) : simulator.startCall({ kind, state: 'Answered' });
    for (const { id = '' } of session.parties ?? []) {
      addresses.push({ sessionId: session.id ?? '', partyId: id, recordingId: '1' });
    }
    addresses.splice(0, Math.max(0, addresses.length - 3 * MOST_CALLS));
  };
  for (let count = 0; count < MOST_CALLS; count += 1) begin();
  const change = async () => {
    while (!over.aborted) {
      await sleep(40);
      const { sessionId, partyId } = chance.of(addresses);
      const changes = chance.of<Parameters<Simulator['moveParty']>[2]>([
        { code: chance.of(CODES) },
        { muted: chance.happens(0.5) },
        { recording: 'OnDemand' },
      ]);
      try {
        if (chance.happens(0.1)) begin();
        else simulator.moveParty(sessionId, partyId, changes);
      } catch {
        // Not every change makes sense, and a call may be over.
      }
    }
  };
  return { addresses: () => addresses, over: change() };
}

function mebibytes(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1);
}
