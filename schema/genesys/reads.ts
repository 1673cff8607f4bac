/** What one operation reads of Genesys Cloud: each thing once, until the next event or command. */
import DataLoader from 'dataloader';
import { CallControlFailure } from '../failures.ts';
import type { LiveSource } from '../provider.ts';
import { settled } from '../settled.ts';
import {
  type CallConversation,
  type CallMediaParticipant,
  type ConversationUser,
  type EntityKind,
  type EntityRef,
  findParticipant,
  type ParticipantAddress,
  type WrapupCode,
} from './model.ts';
import type { ConversationProvider } from './provider.ts';

/** Reads of conversations, and of what they point to. */
export interface ConversationReads {
  /** A conversation by its id, read once however often it is asked for. */
  readonly conversation: Pick<DataLoader<string, CallConversation | null>, 'load' | 'loadMany'>;
  participant(address: ParticipantAddress): Promise<CallMediaParticipant | null>;
  /** The name of an entity: what is known of it, else read with all others of its kind; null where there is none, or the read fails. */
  name(entity: EntityRef): Promise<string | null>;
  wrapupCodes(address: ParticipantAddress): Promise<readonly WrapupCode[]>;
  /** Who the viewer is there. */
  user(): Promise<ConversationUser>;
  /** The conversations of the viewer. */
  list(): Promise<readonly CallConversation[]>;
  liveSource(): LiveSource | null;
  /** Forgets what was read before this event or command, and takes these as the truth. */
  startAnew(...conversations: readonly (CallConversation | null)[]): void;
}

/** Makes the reads of one operation. It costs nothing before something is asked. */
export function createConversationReads(provider: ConversationProvider): ConversationReads {
  return new LazyReads(provider);
}

/** Made when they are of use: there is a context for each event, and most select nothing beside what it brings. */
class LazyReads implements ConversationReads {
  readonly #provider: ConversationProvider;
  #known: readonly (CallConversation | null)[] = [];
  #conversation: DataLoader<string, CallConversation | null> | null = null;
  #wrapupCodes: DataLoader<ParticipantAddress, readonly WrapupCode[], string> | null = null;
  #names: Map<EntityKind, DataLoader<string, string | null>> | null = null;
  #user: Promise<ConversationUser> | null = null;
  #list: Promise<readonly CallConversation[]> | null = null;

  constructor(provider: ConversationProvider) {
    this.#provider = provider;
  }

  get conversation(): DataLoader<string, CallConversation | null> {
    if (this.#conversation !== null) return this.#conversation;
    const loader = new DataLoader<string, CallConversation | null>((ids) =>
      settled(ids.map((id) => this.#provider.conversation(id))),
    );
    for (const one of this.#known) if (one !== null) loader.prime(one.id, one);
    this.#conversation = loader;
    return loader;
  }

  async participant({
    conversationId,
    participantId,
  }: ParticipantAddress): Promise<CallMediaParticipant | null> {
    const conversation = await this.conversation.load(conversationId);
    return conversation === null ? null : (findParticipant(conversation, participantId) ?? null);
  }

  async name({ kind, id, name }: EntityRef): Promise<string | null> {
    if (name !== null || kind === 'UNKNOWN') return name;
    return this.#namesOf(kind).load(id);
  }

  wrapupCodes(address: ParticipantAddress): Promise<readonly WrapupCode[]> {
    this.#wrapupCodes ??= new DataLoader<ParticipantAddress, readonly WrapupCode[], string>(
      (addresses) => settled(addresses.map((one) => this.#provider.wrapupCodes(one))),
      { cacheKeyFn: ({ conversationId, participantId }) => `${conversationId} ${participantId}` },
    );
    return this.#wrapupCodes.load(address);
  }

  user(): Promise<ConversationUser> {
    this.#user ??= this.#provider.viewer();
    return this.#user;
  }

  list(): Promise<readonly CallConversation[]> {
    this.#list ??= this.#provider.conversations();
    return this.#list;
  }

  liveSource(): LiveSource | null {
    return this.#provider.liveSource();
  }

  startAnew(...conversations: readonly (CallConversation | null)[]): void {
    this.#known = conversations;
    this.#conversation = null;
    this.#wrapupCodes = null;
    this.#names = null;
    this.#user = null;
    this.#list = null;
  }

  #namesOf(kind: EntityKind): DataLoader<string, string | null> {
    this.#names ??= new Map();
    let loader = this.#names.get(kind);
    if (loader === undefined) {
      loader = new DataLoader((ids) => this.#readNames(kind, ids));
      this.#names.set(kind, loader);
    }
    return loader;
  }

  /** A name that cannot be read is no reason to withhold what it is the name of. */
  async #readNames(kind: EntityKind, ids: readonly string[]): Promise<(string | null)[]> {
    try {
      const names = await this.#provider.entityNames(kind, ids);
      return ids.map((_, index) => names[index] ?? null);
    } catch (error) {
      if (error instanceof CallControlFailure) return ids.map(() => null);
      throw error;
    }
  }
}
