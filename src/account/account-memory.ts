/**
 * What is held of an account: its calls and what its extensions do, whoever brought it.
 *
 * ```text
 *   news, a body of a call ──► what is held of it (`live/transitions.ts` decides) ──► began, party, ended
 *   news, a read presence ───► what is held of the extension: the later one ────────► presence
 *
 *   a call ──nobody is left in it, and all of it is known──► ended ──► its grave, for ten minutes: late news make no ghost
 *          ──not known any more, twice──────────────────────►┘
 * ```
 *
 * It only decides; who is told, and what is asked for, is not its matter. What it holds is bounded: of too many calls the
 * one that was quiet for longest is let go of.
 */
import { LRUCache } from 'lru-cache';
import type { Presence } from '../../schema/account/model.ts';
import { type CallSession, findParty } from '../../schema/model.ts';
import { CallMemory } from '../live/call-memory.ts';
import type { CallShape, Transition } from '../live/shape.ts';
import type { PartyNews } from '../live/source.ts';
import type { Times } from '../live/told.ts';
import { isCallOver, type Observation, type Outlook, withParty } from '../live/transitions.ts';
import { upTo } from '../up-to.ts';
import {
  blankCall,
  type Change,
  differences,
  heardBy,
  type KnownState,
  takeAgain,
  type Whole,
} from './change.ts';
import type { CompanyKind } from './kind.ts';
import type { AccountPicture } from './picture.ts';
import { type KnownPresence, PresenceMemory } from './presence-memory.ts';
import { FIRST_NEWS, filled, type Heard, hasGap, heard, NOTHING_HEARD } from './sequence.ts';
import type { PresenceNews } from './source.ts';

/** What came of a piece of news. */
export interface Result {
  readonly changes: readonly Change[];
  /** What it was worth, for the metrics. */
  readonly worth: 'applied' | 'known' | 'old' | 'ghost' | 'doubtful';
  /** Something about the call may be missing. `soon`: what is missing may still be on its way. */
  readonly missing: 'nothing' | 'soon' | 'now';
}

/** How much is held; other numbers are for tests. */
export interface MemoryLimits {
  readonly mostCalls: number;
  readonly mostPresences: number;
  readonly mostGraves: number;
}

export const MEMORY_LIMITS: MemoryLimits = { mostCalls: 5_000, mostPresences: 20_000, mostGraves: 10_000 };

/** Late news come minutes late at most. */
const GRAVE = 600_000; // 10 minutes

interface KnownCall {
  readonly memory: CallMemory<CompanyKind>;
  heard: Heard;
  /** It was read whole, or heard from its first news on. */
  isWhole: boolean;
  /** Nobody may read it: others than those who were told of may go on with it. */
  isGivenUp?: boolean;
}

const NO_CHANGES: readonly Change[] = [];
const NO_ENDINGS: ReadonlyMap<string, KnownState> = new Map();
const LEFT_UNSEEN: Result = { changes: NO_CHANGES, worth: 'known', missing: 'now' };
const GHOST: Result = { changes: NO_CHANGES, worth: 'ghost', missing: 'nothing' };

export class AccountMemory {
  readonly #limits: MemoryLimits;
  readonly #shape: CallShape<CompanyKind>;
  readonly #outlook: Outlook<CompanyKind>;
  /** The one that was quiet for longest first. */
  readonly #calls = new Map<string, KnownCall>();
  readonly #presences: PresenceMemory;
  readonly #graves: LRUCache<string, true>;
  /** As it was asked for; null: something has changed since. */
  #current: Pick<AccountPicture, 'calls' | 'presences'> | null = null;

  constructor(
    shape: CallShape<CompanyKind>,
    outlook: Outlook<CompanyKind>,
    limits: MemoryLimits = MEMORY_LIMITS,
  ) {
    this.#limits = limits;
    this.#presences = new PresenceMemory(limits.mostPresences);
    this.#shape = shape;
    this.#outlook = outlook;
    this.#graves = new LRUCache({ ...upTo(limits.mostGraves), ttl: GRAVE });
  }

  /** The calls that go on. */
  calls(): CallSession[] {
    const calls: CallSession[] = [];
    for (const { memory } of this.#calls.values()) if (memory.call !== null) calls.push(memory.call);
    return calls;
  }

  presences(): Presence[] {
    return this.#presences.all().map(({ presence }) => presence);
  }

  /** What is held now, for whoever asks: it is put together once, until something changes. */
  current(): Pick<AccountPicture, 'calls' | 'presences'> {
    this.#current ??= {
      calls: new Map(this.calls().map((session) => [session.id, session])),
      presences: new Map(this.presences().map((presence) => [presence.extensionId, presence])),
    };
    return this.#current;
  }

  call(sessionId: string): CallSession | undefined {
    return this.#calls.get(sessionId)?.memory.call ?? undefined;
  }

  presence(extensionId: string): Presence | undefined {
    return this.#presences.get(extensionId);
  }

  callIds(): string[] {
    return [...this.#calls.keys()];
  }

  isBuried(sessionId: string): boolean {
    return this.#graves.has(sessionId);
  }

  /** True where nothing of the call has to be asked for. */
  isWhole(sessionId: string): boolean {
    const known = this.#calls.get(sessionId);
    return known?.isWhole === true && !hasGap(known.heard);
  }

  /** Takes in what was told of a party. `all`: every party of every call is told of. */
  hear(news: PartyNews<CompanyKind>, all: boolean): Result {
    this.#current = null;
    const { callId: sessionId, partyId, sequence, eventTime, receivedAt } = news;
    if (this.#graves.has(sessionId)) return GHOST;
    const known = this.#calls.get(sessionId) ?? {
      memory: new CallMemory(this.#shape),
      heard: NOTHING_HEARD,
      isWhole: all && sequence === FIRST_NEWS,
    };
    const hadGap = hasGap(known.heard);
    if (all) known.heard = heard(known.heard, sequence);
    // The first of a call that was overtaken on its way.
    if (all && sequence === FIRST_NEWS) known.isWhole = true;
    const earlier = stateOf(known);
    const before = known.memory.call;
    const session = before ?? blankCall(sessionId, sequence === FIRST_NEWS ? eventTime : null, receivedAt);
    const party = news.party(findParty(session, partyId) ?? null);
    // Somebody left a call that nobody knew: whether others are still in it, a look tells.
    if (before === null && isCallOver(this.#shape, withParty(this.#shape, session, party)))
      return LEFT_UNSEEN;
    const taken = known.memory.take(
      {
        call: { ...withParty(this.#shape, session, party), ...news.facts },
        ...{ sentAt: receivedAt, receivedAt, only: partyId, news: { sequence, eventTime } },
      },
      this.#outlook,
    );
    // Where others are not told of, whoever moves others makes a look worth its request.
    const isLacking =
      hasGap(known.heard) ||
      !known.isWhole ||
      (!all && taken.transitions.some((one) => this.#shape.movesOthers(one)));
    const missing = taken.kind === 'doubtful' ? 'now' : isLacking ? (hadGap ? 'nothing' : 'soon') : 'nothing';
    const changes = this.#settle(sessionId, known, earlier, taken.transitions);
    return { changes, worth: WORTH[taken.kind], missing };
  }

  /** Takes in a body of a whole call. */
  take(session: CallSession, times: Times & Pick<Observation<CompanyKind>, 'trueAt'>): Result {
    this.#current = null;
    const { id } = session;
    const known = this.#calls.get(id) ?? {
      memory: new CallMemory(this.#shape),
      heard: NOTHING_HEARD,
      isWhole: false,
    };
    const before = stateOf(known);
    // What ended is told once; only somebody who is in it again brings it back.
    if (before === null && isCallOver(this.#shape, session))
      return { changes: NO_CHANGES, worth: 'known', missing: 'nothing' };
    if (this.#graves.has(id)) return GHOST;
    const taken = known.memory.take({ call: session, ...times }, this.#outlook);
    if (taken.kind === 'doubtful') return { changes: NO_CHANGES, worth: 'doubtful', missing: 'now' };
    known.heard = filled(known.heard);
    known.isWhole = true;
    const changes = this.#settle(id, known, before, taken.transitions);
    return { changes, worth: WORTH[taken.kind], missing: 'nothing' };
  }

  /** The phone system does not know it, asked at `sentAt`. `again`: it was alive a moment ago, and is asked for once more. */
  miss(sessionId: string, { sentAt, receivedAt }: Times): { changes: readonly Change[]; again: boolean } {
    this.#current = null;
    const known = this.#calls.get(sessionId);
    const held = known?.memory.held ?? null;
    if (known === undefined || held === null) return { changes: NO_CHANGES, again: false };
    if (known.memory.misses() || sentAt < known.memory.changedAt) return { changes: NO_CHANGES, again: true };
    const before = stateOf(known);
    const taken = known.memory.take(known.memory.endAt(held, receivedAt), this.#outlook);
    known.isWhole = true;
    known.heard = filled(known.heard);
    const told = this.#settle(sessionId, known, before, taken.transitions);
    // A conference that nobody joined has no party that could have left.
    return { changes: this.#calls.has(sessionId) ? [...told, ...this.#bury(sessionId)] : told, again: false };
  }

  /** Nobody may read it: what is told of it is all that there will be. */
  giveUp(sessionId: string): readonly Change[] {
    this.#current = null;
    const known = this.#calls.get(sessionId);
    if (known === undefined) return NO_CHANGES;
    known.isGivenUp = true;
    known.isWhole = true;
    known.heard = filled(known.heard);
    return this.#settle(sessionId, known, stateOf(known), []);
  }

  hearPresence(news: PresenceNews): Result {
    this.#current = null;
    const before = this.#presences.known(news.extensionId);
    return resultOf(this.#presences.hear(news), before);
  }

  /** Takes in what a read showed that was asked for at `sentAt`. */
  takePresence(presence: Presence, { sentAt }: Pick<Times, 'sentAt'>): Result {
    this.#current = null;
    const before = this.#presences.known(presence.extensionId);
    return resultOf(this.#presences.take(presence, sentAt), before);
  }

  whole(): Whole {
    return {
      calls: [...this.#calls].flatMap(([id, { memory, isWhole }]) => {
        const state = memory.state();
        return state === null ? [] : [{ id, state, isWhole }];
      }),
      presences: this.#presences.all(),
      graves: [...this.#graves.keys()],
    };
  }

  /** Holds what another gateway holds of a call; null: it has ended. */
  restore(sessionId: string, known: KnownState | null): void {
    this.#current = null;
    this.#calls.delete(sessionId);
    if (known === null) {
      this.#graves.set(sessionId, true);
      return;
    }
    const memory = new CallMemory(this.#shape);
    memory.restore(known.state);
    this.#calls.set(sessionId, { memory, heard: heardBy(known), isWhole: known.isWhole });
  }

  restorePresence(known: KnownPresence): void {
    this.#current = null;
    this.#presences.restore(known);
  }

  /** What is held of a call that goes on; null: nothing. */
  known(sessionId: string): KnownState | null {
    const known = this.#calls.get(sessionId);
    return known === undefined ? null : stateOf(known);
  }

  /** Holds of a call what was held before something was seen of it; null: nothing. */
  undo(sessionId: string, before: KnownState | null): void {
    this.#current = null;
    this.#calls.delete(sessionId);
    this.#graves.delete(sessionId);
    if (before !== null) this.restore(sessionId, before);
  }

  /** The same of an extension. */
  undoPresence(extensionId: string, before: KnownPresence | null): void {
    this.#current = null;
    this.#presences.undo(extensionId, before);
  }

  /** Decides again what was seen of a call, now that others have told something of it. `isDoubtful`: a look tells. */
  takeAgain(sessionId: string, seen: KnownState): { changes: readonly Change[]; isDoubtful: boolean } {
    this.#current = null;
    if (this.#graves.has(sessionId)) return { changes: NO_CHANGES, isDoubtful: false };
    const before = this.known(sessionId);
    if (before === null) this.restore(sessionId, seen);
    const known = this.#calls.get(sessionId);
    if (known === undefined) return { changes: NO_CHANGES, isDoubtful: true };
    const { transitions, isDoubtful } = takeAgain(this.#shape, known.memory, seen.state, this.#outlook);
    known.isWhole ||= seen.isWhole;
    const now = stateOf(known);
    if (now !== null) known.heard = heardBy(now);
    return { changes: this.#settle(sessionId, known, before, transitions), isDoubtful };
  }

  /** The same of what an extension does. */
  takePresenceAgain(seen: KnownPresence): readonly Change[] {
    this.#current = null;
    const before = this.#presences.known(seen.presence.extensionId);
    return resultOf(this.#presences.takeAgain(seen), before).changes;
  }

  /** Holds what another gateway holds, and answers what is different. `endings`: what calls that ended were like at last. */
  adopt(whole: Whole, endings: ReadonlyMap<string, KnownState> = NO_ENDINGS): readonly Change[] {
    this.#current = null;
    const before = new Map(this.#calls);
    const changes: Change[] = [];
    for (const id of whole.graves) this.#graves.set(id, true);
    const here = new Set(whole.calls.map(({ id }) => id));
    for (const [id, { memory }] of before) {
      if (here.has(id)) continue;
      const ending = endings.get(id);
      if (ending !== undefined) {
        changes.push(...differences(this.#shape, memory.call, ending));
        this.undo(id, ending);
      }
      changes.push(...this.#bury(id));
    }
    for (const { id, ...known } of whole.calls) {
      changes.push(...differences(this.#shape, before.get(id)?.memory.call ?? null, known));
      this.restore(id, known);
    }
    for (const known of whole.presences) {
      const { presence } = known;
      if (this.#presences.restore(known)) changes.push({ kind: 'presence', presence, known });
    }
    return changes;
  }

  /** Nobody tells of calls any more. */
  clearCalls(): void {
    this.#current = null;
    this.#calls.clear();
  }

  clear(): void {
    this.clearCalls();
    this.#presences.clear();
  }

  /** What the transitions of a call are to those who look at the whole account. */
  #settle(
    sessionId: string,
    known: KnownCall,
    before: KnownState | null,
    transitions: readonly Transition<CompanyKind>[],
  ): readonly Change[] {
    const state = known.memory.state();
    if (state === null) return NO_CHANGES;
    const { call: session } = state.held;
    const isNew = before === null;
    // To the end: it was not quiet.
    if (transitions.length > 0 || isNew) {
      this.#calls.delete(sessionId);
      this.#calls.set(sessionId, known);
    }
    const now: KnownState = { state, isWhole: known.isWhole };
    const changes: Change[] = isNew
      ? [{ kind: 'began', session, known: now, before }]
      : transitions.map(({ party, previousStatus }) => ({
          kind: 'party',
          session,
          party,
          previousStatus,
          known: now,
          before,
        }));
    if (known.isWhole && !hasGap(known.heard) && isCallOver(this.#shape, session))
      changes.push(...this.#bury(sessionId));
    return this.#calls.size > this.#limits.mostCalls ? [...changes, ...this.#dropQuietest()] : changes;
  }

  #bury(sessionId: string): readonly Change[] {
    const known = this.#calls.get(sessionId);
    const state = known?.memory.state() ?? null;
    this.#calls.delete(sessionId);
    if (known?.isGivenUp !== true) this.#graves.set(sessionId, true);
    if (known === undefined || state === null) return NO_CHANGES;
    const now: KnownState = { state, isWhole: known.isWhole };
    return [{ kind: 'ended', session: state.held.call, known: now, before: now }];
  }

  #dropQuietest(): readonly Change[] {
    const [quietest] = this.#calls.keys();
    return quietest === undefined ? NO_CHANGES : this.#bury(quietest);
  }
}

/** What is held of a call, for others; null: nothing. */
function stateOf({ memory, isWhole }: KnownCall): KnownState | null {
  const state = memory.state();
  return state === null ? null : { state, isWhole };
}

/** What came of a presence: the change of it, or what it was worth else. */
function resultOf(seen: KnownPresence | 'old' | 'known', before: KnownPresence | null): Result {
  if (seen === 'old' || seen === 'known') return { changes: NO_CHANGES, worth: seen, missing: 'nothing' };
  const change: Change = { kind: 'presence', presence: seen.presence, known: seen, before };
  return { changes: [change], worth: 'applied', missing: 'nothing' };
}

const WORTH = { changed: 'applied', confirmed: 'known', doubtful: 'doubtful', old: 'old' } as const;
