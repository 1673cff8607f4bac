/**
 * Who is asked before a call goes to them, as a conversation shows it while a consult transfer goes on.
 *
 * `consultParticipantId` is what shows it, and Genesys documents it in two ways: of a call's participant it is "the consult
 * transfer target", of a participant of all media whoever is transferred. Seen was the first, on who asks and on who is asked:
 * https://developer.genesys.cloud/forum/t/differentiating-between-agent-transferring-and-one-receiving-the-transfer/867
 * Here both are understood.
 *
 * ```text
 *               customer    Ada asks    Ben is asked
 *   seen           ─           Ben          Ben
 *   documented     ─            ─         customer
 * ```
 */
import { type CallConversation, type CallMediaParticipant, hasLeft } from '../../schema/genesys/model.ts';

/** What must be known of a conversation. */
export type ConsultFacts = Pick<CallConversation, 'participants'>;

/** Those who are asked about a participant now; `userId` is the viewer's, who never is: null where it is not known. */
export function consultedAbout(
  conversation: ConsultFacts,
  participantId: string,
  userId: string | null,
): readonly CallMediaParticipant[] {
  const present = conversation.participants.filter((one) => !hasLeft(one));
  const isOther = (id: string | null, { id: own }: CallMediaParticipant) =>
    id !== own && id !== participantId && present.some((one) => one.id === id);
  return present.filter((one) => {
    if (one.id === participantId || (userId !== null && one.user?.id === userId)) return false;
    const isNamed = present.some((other) => other !== one && other.consultParticipantId === one.id);
    // Who names somebody else is the one who asks.
    return isNamed || (one.consultParticipantId !== null && !isOther(one.consultParticipantId, one));
  });
}
