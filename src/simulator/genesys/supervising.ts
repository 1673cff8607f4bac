/** Supervisors: who listens to a call, whispers into it, or speaks in it. Pure. */
import { type Conversation, change, find, join, leave } from './conversation.ts';
import { isConnected, isPresent, type NewLeg } from './participant.ts';
import { type GenesysRefusal, noParticipant, notNow } from './refusals.ts';

export type Supervision = 'monitor' | 'coach' | 'barge';

/** The supervisor's phone is called; what they did before in this call ends. */
export function supervise(
  conversation: Conversation,
  participantId: string,
  kind: Supervision,
  leg: NewLeg,
  at: number,
): Conversation | GenesysRefusal {
  const one = find(conversation, participantId);
  if (one === undefined) return noParticipant(participantId);
  if (one.userId === leg.userId) {
    return notNow('monitor.own.conversation', 'Nobody can supervise their own conversation');
  }
  if (!isConnected(one)) return notNow('call.disconnected', 'The participant is not connected');
  const before = conversation.participants.find((other) => other.userId === leg.userId && isPresent(other));
  const listens =
    (before?.monitoredParticipantId ?? before?.coachedParticipantId ?? before?.bargedParticipantId) != null;
  if (before !== undefined && !listens) {
    return notNow('monitor.own.conversation', 'Nobody can supervise their own conversation');
  }
  const role = {
    monitor: { monitoredParticipantId: participantId, mediaRoles: ['monitor'] },
    coach: { coachedParticipantId: participantId, mediaRoles: ['coach'] },
    barge: { bargedParticipantId: participantId, mediaRoles: ['full'] },
  }[kind];
  const joined = join(conversation, { ...leg, ...role }, at);
  const alone = before === undefined ? joined : leave(joined, before.id, 'client', at);
  return kind === 'barge' ? change(alone, participantId, { bargedTime: at }, at) : alone;
}
