/**
 * What the event of a topic tells of a conversation: all of it as it was at some moment, and yet less than a read tells. What
 * only an event has (`initialState`, `screenRecordingState`) is not looked at.
 */
import type { CallConversation } from '../../../schema/genesys/model.ts';
import { asText, ifObject, type LeftOut } from '../../upstream/values.ts';
import { laidOver } from '../laying-over.ts';
import { toConversation } from '../translate.ts';
import type { Wire } from '../values.ts';

/** One event. */
export interface ConversationNews {
  readonly conversationId: string;
  /** When it arrived, by this machine's clock. */
  readonly receivedAt: number;
  /** The conversation after the event, laid over what is known of it; null: nothing is. */
  conversation(known: CallConversation | null): CallConversation;
}

/** What tells of the calls of a user. */
export function topicOf(userId: string): string {
  return `v2.users.${userId}.conversations.calls`;
}

/** True for the topics that tell of calls, whoever's they are. */
export function isAboutCalls(topic: string): boolean {
  return topic.endsWith('.conversations.calls');
}

/** What the body of an event tells; null where it cannot be read, and never an exception. */
export function readConversationNews(
  body: unknown,
  receivedAt: number,
  leftOut: LeftOut,
): ConversationNews | null {
  const id = ifObject<Wire, string | null>(body, (wire) => asText(wire.id));
  if (id === null) return null;
  const told = toConversation(body, receivedAt, leftOut);
  return { conversationId: id, receivedAt, conversation: (known) => laidOver(known, told) };
}
