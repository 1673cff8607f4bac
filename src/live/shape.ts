/**
 * What a call is, and who takes part: all that the live room must know of a phone system.
 *
 * The room itself knows none. Each phone system hands in one shape, made of plain functions that only decide: nothing here
 * waits, asks, or remembers. So one room serves them all, and what it promises (`SPEC.md`) holds for each.
 */
import type { CallControlFailure } from '../../schema/failures.ts';
import type { SnapshotReason, StreamNoticeKind } from '../../schema/provider.ts';

/**
 * The types that the calls of one phone system are made of. They have one name together, so that every part of the room has
 * one type parameter:
 *
 * ```ts
 * interface RingCentralKind extends Kind { Call: CallSession; Party: CallParty; … }
 * const desk: Desk<RingCentralKind>; // desk.readCall answers a CallSession
 * ```
 *
 * All of them are plain data: where several gateways share a call, they travel as JSON.
 */
export interface Kind {
  /** A whole call. */
  readonly Call: Seen;
  /** Somebody, or something, that takes part in it. */
  readonly Party: Seen;
  /** What is told of a party as it was before it changed. */
  readonly Status: unknown;
  /** The place in another call to which a party can go. */
  readonly Place: unknown;
  /** One item of the viewer's list of calls. */
  readonly Entry: { readonly observedAt: number };
  /** What the list must know of a call, or of some of its parties, that somebody saw. */
  readonly Sight: unknown;
  /** What readers of a call are told. */
  readonly Event: { readonly cursor: string };
  /** What readers of its parties are told. */
  readonly Update: object;
  /** What readers of the list are told. */
  readonly ListEvent: object;
}

interface Seen {
  readonly id: string;
  /** When this state was true, epoch milliseconds. */
  readonly observedAt: number;
}

/** One party in its new state. */
export interface Transition<K extends Kind> {
  readonly party: K['Party'];
  /** Null when the party was not there before; its present one when something beside its status changed. */
  readonly previousStatus: K['Status'] | null;
}

/** Which of two states of a party is the later one, by the times that they carry. */
export type Order = 'newer' | 'older' | 'unsure';

/** What the room must know of the calls of one phone system; one object for all of them. */
export interface CallShape<K extends Kind> {
  /** Tells it from others in what gateways share. */
  readonly system: string;
  /** Its name for a person. */
  readonly name: string;
  /** False where a read is answered at once, whatever it asks for. */
  readonly holdsReads: boolean;

  partiesOf(call: K['Call']): readonly K['Party'][];
  withParties(call: K['Call'], parties: readonly K['Party'][]): K['Call'];
  /** The call as it is told now, with these parties; what is left out of it is as it was `known`. */
  assembled(
    known: K['Call'] | null,
    told: K['Call'],
    parties: readonly K['Party'][],
    observedAt: number,
  ): K['Call'];
  /** The id of the call that a party is part of. */
  callIdOf(party: K['Party']): string;
  statusOf(party: K['Party']): K['Status'];

  /** True when nothing differs but when it was seen. */
  sameState(one: K['Party'], other: K['Party']): boolean;
  /** A party with what is left out of it, as it was known: where bodies tell less than news. */
  completed(known: K['Party'], told: K['Party']): K['Party'];
  /** Which of two that differ is later; asked only where nothing else decides. */
  order(known: K['Party'], told: K['Party']): Order;

  /** True when a party is gone for good, so that nothing undoes it. */
  isOver(party: K['Party']): boolean;
  /** True while a party is part of its call. */
  isLive(call: K['Call'], party: K['Party']): boolean;
  /** True for a party that left, whatever call it is in; news of it that show it there are older. */
  hasLeft(party: K['Party']): boolean;
  /** True where `told` shows somebody there again who left: it is older, whatever its times say. */
  comesBackToLife(known: K['Party'], told: K['Party']): boolean;
  /** The party as it is once the phone system knows its call no more. */
  ended(party: K['Party']): K['Party'];
  /** True when others may have moved with it: it began, was answered, went or left. */
  movesOthers(transition: Transition<K>): boolean;
  /** Where a party has just gone, in another call; null: nowhere. */
  movedTo(transition: Transition<K>): K['Place'] | null;

  readonly words: CallWords<K>;
  readonly list: ListShape<K>;
}

/** What a notice is about, beside its kind. */
export interface NoticeFacts<K extends Kind> {
  readonly partyId?: string;
  readonly movedTo?: K['Place'] | null;
  readonly at?: number;
}

/** How what happens is worded. */
export interface CallWords<K extends Kind> {
  /** How the metrics name the streams: as the schema does. */
  readonly fields: {
    readonly events: string;
    readonly updates: string;
    readonly list: string;
    readonly listEvents: string;
  };
  /** The whole call, to start from. */
  snapshot(cursor: string, reason: SnapshotReason, call: K['Call']): K['Event'];
  /** A change of one party. */
  change(call: K['Call'], transition: Transition<K>, cursor: string): K['Event'];
  /** Something to show or do, beside the states of the parties. */
  notice(
    callId: string,
    cursor: string,
    kind: StreamNoticeKind,
    message: string,
    facts: NoticeFacts<K>,
  ): K['Event'];
  /** The same event with another cursor. */
  withCursor(event: K['Event'], cursor: string): K['Event'];
  /** What an event is news about: of two with the same news the later one does for both. */
  newsOf(event: K['Event']): string;
  /** The newer of two with the same news, as the difference to what the reader knows. */
  merged(older: K['Event'], newer: K['Event']): K['Event'];
  /** One state of a party, and the call it is part of. */
  update(party: K['Party'], call: K['Call']): K['Update'];
  /** Which party an update is about. */
  partyIdOf(update: K['Update']): string;
  /** The whole list. */
  list(entries: readonly K['Entry'][], observedAt: number): K['ListEvent'];
  listNotice(kind: StreamNoticeKind, message: string, at: number | null): K['ListEvent'];
  listNewsOf(event: K['ListEvent']): string;
  /** There is no such call (any more). */
  notFound(): CallControlFailure;
  /** Streams must be told by news, and news are not to be had. */
  notListening(reason: string): CallControlFailure;
}

/** The viewer's list of calls: what its items are, and what they come to when the calls themselves are seen. */
export interface ListShape<K extends Kind> {
  /** Two entries with the same key are one. */
  keyOf(entry: K['Entry']): string;
  /** The key of the entry that news are about. */
  keyOfNews(callId: string, partyId: string | null): string;
  callIdOf(entry: K['Entry']): string;
  /** True when nothing differs but when it was seen. */
  sameEntry(one: K['Entry'], other: K['Entry']): boolean;
  /** An entry that is known, after news of it. */
  renewed(known: K['Entry'], told: K['Entry']): K['Entry'];
  sightOf(call: K['Call']): K['Sight'];
  /** Of one party: of the others nothing was seen. */
  sightOfParty(party: K['Party']): K['Sight'];
  /**
   * What must be remembered of a call that nobody watches, after it was seen so; null: nothing. `isTold`: changes come by
   * themselves, so that whatever was seen is believed before the list.
   */
  remembered(known: K['Sight'] | undefined, seen: K['Sight'], isTold: boolean): K['Sight'] | null;
  /** What an entry comes to; null: it is no call of the viewer any more. */
  standing(entry: K['Entry'], circumstances: Circumstances<K>): K['Entry'] | null;
  /** True for a change after which only the phone system knows the list. */
  mustAsk(transition: Transition<K>, isListed: boolean): boolean;
}

/** What decides what an entry comes to. */
export interface Circumstances<K extends Kind> {
  /** What was seen of its call, not by the list. */
  readonly sight: K['Sight'];
  /** True while a watch would tell at once if it were otherwise. */
  readonly isCurrent: boolean;
  /** When the list was asked for that has the entry, epoch milliseconds. */
  readonly askedAt: number;
  /** True for the key of an entry that the list itself has. */
  readonly isListed: (key: string) => boolean;
}
