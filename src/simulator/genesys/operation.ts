/** What an operation of Genesys Cloud is here: its address, the permission it needs, and what it answers to whom. */
import type { Centre } from './centre.ts';
import { type Conversation, isActiveIn } from './conversation.ts';
import type { GenesysBody } from './fields.ts';
import type { Channels } from './notifications/channels.ts';
import { type GenesysPerson, MAY_OBSERVE } from './people.ts';
import { GenesysRefusal, granted, noConversation, notActive } from './refusals.ts';

/** A request that has found its operation, from somebody who is known. */
export interface GenesysAsked {
  readonly centre: Centre;
  /** Who asks. */
  readonly viewer: GenesysPerson;
  /** Which app they use, and by which token. */
  readonly app: string;
  readonly token: string;
  readonly channels: Channels;
  /** The parts of the path that differ, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Empty where none was sent. */
  readonly body: GenesysBody;
  /** The same where it is a list. */
  readonly list: readonly unknown[] | null;
  /** Where this server is, like `http://127.0.0.1:4010`. */
  readonly origin: string;
}

export interface GenesysAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface GenesysOperation {
  /** As the official client for JavaScript calls it. */
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  /** One of them is needed. */
  readonly permissions?: readonly string[];
  /** An app without a user may ask too; then the user of the path acts, or nobody. */
  readonly forApps?: true;
  handle(asked: GenesysAsked): GenesysAnswer;
}

export const ok = (body: unknown): GenesysAnswer => ({ status: 200, body });
/** Accepted: it will be true a little later. */
export const ACCEPTED: GenesysAnswer = { status: 202 };

/** A change of a conversation, as it is decided now and done later. */
export type Change = (conversation: Conversation, at: number) => Conversation | GenesysRefusal;

/**
 * The conversation of the path, where the user may see it.
 * @throws {GenesysRefusal} 404, or 403 for a stranger's where that is set.
 */
export function seen({ centre, viewer, params }: GenesysAsked): Conversation {
  const id = params.conversationId ?? '';
  const conversation = centre.conversation(id);
  const tookPart = conversation.participants.some(({ userId }) => userId === viewer.id);
  if (tookPart || viewer.permissions.includes(MAY_OBSERVE)) return conversation;
  if (centre.settings().genesysStranger === 404) throw noConversation(id);
  throw new GenesysRefusal(403, 'not.authorized', 'You are not authorized to perform the requested action.');
}

/**
 * The same for whoever wants to act in it.
 * @throws {GenesysRefusal} 403 for somebody who is not in it now.
 */
export function acting(asked: GenesysAsked): Conversation {
  const conversation = seen(asked);
  if (!isActiveIn(conversation, asked.viewer.id)) throw notActive();
  return conversation;
}

/**
 * The same for whoever has taken part in it, though they may have left.
 * @throws {GenesysRefusal} 403 for somebody who has not.
 */
export function havingTakenPart(asked: GenesysAsked): Conversation {
  const conversation = seen(asked);
  if (conversation.participants.some(({ userId }) => userId === asked.viewer.id)) return conversation;
  throw notActive();
}

/**
 * Accepts a command: refused now where the state does not allow it, and done when the time for it has come.
 * @throws {GenesysRefusal} What the change refuses.
 */
export function accept({ centre }: GenesysAsked, conversation: Conversation, change: Change): GenesysAnswer {
  granted(change(conversation, centre.now()));
  centre.later(centre.settings().genesysCommandDelay, () => centre.change(conversation.id, change));
  return ACCEPTED;
}

/** Several changes, one after the other; the first refusal is that of all. */
export function inTurn(changes: readonly Change[]): Change {
  return (conversation, at) =>
    changes.reduce<Conversation | GenesysRefusal>(
      (now, change) => (now instanceof GenesysRefusal ? now : change(now, at)),
      conversation,
    );
}
