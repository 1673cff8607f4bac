/**
 * What happens by itself: phones pick up and are answered, callers leave the IVR, queues alert one agent after the other,
 * after-call work ends, voicemails end.
 *
 * ```text
 *   ivr ──► acd ──a free agent──► alerting ──answers──► connected
 *            ▲                       │
 *            └── another acd ◄───────┘ no answer: terminated, and the next agent is looked for
 * ```
 *
 * Each change of a conversation is looked at once, for whatever has newly begun in it; a timer that ends looks whether it
 * still holds.
 */

import type { Centre } from './centre.ts';
import {
  type Conversation,
  change,
  connect,
  endAfterCallWork,
  endAll,
  find,
  isActiveIn,
  join,
  leave,
} from './conversation.ts';
import { ofQueue, queueLeg, queueOf, userLeg, voicemailLeg } from './legs.ts';
import { TIMED_OUT_CODE } from './organisation.ts';
import { isPresent, isWaiting, owesWork, type Participant } from './participant.ts';
import { type GenesysPerson, personNamed } from './people.ts';

/** Lets it happen, from now on. */
export function followConversations(centre: Centre): void {
  centre.onChange((before, after) => {
    for (const one of after.participants) {
      const was = before === null ? undefined : find(before, one.id);
      if (was === one || (was?.state === one.state && was.startAcwTime === one.startAcwTime)) continue;
      follow(centre, after.id, one);
      // Declined: whoever waits in the queue goes on waiting for somebody.
      const hasDeclined = was?.state === 'alerting' && one.purpose === 'agent' && !isPresent(one);
      const acd = after.participants.find((other) => other.purpose === 'acd' && isPresent(other));
      if (hasDeclined && acd !== undefined) follow(centre, after.id, acd);
    }
  });
}

function follow(centre: Centre, conversationId: string, one: Participant): void {
  const settings = centre.settings();
  /** After a while, if the participant is then still what it is now. */
  const later = (delay: number | null, work: (conversation: Conversation, at: number) => Conversation) => {
    const started = centre.now();
    centre.later(delay === 0 ? 1 : delay, () =>
      centre.change(conversationId, (conversation, at) => {
        const now = find(conversation, one.id);
        const isSame = now?.state === one.state && now.startAcwTime === one.startAcwTime && at >= started;
        return isSame ? work(conversation, at) : conversation;
      }),
    );
  };

  if (owesWork(one)) {
    if (one.wrapupTimeoutMs !== null) later(one.wrapupTimeoutMs, (now, at) => timeOut(now, one, at));
  } else if (one.state === 'alerting' && one.userId !== null) {
    later(settings.genesysAlertingTimeout, (now, at) => noAnswer(centre, now, one, at));
  } else if (one.state === 'contacting' && one.userId !== null) {
    later(settings.genesysStationAnswers, (now, at) => stationAnswers(now, one, at));
  } else if (one.state === 'dialing' && one.userId === null) {
    later(settings.genesysCalleeAnswers, (now, at) => connect(now, one.id, at));
  } else if (one.state !== 'connected') {
    return;
  } else if (one.purpose === 'ivr') {
    later(settings.genesysIvrLength, (now, at) => leaveIvr(centre, now, one, at));
  } else if (one.purpose === 'acd') {
    later(settings.genesysQueueWait, (now, at) => alertNext(centre, now, one, at));
  } else if (one.purpose === 'voicemail') {
    later(settings.genesysVoicemailLength, (now, at) => leave(now, one.id, 'endpoint', at));
  }
}

/** The phone of whoever calls has been picked up: it listens, or whoever is called begins to ring. */
function stationAnswers(conversation: Conversation, one: Participant, at: number): Conversation {
  const others = conversation.participants.filter((other) => other.id !== one.id && isWaiting(other));
  const called = others.filter(({ state }) => state === 'contacting');
  if (called.length === 0) return connect(conversation, one.id, at);
  const dialing = change(conversation, one.id, { state: 'dialing' }, at);
  return called.reduce(
    (now, { id, userId }) =>
      change(
        now,
        id,
        userId === null ? { state: 'dialing' } : { state: 'alerting', startAlertingTime: at },
        at,
      ),
    dialing,
  );
}

/** The caller has said what the call is about. */
function leaveIvr(centre: Centre, conversation: Conversation, ivr: Participant, at: number): Conversation {
  const queue = queueOf(ivr.wantedQueueId);
  if (queue === undefined) return conversation;
  return leave(join(conversation, queueLeg(centre, queue, ivr.wantedUserId), at), ivr.id, 'transfer', at);
}

/** The next agent who is free and was not asked yet; when all were, all are asked again. */
function alertNext(centre: Centre, conversation: Conversation, acd: Participant, at: number): Conversation {
  const queue = queueOf(acd.queueId);
  const isAlerting = conversation.participants.some((one) => one.purpose === 'agent' && isWaiting(one));
  if (queue === undefined || isAlerting) return conversation;
  const person = agentFor(centre, conversation, acd, queue.members);
  if (person === undefined) {
    // Somebody may be free a moment later.
    const again = Math.max(centre.settings().genesysQueueWait ?? 0, LEAST_WAIT);
    centre.later(again, () =>
      centre.change(conversation.id, (now, then) => {
        const still = find(now, acd.id);
        return still?.state === 'connected' ? alertNext(centre, now, acd, then) : now;
      }),
    );
    return conversation;
  }
  const leg = userLeg(centre, person, {
    ...{ state: 'alerting', direction: 'inbound' },
    ...ofQueue(centre, queue),
    extras: acd.extras,
  });
  return join(conversation, leg, at);
}

const LEAST_WAIT = 100; // milliseconds

function agentFor(
  centre: Centre,
  conversation: Conversation,
  acd: Participant,
  members: readonly string[],
): GenesysPerson | undefined {
  // Who did not answer, or declined.
  const asked = conversation.participants
    .filter(({ purpose, queueId }) => purpose === 'agent' && queueId === acd.queueId)
    .filter((one) => !isPresent(one) && one.connectedTime === null)
    .map(({ userId }) => userId);
  const wanted = acd.wantedUserId;
  const free = [...(wanted === null ? [] : [wanted]), ...members].filter(
    (id) => (id === wanted && !asked.includes(id)) || isFree(centre, id),
  );
  // Round and round: whoever was asked least.
  const times = (id: string) => asked.filter((one) => one === id).length;
  const [first] = [...free].sort((a, b) => times(a) - times(b));
  return first === undefined ? undefined : personNamed(first);
}

/** Has a phone, and nothing to do. */
function isFree(centre: Centre, userId: string): boolean {
  if (personNamed(userId)?.stationId == null) return false;
  return !centre.conversations().some((one) => isActiveIn(one, userId));
}

/** With so many legs the caller of a queue gives up: whoever was alerted stays in the conversation, and it would grow for ever. */
const MOST_LEGS = 500;

/** Nobody answered: the next agent of the queue, or the voicemail of whoever was called by themselves. */
function noAnswer(centre: Centre, conversation: Conversation, one: Participant, at: number): Conversation {
  const queue = one.purpose === 'agent' ? queueOf(one.queueId) : undefined;
  const person = personNamed(one.userId ?? '');
  if (queue !== undefined && conversation.participants.length >= MOST_LEGS) {
    return endAll(conversation, 'endpoint', at);
  }
  if (queue !== undefined) {
    const waited = conversation.participants.find((other) => other.purpose === 'acd' && isPresent(other));
    const next = join(conversation, queueLeg(centre, queue), at);
    const without = leave(next, one.id, 'transfer.noanswer', at);
    return waited === undefined ? without : leave(without, waited.id, 'transfer', at);
  }
  if (
    person === undefined ||
    conversation.consult?.destinationId === one.id ||
    one.direction === 'outbound'
  ) {
    return leave(conversation, one.id, 'transfer.noanswer', at);
  }
  return leave(join(conversation, voicemailLeg(centre, person), at), one.id, 'transfer.noanswer', at);
}

function timeOut(conversation: Conversation, one: Participant, at: number): Conversation {
  const wrapup = {
    ...{ code: TIMED_OUT_CODE.id, notes: null, tags: [], provisional: false, endTime: at },
    durationSeconds: Math.round((at - (one.startAcwTime ?? at)) / 1_000),
  };
  return endAfterCallWork(conversation, one.id, { wrapup }, at);
}
