/**
 * Who reads of an account, and what they are told.
 *
 * ```text
 *   newcomer ──the first fresh picture──► reader ──left──► gone
 *      └── hears of trouble, so that it knows why it waits
 *
 *   a reader that reads too slowly: of each party and extension the latest; far too slowly: a snapshot, from which it goes on
 * ```
 */
import type { Presence } from '../../schema/account/model.ts';
import type { AccountCallEvent } from '../../schema/account/provider.ts';
import type { SnapshotReason, StreamNoticeKind } from '../../schema/telling.ts';
import { asNews } from '../live/events.ts';
import { createLine, type Line } from '../live/exchange.ts';
import type { Place, Replay } from '../live/replay.ts';
import { SharedReplay } from '../live/shared/shared-replay.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { AccountMemory } from './account-memory.ts';
import type { Change } from './change.ts';
import { eventOf, MESSAGES, mergeEvents, newsOf, notice, snapshotOf } from './events.ts';

/** How long the account is watched for whoever left, in milliseconds, and how far a reader may be behind. */
export interface AccountReaderLimits {
  readonly linger: number;
  readonly retention: number;
  readonly queueLimit: number;
}

/** What the readers are of. */
export interface ReadAccount {
  readonly picture: AccountMemory;
  /** True while the picture is what a reader may start from. */
  isFresh(): boolean;
  /** True while what this extension does is known without asking. */
  isKnown(extensionId: string): boolean;
  /** True once it is known what was told before; whoever comes back waits for that. */
  isOpen(): boolean;
  createReplay(): Replay<AccountCallEvent>;
  /** Somebody reads, of everything or of these extensions. */
  onWanted(): void;
  /** A reader left; it is worth a watch for so many milliseconds still. */
  onLeave(patience: number): void;
}

export interface AccountReaders {
  events(after: string | null, dropped: (() => boolean) | undefined): Line<AccountCallEvent>;
  /** The same for a question that was asked: nobody subscribed. */
  look(): Line<AccountCallEvent>;
  presences(extensionIds: readonly string[]): Line<Presence>;
  /** How many read of everything. */
  count(): number;
  /** Of whom somebody reads what they do. */
  extensionIds(): ReadonlySet<string>;
  /** The picture is fresh: everybody who waits starts from it. */
  start(): void;
  tell(change: Change, at: number, place: Place | null): void;
  /** What this extension does is known, and as it was. */
  known(presence: Presence): void;
  tellTrouble(at: number | null, place: Place | null): void;
  tellRecovery(place: Place | null): void;
  readonly isTroubled: boolean;
  notify(kind: StreamNoticeKind, message: string, at: number): void;
  /** Where what was told is kept. */
  replay(): Replay<AccountCallEvent>;
  /** Keeps what was told before anybody was here; null: something that is not told again. */
  remember(at: number, change: Change | null, place: Place): void;
  /** It is known now what was told before. */
  admit(): void;
  end(): void;
  fail(error: unknown): void;
  /** Nothing is told of calls for a while: cursors from before are expired, and whoever reads waits for a fresh picture. */
  narrow(place: Place | null): void;
  /** Nothing is kept any more: cursors from before are expired. */
  forget(): void;
}

/** A reader that has as many events unread starts again from a snapshot. */
const MOST_UNREAD = 5_000;

/** Makes it; nobody reads. */
export function createAccountReaders(
  limits: AccountReaderLimits,
  metrics: Metrics,
  account: ReadAccount,
): AccountReaders {
  const events = new Set<Line<AccountCallEvent>>();
  const newcomers = new Map<Line<AccountCallEvent>, SnapshotReason>();
  const returning = new Map<Line<AccountCallEvent>, string>();
  /** Of whom each wants to hear, and of whom it has heard nothing yet. */
  const rows = new Map<
    Line<Presence>,
    { readonly ids: ReadonlySet<string>; readonly missing: Set<string> }
  >();
  let replay: Replay<AccountCallEvent> | null = null;
  let trouble: { readonly at: number | null } | null = null;

  const rules = {
    limit: limits.queueLimit,
    key: newsOf,
    merge: mergeEvents,
    onSkip: () => metrics.skippedEvents.inc(),
    most: MOST_UNREAD,
    restart: () => snapshotOf(account.picture, memory().cursor, 'CURSOR_EXPIRED'),
  };
  const rowRules = {
    limit: limits.queueLimit,
    key: ({ extensionId }: Presence) => extensionId,
    merge: (_: Presence, newer: Presence) => newer,
    onSkip: () => metrics.skippedEvents.inc(),
  };

  return {
    events(after, dropped) {
      metrics.subscribers.inc({ field: 'accountCallEvents' });
      return read(after, () => {
        metrics.subscribers.dec({ field: 'accountCallEvents' });
        return dropped?.() === true ? limits.retention : limits.linger;
      });
    },
    look: () => read(null, () => limits.linger),
    presences(extensionIds) {
      const line = createLine<Presence>(rowRules, () => {
        rows.delete(line);
        metrics.subscribers.dec({ field: 'presenceUpdated' });
        account.onLeave(limits.linger);
      });
      metrics.subscribers.inc({ field: 'presenceUpdated' });
      const ids = new Set(extensionIds);
      const missing = new Set<string>();
      rows.set(line, { ids, missing });
      for (const id of ids) {
        const known = account.isKnown(id) ? account.picture.presence(id) : undefined;
        if (known === undefined) missing.add(id);
        else line.push({ ...known });
      }
      account.onWanted();
      return line;
    },
    count: () => events.size + newcomers.size + returning.size,
    extensionIds() {
      const all = new Set<string>();
      for (const { ids } of rows.values()) for (const id of ids) all.add(id);
      return all;
    },
    start,
    tell(change, at, place) {
      const kept = memory().keep(Date.now(), (cursor) => eventOf(change, cursor), place);
      if (events.size > 0) {
        const event = asNews(kept.event(), at);
        for (const line of events) line.push(event);
      }
      if (change.kind === 'presence') tellRows(asNews({ ...change.presence }, at), true);
    },
    known: (presence) => tellRows(presence, false),
    tellTrouble(at, place) {
      const isNew = trouble === null;
      trouble = { at };
      if (isNew) tellAll(memory().add(Date.now(), (cursor) => degraded(at, cursor), place));
    },
    tellRecovery(place) {
      if (trouble === null) return;
      trouble = null;
      tellAll(
        memory().add(Date.now(), (cursor) => notice('RECOVERED', MESSAGES.RECOVERED, null, cursor), place),
      );
    },
    get isTroubled() {
      return trouble !== null;
    },
    notify(kind, message, at) {
      if (replay !== null) tellAll(notice(kind, message, at, replay.cursor));
    },
    replay: memory,
    remember(at, change, place) {
      const replay = memory();
      if (change !== null) replay.add(at, (cursor) => eventOf(change, cursor), place);
      else if (replay instanceof SharedReplay) replay.stand(place);
    },
    admit() {
      for (const [line, after] of [...returning]) {
        returning.delete(line);
        open(line, after);
      }
    },
    end() {
      for (const line of dismissed()) line.end();
    },
    fail(error) {
      for (const line of dismissed()) line.fail(error);
    },
    narrow(place) {
      for (const line of events) newcomers.set(line, 'CURSOR_EXPIRED');
      events.clear();
      replay = null;
      trouble = null;
      const next = memory();
      if (place !== null && next instanceof SharedReplay) next.begin(place);
    },
    forget() {
      replay = null;
      trouble = null;
    },
  };

  /** `left` answers for how long whoever left is waited for. */
  function read(after: string | null, left: () => number): Line<AccountCallEvent> {
    const line = createLine<AccountCallEvent>(rules, () => {
      events.delete(line);
      newcomers.delete(line);
      returning.delete(line);
      account.onLeave(left());
    });
    if (after === null || account.isOpen()) open(line, after);
    else returning.set(line, after);
    account.onWanted();
    return line;
  }

  function open(line: Line<AccountCallEvent>, after: string | null): void {
    const missed = after === null ? 'SUBSCRIBED' : memory().after(after, Date.now());
    if (typeof missed !== 'string') {
      // Copies: they are no news, so their way to the client tells nothing of how fast news travel.
      for (const event of missed) line.push({ ...event });
      events.add(line);
      return;
    }
    if (account.isFresh()) {
      begin(line, missed);
      return;
    }
    newcomers.set(line, missed);
    if (trouble !== null) line.push(degraded(trouble.at, memory().nowhere));
  }

  /** One in a turn of the event loop: the snapshot of a large account takes a while to be written. */
  function start(): void {
    const [first] = newcomers;
    if (first === undefined || !account.isFresh()) return;
    const [line, reason] = first;
    newcomers.delete(line);
    begin(line, reason);
    if (newcomers.size > 0) setImmediate(start);
  }

  function begin(line: Line<AccountCallEvent>, reason: SnapshotReason): void {
    const { cursor } = memory();
    line.push(snapshotOf(account.picture, cursor, reason));
    if (trouble !== null) line.push(degraded(trouble.at, cursor));
    events.add(line);
  }

  function tellRows(presence: Presence, isNews: boolean): void {
    const { extensionId } = presence;
    for (const [line, { ids, missing }] of rows) {
      const isAwaited = missing.delete(extensionId);
      if (ids.has(extensionId) && (isNews || isAwaited)) line.push(presence);
    }
  }

  /** Also to those who wait for the first picture, so that they know why they wait. */
  function tellAll(event: AccountCallEvent): void {
    for (const line of events) line.push(event);
    for (const line of newcomers.keys()) line.push({ ...event, cursor: memory().nowhere });
  }

  function degraded(at: number | null, cursor: string): AccountCallEvent {
    return notice('UPSTREAM_DEGRADED', MESSAGES.UPSTREAM_DEGRADED, at, cursor);
  }

  function dismissed(): readonly { end(): void; fail(error: unknown): void }[] {
    const all = [...events, ...newcomers.keys(), ...returning.keys(), ...rows.keys()];
    events.clear();
    newcomers.clear();
    returning.clear();
    rows.clear();
    return all;
  }

  function memory(): Replay<AccountCallEvent> {
    replay ??= account.createReplay();
    return replay;
  }
}
