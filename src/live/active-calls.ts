/**
 * The viewer's list of calls: one poller however many readers, none when nobody reads.
 *
 * No phone system holds the request, so it is paced. What a watched call shows goes into the
 * list at once, without waiting for the pace.
 *
 * ```text
 *   resting ──first reader──► looking ──answer──► waiting ──pace, or sooner: a call joined──► looking
 *      ▲                         └──failure, 429──► backing off ──────────────────────────────►┘
 *      └── the last reader leaves, or the viewer may not look (any more): from everywhere
 * ```
 */
import { CallControlFailure, Forbidden, RateLimited, Unauthenticated } from '../../schema/failures.ts';
import type { StreamNoticeKind } from '../../schema/provider.ts';
import { setAlarm } from '../alarm.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createBelief } from './belief.ts';
import {
  type CallList,
  isSameList,
  type SharedList,
  type SightOf,
  withAnswer,
  withNews,
  withSight,
} from './call-list.ts';
import type { Line } from './exchange.ts';
import type { ListRules } from './list-events.ts';
import { createListReaders } from './list-readers.ts';
import type { Turn } from './newsroom.ts';
import type { CallShape, Kind, Transition } from './shape.ts';
import { createSharedRead } from './shared-read.ts';
import type { CallSource } from './source.ts';
import { DISORDER } from './transitions.ts';
import { createWhoWasSeen } from './who-was-seen.ts';

/** What the list needs. */
export interface ActiveCallsParts<K extends Kind> {
  readonly shape: CallShape<K>;
  readonly rules: ListRules<K>;
  readonly source: () => CallSource<K>;
  /** True while changes of the viewer's own calls are told by themselves. */
  readonly isListening: () => boolean;
  /** Milliseconds between two reads of the list. */
  readonly pace: number;
  readonly metrics: Metrics;
  readonly log: Log;
  /** What is seen of a call by those who watch it, or have just looked. */
  readonly sightOf: SightOf<K>;
  /** Somebody here begins, or nobody goes on, to read the list. */
  readonly onActive: (active: boolean) => void;
  /** Where several gateways read one list; missing: this is the only one. */
  readonly sharing?: ListSharing<K> | undefined;
}

/** How several gateways read one list: one of them asks for it, and tells the others. */
export interface ListSharing<K extends Kind> {
  /** True while this gateway asks. */
  isAsking(): boolean;
  /** Has whoever asks do so soon. */
  hurry(): void;
  /** Tells the others. */
  share(shared: SharedList<K>): void;
  /** The phone system takes none of the tokens that are here. */
  onUnauthenticated(): void;
}

/** The list of one viewer. */
export interface ActiveCalls<K extends Kind> {
  /** The list; free while somebody subscribes to it. */
  read(signal?: AbortSignal, requestId?: string): Promise<readonly K['Entry'][]>;
  updates(): Line<readonly K['Entry'][]>;
  /** The list as `updates` gives it, and between the lists what tells how far to believe them. */
  events(): Line<K['ListEvent']>;
  /** A party of a call that is seen changed, or joined: `call` is how it is by now. */
  feed(transition: Transition<K>, call: K['Call']): void;
  /** A call was seen so; of others of its parties nothing was. */
  show(callId: string, sight: K['Sight']): void;
  /** News of a party, or of a whole call, came by itself. */
  hear(news: ListNews<K>): void;
  /** News may have been too late, or others too early: the list is asked for. */
  doubt(): void;
  /** News come by themselves from now on, or no longer. */
  listeningChanged(turn: Turn<K>): void;
  /** Ends every line with this error. */
  deny(error: CallControlFailure): void;
  /** The list may have changed: do not wait for the pace. */
  poke(): void;
  /** Another gateway told this: it asks, and this one does not. */
  adopt(shared: SharedList<K>): void;
  /** From now on this gateway asks, or another. */
  askedBy(): void;
  /** Another gateway has readers, or none any more. */
  wishedElsewhere(isWished: boolean): void;
  /** Tells every reader of the events something that is no change of the list. */
  notify(kind: StreamNoticeKind, message: string, at: number): void;
  stop(): void;
}

/** What came by itself, for the list. */
export interface ListNews<K extends Kind> {
  readonly callId: string;
  /** Null: it is of the whole call. */
  readonly partyId: string | null;
  readonly sight: K['Sight'];
  /** When it was true, epoch milliseconds. */
  readonly at: number;
  /** How the list shows it, null where it does not. */
  readonly entry: K['Entry'] | null;
}

const PROMPT = 500; // milliseconds: the list lags a little behind the call
const HASTE = 3; // times the pace: however often the list may have changed, no more reads than that
const MOST_BACKOFF = 30_000; // 30 seconds
const MOST_PENALTY = 600_000; // 10 minutes, whatever a 429 says
const CHECK = 300_000; // 5 minutes: nothing should be found that was not told
const PATIENCE = 6_000; // 6 seconds: so long a read may take before the readers are told

/** Makes it; nothing is read before somebody asks. */
export function createActiveCalls<K extends Kind>(parts: ActiveCallsParts<K>): ActiveCalls<K> {
  const { shape, source, pace, log } = parts;
  const lines = createListReaders({ ...parts, onFirst, onLeave });
  let held: CallList<K> | null = null;
  /** What is held was answered since somebody reads, so that readers may start from it. */
  let fresh = false;
  let failures = 0;
  /** Reads of the pace that are on their way. */
  let looking = 0;
  /** The list is to be read once more as soon as that is done. */
  let again = false;
  /** The readers were told that the list may be old; when the phone system is tried again, if that is known. */
  let trouble: { readonly at: number | null } | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  /** When the timer ends, epoch milliseconds. */
  let dueAt = Infinity;
  let isWishedElsewhere = false;
  /** Whatever the next answer shows, the others are told. */
  let mustShare = false;

  const seen = createWhoWasSeen({ shape: shape.list, isTold: parts.isListening, sightOf: parts.sightOf });
  const belief = createBelief<K>({
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
    updates: () => lines.lists(freshList),
    events: () => lines.events(freshList, () => trouble),
    feed(transition, call) {
      show(call.id, shape.list.sightOf(call));
      const key = shape.list.keyOfNews(call.id, transition.party.id);
      const isListed = held?.calls.some((entry) => shape.list.keyOf(entry) === key) === true;
      if (shape.list.mustAsk(transition, isListed)) poke();
    },
    show,
    hear({ callId, partyId, sight, at, entry }) {
      seen.remember(callId, sight);
      if (held === null || !fresh || !isAsking()) return;
      const next = withNews(shape.list, held, shape.list.keyOfNews(callId, partyId), at, entry);
      if (next === held) return;
      // News without a place may be older than the answer that they come close to.
      if (partyId === null && at < held.answeredAt + DISORDER) doubt();
      held = next;
      publish(next);
    },
    doubt,
    listeningChanged(turn) {
      if (readers() === 0) return;
      belief.turned(turn);
      schedule(turn.kind === 'listening' && !turn.mayHaveMissed ? CHECK : 0);
    },
    deny(error) {
      lines.fail(error);
      rest();
    },
    poke,
    adopt(shared) {
      if (isAsking() || lines.count() === 0) return;
      const { refusal } = shared;
      if (refusal !== undefined) {
        lines.fail(new Forbidden(refusal.message, refusal.permissionName));
        rest();
        return;
      }
      if (shared.list !== null) {
        const isNews = !fresh || held === null || !isSameList(shape.list, held.calls, shared.list.calls);
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
    notify: lines.notify,
    stop() {
      lines.end();
      rest();
    },
  };

  function isAsking(): boolean {
    return parts.sharing?.isAsking() ?? true;
  }

  function freshList(): CallList<K> | null {
    return fresh ? held : null;
  }

  function readers(): number {
    return lines.count() + (isWishedElsewhere ? 1 : 0);
  }

  function onFirst(): void {
    parts.onActive(true);
    if (readers() === 1 && isAsking()) void look('query');
  }

  function onLeave(): void {
    if (readers() === 0) rest();
    else if (lines.count() === 0) parts.onActive(false);
  }

  /** Tells the other gateways, where this one asks for them too. */
  function share(): void {
    if (!isAsking()) return;
    mustShare = false;
    parts.sharing?.share({ list: freshList(), trouble });
  }

  function show(callId: string, sight: K['Sight']): void {
    seen.remember(callId, sight);
    if (held === null || !isAsking()) return;
    const next = withSight(shape.list, held, callId, seen.sightOf(callId)?.sight ?? sight, Date.now());
    if (next === held) return;
    held = next;
    if (fresh) publish(next);
  }

  function poke(): void {
    if (!isAsking()) {
      if (lines.count() > 0) parts.sharing?.hurry();
      return;
    }
    // What is told by itself need not be asked for.
    if (readers() === 0 || failures > 0 || parts.isListening()) return;
    askWithin(PROMPT);
  }

  function doubt(): void {
    if (readers() > 0 && isAsking() && failures === 0) askWithin(PROMPT);
  }

  function askWithin(wait: number): void {
    const now = Date.now();
    const soon = Math.max(now + wait, (held?.answeredAt ?? -Infinity) + pace / HASTE);
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
    if (lines.count() === 0) parts.onActive(false);
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
      lines.fail(error);
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
    if (isNew) lines.tellTrouble(at);
  }

  function recovered(): void {
    if (trouble === null) return;
    trouble = null;
    share();
    lines.tellRecovery();
  }

  async function ask(
    lane: 'query' | 'poll',
    signal?: AbortSignal,
    requestId?: string,
  ): Promise<readonly K['Entry'][]> {
    const { value, sentAt, receivedAt } = await source().readList({ lane, signal, requestId });
    const next = withAnswer(shape.list, held, { calls: value, sentAt, receivedAt }, seen.sightOf);
    // Another gateway tells what readers are told.
    if (!isAsking()) return next.calls;
    const isNews = !fresh || held === null || !isSameList(shape.list, held.calls, next.calls);
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

  function publish(list: CallList<K>): void {
    share();
    lines.tellList(list);
  }
}
