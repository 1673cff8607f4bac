/** A conversation as something tells it that tells less than a read: what only a read has stays as it was read. */
import type {
  CallConversation,
  CallMediaParticipant,
  ConversationRoutingData,
  Disposition,
  EntityRef,
  Wrapup,
} from '../../schema/genesys/model.ts';

/**
 * What an event tells, laid over what is known. Everything else that an event leaves out is not there (any more): a call
 * that is not held has no `startHoldTime`.
 */
export function laidOver(known: CallConversation | null, told: CallConversation): CallConversation {
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

/** The fields of a participant that point to something, which an event names and a read does not. */
export const REFS = [
  'user',
  'queue',
  'team',
  'group',
  'script',
  'externalContact',
  'externalOrganization',
] as const satisfies readonly (keyof CallMediaParticipant)[];

/** A participant that was read, with the names that are known of the same things. */
export function withNames(known: CallMediaParticipant, told: CallMediaParticipant): CallMediaParticipant {
  const named: { -readonly [Field in keyof CallMediaParticipant]?: CallMediaParticipant[Field] } = {};
  let isNamed = false;
  for (const field of REFS) {
    const before = nameFor(told[field], known[field]);
    if (before === null) continue;
    named[field] = before;
    isNamed = true;
  }
  const routing = told.conversationRoutingData;
  const queue = nameFor(routing?.queue ?? null, known.conversationRoutingData?.queue ?? null);
  if (routing !== null && queue !== null) {
    named.conversationRoutingData = { ...routing, queue };
    isNamed = true;
  }
  return isNamed ? { ...told, ...named } : told;
}

/** What is known, where it is the same and has the name that is missing. */
function nameFor(told: EntityRef | null, known: EntityRef | null): EntityRef | null {
  return told !== null && told.name === null && known !== null && known.id === told.id ? known : null;
}
