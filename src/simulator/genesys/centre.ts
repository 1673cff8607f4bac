/** The conversations that are going on, the time that passes in them, and whoever hears of a change. */
import { randomUUID } from 'node:crypto';
import { createTimers, type Timers } from '../timers.ts';
import { type Conversation, endAll } from './conversation.ts';
import type { NewLeg } from './participant.ts';
import { GenesysRefusal, noConversation } from './refusals.ts';
import type { GenesysSettings } from './settings.ts';

/** `before` is null for a new one. */
export type ConversationListener = (before: Conversation | null, after: Conversation) => void;

export interface Centre {
  settings(): GenesysSettings;
  readonly now: () => number;
  /** Every conversation that can still be read, the oldest first. */
  conversations(): readonly Conversation[];
  find(id: string): Conversation | undefined;
  /**
   * A conversation that can still be read.
   * @throws {GenesysRefusal} 404 when there is none.
   */
  conversation(id: string): Conversation;
  /** Puts a conversation in its next state; whoever listens hears of it, in order. */
  put(conversation: Conversation): Conversation;
  /** Changes one that may be gone by now, or may not allow it any more; then nothing happens. */
  change(id: string, change: (conversation: Conversation, at: number) => Conversation | GenesysRefusal): void;
  /** A new one, with whoever takes part from the beginning; its id can be chosen. */
  open(make: (empty: Conversation, at: number) => Conversation, id?: string): Conversation;
  /** The ids of a new leg. */
  ids(): Pick<NewLeg, 'id' | 'communicationId'>;
  onChange(listener: ConversationListener): void;
  readonly later: Timers['later'];
  pause(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Ends all conversations, timers and waits. */
  reset(): void;
  /** The same for good: nothing happens by itself any more. */
  stop(): void;
}

/** Conversations that have ended are forgotten after a while, and the oldest of them sooner than that. */
const MOST_ENDED = 2_000;
/** More than any test begins; one more ends the oldest. */
export const MOST_CONVERSATIONS = 5_000;

export function createCentre(settings: () => GenesysSettings, now: () => number): Centre {
  const conversations = new Map<string, Conversation>();
  const timers = createTimers();
  const listeners: ConversationListener[] = [];

  function isForgotten({ endedAt }: Conversation): boolean {
    return endedAt !== null && endedAt <= now() - settings().genesysRetention * 1_000;
  }

  function forgetEnded(): void {
    const ended = [...conversations.values()].filter(({ endedAt }) => endedAt !== null);
    for (const [index, one] of ended.entries()) {
      if (isForgotten(one) || index < ended.length - MOST_ENDED) conversations.delete(one.id);
    }
  }

  /** Makes room for a new one. */
  function forgetOldest(): void {
    for (const one of conversations.values()) {
      if (conversations.size < MOST_CONVERSATIONS) return;
      put(endAll(one, 'system', now()));
      conversations.delete(one.id);
    }
  }

  function find(id: string): Conversation | undefined {
    const conversation = conversations.get(id);
    return conversation === undefined || isForgotten(conversation) ? undefined : conversation;
  }

  function put(conversation: Conversation): Conversation {
    const before = conversations.get(conversation.id) ?? null;
    if (before === conversation) return conversation;
    conversations.set(conversation.id, conversation);
    for (const listener of listeners) listener(before, conversation);
    return conversation;
  }

  function reset(): void {
    timers.reset();
    conversations.clear();
  }

  return {
    settings,
    now,
    conversations() {
      forgetEnded();
      return [...conversations.values()];
    },
    find,
    conversation(id) {
      const conversation = find(id);
      if (conversation === undefined) throw noConversation(id);
      return conversation;
    },
    put,
    change(id, change) {
      const conversation = find(id);
      if (conversation === undefined) return;
      const changed = change(conversation, now());
      if (!(changed instanceof GenesysRefusal)) put(changed);
    },
    open(make, id = randomUUID()) {
      forgetEnded();
      forgetOldest();
      const at = now();
      const empty: Conversation = {
        ...{ id, startedAt: at, endedAt: null, participants: [] },
        ...{ transfers: [], consult: null, isConference: false },
      };
      return put(make(empty, at));
    },
    ids: () => ({ id: randomUUID(), communicationId: randomUUID() }),
    onChange: (listener) => void listeners.push(listener),
    later: timers.later,
    pause: (milliseconds, signal) => timers.pause(milliseconds, signal),
    reset,
    stop() {
      timers.stop();
      reset();
    },
  };
}
