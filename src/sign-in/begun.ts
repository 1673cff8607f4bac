/**
 * Sign-ins that were begun and are not done: sealed into a cookie of the browser that began them, so that here they cost
 * nothing, however many never end.
 *
 * ```text
 *   begun ── callback with its state, in the same browser, within ten minutes ──► taken out, done once
 *     ├── the fifth beside it ──► forgotten, the eldest first
 *     └── ten minutes ──► over
 * ```
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import * as z from 'zod/mini';
import type { Sealer } from './sealer.ts';
import { SYSTEMS, type System } from './systems.ts';

/** One of them. */
export interface Begun {
  /** Where somebody signs in. */
  readonly system: System;
  /** What the callback must bring; known to this browser and the authorization server. */
  readonly state: string;
  /** PKCE: only whoever has it can use the code. */
  readonly verifier: string;
  readonly redirectUri: string;
  /** Where the browser goes afterwards, whole. */
  readonly returnTo: string;
  /** The page that opened a window for it and is told how it ended; null: the browser goes to `returnTo`. */
  readonly opener: string | null;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Tabs of one browser may sign in at the same time; so many are remembered. */
const MOST_BEGUN = 4;

/** How long a sign-in may take. */
export const BEGUN_LIFETIME = 600_000; // 10 minutes

/** Browsers drop a cookie of more than 4096 with its name and attributes. */
const LONGEST = 3_800; // characters

const Kept = z.array(
  z.strictObject({
    system: z.enum(SYSTEMS),
    state: z.string(),
    verifier: z.string(),
    redirectUri: z.string(),
    returnTo: z.string(),
    opener: z.nullable(z.string()),
    at: z.number(),
  }),
);

/** Begins one: all that must be guessed to end it is random. */
export function begin(
  place: Pick<Begun, 'system' | 'redirectUri' | 'returnTo' | 'opener'>,
  now: number,
): Begun {
  return { ...place, state: random(), verifier: random(), at: now };
}

/** What an authorization server is shown of the verifier (S256). */
export function challengeOf({ verifier }: Begun): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

/** Those of a cookie that are not over, newest first; none where it cannot be opened. */
export function readBegun(sealed: string, sealer: Sealer, now: number): readonly Begun[] {
  const text = sealer.open(sealed);
  const kept = Kept.safeParse(text === null ? null : JSON.parse(text));
  return kept.success ? kept.data.filter(({ at }) => now - at < BEGUN_LIFETIME) : [];
}

/** As a cookie: the newest of them, as many as fit. */
export function sealBegun(begun: readonly Begun[], sealer: Sealer): string {
  for (let most = MOST_BEGUN; most > 1; most -= 1) {
    const sealed = sealer.seal(JSON.stringify(begun.slice(0, most)));
    if (sealed.length <= LONGEST) return sealed;
  }
  return sealer.seal(JSON.stringify(begun.slice(0, 1)));
}

/** Takes out the one with this state. */
export function takeBegun(
  begun: readonly Begun[],
  state: string,
): { readonly taken: Begun | undefined; readonly rest: readonly Begun[] } {
  const taken = begun.find((one) => isSame(one.state, state));
  return { taken, rest: begun.filter((one) => one !== taken) };
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function random(): string {
  return randomBytes(32).toString('base64url');
}
