/**
 * What the event of a topic tells of a conversation, laid over what is known of it.
 *
 * An event is the whole conversation as it was at some moment, and yet tells less than a read: what only a read has stays as
 * it was read. Everything else that an event leaves out is not there (any more): a call that is not held has no
 * `startHoldTime`. What only an event has (`initialState`, `screenRecordingState`) is not looked at.
 */
import type {
  CallConversation,
  CallMediaParticipant,
  ConversationRoutingData,
  Disposition,
  Wrapup,
} from '../../../schema/genesys/model.ts';
import { asText, ifObject, type LeftOut } from '../../upstream/values.ts';
import { toConversation, type Wire } from '../translate.ts';

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

function laidOver(known: CallConversation | null, told: CallConversation): CallConversation {
  if (known === null) return told;
  const participants = new Map(known.participants.map((one) => [one.id, one]));
  return {
    ...told,
    name: told.name ?? known.name,
    recentTransfers: told.recentTransfers.length > 0 ? told.recentTransfers : known.recentTransfers,
    utilizationLabelId: told.utilizationLabelId ?? known.utilizationLabelId,
    inactivityTimeout: told.inactivityTimeout ?? known.inactivityTimeout,
    participants: told.participants.map((one) => participantOver(participants.get(one.id), one)),
  };
}

function participantOver(
  known: CallMediaParticipant | undefined,
  told: CallMediaParticipant,
): CallMediaParticipant {
  if (known === undefined) return told;
  return {
    ...told,
    startAlertingTime: told.startAlertingTime ?? known.startAlertingTime,
    uuiData: told.uuiData ?? known.uuiData,
    transferSource: told.transferSource ?? known.transferSource,
    clientIpAddress: told.clientIpAddress ?? known.clientIpAddress,
    wrapup: wrapupOver(known.wrapup, told.wrapup),
    conversationRoutingData: routingOver(known.conversationRoutingData, told.conversationRoutingData),
    disposition: dispositionOver(known.disposition, told.disposition),
  };
}

/** The name of a code is that of the code; whether it is provisional, that of the same wrap-up. */
function wrapupOver(known: Wrapup | null, told: Wrapup | null): Wrapup | null {
  if (known === null || told === null || known.code !== told.code) return told;
  return {
    ...told,
    name: told.name ?? known.name,
    provisional: told.provisional ?? known.provisional,
  };
}

function routingOver(
  known: ConversationRoutingData | null,
  told: ConversationRoutingData | null,
): ConversationRoutingData | null {
  if (known === null || told === null || known.queue?.id !== told.queue?.id) return told;
  return { ...told, label: told.label ?? known.label };
}

function dispositionOver(known: Disposition | null, told: Disposition | null): Disposition | null {
  if (known === null || told === null || known.name !== told.name) return told;
  return {
    ...told,
    dispositionParameters: told.dispositionParameters ?? known.dispositionParameters,
    detectedSpeechStart: told.detectedSpeechStart ?? known.detectedSpeechStart,
    detectedSpeechEnd: told.detectedSpeechEnd ?? known.detectedSpeechEnd,
  };
}
