/**
 * The account in the eyes of several gateways: whoever leads writes what it sees into a log and tells it when the log has
 * taken it in; the others tell what they read there, at the same offsets. A whole picture in a cell lets others join.
 *
 * ```text
 *   closed ──somebody looks──► opening ──picture and log are read──► open ◄── led on, or followed on
 *                                 │  └─ no picture, and another leads: it is asked for, and waited for
 *            the store is gone    ▼                                    │ the log was lost, or this gateway was alone
 *   alone ◄───────────────────── * ──it is back──► meeting ◄───────────┘
 *     └── told at once                                └── the leader writes a picture; the others, also those that were
 *                                                         never apart, hold it against theirs
 * ```
 *
 * Whoever leads writes, and whoever led until a moment ago what it saw by then. Of two that write, the slower one finds that
 * the log ends elsewhere, takes in what stands there, and decides again what it has seen of the same (`untold.ts`). So is
 * done where gateways meet: nobody is told twice what two of them have seen.
 */
import { randomUUID } from 'node:crypto';
import type { AccountLiveSource } from '../../schema/account/model.ts';
import type { CallControlFailure } from '../../schema/failures.ts';
import { Apart, type Entry, type Log, type News, type Position } from '../commons/commons.ts';
import type { Place } from '../live/replay.ts';
import { KEEP_EVERY } from '../live/shared/call-ledger.ts';
import type { BesideSharing } from '../live/shared/desk-sharing.ts';
import { placeOf } from '../live/shared/standing.ts';
import { orNoted } from '../or-noted.ts';
import type { Change } from './change.ts';
import { type LedgerHost, tellOf } from './ledger-host.ts';
import { createSharedPicture, LIFETIME } from './shared-picture.ts';
import {
  type AccountCodec,
  createAccountCodec,
  holdTiding,
  NOT_WATCHING,
  type Past,
  type Picture,
  readEntries,
  type Tiding,
  tidingOf,
  wholeAfter,
} from './tidings.ts';
import { subjectOf, Untold } from './untold.ts';

export interface AccountLedger {
  readonly isOpen: boolean;
  /** How it is watched by whoever leads; undefined: nobody has said so. */
  readonly source: AccountLiveSource | null | undefined;
  publish(changes: readonly Change[], at: number): void;
  publishTrouble(next: number | null): void;
  publishRecovery(): void;
  publishNarrowing(): void;
  publishRefusal(error: CallControlFailure): void;
  /** Somebody looks here, or at another gateway. */
  open(): void;
  /** Another leads, or this gateway, or the store is gone, or it is back. */
  roleChanged(): void;
  /** All of it is to be written for others. */
  share(): void;
  keep(): void;
  settled(): Promise<void>;
  close(): void;
}

const LOG_BYTES = 32 * 1_048_576; // 32 MiB, as if all entries were as large as the newest

type Mode = 'closed' | 'opening' | 'open' | 'meeting' | 'alone';

/** Makes it; closed. `most`: entries of the log. */
export function createAccountLedger(sharing: BesideSharing, most: number, host: LedgerHost): AccountLedger {
  const { owner, seal } = sharing;
  const { memory, onDefect } = host;
  const role = () => sharing.role;
  const codec: AccountCodec = createAccountCodec(seal, () => sharing.ahead);
  const log: Log<string> = sharing.commons.log<string>({
    ...{ word: 'account', most, mostBytes: LOG_BYTES, lifetime: LIFETIME },
  });
  const key = () => ({ owner: owner(), name: 'account' });
  const shared = createSharedPicture({ sharing, codec, current, onDefect });
  let mode: Mode = 'closed';
  let position: Position | null = null;
  let source: AccountLiveSource | null | undefined;
  const untold = new Untold(memory);
  let isAppending = false;
  let writtenAt = -Infinity;
  let beginning: string | undefined;
  const stops: (() => void)[] = [];
  const settling: (() => void)[] = [];
  let early: News<string>[] = [];
  let era = 0;
  /** Nobody looks any more: what was seen is still written for others. */
  let isClosing = false;

  return {
    get isOpen() {
      return mode === 'open' || mode === 'alone';
    },
    get source() {
      return role() === 'following' ? source : undefined;
    },
    publish(changes, at) {
      for (const change of changes) write(tidingOf(change, at), change);
    },
    publishTrouble: (next) => write({ kind: 'trouble', at: Date.now(), next }),
    publishRecovery: () => write({ kind: 'recovery', at: Date.now() }),
    publishNarrowing: () => write({ kind: 'narrowed', at: Date.now() }),
    publishRefusal({ message, ...rest }) {
      const { permissionName = null } = rest as { readonly permissionName?: string };
      write({ kind: 'refused', at: Date.now(), message, permissionName });
    },
    open() {
      if (isClosing) end();
      if (mode === 'closed') enter();
    },
    roleChanged() {
      if (mode === 'closed') return;
      if (role() === 'alone') part();
      else if (mode === 'alone') enter('meeting');
      // Who is about to learn what others hold has read on by themselves, whoever leads.
      else if (mode !== 'open') enter(mode === 'meeting' ? 'meeting' : 'opening');
    },
    share: shared.want,
    keep() {
      if (mode !== 'open' || role() !== 'leading') return;
      if (performance.now() - writtenAt > KEEP_EVERY) write({ kind: 'alive', at: Date.now() });
      shared.keep();
    },
    async settled() {
      if (mode !== 'open') return;
      // Also when another is about to lead: what was seen here by then is heard by nobody else.
      await shared.write();
      if (untold.isEmpty && !isAppending) return;
      await new Promise<void>((resolve) => settling.push(resolve));
    },
    close() {
      isClosing = mode === 'open' && (!untold.isEmpty || isAppending);
      if (!isClosing) end();
    },
  };

  function end(): void {
    leave('closed');
    isClosing = false;
    untold.clear();
    source = undefined;
    settle();
  }

  function isOpenNow(): boolean {
    return mode === 'open';
  }

  function write(tiding: Tiding, change?: Change): void {
    if (mode === 'closed' || isClosing) return;
    if (mode === 'alone') {
      tell(tiding, null);
      return;
    }
    untold.add(tiding, change);
    if (mode === 'open') void append();
  }

  function tell(tiding: Tiding, place: Place | null): void {
    if (isClosing) return;
    tellOf(tiding, place, host);
  }

  function leave(next: Mode): void {
    era += 1;
    mode = next;
    for (const stop of stops.splice(0)) stop();
    early = [];
    // Whether it was taken in nobody knows, and whoever goes on tells it.
    untold.putBack();
    isAppending = false;
  }

  /** The store is gone: everything is told at once, for those who are here. */
  function part(): void {
    const wasOpening = mode === 'opening';
    leave('alone');
    for (const tiding of untold.takeAll()) tell(tiding, null);
    settle();
    if (wasOpening) host.opened(NOT_WATCHING);
  }

  function enter(next: 'opening' | 'meeting' = 'opening'): void {
    if (role() === 'alone') {
      mode = 'opening';
      part();
      return;
    }
    leave(next);
    const begun = era;
    stops.push(shared.follow(() => void look(begun)));
    void look(begun);
  }

  /** Reads the picture and the log, where it is not known yet what stands there. */
  async function look(begun: number): Promise<void> {
    if (begun !== era) return;
    try {
      const picture = await shared.read();
      if (begun !== era) return;
      if (mode === 'open') {
        heardAgain(picture);
        return;
      }
      const isLeading = role() === 'leading';
      if (mode === 'meeting' && isLeading) return await begin(begun);
      const reading = await log.read(key(), null);
      if (begun !== era || isOpenNow()) return;
      const at = picture?.position;
      const first = reading.entries[0]?.offset ?? reading.position.offset + 1;
      const isUsable = at !== undefined && at.epoch === reading.position.epoch && first <= at.offset + 1;
      if (picture === null || at === undefined || !isUsable) {
        if (isLeading) return await begin(begun);
        if (role() === 'following') sharing.askForWhole();
        return;
      }
      takeUp(picture, reading.entries, reading.position, first);
    } catch (error) {
      // Who is apart is told so.
      if (!(error instanceof Apart)) onDefect(error);
    }
  }

  /** What it tells of calls the log has told sooner; how they are watched it has not. */
  function heardAgain(picture: Picture | null): void {
    if (picture === null || role() !== 'following') return;
    // Whoever leads was alone for a moment, and knows what the log has told nobody.
    if (picture.beginning !== undefined && picture.beginning !== beginning) enter('meeting');
    else {
      ({ source } = picture);
      host.opened(picture);
    }
  }

  function takeUp(picture: Picture, entries: readonly Entry<string>[], end: Position, first: number): void {
    // What nobody was told of is held against what the others hold, after it.
    const seen = untold.takeBack();
    const past = readEntries(entries, end, codec);
    const since = past.filter(({ place }) => place.sequence > picture.position.offset);
    if (mode === 'meeting') meet(picture, since, end);
    else join(picture, past, since, placeOf(end.epoch, first - 1));
    ({ source, beginning } = picture);
    goOn(end);
    decideAgain(seen);
    host.opened(picture);
    void append();
  }

  /** Those who are here have read on by themselves meanwhile: they are told the difference, and of no way to it. */
  function meet(picture: Picture, since: readonly Past[], end: Position): void {
    for (const { tiding, place } of since) if (subjectOf(tiding) === null) tell(tiding, place);
    const { whole, endings } = wholeAfter(
      picture.whole,
      since.map(({ tiding }) => tiding),
    );
    const changes = memory.adopt(whole, endings);
    const place = placeOf(end.epoch, end.offset);
    host.begin(place);
    const last = changes.at(-1);
    // From the last one on all gateways tell the same: whoever has it goes on at any of them.
    for (const change of changes) host.tell(change, Date.now(), change === last ? place : null);
  }

  /** Nobody is here yet, but for those who come back. */
  function join(picture: Picture, past: readonly Past[], since: readonly Past[], from: Place): void {
    memory.adopt(picture.whole);
    host.begin(from);
    for (const { tiding } of since) holdTiding(tiding, memory);
    for (const { tiding, place } of past)
      if (tiding.kind === 'narrowed') host.begin(place);
      else host.remember(tiding, place);
  }

  /** What was seen here is told where it still is news. */
  function decideAgain(seen: ReturnType<typeof untold.takeBack>): void {
    for (const sessionId of untold.takeAgain(seen)) host.doubt(sessionId);
  }

  /** Whoever leads, and finds nothing to go on from, writes what it holds. */
  async function begin(begun: number): Promise<void> {
    const { position: end } = await log.read(key(), null);
    if (begun !== era) return;
    host.begin(placeOf(end.epoch, end.offset));
    const facts = mode === 'meeting' ? host.facts() : NOT_WATCHING;
    beginning = randomUUID();
    goOn(end);
    host.opened(facts);
    // What nobody was told of is the first that the log tells.
    void append();
    shared.want();
  }

  function goOn(end: Position): void {
    position = end;
    mode = 'open';
    const begun = era;
    stops.push(
      log.follow(key(), end, (news) => {
        if (begun !== era) return;
        if (isAppending) early.push(news);
        else hearAlone(news);
      }),
    );
  }

  /** Nobody waits for what comes by itself. */
  function hearAlone(news: News<string>): void {
    orNoted(() => hear(news), onDefect);
  }

  function hear(news: News<string>): void {
    if (position === null || mode !== 'open') return;
    const { epoch, offset } = news.position;
    if (news.kind === 'lost' || epoch !== position.epoch) enter('meeting');
    else if (offset > position.offset) take([{ offset, event: news.event }], news.position);
  }

  /** What others wrote. */
  function take(entries: readonly Entry<string>[], end: Position): void {
    const past = readEntries(entries, end, codec);
    const about = new Set(past.flatMap(({ tiding }) => subjectOf(tiding) ?? []));
    position = end;
    if (isClosing) {
      untold.forget(about);
      return;
    }
    const seen = untold.takeBack(about);
    for (const { tiding, place } of past) {
      holdTiding(tiding, memory);
      tell(tiding, place);
    }
    decideAgain(seen);
  }

  async function append(): Promise<void> {
    if (isAppending) return;
    const begun = era;
    isAppending = true;
    try {
      while (isOpenNow() && !untold.isEmpty) {
        const batch = untold.handOver();
        const appended = await handOver(batch);
        if (begun !== era) return;
        if (appended?.kind === 'appended') {
          untold.arrived();
          tellAll(batch, appended.position);
        } else {
          untold.putBack();
          // Who is apart is told so, and then tells everything by itself.
          if (appended === null) return;
          if (!appended.isComplete || appended.position.epoch !== position?.epoch) {
            if (isClosing) end();
            else enter('meeting');
            return;
          }
          take(appended.entries, appended.position);
        }
      }
    } catch (error) {
      onDefect(error);
      return;
    } finally {
      if (begun === era) isAppending = false;
    }
    if (isClosing) {
      end();
      return;
    }
    for (const news of early.splice(0)) hearAlone(news);
    if (untold.isEmpty) settle();
    void shared.write();
  }

  /** What stands at the end of the log by now. */
  function tellAll(batch: readonly Tiding[], end: Position): void {
    writtenAt = performance.now();
    position = end;
    const first = end.offset - batch.length + 1;
    for (const [index, tiding] of batch.entries()) tell(tiding, placeOf(end.epoch, first + index));
  }

  /** Null: there was no answer. */
  async function handOver(batch: readonly Tiding[]) {
    try {
      return await log.append(
        key(),
        position,
        batch.map((tiding) => codec.write(tiding)),
      );
    } catch (error) {
      if (!(error instanceof Apart)) onDefect(error);
      return null;
    }
  }

  /** Once everything is told, so that it is how the account is at that place. */
  function current(): Picture | null {
    if (mode !== 'open' || role() !== 'leading' || position === null) return null;
    if (isAppending || !untold.isEmpty) return null;
    return { position, beginning, whole: memory.whole(), ...host.facts() };
  }

  function settle(): void {
    for (const resolve of settling.splice(0)) resolve();
  }
}
