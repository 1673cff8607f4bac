/** What is known of an account that somebody watches, and asks nobody. */
import type { AccountLiveSource, Presence, WaitingCall } from '../../schema/account/model.ts';
import type { AccountCallEvent } from '../../schema/account/provider.ts';
import type { CallSession } from '../../schema/model.ts';

/** What goes on, as far as the viewer's own token shows it. */
export interface AccountPicture {
  readonly calls: ReadonlyMap<string, CallSession>;
  readonly presences: ReadonlyMap<string, Presence>;
  /** Whose wait was seen, by the ids of their sessions: it goes on from when it began. */
  readonly waits: ReadonlyMap<string, WaitingCall>;
}

/** The account of one viewer, for whoever watches it. */
export interface WatchedAccount {
  /** Null: nobody watches, not everything is known yet, or the viewer is shown too little for that. */
  current(): AccountPicture | null;
  /** These wait by now, and nobody else: whoever asks next is told of the same beginnings. */
  noteWaits(waits: readonly WaitingCall[]): void;
  /** Null while nobody watches. */
  liveSource(): AccountLiveSource | null;
  /** Everything that happens, in order; `dropped` is asked when the reader leaves. */
  callEvents(
    after: string | null,
    dropped?: (() => boolean) | undefined,
  ): AsyncIterableIterator<AccountCallEvent>;
  /** Watches for a question, until it is returned: what is told need not be read. */
  look(): AsyncIterableIterator<AccountCallEvent>;
  presenceUpdates(extensionIds: readonly string[]): AsyncIterableIterator<Presence>;
}
