/**
 * The viewer's list of calls, from presence: one poller however many readers, none when nobody reads.
 *
 * RingCentral does not push it and does not hold the request, so it is paced. What a watched call shows goes into the
 * list at once, without waiting for the pace.
 *
 * ```text
 *   resting ──first reader──► looking ──answer──► waiting ──pace, or sooner: a call joined──► looking
 *      ▲                         └──failure, 429──► backing off ──────────────────────────────►┘
 *      └── the last reader leaves, or the viewer may not look (any more): from everywhere
 * ```
 */
import { LRUCache } from 'lru-cache';
import { CallControlFailure, Forbidden, RateLimited, Unauthenticated } from '../../schema/failures.ts';
import type { ActiveCall, CallParty } from '../../schema/model.ts';
import type { ActiveCallEvent, StreamNoticeKind } from '../../schema/provider.ts';
import { setAlarm } from '../alarm.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createBelief } from './belief.ts';
import {
  type CallList,
  hasLeft,
  isSameList,
  presenceStatusOf,
  type SeenParty,
  type SharedList,
  type Sight,
  type SightOf,
  withAnswer,
  withNews,
  withSight,
} from './call-list.ts';
import { createLine, type Line } from './exchange.ts';
import { LATEST_LIST, LATEST_OF_EACH, LIST_MESSAGES, listEvent, notice } from './list-events.ts';
import type { Turn } from './newsroom.ts';
import { createSharedRead } from './shared-read.ts';
import type { CallSource } from './source.ts';
import type { Transition } from './transitions.ts';

/** What the list needs. */
export interface ActiveCallsParts {
  readonly source: () => CallSource;
  /** True while changes of the viewer's own calls are told by themselves. */
  readonly isListening: () => boolean;
  /** Milliseconds between two reads of the list. */
  readonly pace: number;
  readonly metrics: Metrics;
  readonly log: Log;
  /** What is seen of a call by those who watch it, or have just looked. */
  readonly sightOf: SightOf;
  /** Somebody here begins, or nobody goes on, to read the list. */
  readonly onActive: (active: boolean) => void;
  /** Where several gateways read one list; missing: this is the only one. */
  readonly sharing?: ListSharing | undefined;
}

/** How several gateways read one list: one of them asks for it, and tells the others. */
export interface ListSharing {
  /** True while this gateway asks. */
  isAsking(): boolean;
  /** Has whoever asks do so soon. */
  hurry(): void;
  /** Tells the others. */
  share(shared: SharedList): void;
  /** RingCentral takes none of the tokens that are here. */
  onUnauthenticated(): void;
}

/** The list of one viewer. */
export interface ActiveCalls {
  /** The list; free while somebody subscribes to it. */
  read(signal?: AbortSignal, requestId?: string): Promise<readonly ActiveCall[]>;
  updates(): Line<readonly ActiveCall[]>;
  /** The list as `updates` gives it, and between the lists what tells how far to believe them. */
  events(): Line<ActiveCallEvent>;
  /** A party of a call that is seen changed, or joined: `parties` are all of the call by now. */
  feed(transition: Transition, parties: readonly SeenParty[]): void;
  /** A call was seen so; of others of its parties nothing was. */
  show(sessionId: string, parties: readonly SeenParty[]): void;
  /** News of a party came by itself; `entry` is how the list shows it, null where it does not. */
  hear(party: CallParty, entry: ActiveCall | null): void;
  /** News come by themselves from now on, or no longer. */
  listeningChanged(turn: Turn): void;
  /** Ends every line with this error. */
  deny(error: CallControlFailure): void;
  /** The list may have changed: do not wait for the pace. */
  poke(): void;
  /** Another gateway told this: it asks, and this one does not. */
  adopt(shared: SharedList): void;
  /** From now on this gateway asks, or another. */
  askedBy(): void;
  /** Another gateway has readers, or none any more. */
  wishedElsewhere(isWished: boolean): void;
  /** Tells every reader of the events something that is no change of the list. */
  notify(kind: StreamNoticeKind, message: string, at: number): void;
  stop(): void;
}

const PROMPT = 500; // milliseconds: presence lags a little behind the call
const HASTE = 3; // times the pace: however often the list may have changed, no more reads than that
const MOST_BACKOFF = 30_000; // 30 seconds
const MOST_PENALTY = 600_000; // 10 minutes, whatever a 429 says
const CHECK = 300_000; // 5 minutes: nothing should be found that was not told
const PATIENCE = 6_000; // 6 seconds: so long a read may take before the readers are told
/** Calls of which it is remembered who left: presence may go on to list them for a while. */
const MOST_REMEMBERED = 100;

/** Makes it; nothing is read before somebody asks. */
export function createActiveCalls(parts: ActiveCallsParts): ActiveCalls {
  const { source, pace, metrics, log } = parts;
  const lines = new Set<Line<readonly ActiveCall[]>>();
  const eventLines = new Set<Line<ActiveCallEvent>>();
  /** Who has left a call. */
  let left: LRUCache<string, readonly SeenParty[]> | null = null;
  let held: CallList | null = null;
  /** What is held was answered since somebody reads, so that readers may start from it. */
  let fresh = false;
  let failures = 0;
  /** Reads of the pace that are on their way. */
  let looking = 0;
  /** The list is to be read once more as soon as that is done. */
  let again = false;
  /** The readers were told that the list may be old; when RingCentral is tried again, if that is known. */
  let trouble: { readonly at: number | null } | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  /** When the timer ends, epoch milliseconds. */
  let dueAt = Infinity;
  let isWishedElsewhere = false;
  /** Whatever the next answer shows, the others are told. */
  let mustShare = false;

  const belief = createBelief({
    isCovered: () => fresh,
    isHealthy: () => failures === 0 && looking === 0,
    isHeld: () => false,
    onDoubt: () => degraded(Date.now()),
    onBelief: recovered,
  });
  const sharedRead = createSharedRead((signal, requestId) => ask('query', signal, requestId));

  return {
    async read(signal, requestId) {
      const isYoung = () => held !== null && Date.now() - held.answeredAt < pace;
      const isTold = isAsking() ? parts.isListening() : trouble === null;
      const isFresh = fresh && (isTold || isYoung());
      return isFresh && held !== null ? held.calls : sharedRead.join(signal, requestId);
    },
    updates() {
      const line: Line<readonly ActiveCall[]> = createLine(LATEST_LIST, () => {
        lines.delete(line);
        leave('activeCalls');
      });
      lines.add(line);
      enter('activeCalls');
      // A copy: what was made of the list when it was news is not made of it again.
      if (fresh && held !== null) line.push([...held.calls]);
      return line;
    },
    events() {
      const line: Line<ActiveCallEvent> = createLine(LATEST_OF_EACH, () => {
        eventLines.delete(line);
        leave('activeCallEvents');
      });
      eventLines.add(line);
      enter('activeCallEvents');
      if (fresh && held !== null) line.push(listEvent(held));
      if (trouble !== null)
        line.push(notice('UPSTREAM_DEGRADED', LIST_MESSAGES.UPSTREAM_DEGRADED, trouble.at));
      return line;
    },
    feed({ party, previousStatus }, seen) {
      show(party.sessionId, seen);
      const isListed = held?.calls.some(
        ({ sessionId, partyId }) => sessionId === party.sessionId && partyId === party.id,
      );
      // An own one whose state only presence has a word for, or whose successor only presence knows.
      if (isListed && presenceStatusOf(party) === null) poke();
      // One that is new, or back, may be an own one.
      const wasHere = previousStatus !== null && !hasLeft({ ...party, status: previousStatus });
      if (!isListed && !wasHere && !hasLeft(party)) poke();
    },
    show,
    hear(party, entry) {
      remember(party.sessionId, [party]);
      if (held === null || !fresh || !isAsking()) return;
      const next = withNews(held, party, entry);
      if (next === held) return;
      held = next;
      publish(next);
    },
    listeningChanged(turn) {
      if (readers() === 0) return;
      belief.turned(turn);
      schedule(turn.kind === 'listening' && !turn.mayHaveMissed ? CHECK : 0);
    },
    deny(error) {
      endLines((line) => line.fail(error));
      rest();
    },
    poke,
    adopt(shared) {
      if (isAsking() || locals() === 0) return;
      const { refusal } = shared;
      if (refusal !== undefined) {
        endLines((line) => line.fail(new Forbidden(refusal.message, refusal.permissionName)));
        rest();
        return;
      }
      if (shared.list !== null) {
        const isNews = !fresh || held === null || !isSameList(held.calls, shared.list.calls);
        held = shared.list;
        fresh = true;
        if (trouble !== null && shared.trouble === null) recovered();
        if (isNews) publish(shared.list);
      }
      if (shared.trouble !== null) degraded(shared.trouble.at);
      else if (shared.list !== null) recovered();
    },
    askedBy() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      dueAt = Infinity;
      failures = 0;
      belief.settled();
      mustShare = true;
      if (isAsking() && readers() > 0) void look('poll');
    },
    wishedElsewhere(isWished) {
      if (isWished === isWishedElsewhere) return;
      const before = readers();
      isWishedElsewhere = isWished;
      if (!isWished && readers() === 0) rest();
      mustShare = true;
      if (isWished && before === 0) void look('poll');
      if (isWished && fresh) share();
    },
    notify(kind, message, at) {
      for (const line of eventLines) line.push(notice(kind, message, at));
    },
    stop() {
      endLines((line) => line.end());
      rest();
    },
  };

  function isAsking(): boolean {
    return parts.sharing?.isAsking() ?? true;
  }

  function locals(): number {
    return lines.size + eventLines.size;
  }

  function readers(): number {
    return locals() + (isWishedElsewhere ? 1 : 0);
  }

  function enter(field: string): void {
    metrics.subscribers.inc({ field });
    if (locals() > 1) return;
    const before = readers() - 1;
    parts.onActive(true);
    if (before === 0 && isAsking()) void look('query');
  }

  function leave(field: string): void {
    metrics.subscribers.dec({ field });
    if (readers() === 0) rest();
    else if (locals() === 0) parts.onActive(false);
  }

  /** Tells the other gateways, where this one asks for them too. */
  function share(): void {
    if (!isAsking()) return;
    mustShare = false;
    parts.sharing?.share({ list: fresh ? held : null, trouble });
  }

  function endLines(end: (line: { end(): void; fail(error: unknown): void }) => void): void {
    const all = [...lines, ...eventLines];
    lines.clear();
    eventLines.clear();
    for (const line of all) end(line);
  }

  function show(sessionId: string, seen: readonly SeenParty[]): void {
    remember(sessionId, seen);
    if (held === null || !isAsking()) return;
    const next = withSight(held, sessionId, sightOf(sessionId)?.parties ?? seen, Date.now());
    if (next === held) return;
    held = next;
    if (fresh) publish(next);
  }

  function remember(sessionId: string, seen: readonly SeenParty[]): void {
    const earlier = left?.get(sessionId) ?? [];
    const others = earlier.filter(({ id }) => !seen.some((party) => party.id === id));
    // What was told is believed before presence, also of those who are there.
    const kept = parts.isListening() ? seen : seen.filter(hasLeft);
    const gone = [...others, ...kept.map(inShort)];
    if (gone.length === 0) {
      left?.delete(sessionId);
      return;
    }
    left ??= new LRUCache({ max: MOST_REMEMBERED });
    left.set(sessionId, gone);
  }

  function sightOf(sessionId: string): Sight | undefined {
    const seen = parts.sightOf(sessionId);
    const gone = left?.get(sessionId);
    if (seen !== undefined || gone === undefined) return seen;
    return { parties: gone, isCurrent: parts.isListening() };
  }

  function poke(): void {
    if (!isAsking()) {
      if (locals() > 0) parts.sharing?.hurry();
      return;
    }
    // What is told by itself need not be asked for.
    if (readers() === 0 || failures > 0 || parts.isListening()) return;
    const now = Date.now();
    const soon = Math.max(now + PROMPT, (held?.answeredAt ?? -Infinity) + pace / HASTE);
    if (soon < dueAt) schedule(soon - now);
  }

  function rest(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    dueAt = Infinity;
    failures = 0;
    fresh = false;
    trouble = null;
    belief.settled();
    if (locals() === 0) parts.onActive(false);
  }

  function schedule(wait: number): void {
    if (timer !== null) clearTimeout(timer);
    dueAt = Date.now() + wait;
    timer = setAlarm(() => {
      if (looking > 0) again = true;
      else void look('poll');
    }, wait);
  }

  async function look(lane: 'query' | 'poll'): Promise<void> {
    if (!isAsking()) return;
    looking += 1;
    // It may wait for the rate budget, or for an answer: by then what is shown is older than promised.
    const lateness = setTimeout(() => degraded(null), PATIENCE);
    try {
      await (lane === 'query' ? sharedRead.join() : ask('poll'));
    } catch (error) {
      if (readers() > 0 && isAsking()) failed(error);
    } finally {
      clearTimeout(lateness);
      looking -= 1;
      // While changes are told, only what may have been missed is asked for.
      if (again && parts.isListening()) schedule(0);
      else if (again) poke();
      again = false;
    }
  }

  function failed(error: unknown): void {
    if (error instanceof Unauthenticated) parts.sharing?.onUnauthenticated();
    if (error instanceof Forbidden) {
      const { message, permissionName } = error;
      parts.sharing?.share({ list: null, trouble: null, refusal: { message, permissionName } });
    }
    if (error instanceof Unauthenticated || error instanceof Forbidden) {
      endLines((line) => line.fail(error));
      rest();
      return;
    }
    if (!(error instanceof CallControlFailure)) log.error({ err: error }, 'The list of calls met a defect');
    failures += 1;
    const backoff = Math.min(MOST_BACKOFF, pace * 2 ** failures) * (0.5 + Math.random() / 2);
    const penalty = error instanceof RateLimited ? Math.min(MOST_PENALTY, error.retryAt - Date.now()) : 0;
    schedule(Math.max(backoff, penalty));
    degraded(dueAt);
  }

  function degraded(at: number | null): void {
    if (readers() === 0) return;
    const isNew = trouble === null;
    trouble = { at };
    if (isNew) share();
    if (isNew) tell(notice('UPSTREAM_DEGRADED', LIST_MESSAGES.UPSTREAM_DEGRADED, at));
  }

  function recovered(): void {
    if (trouble === null) return;
    trouble = null;
    share();
    tell(notice('RECOVERED', LIST_MESSAGES.RECOVERED, null));
  }

  async function ask(
    lane: 'query' | 'poll',
    signal?: AbortSignal,
    requestId?: string,
  ): Promise<readonly ActiveCall[]> {
    const { value, sentAt, receivedAt } = await source().readActiveCalls({ lane, signal, requestId });
    const next = withAnswer(held, { calls: value, sentAt, receivedAt }, sightOf);
    // Another gateway tells what readers are told.
    if (!isAsking()) return next.calls;
    const isNews = !fresh || held === null || !isSameList(held.calls, next.calls);
    held = next;
    failures = 0;
    if (readers() === 0) return next.calls;
    fresh = true;
    schedule(parts.isListening() ? CHECK : pace);
    // Recovered before the news: whoever reads hears first that it can be believed again.
    belief.read({ sentAt, receivedAt });
    if (isNews) publish(next);
    else if (mustShare) share();
    return next.calls;
  }

  function publish(list: CallList): void {
    share();
    for (const line of lines) line.push(list.calls);
    tell(listEvent(list));
  }

  function tell(event: ActiveCallEvent): void {
    for (const line of eventLines) line.push(event);
  }
}

/** What must be remembered of a party that has left. */
function inShort(party: SeenParty): SeenParty {
  const { id, extensionId, status, direction, conferenceRole, observedAt } = party;
  return { id, extensionId, status, direction, conferenceRole, observedAt };
}
