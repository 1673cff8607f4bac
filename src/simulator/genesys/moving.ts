/** How a call gets to somebody else: at once, after asking them, or together with another call. Pure. */
import {
  type Conversation,
  change,
  endsOf,
  find,
  join,
  leave,
  MOST_PARTICIPANTS,
  type SpeakTo,
  type Transfer,
  withoutConsult,
} from './conversation.ts';
import {
  holding,
  isConnected,
  isPresent,
  isWaiting,
  type NewLeg,
  newParticipant,
  type Participant,
} from './participant.ts';
import { GenesysRefusal, noParticipant, noTransfer, notNow } from './refusals.ts';

/** Where a call goes: the leg that begins there, and what is written down of it. */
export interface Destination {
  readonly leg: NewLeg;
  readonly transfer: Transfer;
}

/**
 * Hands the call of a participant on: they leave, and the new leg takes their place. At once where it is `Unattended`; else
 * when that one has answered.
 */
export function transferBlind(
  conversation: Conversation,
  participantId: string,
  { leg, transfer }: Destination,
  at: number,
): Conversation | GenesysRefusal {
  const one = find(conversation, participantId);
  if (one === undefined) return noParticipant(participantId);
  const isOwnRinging = leg.purpose === 'voicemail' && isWaiting(one);
  if (leg.purpose === 'voicemail' && one.purpose !== 'user') {
    return noTransfer('transfer.userCall.voicemail', 'Only a personal call can be sent to voicemail');
  }
  if (!isConnected(one) && !isOwnRinging) {
    return noTransfer('transfer.not.connected', 'The participant is not connected');
  }
  if (
    leg.userId !== undefined &&
    leg.userId !== null &&
    leg.userId === one.userId &&
    leg.purpose !== 'voicemail'
  ) {
    return noTransfer('transfer.same.party', 'A call cannot be transferred to the same party');
  }
  const isAttended = transfer.type === 'Attended' && isWaiting(newParticipant(leg, at));
  const written: Transfer = isAttended
    ? { ...transfer, state: 'Active', replacedId: participantId, destinationId: leg.id }
    : transfer;
  const transfers = [...conversation.transfers, written].slice(-20);
  const waiting = join({ ...conversation, transfers }, leg, at);
  return isAttended ? waiting : leave(waiting, participantId, 'transfer', at);
}

/** Begins to ask a third one about somebody's call. */
export function consult(
  conversation: Conversation,
  objectId: string,
  initiatorUserId: string,
  { leg, transfer, speakTo }: Destination & { readonly speakTo: SpeakTo },
  at: number,
): Conversation | GenesysRefusal {
  const object = find(conversation, objectId);
  if (object === undefined) return noParticipant(objectId);
  const initiator = conversation.participants.find(
    (one) => one.userId === initiatorUserId && isConnected(one),
  );
  if (initiator === undefined) {
    return notNow('consult.transfer.no.initiator', 'The initiator of the consult transfer is not connected');
  }
  if (initiator.id === objectId) {
    return new GenesysRefusal(
      400,
      'object.participant.id.required',
      'The participant that is transferred is needed',
    );
  }
  if (leg.userId === initiatorUserId) {
    return notNow('cannot.transfer.to.self', 'A call cannot be transferred to its own participant');
  }
  if (conversation.consult !== null || endsOf(conversation).length > 2 || !isConnected(object)) {
    return notNow('cannot.transfer.conference', 'A conference cannot be transferred');
  }
  const started: Conversation = {
    ...conversation,
    transfers: [...conversation.transfers, transfer].slice(-20),
    consult: { transferId: transfer.id, objectId, initiatorId: initiator.id, destinationId: leg.id, speakTo },
  };
  // As was seen: on who asks and on who is asked it names who is asked.
  const asking = change(started, initiator.id, { consultParticipantId: leg.id }, at);
  return speaking(join(asking, { ...leg, consultParticipantId: leg.id }, at), speakTo, at);
}

/** Changes whom the initiator speaks to. */
export function speakTo(
  conversation: Conversation,
  objectId: string,
  to: SpeakTo,
  at: number,
): Conversation | GenesysRefusal {
  if (conversation.consult?.objectId !== objectId) {
    return new GenesysRefusal(
      404,
      'conversation.error.consult.transfer.pending.not.found',
      'There is no pending consult transfer',
    );
  }
  return speaking({ ...conversation, consult: { ...conversation.consult, speakTo: to } }, to, at);
}

/** The third one leaves, and all is as before. */
export function cancelConsult(
  conversation: Conversation,
  objectId: string,
  at: number,
): Conversation | GenesysRefusal {
  const { consult } = conversation;
  if (consult?.objectId !== objectId) {
    return notNow('consult.transfer.not.started', 'There is no consult transfer that could be cancelled');
  }
  return leave(withoutConsult(conversation, 'Canceled'), consult.destinationId, 'system', at);
}

/** Who is on the line with the initiator; the other one of the two waits. */
function speaking(conversation: Conversation, to: SpeakTo, at: number): Conversation {
  const { consult } = conversation;
  if (consult === null) return conversation;
  const waits = {
    DESTINATION: consult.objectId,
    OBJECT: consult.destinationId,
    BOTH: null,
    CONFERENCE: null,
  }[to];
  const participants = conversation.participants.map((one) =>
    one.id === consult.objectId || one.id === consult.destinationId
      ? holding(one, one.id === waits, at)
      : one,
  );
  return { ...conversation, participants };
}

/** Another one comes in, and the conversation is a conference from now on. */
export function addToConference(
  conversation: Conversation,
  leg: NewLeg,
  at: number,
): Conversation | GenesysRefusal {
  if (endsOf(conversation).length >= MOST_PARTICIPANTS) {
    return conferenceIsFull();
  }
  return join({ ...conversation, isConference: true }, leg, at);
}

export function conferenceIsFull(): GenesysRefusal {
  return notNow('cannot.create.conference', `A conference has room for ${MOST_PARTICIPANTS} participants`);
}

/**
 * Brings the others of another conversation into this one; the user who does it is in both, and stays here.
 * @returns Both, as they are afterwards.
 */
export function merge(
  into: Conversation,
  from: Conversation,
  userId: string,
  idOf: (participant: Participant) => Pick<Participant, 'id' | 'communicationId'>,
  at: number,
): readonly [into: Conversation, from: Conversation] | GenesysRefusal {
  const own = [into, from].map(({ participants }) =>
    participants.find((one) => one.userId === userId && isPresent(one)),
  );
  if (own.some((one) => one === undefined)) {
    return new GenesysRefusal(
      403,
      'conversation.error.forbidden.not.active.participant',
      'The user is not an active participant of each of the conversations',
    );
  }
  if (own.some((one) => one !== undefined && !isConnected(one))) {
    return notNow('cannot.merge.alerting.conference', 'A conversation that is alerting cannot be merged');
  }
  const coming = endsOf(from).filter((one) => one.userId !== userId && isConnected(one));
  let grown: Conversation = { ...into, isConference: true };
  for (const one of coming) {
    grown = join(
      grown,
      { ...one, ...idOf(one), startTime: at, held: false, startHoldTime: null, peer: null },
      at,
    );
  }
  let emptied = from;
  for (const one of endsOf(from)) emptied = leave(emptied, one.id, 'transfer.conference', at);
  return [grown, emptied];
}
