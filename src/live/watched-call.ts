/** One call as one viewer sees it: what may be asked of it, and what it needs. */
import type { CallControlFailure } from '../../schema/failures.ts';
import type { StreamNoticeKind } from '../../schema/provider.ts';
import type { CallMemory } from './call-memory.ts';
import type { CallReads } from './call-reads.ts';
import type { Line } from './exchange.ts';
import type { Turn } from './newsroom.ts';
import type { ReaderLimits, ReaderParts } from './readers.ts';
import type { CallShape, Kind, Transition } from './shape.ts';
import type { CallSharing, DeskSharing } from './shared/call-sharing.ts';
import type { CallNews } from './source.ts';
import type { ToldParts } from './told.ts';
import type { Verdict } from './transitions.ts';
import type { WatchParts } from './watch.ts';

/** Times and bounds of watching; times in milliseconds. */
export interface LiveLimits extends ReaderLimits {
  /** How long a watch that queries made outlives the last of them. */
  readonly queryLinger: number;
}

/** What every call of a viewer needs, and whom it tells; one for all of them. */
export interface WatchedCallParts<K extends Kind> extends WatchParts<K>, ReaderParts<K>, ToldParts<K> {
  readonly shape: CallShape<K>;
  readonly limits: LiveLimits;
  /** Milliseconds until it shows whether changes are told; null: nobody waits for that. */
  readonly beginning: () => number | null;
  /** Milliseconds between two looks at a call of which changes are told. */
  readonly lookGap: () => number;
  /** The call begins, or ends, to need more than a memory. */
  readonly onActive: (call: WatchedCall<K>, active: boolean) => void;
  /** A watch of a call begins, or ends. */
  readonly onWatch: (watching: boolean) => void;
  readonly onTransition: (call: WatchedCall<K>, transition: Transition<K>) => void;
  /** What is shared with other gateways; missing: nothing is. */
  readonly sharing?: DeskSharing<K> | undefined;
}

/** One call of one viewer. */
export interface WatchedCall<K extends Kind> {
  readonly callId: string;
  /** What is held, however old. */
  readonly held: K['Call'] | null;
  /**
   * The answer that costs nothing: what a healthy watch holds, and how a call ended for as long as it is remembered; null
   * when the phone system knows it no more. Undefined when the phone system must be asked.
   */
  current(): K['Call'] | null | undefined;
  /** True where what is shown may lack what was not told, as after a loss until it is read again. */
  mayLack(): boolean;
  /** What is held, and whether the call is there. */
  readonly memory: CallMemory<K>;
  /** Its reads for those who wait, and what commands brought. */
  reads(): CallReads<K>;
  /** Something about the call came by itself; answers what it was worth, null where nothing is held yet, or any more. */
  hear(news: CallNews<K>): Verdict<K>['kind'] | null;
  /** Changes are told by themselves from now on, or no longer. */
  listeningChanged(turn: Turn<K>): void;
  /** Ends every line with this error, and the watch. */
  deny(error: CallControlFailure): void;
  /** A command went out whose effect is not in its answer: what is held, and what is on its way, may be old. */
  invalidate(): void;
  /** Watches for queries that keep asking. Settles once the watch can answer, or cannot soon. */
  watchForQueries(): Promise<void>;
  /** A query asks: the watch, if there is one, stays for the next one. */
  keep(): void;
  events(after: string | null, dropped: (() => boolean) | undefined): Line<K['Event']>;
  parties(partyId: string | null): Line<K['Update']>;
  /** Tells every reader of the events something that is no change of the call. */
  notify(kind: StreamNoticeKind, message: string, at: number): void;
  /** Another gateway, or this one, has the desk now. */
  roleChanged(): void;
  /** Other gateways want it to be watched, or none does any more. */
  wishedElsewhere(isWished: boolean): void;
  /** Another gateway asks about it. */
  askedElsewhere(what: 'tells' | 'looks' | 'wholes'): void;
  /** How it is one call at several gateways; null: it is not, or nobody watches it here. */
  sharing(): CallSharing<K> | null;
  /** Ends every line and the watch. */
  stop(): void;
}
