/**
 * The duty of one viewer's desk: which of the gateways does the work of it. It is called so because somebody always has
 * it, and it is handed on.
 *
 * Whoever leads listens and polls, for all of them; the others follow what it tells, and say what they wish to be watched.
 *
 * ```text
 *                        ┌──────────── taken ───────────► leading ──nobody here wishes anything, others do──► off
 *   off ──a wish──► joining                               │  │  └──a drain, no live token──► handed over ──► following
 *    ▲                ▲  └── another has it ─► following ◄┘  │
 *    │                └────────── it is free ──────┘         │ not renewed in time
 *    │                └──────────────────────────────────────┘
 *    └── the last wish ended, from everywhere
 *
 *   from everywhere: the store is gone ──► alone ──it is back──► joining
 * ```
 *
 * A gateway without a wish of its own never leads, because it may have no live token of the viewer.
 */
import { createHash } from 'node:crypto';
import { Apart, type Key } from '../../commons/commons.ts';
import { createLeases, type Held, type Leases } from '../../commons/lease.ts';
import { seal, unseal } from '../../commons/seal.ts';
import { createSettling } from '../settling.ts';
import type { Kind } from '../shape.ts';
import { type Board, BoardCell } from './board.ts';
import { DUTY_TIMES, type Duty, type DutyParts, type Role } from './duty.ts';
import { WishCell } from './wish-cell.ts';
import { type Asked, errandsOf, isEmpty, NO_WISH, NOTHING_ASKED, type Wish, type Wishes } from './wishes.ts';

/** What the next leader must know. */
interface Legacy {
  readonly listening: string | null;
  readonly watched: readonly string[];
}

/** Wishes, and looks at them, are renewed so often in a term. */
const BEATS = 3;
/** So long a hand-over waits for what was seen to be told. */
const SETTLE = 500; // milliseconds

/** Makes it; it begins with the first wish. */
export function createDuty<K extends Kind>(parts: DutyParts<K>): Duty<K> {
  return new DeskDuty(parts);
}

class DeskDuty<K extends Kind> implements Duty<K> {
  readonly #parts: DutyParts<K>;
  readonly #term: number;
  readonly #leases: Leases<Legacy>;
  readonly #wishes: WishCell;
  readonly #board: BoardCell<K>;
  #role: Role = 'off';
  #fence: number | null = null;
  #held: Held<Legacy> | null = null;
  #wish: Wish = NO_WISH;
  #others: Wishes = {};
  /** What is left to the next leader, once everything is told that came by it, and what is to be left after that. */
  #listening: string | null = null;
  #next: { readonly listening: string | null } | null = null;
  #isLeaving = false;
  #stops: (() => void)[] = [];
  #stopChange: (() => void) | null = null;
  #beating: NodeJS.Timeout | undefined;
  #isAble = true;
  #isDraining = false;
  #isStopped = false;
  #fleet: string | null = null;
  #era = 0;

  constructor(parts: DutyParts<K>) {
    const { commons, seal: key } = parts;
    this.#parts = parts;
    this.#term = parts.times?.term ?? DUTY_TIMES.term;
    this.#leases = createLeases<Legacy>(commons, 'desk', { term: this.#term });
    this.#wishes = new WishCell(commons, key, () => this.#key());
    this.#board = new BoardCell(commons, key, () => this.#key());
  }

  get role(): Role {
    return this.#role;
  }

  get fence(): number | null {
    return this.#fence;
  }

  get ahead(): number {
    return this.#wishes.ahead;
  }

  wish(callId: string, isWished: boolean): void {
    const { [callId]: known, ...rest } = this.#wish.calls;
    if ((known !== undefined) === isWished) return;
    this.#wished({ ...this.#wish, calls: isWished ? { ...rest, [callId]: NOTHING_ASKED } : rest });
  }

  wishList(isWished: boolean): void {
    if ((this.#wish.list !== null) === isWished) return;
    this.#wished({ ...this.#wish, list: isWished ? 0 : null });
  }

  ask(callId: string, what: keyof Asked): void {
    const known = this.#wish.calls[callId];
    if (known === undefined) return;
    const asked = { ...known, [what]: known[what] + 1 };
    this.#wished({ ...this.#wish, calls: { ...this.#wish.calls, [callId]: asked } });
  }

  askForList(): void {
    if (this.#wish.list !== null) this.#wished({ ...this.#wish, list: this.#wish.list + 1 });
  }

  wishBeside(what: string | null): void {
    const { beside = null } = this.#wish;
    if ((beside?.what ?? null) === what) return;
    this.#wished({ ...this.#wish, beside: what === null ? null : { what, wholes: beside?.wholes ?? 0 } });
  }

  askForBeside(): void {
    const { beside = null } = this.#wish;
    if (beside !== null) this.#wished({ ...this.#wish, beside: { ...beside, wholes: beside.wholes + 1 } });
  }

  post(board: Board<K>): void {
    if (this.#role === 'leading') this.#board.post(board, this.#fence ?? 0);
  }

  leave(inheritance: string | null): void {
    this.#next = { listening: inheritance };
    if (!this.#isLeaving) this.#work(this.#leaveSoon());
  }

  watchedChanged(): void {
    this.#held?.leave(this.#legacy(), true);
  }

  async isWatchedElsewhere(callId: string): Promise<boolean> {
    const fleet = this.#parts.commons.fleet();
    const isOnly = fleet === null || (fleet.size === 1 && fleet.isWhole);
    if (isOnly || this.#role === 'leading' || this.#parts.commons.state().name === 'apart') return false;
    try {
      const held = await this.#leases.look(this.#key());
      return held?.legacy?.watched.includes(inShort(callId)) === true;
    } catch (error) {
      // Calls come first: then it is watched here, too.
      if (!(error instanceof Apart)) this.#parts.onDefect(error);
      return false;
    }
  }

  allow(isAble: boolean): void {
    if (this.#isAble === isAble) return;
    this.#isAble = isAble;
    if (!isAble && this.#role === 'leading') this.#work(this.#handOver());
    if (isAble && this.#role === 'following') this.#work(this.#tryToLead());
  }

  drain(): void {
    this.#isDraining = true;
    this.#considerLeaving();
  }

  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#wish = NO_WISH;
    const held = this.#held;
    const isTogether = this.#parts.commons.state().name !== 'apart';
    if (held !== null && isTogether) await this.#handOver();
    else if (this.#role === 'following' && isTogether) await this.#tellWish();
    this.#enter('off');
  }

  /** Nobody waits for it, so that nobody would hear of a defect. */
  #work(work: Promise<void>): void {
    work.catch(this.#parts.onDefect);
  }

  #key(name = ''): Key {
    return { owner: this.#parts.owner(), name };
  }

  #wished(wish: Wish): void {
    this.#wish = wish;
    if (this.#isStopped) return;
    if (isEmpty(wish)) {
      if (this.#role === 'leading') this.#considerLeaving();
      else if (this.#role !== 'off') this.#rest();
      return;
    }
    if (this.#role === 'off') this.#begin();
    else if (this.#role === 'following') this.#work(this.#tellWish());
  }

  #begin(): void {
    const { commons } = this.#parts;
    this.#fleet = commons.fleet()?.id ?? null;
    this.#stopChange ??= commons.onChange(() => this.#changed());
    this.#work(this.#join());
  }

  #rest(): void {
    const wasFollowing = this.#role === 'following';
    this.#enter('off');
    // So that whoever leads need not wait for its end.
    if (wasFollowing) this.#work(this.#tellWish());
  }

  /** The gateways came together, parted, or lost what they shared. */
  #changed(): void {
    const { commons } = this.#parts;
    const isApart = commons.state().name === 'apart';
    if (isApart) {
      if (this.#role !== 'alone' && this.#role !== 'off') this.#enter('alone');
      return;
    }
    const id = commons.fleet()?.id ?? null;
    const isAnother = id !== this.#fleet;
    this.#fleet = id;
    // What was taken in a store that lost its data is anybody's.
    if (isAnother) this.#held = null;
    if (this.#role === 'alone' || (isAnother && this.#role !== 'off')) this.#work(this.#join());
  }

  async #join(): Promise<void> {
    const { commons } = this.#parts;
    if (commons.state().name === 'apart') return this.#enter('alone');
    // It may still have it from before it was apart.
    if (this.#held !== null) return this.#lead(this.#held);
    this.#enter('joining');
    await this.#tryToLead();
  }

  /** Takes what is free; else follows whoever has it. */
  async #tryToLead(): Promise<void> {
    const era = this.#era;
    const mayLead = this.#mayLead();
    try {
      const held = mayLead ? await this.#leases.take(this.#key()) : null;
      if (era !== this.#era) {
        await held?.handOver();
        return;
      }
      if (held !== null) return this.#lead(held);
      const leader = await this.#leases.look(this.#key());
      if (era !== this.#era) return;
      this.#fence = leader?.fence ?? null;
      if (this.#role !== 'following') this.#follow();
    } catch (error) {
      if (!(error instanceof Apart)) throw error;
      // Where that is so, `changed` has heard of it, or will.
      if (era === this.#era && this.#parts.commons.state().name === 'apart') this.#enter('alone');
    }
  }

  #mayLead(): boolean {
    return this.#isAble && !this.#isDraining && !this.#isStopped && !isEmpty(this.#wish);
  }

  #lead(held: Held<Legacy>): void {
    const { host } = this.#parts;
    this.#enter('leading', held);
    if (this.#held !== held) return;
    held.lost.addEventListener('abort', () => {
      if (this.#held !== held) return;
      this.#held = null;
      if (this.#role === 'leading') this.#work(this.#join());
    });
    this.#stops.push(this.#wishes.follow(() => this.#work(this.#lookAtWishes())));
    this.#beatAgain(() => {
      this.#work(this.#lookAtWishes());
      host.beat();
    });
    this.#others = {};
    this.#work(this.#lookAtWishes());
    this.watchedChanged();
  }

  #follow(): void {
    this.#enter('following');
    const key = this.#key();
    this.#stops.push(
      this.#leases.follow(key, () => {
        if (this.#role === 'following' && this.#mayLead()) this.#work(this.#tryToLead());
      }),
      this.#board.follow(() => this.#work(this.#readBoard())),
    );
    this.#beatAgain(() => {
      this.#work(this.#tellWish(false));
      this.#work(this.#lookWhoLeads());
    });
    this.#work(this.#tellWish());
    this.#work(this.#readBoard());
  }

  async #lookWhoLeads(): Promise<void> {
    const era = this.#era;
    try {
      const leader = await this.#leases.look(this.#key());
      if (era === this.#era && leader !== null) this.#fence = leader.fence;
    } catch (error) {
      if (!(error instanceof Apart)) throw error;
    }
  }

  #enter(role: Role, held: Held<Legacy> | null = null): void {
    this.#era += 1;
    for (const stop of this.#stops.splice(0)) stop();
    clearInterval(this.#beating);
    if (role === 'off') {
      this.#stopChange?.();
      this.#stopChange = null;
      // Taken before it was alone; it would renew itself for nobody.
      const held = this.#held;
      this.#held = null;
      if (held !== null) this.#work(held.handOver());
    }
    if (held !== null) {
      this.#held = held;
      this.#fence = held.fence;
    }
    const sealed = held?.inherited?.listening ?? null;
    const inherited = sealed === null ? null : unseal(sealed, this.#parts.seal);
    if (role !== 'leading') this.#board.rest();
    const isNew = role !== this.#role;
    this.#role = role;
    if (isNew) this.#parts.host.entered(role, inherited);
  }

  #beatAgain(beat: () => void): void {
    clearInterval(this.#beating);
    this.#beating = setInterval(beat, this.#term / BEATS).unref();
  }

  async #lookAtWishes(): Promise<void> {
    const era = this.#era;
    const after = await this.#wishes.others();
    if (after === null || era !== this.#era) return;
    const errands = errandsOf(this.#others, after);
    this.#others = after;
    this.#parts.host.errands(errands);
    this.#considerLeaving();
  }

  /** Whoever has no reason to lead lets others, if any want to. */
  #considerLeaving(): void {
    if (this.#role !== 'leading') return;
    const isWanted = Object.keys(this.#others).length > 0;
    if (isWanted && (this.#isDraining || isEmpty(this.#wish))) this.#work(this.#handOver());
    else if (!isWanted && isEmpty(this.#wish) && !this.#parts.host.isLingering())
      this.#work(this.#giveBack());
  }

  /** Lets another lead: first what was seen is told, then the duty is free. */
  async #handOver(): Promise<void> {
    const held = this.#held;
    if (held === null) return;
    this.#held = null;
    const { host } = this.#parts;
    const listening = host.release();
    this.#next = null;
    if (listening !== null) this.#listening = listening;
    const legacy = { ...this.#legacy(), watched: [] };
    const isWished = !isEmpty(this.#wish) && !this.#isStopped;
    if (isWished) this.#follow();
    else this.#enter('off');
    // What is not told by then is told by whoever leads next.
    const settling = createSettling(SETTLE);
    await Promise.race([host.settled(), settling.promise]);
    settling.settle();
    await held.handOver(legacy);
    this.#listening = null;
  }

  /** Nobody wants it: there is nothing to leave to anybody. */
  async #giveBack(): Promise<void> {
    const held = this.#held;
    this.#held = null;
    this.#listening = null;
    this.#enter('off');
    await held?.handOver({ listening: null, watched: [] });
  }

  #legacy(): Legacy {
    const listening = this.#listening === null ? null : seal(this.#listening, this.#parts.seal);
    return { listening, watched: this.#parts.host.watched().map(inShort) };
  }

  /** Not before everything is told that came by it: what is brought back begins behind that. Of several the newest. */
  async #leaveSoon(): Promise<void> {
    this.#isLeaving = true;
    while (this.#next !== null) {
      const { listening } = this.#next;
      this.#next = null;
      const held = this.#held;
      await this.#parts.host.settled();
      if (held === null || held !== this.#held) continue;
      this.#listening = listening;
      held.leave(this.#legacy(), true);
    }
    this.#isLeaving = false;
  }

  #tellWish(isNews = true): Promise<void> {
    return this.#wishes.tell(() => this.#wish, this.#term, isNews);
  }

  async #readBoard(): Promise<void> {
    const era = this.#era;
    const board = await this.#board.read(this.#fence ?? 0);
    if (era === this.#era && board !== null) this.#parts.host.posted(board);
  }
}

/** Whoever knows the call recognises it. */
function inShort(callId: string): string {
  return createHash('sha256').update(callId).digest('base64url').slice(0, 12);
}
