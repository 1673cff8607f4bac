/** Making calls change: as fast as everybody sees it, or at a steady pace. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Audience } from '../audience.ts';
import { microseconds } from '../clock.ts';

export interface Changed {
  readonly changes: number;
  readonly seconds: number;
}

/** Changes calls one after another, `inFlight` at a time, each as soon as the one before it was seen by all. */
export async function changeAsFastAsSeen(
  audience: Audience,
  sessions: readonly number[],
  inFlight: number,
  duration: number,
): Promise<Changed> {
  const started = microseconds();
  const ends = started + duration * 1_000;
  let changes = 0;
  const hand = async (first: number) => {
    for (let turn = first; microseconds() < ends; turn += inFlight) {
      const session = sessions[turn % sessions.length];
      if (session === undefined) return;
      await audience.change(session);
      changes += 1;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, (_, first) => hand(first)));
  return { changes, seconds: (microseconds() - started) / 1_000_000 };
}

/**
 * Changes one call again and again, each time when everybody has seen the last and `pause` milliseconds are
 * over; answers how many milliseconds each change took to reach the last of them.
 */
export async function changeWithPauses(
  audience: Audience,
  session: number,
  pause: number,
  duration: number,
): Promise<number[]> {
  const ends = microseconds() + duration * 1_000;
  const took: number[] = [];
  while (microseconds() < ends) {
    took.push(await audience.change(session));
    await sleep(pause);
  }
  return took;
}

/** Changes each call once in `period` milliseconds, evenly, whether or not the last one was seen already. */
export async function changeSteadily(
  audience: Audience,
  sessions: readonly number[],
  period: number,
  duration: number,
): Promise<Changed> {
  const started = microseconds();
  const gap = (period * 1_000) / sessions.length;
  const seen: Promise<number>[] = [];
  for (let turn = 0; turn * gap < duration * 1_000; turn += 1) {
    const early = (started + turn * gap - microseconds()) / 1_000;
    if (early > 0) await sleep(early);
    const session = sessions[turn % sessions.length];
    if (session === undefined) break;
    const change = audience.change(session);
    change.catch(() => {}); // Told below, once nothing is left to start.
    seen.push(change);
  }
  await Promise.all(seen);
  return { changes: seen.length, seconds: (microseconds() - started) / 1_000_000 };
}
