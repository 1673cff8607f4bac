/** A user of Genesys Cloud as the gateway knows them, whatever number of connections they have. */
import type { CallConversation, ConversationUser } from '../../schema/genesys/model.ts';
import type {
  CallMediaParticipantUpdate,
  ConversationEvent,
  ConversationListEvent,
} from '../../schema/genesys/provider.ts';
import type { LiveSource } from '../../schema/provider.ts';
import type { Caller } from '../upstream/caller.ts';
import type { AnswerTimes } from '../upstream/reading.ts';
import type { EntityNames } from './entity-names.ts';

export interface ConversationPerson {
  /** Scope of the watches, cursors and idempotency keys. */
  readonly viewerId: string;
  readonly caller: Caller;
  readonly desk: ConversationDesk;
  readonly names: EntityNames;
  /** Who Genesys says they are; read once. */
  user(): Promise<ConversationUser>;
  /** Their id, where it is known already. */
  userId(): string | null;
}

/** What is asked of the desk at which a user's conversations are watched. */
export interface ConversationDesk {
  /** A conversation; null when Genesys knows no such one (any more). Free while it is watched. */
  readCall(
    conversationId: string,
    signal?: AbortSignal,
    requestId?: string,
  ): Promise<CallConversation | null>;
  readList(signal?: AbortSignal, requestId?: string): Promise<readonly CallConversation[]>;
  /** A conversation as `readCall` would answer it without asking anybody; undefined where it would ask. */
  current(conversationId: string): CallConversation | undefined;
  /** True where `current` may lack something that happened and was not told, as after a loss until it is read again. */
  mayLack(conversationId: string): boolean;
  /** True when it was alive when it was seen last. */
  isAlive(conversationId: string): boolean;
  /** Holds what another gateway watches of it; undefined where there is nothing to wait for. */
  meet(conversationId: string): Promise<void> | undefined;
  /** What is known of it, asking nobody; `observedAt` tells how old it is. */
  peek(conversationId: string): CallConversation | undefined;
  /** Takes in what was read beside the watch, and answers the state to show. */
  observeCall(conversation: CallConversation, times: AnswerTimes): Promise<CallConversation>;
  /** A command changed it in a way that its answer does not tell. */
  stateChanged(conversationId: string): void;
  /** Everything that happens to it; `dropped` is asked when the reader leaves. */
  events(
    conversationId: string,
    after: string | null,
    dropped?: (() => boolean) | undefined,
  ): AsyncIterableIterator<ConversationEvent>;
  partyUpdates(
    conversationId: string,
    participantId: string | null,
  ): AsyncIterableIterator<CallMediaParticipantUpdate>;
  listUpdates(): AsyncIterableIterator<readonly CallConversation[]>;
  listEvents(): AsyncIterableIterator<ConversationListEvent>;
  liveSource(): LiveSource | null;
}
