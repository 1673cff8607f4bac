/**
 * Whether this gateway is together with the others, and the one way to the store while it is.
 *
 * ```text
 *               ┌─────── the fleet is known ───────┐
 *               │                                  ▼
 *   start ──► joining ◄──── pause, longer     together ──┐ every two seconds: is it still the same store?
 *               ▲           and longer, jittered   │  ▲──┘
 *               └──────────── apart ◄──────────────┘
 *                              a question that is not answered in time, an error, a lost connection
 * ```
 *
 * A question is given up after some hundred milliseconds, once: from then on this gateway is apart, and every further one
 * is refused at once, until it has joined again. So nobody waits for a store that is not there.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { setAlarm } from '../alarm.ts';
import { orNoted } from '../or-noted.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { openClient, type RedisAddress, type RedisClient } from './client.ts';
import { Apart, type Fleet, type Stop, type Togetherness } from './commons.ts';
import { JOIN_FLEET, LEAVE_FLEET, type Script } from './scripts.ts';

export interface ConnectionTimes {
  /** Milliseconds for the answer to one question. */
  readonly patience: number;
  /** Milliseconds for a connection. */
  readonly connect: number;
  /** Milliseconds between two looks whether it is still the same store. */
  readonly heartbeat: number;
  /** Milliseconds before joining again: the first pause, and the longest. */
  readonly firstPause: number;
  readonly longestPause: number;
}

const TIMES: ConnectionTimes = {
  patience: 300,
  connect: 2_000, // 2 seconds
  heartbeat: 2_000, // 2 seconds
  firstPause: 200,
  longestPause: 5_000, // 5 seconds
};

/** An answer may have come while this process was busy: it is given so long to be read. */
const GRACE = 50; // milliseconds

/** Who was together for this long joins again quickly. */
const STEADY = 10_000; // 10 seconds

/** What all gateways have in common is forgotten when none of them was there for so long. */
const FLEET_LIFETIME = 30 * 86_400_000; // 30 days

/** A gateway that was not seen for so long is gone; one that is apart for a moment is not. */
const GATEWAY_LIFETIME = 60_000; // 1 minute

/** Beats after which a gateway is missed that was not seen. */
const MISSED_AFTER = 3;

export interface ConnectionParts {
  readonly address: RedisAddress;
  /** The names under which the fleet is kept, and who is in it. */
  readonly fleetKeys: readonly string[];
  /** This gateway. */
  readonly self: string;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly times?: Partial<ConnectionTimes> | undefined;
  readonly random?: (() => number) | undefined;
}

/** The way to the store. */
export interface Connection {
  /** @throws {Apart} */
  run(script: Script, keys: readonly string[], values: readonly string[]): Promise<unknown>;
  /** Hears what is told there, now and after each joining, as long as there is a connection. */
  listen(channel: string, hear: (message: string) => void): Stop;
  state(): Togetherness;
  fleet(): Fleet | null;
  onChange(hear: () => void): Stop;
  /** Resolves when it is known whether the store can be reached. */
  readonly tried: Promise<void>;
  /** Says good-bye, and closes. */
  stop(): Promise<void>;
}

interface Question {
  readonly askedAt: number;
  reject(error: Apart): void;
}

const NOT_YET: Togetherness = { name: 'apart', problem: 'Redis has not answered yet.' };

/** Opens the way, and keeps it open. */
export function createConnection(parts: ConnectionParts): Connection {
  const { address, fleetKeys, self, metrics, log, random = Math.random } = parts;
  const times = { ...TIMES, ...parts.times };
  const hearers = new Set<() => void>();
  const channels = new Map<string, (message: string) => void>();
  /** In the order in which they were asked, which is that of the answers. */
  const questions = new Set<Question>();
  let client: RedisClient | null = null;
  let state = NOT_YET;
  let fleet: Fleet | null = null;
  let together = { since: 0, pause: 0 };
  /** Who was apart was so with others, as a rule, which come back a little later. */
  let othersJoinBy = 0;
  let stopped = false;
  let hasSaidSo = false;
  let alarm: NodeJS.Timeout | undefined;
  let patienceAlarm: NodeJS.Timeout | undefined;
  const tried = join();

  return {
    run(script, keys, values) {
      if (client === null) return Promise.reject(new Apart(problemNow()));
      return ask(client, (one) => one.run(script, keys, values));
    },
    listen(channel, hear) {
      channels.set(channel, hear);
      if (client !== null) void ask(client, (one) => one.subscribe(channel, hear)).catch(ignore);
      return () => {
        if (channels.get(channel) !== hear) return;
        channels.delete(channel);
        if (client !== null) void ask(client, (one) => one.unsubscribe(channel)).catch(ignore);
      };
    },
    state: () => state,
    fleet: () => fleet,
    onChange(hear) {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
    tried,
    async stop() {
      stopped = true;
      clearTimeout(alarm);
      const leaving = client;
      if (leaving === null) return;
      await ask(leaving, (one) => one.run(LEAVE_FLEET, fleetKeys, [self])).catch(ignore);
      client = null;
      refuseAll('The gateway is stopping.');
      leaving.close();
    },
  };

  function problemNow(): string {
    return state.name === 'apart' ? state.problem : 'Redis cannot be reached.';
  }

  async function join(): Promise<void> {
    let opened: RedisClient | null = null;
    let lostAlready: Error | null = null;
    try {
      opened = await openClient(address, times, (error) => {
        lostAlready = error;
        if (opened !== null && opened === client) part(opened, error);
      });
      if (hasSaidSo) othersJoinBy = performance.now() + times.longestPause + 2 * times.heartbeat;
      const found = await meet(opened);
      for (const [channel, hear] of channels) await ask(opened, (one) => one.subscribe(channel, hear));
      if (lostAlready !== null) throw lostAlready;
      if (stopped) return opened.close();
      comeTogether(opened, found);
    } catch (error) {
      opened?.close();
      if (!stopped) stayApart(error);
    }
  }

  async function meet(one: RedisClient): Promise<Fleet> {
    const proposal = [randomUUID(), randomBytes(32).toString('base64url')];
    const lifetimes = [`${GATEWAY_LIFETIME}`, `${times.heartbeat * MISSED_AFTER}`];
    const values = [...proposal, `${FLEET_LIFETIME}`, self, ...lifetimes];
    const answer = await ask(one, (asked) => asked.run(JOIN_FLEET, fleetKeys, values));
    const [id, secret, size, seen] = answer as [string, string, number, number];
    return { id, secret, size, isWhole: seen === size && performance.now() >= othersJoinBy };
  }

  function comeTogether(opened: RedisClient, found: Fleet): void {
    const lost = fleet !== null && fleet.id !== found.id;
    client = opened;
    fleet = found;
    together = { ...together, since: performance.now() };
    state = { name: 'together' };
    metrics.commonsState.reset();
    metrics.commonsState.set({ state: 'together' }, 1);
    metrics.commonsChanges.inc({ to: lost ? 'emptied' : 'together' });
    // At the start that is no change, and the first line of the log is to say where the gateway is.
    const level = hasSaidSo ? 'info' : 'debug';
    log[level]({ emptied: lost || undefined }, 'Together with the other gateways: Redis answers');
    hasSaidSo = false;
    tell();
    beatAgain();
  }

  function beatAgain(): void {
    clearTimeout(alarm);
    alarm = setAlarm(() => void beat(), times.heartbeat).unref();
  }

  /** Also notices a store that was emptied while it went on. */
  async function beat(): Promise<void> {
    const one = client;
    if (one === null) return;
    try {
      const found = await meet(one);
      if (client !== one) return;
      if (performance.now() - together.since > STEADY) together = { ...together, pause: 0 };
      const isEmptied = fleet?.id !== found.id;
      fleet = found;
      if (isEmptied) {
        metrics.commonsChanges.inc({ to: 'emptied' });
        log.warn('Redis has lost what the gateways shared: they begin anew');
        tell();
      }
      beatAgain();
    } catch {
      // It has parted already.
    }
  }

  function part(lost: RedisClient, error: Error): void {
    if (client !== lost) return;
    client = null;
    lost.close();
    stayApart(error);
  }

  function stayApart(error: unknown): void {
    if (stopped) return;
    const problem = error instanceof Error ? error.message : String(error);
    state = { name: 'apart', problem };
    refuseAll(problem);
    metrics.commonsState.reset();
    metrics.commonsState.set({ state: 'apart' }, 1);
    if (!hasSaidSo) {
      hasSaidSo = true;
      othersJoinBy = Number.POSITIVE_INFINITY;
      metrics.commonsChanges.inc({ to: 'apart' });
      log.warn(
        { problem },
        'Apart from the other gateways: Redis cannot be reached, and this one goes on by itself',
      );
      tell();
    }
    const { firstPause, longestPause } = times;
    together = { ...together, pause: Math.min(longestPause, Math.max(firstPause, together.pause * 2)) };
    clearTimeout(alarm);
    // From half to the whole, so that not all gateways come at once.
    alarm = setAlarm(() => void join(), together.pause * (0.5 + random() / 2)).unref();
  }

  /** A defect of whoever hears it is theirs alone: everybody else is told, and this gateway joins again. */
  function tell(): void {
    for (const hear of hearers) orNoted(hear, noteDefect);
  }

  function noteDefect(error: unknown): void {
    log.error({ err: error }, 'Whoever heard of the other gateways met a defect');
  }

  /** Asks, and gives the store up if it does not answer. */
  function ask<Answer>(one: RedisClient, put: (one: RedisClient) => Promise<Answer>): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      const question: Question = { askedAt: performance.now(), reject };
      questions.add(question);
      if (questions.size === 1) watchPatience(question);
      put(one).then(
        (answer) => {
          questions.delete(question);
          metrics.commonsSeconds.observe((performance.now() - question.askedAt) / 1_000);
          resolve(answer);
        },
        (error: Error) => {
          questions.delete(question);
          reject(new Apart(error.message));
          part(one, error);
        },
      );
    });
  }

  /** One alarm for all: it is set for the oldest question. */
  function watchPatience({ askedAt }: Question): void {
    clearTimeout(patienceAlarm);
    const left = askedAt + times.patience - performance.now();
    patienceAlarm = setTimeout(() => lookAtOldest(false), Math.max(1, left)).unref();
  }

  function lookAtOldest(isLastLook: boolean): void {
    const [oldest] = questions;
    if (oldest === undefined) return;
    if (performance.now() - oldest.askedAt < times.patience) watchPatience(oldest);
    else if (isLastLook) giveUp();
    else patienceAlarm = setTimeout(() => lookAtOldest(true), GRACE).unref();
  }

  function giveUp(): void {
    const error = new Apart(`Redis did not answer within ${times.patience} milliseconds.`);
    const silent = client;
    refuseAll(error.message);
    if (silent !== null) part(silent, error);
  }

  function refuseAll(problem: string): void {
    clearTimeout(patienceAlarm);
    const refused = [...questions];
    questions.clear();
    for (const { reject } of refused) reject(new Apart(problem));
  }
}

function ignore(): void {}
