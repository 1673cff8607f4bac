/** What is done to a whole conversation: everybody leaves, or every recording is held back. Pure. */
import { type Conversation, endAfterCallWork, endAll } from './conversation.ts';
import { TIMED_OUT_CODE } from './organisation.ts';
import { isPresent, owesWork, type Wrapup } from './participant.ts';
import { type GenesysRefusal, notNow } from './refusals.ts';

/** Every recording is held back, or goes on: the caller says the number of their card. */
export function holdBackRecordings(conversation: Conversation, isPaused: boolean): Conversation {
  return {
    ...conversation,
    participants: conversation.participants.map((one) =>
      isPresent(one) && one.securePause !== isPaused ? { ...one, securePause: isPaused } : one,
    ),
  };
}

/** Everybody leaves; agents owe what they owe. */
export function disconnectAll(
  conversation: Conversation,
  disconnectType: string,
  at: number,
): Conversation | GenesysRefusal {
  return conversation.participants.some(isPresent)
    ? endAll(conversation, disconnectType, at)
    : notNow('call.disconnected', 'The call has been disconnected');
}

/** Everybody leaves, and nobody owes anything: the system wraps up for them. */
export function tearDown(conversation: Conversation, at: number): Conversation | GenesysRefusal {
  if (conversation.endedAt !== null) return notNow('call.disconnected', 'The call has been disconnected');
  const wrapup: Wrapup = {
    ...{ code: TIMED_OUT_CODE.id, notes: null, tags: [], provisional: false },
    ...{ durationSeconds: 0, endTime: at },
  };
  const ended = endAll(conversation, 'system', at);
  return ended.participants
    .filter(owesWork)
    .reduce((now, { id }) => endAfterCallWork(now, id, { wrapup }, at), ended);
}
