/** What watching an account needs of a phone system, beside the calls of one viewer. */
import type { AccountLiveSource, Presence } from '../../schema/account/model.ts';
import type { CallControlFailure } from '../../schema/failures.ts';
import type { CallSource, PartyNews, Reading, ReadOptions } from '../live/source.ts';
import type { CompanyKind } from './kind.ts';

/** What is looked at beyond the viewer's own calls. */
export interface Interest {
  /** Everything. */
  readonly account: boolean;
  /** Where not everything is to be had: whose calls, and whose presence. */
  readonly calls: readonly string[];
  readonly presence: readonly string[];
}

/** Of whom something is told by itself: everybody, or these extensions. */
export type Told = 'everybody' | ReadonlySet<string>;

/** How far what is told by itself reaches. */
export interface Reach {
  readonly calls: Told;
  readonly presence: Told;
}

/** How changes come to be known, told of so far. */
export function sourceBy({ calls, presence }: Reach): AccountLiveSource {
  if (calls === 'everybody') return 'ACCOUNT_PUSH';
  const isSome = calls.size > 0 || presence === 'everybody' || presence.size > 0;
  return isSome ? 'EXTENSIONS_PUSH' : 'PRESENCE_POLL';
}

/** Nothing beyond the viewer's own calls is told. */
export const OUT_OF_REACH: Reach = { calls: new Set(), presence: new Set() };

/** News of what an extension does. */
export interface PresenceNews {
  readonly extensionId: string;
  /** Counts the news of this extension; null where none is told. */
  readonly sequence: number | null;
  /** When it arrived, by this machine's clock. */
  readonly receivedAt: number;
  /** What it does after the news, laid over what is known of it; null: nothing is. */
  presence(known: Presence | null): Presence;
}

/** Who is told what happens beyond the viewer's own calls. The viewer's own are told here too. */
export interface AccountEar {
  heard(news: PartyNews<CompanyKind>): void;
  heardPresence(news: PresenceNews): void;
  /**
   * It reaches so far now, having tried everything that may be tried; null: nothing is told for the moment.
   * `mayHaveMissed`: what happened until now may not have been told.
   */
  reached(reach: Reach | null, mayHaveMissed: boolean): void;
  /** Nobody listens any more. */
  ended(): void;
}

/** Whoever may want to hear more than the viewer's own calls. */
export interface AccountListener {
  /**
   * Listening begins: `widen` says what for, and answers true where it may reach further by that than it does: how far is
   * told, also where it is as far as before. Answers who is told.
   */
  begin(widen: (interest: Interest | null) => boolean): AccountEar;
}

/** One page of what everybody does. */
export interface PresencePage {
  readonly presences: readonly Presence[];
  readonly hasNext: boolean;
}

/** What an account can be asked for; every method throws the failures of `schema/failures.ts`. */
export interface AccountReads {
  /** What everybody does, page by page from 1. */
  readAccountPresence(page: number, options: ReadOptions): Promise<Reading<PresencePage>>;
  /** What these extensions do, at most {@link MOST_AT_ONCE}, each in its place; null: it is not known. */
  readPresences(
    extensionIds: readonly string[],
    options: ReadOptions,
  ): Promise<Reading<readonly (Presence | CallControlFailure | null)[]>>;
  listExtensions(options: ReadOptions): Promise<readonly { readonly id: string }[]>;
}

/** So many extensions can be asked for in one request. */
export const MOST_AT_ONCE = 30;

/** A phone system that has accounts. */
export type AccountSource = CallSource<CompanyKind> & AccountReads;

/** Tells it from one that has none. */
export function hasAccount(source: CallSource<CompanyKind>): source is AccountSource {
  return 'readAccountPresence' in source;
}
