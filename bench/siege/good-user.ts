/**
 * Somebody who works while others attack: twenty queries, five commands and ten events of calls a second, at a pace that
 * does not wait for answers. Each is timed from when it was due, so that whoever is late once is late for what stood behind.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createAudience } from '../audience.ts';
import { microseconds } from '../clock.ts';
import type { Contestant, Upstream } from '../contestants.ts';
import { type Asked, type Connection, isTrue, openConnection } from '../http-load.ts';
import { introduce, seatAt } from '../works/seats.ts';

/** How a user was served. */
export interface Service {
  /** Milliseconds each. */
  readonly queries: readonly number[];
  readonly commands: readonly number[];
  readonly events: readonly number[];
  readonly asked: number;
  /** What was refused, lost or never answered; the first of them as it came. */
  readonly refused: number;
  readonly example: string | null;
  /** Long polls that were made for this user: none, where changes are told by themselves. */
  readonly polls: number;
}

export interface GoodUser {
  serve(duration: number): Promise<Service>;
  leave(): void;
}

const VIEWER = 1;
const PARTY = 3;
const CALLS = 10;
const QUERIES = 20; // a second
const COMMANDS = 5; // a second
const EVENTS = 10; // a second
const NEW_CONNECTION = 10; // so many queries, then another connection: who cannot connect is not served either
const PATIENCE = 5_000; // 5 seconds, then it counts as refused
const GRACE = 5_000; // 5 seconds after the last was due, then the rest counts as refused

/** Seats the user before a gateway, watching ten calls from `first` on. */
export async function seatGoodUser(
  gateway: Contestant,
  upstream: Upstream,
  first: number,
): Promise<GoodUser> {
  const { server, dialect } = gateway;
  const watched = Array.from({ length: CALLS }, (_, index) => first + index);
  const audience = createAudience(upstream);
  await introduce(gateway, [VIEWER]);
  await audience.admit([seatAt(gateway, VIEWER, watched)]);
  let unwatched = first + CALLS;
  let turns = 0;

  return {
    async serve(duration) {
      audience.forget();
      const before = await upstream.counts(VIEWER);
      const queries: number[] = [];
      const commands: number[] = [];
      const refusals: string[] = [];
      const changes: Promise<unknown>[] = [];
      const reading = createDesk(server.port, NEW_CONNECTION);
      const acting = createDesk(server.port, Number.POSITIVE_INFINITY);
      const asked = await Promise.all([
        steadily(QUERIES, duration, async (due) => {
          unwatched += 1;
          const session = unwatched % 2 === 0 ? unwatched : (watched[unwatched % CALLS] ?? first);
          await ask(reading, dialect.read(VIEWER, session), due, queries);
        }),
        steadily(COMMANDS, duration, async (due) => {
          const session = first + 1_000_000 + Math.floor(turns / 2);
          const code = turns % 2 === 0 ? 'Hold' : 'Answered';
          turns += 1;
          await ask(acting, dialect.command(VIEWER, session, PARTY, code), due, commands);
        }),
        steadily(EVENTS, duration, async () => {
          const session = watched[changes.length % CALLS] ?? first;
          changes.push(
            audience.change(session).catch((error: Error) => refusals.push(`event: ${error.message}`)),
          );
        }),
      ]);
      await Promise.all(changes);
      reading.close();
      acting.close();
      const never = asked.reduce((sum, { due, done }) => sum + due - done, 0);
      const { polls } = await upstream.counts(VIEWER);
      return {
        polls: polls - before.polls,
        queries,
        commands,
        events: [...audience.delays],
        asked: asked.reduce((sum, { due }) => sum + due, 0),
        refused: refusals.length + never,
        example: refusals[0] ?? (never > 0 ? `${never} were never answered` : null),
      };

      async function ask(
        desk: Desk,
        { request, expects }: Asked,
        due: number,
        delays: number[],
      ): Promise<void> {
        try {
          const answer = await (await desk.connection()).send(request);
          delays.push((microseconds() - due) / 1_000);
          if (!isTrue(answer, expects))
            refusals.push(`${answer.status} ${answer.body.subarray(0, 300).toString()}`);
        } catch (error) {
          desk.close();
          refusals.push(error instanceof Error ? error.message : String(error));
        }
      }
    },
    leave: () => audience.stop(),
  };
}

/** A connection that is opened again after so many requests, and when it is lost. */
interface Desk {
  connection(): Promise<Connection>;
  close(): void;
}

function createDesk(port: number, requests: number): Desk {
  let open: Connection | null = null;
  let left = 0;
  const close = () => {
    open?.close();
    open = null;
  };
  return {
    async connection() {
      if (left <= 0) close();
      if (open === null) {
        open = await openConnection(port, PATIENCE);
        left = requests;
      }
      left -= 1;
      return open;
    },
    close,
  };
}

/** Does something so often a second, one after another; answers how often it was due, and how often it was done. */
async function steadily(
  perSecond: number,
  duration: number,
  turn: (due: number) => Promise<void>,
): Promise<{ readonly due: number; readonly done: number }> {
  const started = microseconds();
  const turns = Math.floor((duration / 1_000) * perSecond);
  let done = 0;
  while (done < turns && microseconds() < started + (duration + GRACE) * 1_000) {
    const due = started + (done * 1_000_000) / perSecond;
    const early = (due - microseconds()) / 1_000;
    if (early > 0) await sleep(early);
    await turn(due);
    done += 1;
  }
  return { due: turns, done };
}
