/**
 * The ledger of one call: what this gateway sees of it becomes true for all of them, and is told only then.
 *
 * Whoever sees something holds it at once, appends it to the log where that ended when it was looked at last, and tells
 * it when the log has taken it in. Where somebody else was faster, what came between is held instead, and everything that
 * was not told yet is decided again. So all gateways tell the same, at the same offsets.
 *
 * ```text
 *   opening ──the log is read──► open ──write──► appended ──► told
 *      │                         │  ▲  └── behind: adopt what came between, decide again ──► write
 *      │        the store is gone│  │ a whole state
 *      ▼                         ▼  │
 *    alone ◄──────────────────── * meeting ◄── the log was lost, or this gateway was alone
 *      └── told at once             the leader writes what it holds; the others wait for that, and tell the difference
 * ```
 */
import {
  Apart,
  type Appended,
  type Entry as LogEntry,
  type News,
  type Position,
  type Reading,
} from '../../commons/commons.ts';
import { orNoted } from '../../or-noted.ts';
import type { Kind } from '../shape.ts';
import type { Ledger, LedgerParts } from './ledger.ts';
import { pastOf, placeOf, Standing } from './standing.ts';
import type { CallState, Entry, Tiding } from './tidings.ts';

/** What is written together, and decided again together. */
interface Batch<K extends Kind> {
  readonly tidings: readonly Tiding<K>[];
  readonly after: CallState<K> | null;
  readonly again: () => void;
  /** A whole state: whatever came between, it is what all are to hold. */
  readonly isWhole?: boolean;
}

type Mode = 'opening' | 'open' | 'meeting' | 'alone' | 'closed';

/** What is on its way while an answer is taken in; never written to. */
const NOTHING: readonly never[] = [];

/** A log in which nothing happens is written to so often. */
export const KEEP_EVERY = 60_000; // 1 minute

/** Makes it; it opens with `meet`, or goes on alone with `part`. */
export function createLedger<K extends Kind>(parts: LedgerParts<K>): Ledger<K> {
  return new CallLedger(parts);
}

class CallLedger<K extends Kind> implements Ledger<K> {
  readonly #parts: LedgerParts<K>;
  #mode: Mode = 'opening';
  #told: CallState<K> | null = null;
  readonly #standing = new Standing();
  #position: Position | null = null;
  #waiting: Batch<K>[] = [];
  /** On their way to the log, or none of them while the answer is taken in; null: nothing is. */
  #underway: readonly Batch<K>[] | null = null;
  /** News that came while something was on its way. */
  #early: News<string>[] = [];
  /** The first entries of a batch of which more is to come. */
  #partial: { readonly tiding: Tiding<K>; readonly offset: number }[] = [];
  #writtenAt = Number.NEGATIVE_INFINITY;
  #stopFollowing: (() => void) | null = null;
  #isClosing = false;
  #settling: (() => void)[] = [];
  /** Whatever was begun before is of no interest any more. */
  #era = 0;

  constructor(parts: LedgerParts<K>) {
    this.#parts = parts;
  }

  get told(): CallState<K> | null {
    return this.#told;
  }

  get isFresh(): boolean {
    return this.#standing.isFresh;
  }

  get nextTry(): number | null {
    return this.#standing.nextTry;
  }

  get isOpen(): boolean {
    return this.#mode !== 'opening' && this.#mode !== 'closed';
  }

  write(tidings: readonly Tiding<K>[], again: () => void): void {
    if (this.#mode === 'closed') return;
    const batch: Batch<K> = { tidings, after: this.#parts.host.state(), again };
    if (this.#mode === 'alone') {
      this.#tell(batch, null);
      return;
    }
    this.#waiting.push(batch);
    if (this.#mode === 'open') void this.#append();
  }

  part(): void {
    if (this.#mode === 'closed' || this.#mode === 'alone') return;
    const wasOpening = this.#mode === 'opening';
    this.#forgetTheWay('alone');
    if (this.#isClosing) {
      this.#end();
      return;
    }
    this.#tellAllHere();
    if (wasOpening) this.#parts.host.opened();
  }

  meet(): void {
    if (this.#mode === 'closed' || this.#mode === 'open' || this.#stopFollowing !== null) return;
    // What was told here is held against what the others tell; whoever has told nothing starts from theirs.
    const hasTold = this.#mode !== 'opening' && this.#told !== null;
    this.#forgetTheWay(hasTold ? 'meeting' : 'opening');
    this.#stopFollowing = () => {};
    this.#position = null;
    this.#read(hasTold).catch(this.#parts.onDefect);
  }

  ledBy(): void {
    if (this.#mode === 'meeting' && this.#position !== null) this.#beOneAgain();
  }

  keep(): void {
    if (this.#mode !== 'open' || performance.now() - this.#writtenAt < KEEP_EVERY) return;
    this.write([{ kind: 'alive', at: Date.now() }], ignore);
  }

  settled(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.#settling.push(resolve));
  }

  close(): void {
    if (this.#mode === 'closed') return;
    this.#isClosing = true;
    if (this.#mode !== 'open' || this.#isIdle()) this.#end();
  }

  #isIdle(): boolean {
    return this.#underway === null && this.#waiting.length === 0;
  }

  #end(): void {
    this.#forgetTheWay('closed');
    this.#waiting = [];
    this.#underway = null;
    this.#settle();
  }

  #settle(): void {
    for (const resolve of this.#settling.splice(0)) resolve();
  }

  #forgetTheWay(mode: Mode): void {
    this.#era += 1;
    this.#mode = mode;
    this.#stopFollowing?.();
    this.#stopFollowing = null;
    this.#early = [];
    this.#partial = [];
    // What is on its way may arrive or not: nobody waits for it.
    this.#waiting = [...(this.#underway ?? []), ...this.#waiting];
    this.#underway = null;
  }

  #tellAllHere(): void {
    for (const batch of this.#waiting.splice(0)) this.#tell(batch, null);
    this.#settle();
  }

  /** `after`: the offset before the first of the batch; null: nobody else knows of it. */
  #tell({ tidings, after }: Pick<Batch<K>, 'tidings' | 'after'>, before: Position | null): void {
    this.#told = after;
    for (const [index, tiding] of tidings.entries()) {
      this.#standing.note(tiding);
      if (this.#isClosing) continue;
      const place = before === null ? null : placeOf(before.epoch, before.offset + index + 1);
      this.#parts.host.tell(tiding, after, place, true);
    }
  }

  async #read(hasTold: boolean): Promise<void> {
    const era = this.#era;
    const { log, key, host } = this.#parts;
    let reading: Reading<string>;
    try {
      reading = await log.read(key, null);
    } catch (error) {
      // Who is apart is told so by `part`.
      if (!(error instanceof Apart)) this.#parts.onDefect(error);
      if (era === this.#era) this.#stopFollowing = null;
      return;
    }
    if (era !== this.#era) return;
    this.#position = reading.position;
    this.#follow();
    if (hasTold) return this.#beOneAgain();
    this.#takeUp(reading);
    const waiting = this.#waiting.splice(0);
    this.#mode = 'open';
    if (this.#told !== null) {
      host.adopt(this.#told);
      for (const { again } of waiting) again();
    } else {
      this.#waiting.push(...waiting);
    }
    host.opened();
    void this.#append();
  }

  #takeUp(reading: Reading<string>): void {
    const { codec, fence, host } = this.#parts;
    const { from, tidings, state } = pastOf(reading, codec, this.#standing, fence());
    if (state !== null) this.#told = state;
    host.remember(from, tidings);
  }

  #follow(): void {
    const { log, key } = this.#parts;
    const era = this.#era;
    this.#stopFollowing = log.follow(key, this.#position, (news) => {
      if (era !== this.#era) return;
      if (this.#underway !== null) this.#early.push(news);
      else this.#hearAlone(news);
    });
  }

  /** Nobody waits for what comes by itself. */
  #hearAlone(news: News<string>): void {
    orNoted(() => this.#hear(news), this.#parts.onDefect);
  }

  #hear(news: News<string>): void {
    const position = this.#position;
    if (position === null || this.#mode === 'closed') return;
    const { epoch, offset } = news.position;
    if (news.kind === 'lost' || epoch !== position.epoch) this.#lose(news.position);
    else if (offset > position.offset) this.#take([{ offset, event: news.event }], news.position);
  }

  /** Takes in what others wrote; what this gateway has not told yet is decided again. */
  #take(entries: readonly LogEntry<string>[], end: Position): void {
    const waiting = this.#waiting.splice(0);
    if (waiting.length > 0) this.#parts.host.adopt(this.#told);
    for (const { offset, event } of entries) {
      const entry = this.#parts.codec.read(event);
      if (entry !== null) this.#takeEntry(entry, { epoch: end.epoch, offset });
    }
    this.#position = end;
    if (this.#mode === 'meeting') this.#waiting.unshift(...waiting);
    else for (const { again } of waiting) again();
  }

  #takeEntry(entry: Entry<K>, at: Position): void {
    this.#partial.push({ tiding: entry.tiding, offset: at.offset });
    if (entry.hasMore) return;
    const batch = this.#partial;
    this.#partial = [];
    const whole = batch.findLast(({ tiding }) => tiding.kind === 'state' && tiding.isWhole);
    const { host } = this.#parts;
    if (whole !== undefined && entry.state !== null) {
      const place = placeOf(at.epoch, whole.offset);
      if (!host.meet(entry.state, place)) {
        this.#mode = 'meeting';
        this.#doubt(entry);
        return;
      }
      this.#told = host.state();
      this.#standing.note(whole.tiding);
      if (this.#mode === 'meeting') this.#mode = 'open';
      return;
    }
    if (this.#mode === 'meeting') return;
    const after = entry.state ?? this.#told;
    if (entry.state !== null) host.adopt(entry.state);
    this.#told = after;
    for (const { tiding, offset } of batch) {
      this.#standing.note(tiding);
      if (!this.#isClosing) host.tell(tiding, after, placeOf(at.epoch, offset), false);
    }
  }

  /** A whole state may be older than what was told here. Of two who believe to lead, the one with the higher fence does. */
  #doubt({ fence }: Entry<K>): void {
    const { isLeading, askForWhole, fence: own } = this.#parts;
    if (isLeading() && fence < (own() ?? 0)) this.#beOneAgain();
    else askForWhole();
  }

  async #append(): Promise<void> {
    if (this.#underway !== null) return;
    const { log, key } = this.#parts;
    while (this.#mode === 'open' && this.#waiting.length > 0) {
      const era = this.#era;
      const batches = this.#waiting.splice(0);
      this.#underway = batches;
      const before = this.#position;
      try {
        const entries = batches.flatMap((batch) => this.#entriesOf(batch));
        const appended = await log.append(key, before, entries);
        if (era !== this.#era) return;
        // What that leads to waits for the next turn: of two on their way at once each would learn of the other's as news.
        this.#underway = NOTHING;
        this.#takeIn(appended, batches, before);
      } catch (error) {
        if (era !== this.#era) return;
        this.#underway = null;
        this.#waiting.unshift(...batches);
        if (!(error instanceof Apart)) this.#parts.onDefect(error);
        // Who is apart is told so, and then tells everything by itself.
        return;
      }
      for (const news of this.#early.splice(0)) if (era === this.#era) this.#hearAlone(news);
      if (era !== this.#era) return;
      this.#underway = null;
    }
    if (!this.#isIdle()) return;
    this.#settle();
    if (this.#isClosing) this.#end();
  }

  #takeIn(appended: Appended<string>, batches: readonly Batch<K>[], before: Position | null): void {
    if (appended.kind === 'behind') {
      this.#waiting.unshift(...batches);
      const isSame =
        appended.isComplete && appended.position.epoch === (before?.epoch ?? appended.position.epoch);
      if (batches[0]?.isWhole === true) this.#position = appended.position;
      else if (isSame) this.#take(appended.entries, appended.position);
      else this.#lose(appended.position);
      return;
    }
    this.#writtenAt = performance.now();
    this.#position = appended.position;
    const { epoch } = appended.position;
    let offset = before?.offset ?? 0;
    for (const batch of batches) {
      this.#tell(batch, { epoch, offset });
      offset += batch.tidings.length;
    }
  }

  #entriesOf({ tidings, after }: Batch<K>): string[] {
    const fence = this.#parts.fence() ?? 0;
    return tidings.map((tiding, index) => {
      const hasMore = index < tidings.length - 1;
      return this.#parts.codec.write({
        tiding,
        hasMore,
        fence,
        state: hasMore || tiding.kind === 'alive' ? null : after,
      });
    });
  }

  /** What the log held is gone, or too much of it. */
  #lose(position: Position): void {
    this.#partial = [];
    this.#position = position;
    this.#mode = 'meeting';
    if (this.#isClosing) this.#end();
    else this.#beOneAgain();
  }

  /** The leader writes what it holds, and everybody else waits for that. */
  #beOneAgain(): void {
    const { host, isLeading, askForWhole } = this.#parts;
    if (!isLeading()) {
      askForWhole();
      return;
    }
    // What is not told yet is part of it.
    this.#tellAllHere();
    const state = host.state();
    this.#mode = 'open';
    if (state === null) return;
    const tidings: readonly Tiding<K>[] = [{ kind: 'state', at: Date.now(), isWhole: true }];
    this.#waiting.unshift({ tidings, after: state, again: ignore, isWhole: true });
    void this.#append();
  }
}

function ignore(): void {}
