/**
 * What a conversation of Genesys Cloud is to the live room. Events have no sequence: which of two states of a participant is
 * the later one is told by how far they are, and by times that are set once.
 *
 * ```text
 *   alerting, dialing, contacting ──► connected, held or not ──► disconnected ──► terminated
 *                                        │                          │
 *                                  startHoldTime              startAcwTime, endAcwTime
 * ```
 */
import { isDeepStrictEqual } from 'node:util';
import { activityOfParticipant } from '../../schema/coarse.ts';
import {
  type CallConversation,
  type CallMediaParticipant,
  type ConversationRoutingData,
  type EntityRef,
  hasLeft,
  type ParticipantState,
  type RecordersState,
} from '../../schema/genesys/model.ts';
import type { CallShape, ListShape, Order, Transition } from '../live/shape.ts';
import type { GenesysKind } from './call-kind.ts';
import { WORDS } from './call-words.ts';
import { laidOver, REFS, withNames } from './laying-over.ts';

/** The list may need so long to have what was seen of a conversation. */
const LAG = 3_000; // 3 seconds

const LIST: ListShape<GenesysKind> = {
  keyOf: ({ id }) => id,
  keyOfNews: (conversationId) => conversationId,
  callIdOf: ({ id }) => id,
  sameEntry: sameConversation,
  renewed: laidOver,
  sightOf: (conversation) => conversation,
  sightOfParty() {
    throw new TypeError('Only whole conversations are told and read.');
  },
  // What was told is believed before the list; who is done does not come back.
  remembered: (_known, seen, isTold) => (isTold || !isGoingOn(seen) ? seen : null),
  standing(entry, { sight, isCurrent, askedAt }) {
    const isLater = isCurrent || askedAt < sight.observedAt + LAG;
    if (!isGoingOn(sight)) return isLater ? null : entry;
    return isLater ? sight : entry;
  },
  // Whoever joins or leaves may be the viewer.
  mustAsk: ({ party, previousStatus }) =>
    party.user !== null &&
    (previousStatus === null || (previousStatus.activity === 'LEFT') !== isDone(party)),
};

/** A conversation and its participants. */
export const GENESYS_CALLS: CallShape<GenesysKind> = {
  system: 'genesys',
  name: 'Genesys Cloud',
  holdsReads: false,
  partiesOf: ({ participants }) => participants,
  withParties: (conversation, participants) => ({ ...conversation, participants }),
  assembled: (known, told, participants, observedAt) => ({
    ...told,
    name: told.name ?? known?.name ?? null,
    participants,
    observedAt,
  }),
  callIdOf: ({ conversationId }) => conversationId,
  statusOf: (participant) => ({ state: participant.state, activity: activityOfParticipant(participant) }),
  sameState: sameParticipant,
  completed: withNames,
  order,
  isOver: isDone,
  isLive: (_conversation, participant) => !isDone(participant),
  hasLeft: isDone,
  comesBackToLife: (known, told) => stageOf(known.state) > stageOf(told.state) && hasLeft(known),
  ended: (participant) => ({
    ...participant,
    state: 'TERMINATED',
    rawState: 'terminated',
    held: false,
    startHoldTime: null,
  }),
  movesOthers,
  movedTo: () => null,
  words: WORDS,
  list: LIST,
};

/** How far a participant is: no state comes back from a later stage. */
const STAGES: { readonly [State in ParticipantState]?: number } = {
  CONNECTED: 1,
  PARKED: 1,
  CONVERTING: 1,
  UPLOADING: 1,
  TRANSMITTING: 1,
  DISCONNECTED: 2,
  TERMINATED: 3,
};

function stageOf(state: ParticipantState | null): number {
  return (state === null ? undefined : STAGES[state]) ?? 0;
}

/** Times that an event has too, and that are set once. */
const MILESTONES = ['startTime', 'connectedTime', 'endTime', 'startAcwTime', 'endAcwTime'] as const;

function order(known: CallMediaParticipant, told: CallMediaParticipant): Order {
  const difference = stageOf(told.state) - stageOf(known.state);
  if (difference !== 0) return difference > 0 ? 'newer' : 'older';
  const isLater = MILESTONES.some((name) => told[name] !== null && known[name] === null);
  const isEarlier = MILESTONES.some((name) => told[name] === null && known[name] !== null);
  if (isLater !== isEarlier) return isLater ? 'newer' : 'older';
  if (isLater) return 'unsure';
  return (
    orderOf(known.startHoldTime, told.startHoldTime) ??
    orderOf(wrappedUpAt(known), wrappedUpAt(told)) ??
    'unsure'
  );
}

function wrappedUpAt({ wrapup }: CallMediaParticipant): number | null {
  return wrapup?.endTime ?? null;
}

/** Of two times at which the same thing began: who held twice has held later. Null: they do not tell. */
function orderOf(known: number | null, told: number | null): Order | null {
  if (known === null || told === null || known === told) return null;
  return told > known ? 'newer' : 'older';
}

/** True for whoever has left and owes nothing any more. */
function isDone(participant: CallMediaParticipant): boolean {
  return participant.state === 'TERMINATED' || activityOfParticipant(participant) === 'LEFT';
}

function isGoingOn({ participants }: CallConversation): boolean {
  return participants.length === 0 || !participants.every(isDone);
}

/** Being held, muted or recorded moves nobody else. */
function movesOthers({ party, previousStatus }: Transition<GenesysKind>): boolean {
  return previousStatus === null || stageOf(previousStatus.state) !== stageOf(party.state);
}

const IS_REF: ReadonlySet<string> = new Set(REFS);

/** Which word a text is the spelling of. */
const SPELLINGS: { readonly [Field in keyof CallMediaParticipant]?: keyof CallMediaParticipant } = {
  rawState: 'state',
  rawPurpose: 'purpose',
  rawDirection: 'direction',
  rawDisconnectType: 'disconnectType',
  rawRecordingState: 'recordingState',
  rawWrapupPrompt: 'wrapupPrompt',
  rawFlaggedReason: 'flaggedReason',
};

/**
 * Names come and go with where something was told, and a word that is known is spelt there in one way and here in another
 * (`endpoint.dnd`, `endpoint.donotdisturb`); who and what is meant is what counts.
 */
function sameParticipant(one: CallMediaParticipant, other: CallMediaParticipant): boolean {
  return (Object.keys(one) as (keyof CallMediaParticipant)[]).every((field) => {
    const [before, now] = [one[field], other[field]];
    if (before === now || field === 'observedAt') return true;
    const word = SPELLINGS[field];
    if (word !== undefined && one[word] !== 'UNKNOWN') return one[word] === other[word];
    if (typeof before !== 'object' || typeof now !== 'object' || before === null || now === null)
      return false;
    if (field === 'recordersState') {
      return isDeepStrictEqual(wordsOf(before as RecordersState), wordsOf(now as RecordersState));
    }
    if (IS_REF.has(field)) return (before as EntityRef).id === (now as EntityRef).id;
    return field === 'conversationRoutingData'
      ? isDeepStrictEqual(
          nameless(before as ConversationRoutingData),
          nameless(now as ConversationRoutingData),
        )
      : isDeepStrictEqual(before, now);
  });
}

/** However they are spelt. */
function wordsOf(state: RecordersState): readonly (string | null)[] {
  const { adhocState, customerExperienceState, agentExperienceState, snippetState } = state;
  return [
    adhocState === 'UNKNOWN' ? state.rawAdhocState : adhocState,
    customerExperienceState === 'UNKNOWN' ? state.rawCustomerExperienceState : customerExperienceState,
    agentExperienceState === 'UNKNOWN' ? state.rawAgentExperienceState : agentExperienceState,
    snippetState === 'UNKNOWN' ? state.rawSnippetState : snippetState,
  ];
}

function nameless({ queue, language, skills, scoredAgents, ...rest }: ConversationRoutingData) {
  return {
    ...{ ...rest, queue: queue?.id, language: language?.id, skills: skills.map(({ id }) => id) },
    scoredAgents: scoredAgents.map(({ agent, score }) => [agent?.id, score]),
  };
}

function sameConversation(one: CallConversation, other: CallConversation): boolean {
  const { participants, ...rest } = one;
  const { participants: others, ...otherRest } = other;
  return (
    participants.length === others.length &&
    isDeepStrictEqual({ ...rest, observedAt: 0 }, { ...otherRest, observedAt: 0 }) &&
    participants.every((participant, place) => {
      const there = others[place];
      return there !== undefined && participant.id === there.id && sameParticipant(participant, there);
    })
  );
}
