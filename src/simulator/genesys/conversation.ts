/**
 * A conversation and whoever takes part in it: how one state of both becomes the next. Pure: the time and the ids of new
 * participants are handed in.
 *
 * ```text
 *   who calls      contacting ──their phone picks up──► dialing ──the far end answers──┐
 *   who is called  contacting ──► dialing ─────────────────────────────────────────────┤
 *   an agent       alerting ──answers─────────────────────────────────────────────────►│
 *                     │                                                                ▼
 *                     │ no answer, or the caller left        held, muted, recorded:  connected
 *                     ▼                                                                │
 *                 terminated ◄──────── owes nothing after the call ────────────────────┤
 *                     ▲                                                                ▼
 *                     └──── wrap-up, skipped, or its time is over ──── disconnected (after-call work)
 * ```
 *
 * Nobody is ever taken out of a conversation: who has left stays in it, terminated.
 */
import { isDeepStrictEqual } from 'node:util';
import {
  holding,
  isConnected,
  isPresent,
  isSupervising,
  isWaiting,
  left,
  type NewLeg,
  newParticipant,
  owesWork,
  type Participant,
} from './participant.ts';

/** A call that was handed on, or is about to be. */
export interface Transfer {
  readonly id: string;
  readonly state: 'Active' | 'Complete' | 'Canceled' | 'Failed';
  readonly issuedAt: number;
  readonly initiatorUserId: string | null;
  readonly userId: string | null;
  readonly address: string | null;
  readonly type: 'Attended' | 'Unattended';
  /** Of one that waits for its destination: who leaves when that answers, and who that is. */
  readonly replacedId?: string;
  readonly destinationId?: string;
}

/** Somebody asks a third one before they hand the call on. */
export interface Consult {
  readonly transferId: string;
  /** Whose call it is about. */
  readonly objectId: string;
  readonly initiatorId: string;
  readonly destinationId: string;
  readonly speakTo: SpeakTo;
}
export const SPEAK_TO = ['DESTINATION', 'OBJECT', 'BOTH', 'CONFERENCE'] as const;
export type SpeakTo = (typeof SPEAK_TO)[number];

export interface Conversation {
  readonly id: string;
  readonly startedAt: number;
  /** When the last one left, and nobody owed anything any more; null before. */
  readonly endedAt: number | null;
  readonly participants: readonly Participant[];
  readonly transfers: readonly Transfer[];
  readonly consult: Consult | null;
  /** Made or grown as a conference, which ends with its last participant only. */
  readonly isConference: boolean;
}

/** At most so many fit into a conference. */
export const MOST_PARTICIPANTS = 50;

/** Another one takes part from now on. */
export function join(conversation: Conversation, leg: NewLeg, at: number): Conversation {
  return next(conversation, [...conversation.participants, newParticipant(leg, at)], at);
}

/** A phone is answered; whoever waited for that is connected too. */
export function connect(conversation: Conversation, participantId: string, at: number): Conversation {
  const answering = find(conversation, participantId);
  if (answering === undefined || !isWaiting(answering)) return conversation;
  const participants = conversation.participants.map((one) => {
    if (one.id === participantId) return { ...one, state: 'connected', connectedTime: at };
    // The queue has done its work.
    if (one.purpose === 'acd' && isPresent(one) && answering.purpose === 'agent')
      return left(one, 'transfer', at);
    return one.state === 'dialing' && !isSupervising(one)
      ? { ...one, state: 'connected', connectedTime: at }
      : one;
  });
  const answered = askedOfQueue(next(conversation, participants, at), participantId);
  const connected = completeAttended(answered, participantId, at);
  return isLonely(connected) ? endAll(connected, 'peer', at) : connected;
}

/** Of a consultation with a queue it is the agent who is asked, once one has answered. */
function askedOfQueue(conversation: Conversation, agentId: string): Conversation {
  const { consult } = conversation;
  const queue = consult === null ? undefined : find(conversation, consult.destinationId);
  if (consult === null || queue?.purpose !== 'acd' || isPresent(queue)) return conversation;
  const participants = conversation.participants.map((one) =>
    one.id === agentId || one.id === consult.initiatorId ? { ...one, consultParticipantId: agentId } : one,
  );
  return { ...conversation, participants, consult: { ...consult, destinationId: agentId } };
}

/** Whoever wanted to be sure that somebody takes the call leaves it now. */
function completeAttended(conversation: Conversation, destinationId: string, at: number): Conversation {
  const waited = conversation.transfers.find(
    (one) => one.destinationId === destinationId && one.state === 'Active',
  );
  if (waited?.replacedId === undefined) return conversation;
  const transfers = settled(conversation, waited.id, 'Complete');
  return leave({ ...conversation, transfers }, waited.replacedId, 'transfer', at);
}

/**
 * A participant leaves: for after-call work where it is owed, and else for good. With it goes the last one who is left
 * alone, and whoever only listened to it. A consultation ends: the call is handed on where its initiator leaves.
 */
export function leave(
  conversation: Conversation,
  participantId: string,
  disconnectType: string,
  at: number,
): Conversation {
  const leaver = find(conversation, participantId);
  if (leaver === undefined || !isPresent(leaver)) return conversation;
  const without = settleConsult(conversation, leaver);
  const handsOn = conversation.consult?.initiatorId === leaver.id;
  const type = handsOn ? 'transfer.consult' : disconnectType;
  const participants = without.participants.map((one) => {
    if (one.id === leaver.id) return left(one, type, at);
    const listened = one.monitoredParticipantId ?? one.coachedParticipantId;
    return listened === leaver.id && isPresent(one) ? left(one, 'system', at) : one;
  });
  const rest = next(without, participants, at);
  return isLonely(rest) ? endAll(rest, 'peer', at) : rest;
}

/** Everybody leaves. */
export function endAll(conversation: Conversation, disconnectType: string, at: number): Conversation {
  const { consult } = conversation;
  const participants = conversation.participants.map((one) =>
    unasked(isPresent(one) ? left(one, disconnectType, at) : one),
  );
  const transfers = consult === null ? conversation.transfers : withTransfer(conversation, 'Failed');
  return next({ ...conversation, consult: null, transfers }, participants, at);
}

/** After-call work is over: wrapped up, skipped, or too late. */
export function endAfterCallWork(
  conversation: Conversation,
  participantId: string,
  changes: Partial<Participant>,
  at: number,
): Conversation {
  const one = find(conversation, participantId);
  if (one === undefined || !owesWork(one)) return conversation;
  return change(conversation, participantId, { ...changes, state: 'terminated', endAcwTime: at }, at);
}

/** The participant with some of its facts changed, whatever its state. */
export function change(
  conversation: Conversation,
  participantId: string,
  changes: Partial<Participant>,
  at: number,
): Conversation {
  const participants = conversation.participants.map((one) =>
    one.id === participantId ? { ...one, ...changes } : one,
  );
  return isDeepStrictEqual(participants, conversation.participants)
    ? conversation
    : next(conversation, participants, at);
}

export function find(
  { participants }: Pick<Conversation, 'participants'>,
  participantId: string,
): Participant | undefined {
  return participants.find(({ id }) => id === participantId);
}

/** The ends of the call: whoever is present and not only listening. */
export function endsOf({ participants }: Pick<Conversation, 'participants'>): readonly Participant[] {
  return participants.filter((one) => isPresent(one) && !isSupervising(one));
}

/** A user's own participant: connected before waiting, before owing work, before gone; of those the newest. */
export function ownOf({ participants }: Conversation, userId: string): Participant | undefined {
  const own = participants.filter((one) => one.userId === userId).reverse();
  return own.find(isConnected) ?? own.find(isPresent) ?? own.find(owesWork) ?? own[0];
}

/** Whether the user is in it now, or owes something. */
export function isActiveIn(conversation: Conversation, userId: string): boolean {
  const own = ownOf(conversation, userId);
  return own !== undefined && (isPresent(own) || owesWork(own));
}

/** The conversation without the consultation that this participant took part in. */
function settleConsult(conversation: Conversation, leaver: Participant): Conversation {
  const { consult } = conversation;
  if (consult === null) return conversation;
  const { initiatorId, destinationId, objectId } = consult;
  if (![initiatorId, destinationId, objectId].includes(leaver.id)) return conversation;
  return withoutConsult(conversation, leaver.id === initiatorId ? 'Complete' : 'Failed');
}

/** Nobody is taken off the line for a consultation any more. */
export function withoutConsult(conversation: Conversation, state: Transfer['state']): Conversation {
  const { consult } = conversation;
  if (consult === null) return conversation;
  const participants = conversation.participants
    .map((one) =>
      one.id === consult.objectId || one.id === consult.destinationId ? holding(one, false, 0) : one,
    )
    .map(unasked);
  return { ...conversation, participants, transfers: withTransfer(conversation, state), consult: null };
}

/** Somebody after a consultation. */
function unasked(one: Participant): Participant {
  return one.consultParticipantId === null ? one : { ...one, consultParticipantId: null };
}

function withTransfer(conversation: Conversation, state: Transfer['state']): readonly Transfer[] {
  return settled(conversation, conversation.consult?.transferId, state);
}

function settled(
  { transfers }: Conversation,
  id: string | undefined,
  state: Transfer['state'],
): readonly Transfer[] {
  return transfers.map((one) => (one.id === id ? { ...one, state } : one));
}

/** One end alone talks to nobody. */
function isLonely(conversation: Conversation): boolean {
  return endsOf(conversation).length < 2;
}

/** The conversation with other participants: the one place where a state is made from the one before. */
function next(conversation: Conversation, participants: readonly Participant[], at: number): Conversation {
  const isOver = participants.length > 0 && !participants.some((one) => isPresent(one) || owesWork(one));
  const endedAt = isOver ? (conversation.endedAt ?? at) : null;
  const transfers = waitedFor(conversation.transfers, participants);
  return { ...conversation, participants: paired(participants), transfers, endedAt };
}

/** A transfer that waits for its destination has failed when that, or whoever waits, is not there any more. */
function waitedFor(
  transfers: readonly Transfer[],
  participants: readonly Participant[],
): readonly Transfer[] {
  const isThere = (id: string | undefined) => participants.some((one) => one.id === id && isPresent(one));
  return transfers.map((one) => {
    const waits = one.state === 'Active' && one.replacedId !== undefined;
    return waits && !(isThere(one.replacedId) && isThere(one.destinationId))
      ? { ...one, state: 'Failed' }
      : one;
  });
}

/** Two ends that are alone with each other are each other's peer; of more, nobody is. */
function paired(participants: readonly Participant[]): readonly Participant[] {
  const ends = participants.filter((one) => isConnected(one) && !isSupervising(one));
  const [first, second, third] = ends;
  const isPair = third === undefined && second !== undefined;
  return participants.map((one) => {
    if (!ends.includes(one)) return one;
    const peer = isPair ? ((one === first ? second : first)?.communicationId ?? null) : null;
    return one.peer === peer ? one : { ...one, peer };
  });
}
