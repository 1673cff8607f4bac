/**
 * What gateways wish to be watched for a viewer: pure decisions about one small value that they share.
 *
 * Each gateway writes its own part, and writes it again now and then; what is not written again ends, with whoever wrote
 * it. What must be done once is a count that grows: nothing is lost where a message is, and nothing is done twice.
 *
 * ```text
 *   one     until 12:00:06   calls s-1 (looked for twice), s-7   list
 *   other   until 12:00:05   calls s-1                                  ──► together: s-1 s-7, and the list
 * ```
 */

/** What one gateway wishes. */
export interface Wish {
  /** By the call: how often it asked for what. */
  readonly calls: Readonly<Record<string, Asked>>;
  /** The list of calls: how often it asked for a look; null: nobody there reads it. */
  readonly list: number | null;
  /** What stands beside the calls; null, or missing: nobody there looks at it. */
  readonly beside?: BesideWish | null | undefined;
}

/** What is wished beside the calls, in the words of whoever stands there, and how often all of it was asked for. */
export interface BesideWish {
  readonly what: string;
  readonly wholes: number;
}

/** How often a gateway asked to be told how a call is, to have it looked at, and for a whole state of it. */
export interface Asked {
  readonly tells: number;
  readonly looks: number;
  readonly wholes: number;
}

/** The wishes of all gateways, by their names. */
export type Wishes = Readonly<Record<string, Wish & { readonly until: number }>>;

export const NO_WISH: Wish = { calls: {}, list: null };
export const NOTHING_ASKED: Asked = { tells: 0, looks: 0, wholes: 0 };

/** True for a gateway that wishes nothing. */
export function isEmpty({ calls, list, beside = null }: Wish): boolean {
  return list === null && beside === null && Object.keys(calls).length === 0;
}

/** With the wish of one gateway, good until then; null: there is none of anybody any more. */
export function withWish(
  wishes: Wishes | null,
  gateway: string,
  wish: Wish,
  until: number,
  now: number,
): Wishes | null {
  const others = Object.entries(othersOf(wishes, gateway, now));
  const own = isEmpty(wish) ? [] : [[gateway, { ...wish, until }] as const];
  const all = [...others, ...own];
  return all.length === 0 ? null : Object.fromEntries(all);
}

/** What the others still wish. */
export function othersOf(wishes: Wishes | null, gateway: string, now: number): Wishes {
  const others = Object.entries(wishes ?? {}).filter(([name, { until }]) => name !== gateway && until > now);
  return Object.fromEntries(others);
}

/** What there is to do after the wishes changed. */
export interface Errands {
  /** All calls that are wished for. */
  readonly calls: ReadonlySet<string>;
  readonly isListWished: boolean;
  readonly tells: readonly string[];
  readonly looks: readonly string[];
  readonly wholes: readonly string[];
  readonly isListAsked: boolean;
  /** What each of the others wishes beside the calls. */
  readonly beside: readonly string[];
  readonly isBesideAsked: boolean;
}

/** Compares what others wish with what they wished before; a gateway that is new has asked for nothing yet. */
export function errandsOf(before: Wishes, after: Wishes): Errands {
  const calls = new Set<string>();
  const tells = new Set<string>();
  const looks = new Set<string>();
  const wholes = new Set<string>();
  let isListWished = false;
  let isListAsked = false;
  const beside: string[] = [];
  let isBesideAsked = false;
  for (const [gateway, wish] of Object.entries(after)) {
    const known = before[gateway];
    for (const [callId, asked] of Object.entries(wish.calls)) {
      const was = known?.calls[callId];
      calls.add(callId);
      if (asked.tells > (was?.tells ?? 0)) tells.add(callId);
      if (asked.looks > (was?.looks ?? 0)) looks.add(callId);
      if (asked.wholes > (was?.wholes ?? 0)) wholes.add(callId);
    }
    if (wish.beside != null) {
      beside.push(wish.beside.what);
      if (wish.beside.wholes > (known?.beside?.wholes ?? 0)) isBesideAsked = true;
    }
    if (wish.list === null) continue;
    isListWished = true;
    if (wish.list > (known?.list ?? 0)) isListAsked = true;
  }
  return {
    ...{ calls, isListWished, isListAsked, beside, isBesideAsked },
    ...{ tells: [...tells], looks: [...looks], wholes: [...wholes] },
  };
}
