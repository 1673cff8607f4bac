/**
 * The desk of one viewer as one of several gateways has it: what `desk-duty.ts` decides is done here.
 *
 * ```text
 *   leading   ──► listens and polls, for all;  does what others wish;  posts the list and how live things are
 *   following ──► asks nobody;                 shows what is told
 *   alone     ──► listens and polls, for itself
 * ```
 */
import type { LiveSource } from '../../../schema/provider.ts';
import type { Log as CommonLog, Commons } from '../../commons/commons.ts';
import { type SealingKey, sealingKey } from '../../commons/seal.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { ActiveCalls, ListSharing } from '../active-calls.ts';
import type { SharedList } from '../call-list.ts';
import type { Newsroom } from '../newsroom.ts';
import type { ReplayLimits } from '../replay.ts';
import type { CallShape, Kind } from '../shape.ts';
import type { WatchedCall } from '../watched-call.ts';
import type { Board } from './board.ts';
import { createLedger, KEEP_EVERY } from './call-ledger.ts';
import type { DeskSharing } from './call-sharing.ts';
import { createDuty } from './desk-duty.ts';
import type { Duty, DutyTimes, Role } from './duty.ts';
import { createTidingsCodec } from './tidings.ts';
import type { Asked, Errands } from './wishes.ts';

/** What all desks of one gateway share. */
export interface SharedDeskParts<K extends Kind> {
  readonly shape: CallShape<K>;
  readonly commons: Commons;
  /** What else tells two viewers of one phone system apart: another server of it. */
  readonly scope: () => string;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly replayLimits: ReplayLimits;
  /** Other numbers are for tests. */
  readonly times?: Partial<DutyTimes> | undefined;
}

/** The desk that is shared. */
export interface SharedDesk<K extends Kind> {
  readonly viewerId: string;
  /** Calls with a watch, or with events that somebody may come back for. */
  watched(): readonly WatchedCall<K>[];
  call(callId: string): WatchedCall<K>;
  list(): ActiveCalls<K>;
  newsroom(): Newsroom<K>;
  /** How changes come to be known here; null: nobody watches. */
  source(): LiveSource | null;
  /** Why calls must not be watched at all; null: they may be. */
  denied(): string | null;
  /** Calls must not be watched at all, says whoever leads. */
  onDenied(): void;
  /** It may have to begin or to end something. */
  tellActivity(): void;
  /** What stands beside the calls; null: nothing does. */
  beside(): SharedBeside | null;
}

/** What stands beside the calls of a desk that is shared. */
export interface SharedBeside {
  /** Another leads now, or this gateway; what that means stands in {@link BesideSharing}. */
  roleChanged(): void;
  /** What the others wish; only whoever leads is told. */
  wishedElsewhere(whats: readonly string[], isAsked: boolean): void;
  /** Resolves when everything that was seen is told. */
  settled(): Promise<void>;
  /** Now and then, while this gateway leads. */
  beat(): void;
}

/** What a desk does about being one of several. */
export interface SharedWork<K extends Kind> {
  readonly calls: DeskSharing<K>;
  readonly list: ListSharing<K>;
  readonly beside: BesideSharing;
  /** True where another gateway wishes what stands beside the calls. */
  isBesideWishedElsewhere(): boolean;
  /** True while this gateway asks the phone system. */
  isAsking(): boolean;
  /** What the leader before has listened with; asked for as listening begins. */
  inherited(): string | null;
  kept(inheritance: string | null): void;
  /** Somebody here reads the list, or nobody does any more. */
  wishList(isWished: boolean): void;
  isListWishedElsewhere(): boolean;
  /** How changes come to be known by whoever leads; undefined: this gateway knows better. */
  source(): LiveSource | null | undefined;
  denied(): string | null;
  /** How changes come to be known is another by now. */
  sourceChanged(): void;
  /** The calls that are watched are others by now. */
  watchedChanged(): void;
  isWatchedElsewhere(callId: string): Promise<boolean>;
  /** A token of the viewer was shown. */
  newToken(): void;
  drain(): void;
  stop(): Promise<void>;
}

/** Makes what every desk of a gateway has of its own. */
export type ShareDesk<K extends Kind> = (desk: SharedDesk<K>) => SharedWork<K>;

/** A log lives so much longer than it is kept silent. */
const LOG_LIFETIME = 3 * KEEP_EVERY;
/** Of one call, whose entries have all of its parties: a thousand of two parties fit, and seven of three hundred. */
const LOG_BYTES = 4 * 1_048_576; // 4 MiB

/** How what stands beside the calls is one of several. */
export interface BesideSharing {
  readonly commons: Commons;
  /** Whose it is: the same at all gateways, and of nobody else. */
  readonly owner: () => string;
  readonly seal: SealingKey;
  /** True while this gateway asks RingCentral. */
  isAsking(): boolean;
  readonly role: Role;
  /** By how many milliseconds the shared clock is ahead of ours. */
  readonly ahead: number;
  /** What somebody here wishes, in words that only whoever stands there reads; null: nothing. */
  wish(what: string | null): void;
  /** Asks whoever leads for all of it. */
  askForWhole(): void;
  /** RingCentral takes none of the tokens that are here. */
  onUnauthenticated(): void;
}

/** Prepares it for all desks. */
export function createDeskSharing<K extends Kind>(parts: SharedDeskParts<K>): ShareDesk<K> {
  const { commons, replayLimits } = parts;
  const log = commons.log<string>({
    ...{ word: 'calls', most: replayLimits.most, mostBytes: LOG_BYTES, lifetime: LOG_LIFETIME },
  });
  return (desk) => new Work(parts, log, desk);
}

class Work<K extends Kind> implements SharedWork<K> {
  readonly #desk: SharedDesk<K>;
  readonly #commons: Commons;
  readonly #metrics: Metrics;
  readonly #duty: Duty<K>;
  readonly calls: DeskSharing<K>;
  readonly list: ListSharing<K>;
  readonly beside: BesideSharing;
  #isBesideWished = false;
  #isAsking = false;
  /** As the metrics count it; null: nobody wishes anything. */
  #counted: Exclude<Role, 'off' | 'joining'> | null = null;
  #inherited: string | null = null;
  /** Calls that are watched for others. */
  #hosted: ReadonlySet<string> = new Set();
  #isListWished = false;
  #shared: SharedList<K> = NO_LIST;
  #postedAt = Number.NEGATIVE_INFINITY;
  #postedSource: LiveSource | null = null;
  #posted: Pick<Board<K>, 'source' | 'denied'> | null = null;

  constructor(parts: SharedDeskParts<K>, log: CommonLog<string>, desk: SharedDesk<K>) {
    const { commons, shape, scope, replayLimits } = parts;
    this.#desk = desk;
    this.#commons = commons;
    this.#metrics = parts.metrics;
    // Viewers of two phone systems may be called the same: the system is part of every key (lease, wishes, board, and the
    // logs of calls), and of what is sealed, so that two hubs of one commons never meet.
    const owner = () => JSON.stringify([shape.system, scope(), desk.viewerId]);
    const seal = sealingKey(
      JSON.stringify([shape.system, desk.viewerId]),
      'what gateways tell each other of a viewer',
    );
    const onDefect = (error: unknown) => parts.log.error({ err: error }, 'The desk of a viewer met a defect');
    const duty = createDuty<K>({ commons, owner, seal, host: this, onDefect, times: parts.times });
    const codec = createTidingsCodec<K>(seal, () => duty.ahead);
    this.#duty = duty;
    this.calls = {
      duty,
      isAsking: () => this.#isAsking,
      replayLimits,
      openLedger: (callId, host) =>
        createLedger<K>({
          ...{ log, codec, host, key: { owner: owner(), name: callId } },
          isLeading: () => duty.role === 'leading',
          fence: () => duty.fence,
          askForWhole: () => duty.ask(callId, 'wholes'),
          onDefect: (error) => parts.log.error({ err: error }, 'The ledger of a call met a defect'),
        }),
    };
    this.beside = {
      ...{ commons, owner, seal },
      isAsking: () => this.#isAsking,
      get role() {
        return duty.role;
      },
      get ahead() {
        return duty.ahead;
      },
      wish: (what) => duty.wishBeside(what),
      askForWhole: () => duty.askForBeside(),
      onUnauthenticated: () => duty.allow(false),
    };
    this.list = {
      isAsking: () => this.isAsking(),
      hurry: () => duty.askForList(),
      share: (shared) => {
        this.#shared = shared;
        this.#post();
      },
      onUnauthenticated: () => duty.allow(false),
    };
  }

  isBesideWishedElsewhere(): boolean {
    return this.#isBesideWished;
  }

  isAsking(): boolean {
    return this.#isAsking;
  }

  inherited(): string | null {
    const inherited = this.#inherited;
    this.#inherited = null;
    return inherited;
  }

  kept(inheritance: string | null): void {
    this.#duty.leave(inheritance);
  }

  wishList(isWished: boolean): void {
    this.#duty.wishList(isWished);
  }

  isListWishedElsewhere(): boolean {
    return this.#isListWished;
  }

  source(): LiveSource | null | undefined {
    return this.#duty.role === 'following' ? this.#posted?.source : undefined;
  }

  denied(): string | null {
    return this.#duty.role === 'following' ? (this.#posted?.denied ?? null) : null;
  }

  sourceChanged(): void {
    if (this.#duty.role === 'leading') this.#post();
  }

  watchedChanged(): void {
    this.#duty.watchedChanged();
  }

  isWatchedElsewhere(callId: string): Promise<boolean> {
    return this.#duty.isWatchedElsewhere(callId);
  }

  newToken(): void {
    this.#duty.allow(true);
  }

  drain(): void {
    this.#duty.drain();
  }

  stop(): Promise<void> {
    return this.#duty.stop();
  }

  // What the duty asks and tells.

  entered(role: Role, inherited: string | null): void {
    // Until it is known who leads, everything goes on as it was.
    if (role === 'joining') return;
    this.#count(role === 'off' ? null : role);
    const desk = this.#desk;
    this.#isAsking = role === 'leading' || role === 'alone';
    this.#inherited = inherited;
    if (role !== 'following') this.#posted = null;
    if (role !== 'leading') {
      this.#shared = NO_LIST;
      this.#letGoOfOthers();
    }
    // First: what is heard by itself need not be polled.
    if (this.#isAsking) desk.tellActivity();
    this.#inherited = null;
    for (const call of desk.watched()) call.roleChanged();
    desk.list().askedBy();
    desk.beside()?.roleChanged();
    // No goodbye: by now another may listen with it.
    if (role === 'following') desk.newsroom().handOver();
    desk.tellActivity();
    if (role === 'leading') this.#post();
  }

  errands({ calls, isListWished, isListAsked, beside, isBesideAsked, ...asked }: Errands): void {
    const desk = this.#desk;
    const before = this.#hosted;
    this.#hosted = calls;
    for (const callId of calls) desk.call(callId).wishedElsewhere(true);
    for (const callId of before) {
      if (!calls.has(callId)) this.#watched(callId)?.wishedElsewhere(false);
    }
    for (const what of ['tells', 'looks', 'wholes'] as const satisfies readonly (keyof Asked)[]) {
      for (const callId of asked[what]) this.#watched(callId)?.askedElsewhere(what);
    }
    this.#wishList(isListWished);
    if (isListAsked) desk.list().poke();
    this.#wishBeside(beside, isBesideAsked);
    desk.tellActivity();
  }

  posted({ list, source, denied }: Board<K>): void {
    const isNew = denied !== null && this.#posted?.denied == null;
    this.#posted = { source, denied };
    this.#desk.list().adopt(list);
    if (isNew) this.#desk.onDenied();
  }

  watched(): readonly string[] {
    return this.#isAsking ? this.#desk.watched().map(({ callId }) => callId) : [];
  }

  async settled(): Promise<void> {
    const { watched, beside } = this.#desk;
    await Promise.all([...watched().map((call) => call.sharing()?.ledger.settled()), beside()?.settled()]);
  }

  beat(): void {
    for (const call of this.#desk.watched()) call.sharing()?.ledger.keep();
    this.#desk.beside()?.beat();
    const isOld = performance.now() - this.#postedAt > KEEP_EVERY;
    if (isOld || this.#desk.source() !== this.#postedSource) this.#post();
  }

  release(): string | null {
    const { size = 1 } = this.#commons.fleet() ?? {};
    return size > 1 ? this.#desk.newsroom().handOver() : null;
  }

  isLingering(): boolean {
    return this.#desk.newsroom().state !== null;
  }

  #watched(callId: string): WatchedCall<K> | undefined {
    return this.#desk.watched().find((call) => call.callId === callId);
  }

  #letGoOfOthers(): void {
    const before = this.#hosted;
    this.#hosted = new Set();
    for (const callId of before) this.#watched(callId)?.wishedElsewhere(false);
    this.#wishList(false);
    this.#wishBeside([], false);
  }

  #wishBeside(whats: readonly string[], isAsked: boolean): void {
    this.#isBesideWished = whats.length > 0;
    this.#desk.beside()?.wishedElsewhere(whats, isAsked);
  }

  #wishList(isWished: boolean): void {
    this.#isListWished = isWished;
    this.#desk.list().wishedElsewhere(isWished);
  }

  #count(role: Exclude<Role, 'off' | 'joining'> | null): void {
    if (this.#counted !== null) this.#metrics.desks.dec({ role: this.#counted });
    this.#counted = role;
    if (role === null) return;
    this.#metrics.desks.inc({ role });
    this.#metrics.deskChanges.inc({ role });
  }

  #post(): void {
    const source = this.#desk.source();
    this.#postedAt = performance.now();
    this.#postedSource = source;
    this.#duty.post({ list: this.#shared, source, denied: this.#desk.denied() });
  }
}

const NO_LIST: SharedList<never> = { list: null, trouble: null };
