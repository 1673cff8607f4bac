/** What a call of RingCentral is to the live room. */
import { isDeepStrictEqual } from 'node:util';
import {
  type CallParty,
  type CallSession,
  completedEnd,
  isOver,
  type PartyAttributes,
  type PartyStatus,
} from '../../schema/model.ts';
import type { CallShape, Transition } from '../live/shape.ts';
import type { RingCentralKind } from './call-kind.ts';
import { hasLeft, LIST } from './call-list.ts';
import { WORDS } from './call-words.ts';

/** A party of RingCentral in its new state. */
export type PartyTransition = Transition<RingCentralKind>;

/** A session and its parties. Their order is told by sequences, so no party carries times that tell it. */
export const RINGCENTRAL_CALLS: CallShape<RingCentralKind> = {
  system: 'ringcentral',
  name: 'RingCentral',
  holdsReads: true,
  partiesOf: ({ parties }) => parties,
  withParties: (session, parties) => ({ ...session, parties }),
  assembled: (known, told, parties, observedAt) => ({
    ...told,
    originType: told.originType ?? known?.originType ?? null,
    rawOriginType: told.rawOriginType ?? known?.rawOriginType ?? null,
    voiceCallToken: told.voiceCallToken ?? known?.voiceCallToken ?? null,
    creationTime: told.creationTime ?? known?.creationTime ?? null,
    parties,
    observedAt,
  }),
  callIdOf: ({ sessionId }) => sessionId,
  statusOf: ({ status }) => status,
  sameState: (one, other) => isDeepStrictEqual({ ...one, observedAt: 0 }, { ...other, observedAt: 0 }),
  completed,
  order: () => 'unsure',
  isOver: ({ status }) => isOver(status),
  isLive,
  hasLeft,
  comesBackToLife,
  ended: (party) => ({ ...party, status: disconnected(party.status) }),
  movesOthers,
  movedTo: (transition) => (hasMoved(transition) ? transition.party.status.peerId : null),
  words: WORDS,
  list: LIST,
};

/**
 * A body tells less than the news: what it leaves out of the same status, and of the same number, is as it was. It has no
 * account of a phone outside, and often no attributes.
 */
function completed(earlier: CallParty, party: CallParty): CallParty {
  const { status } = party;
  const isSameStatus = status.code === earlier.status.code && status.reason === earlier.status.reason;
  return {
    ...party,
    accountId: party.accountId ?? earlier.accountId,
    attributes: completedAttributes(earlier.attributes, party.attributes),
    status: isSameStatus
      ? {
          ...status,
          description: status.description ?? earlier.status.description,
          mobilePickupData: status.mobilePickupData ?? earlier.status.mobilePickupData,
          rcc: status.rcc ?? earlier.status.rcc,
        }
      : status,
    from: completedEnd(earlier.from, party.from),
    to: completedEnd(earlier.to, party.to),
  };
}

function completedAttributes(
  known: PartyAttributes | null,
  told: PartyAttributes | null,
): PartyAttributes | null {
  if (known === null || told === null) return told ?? known;
  return {
    queueCall: told.queueCall ?? known.queueCall,
    emergencyCallback: told.emergencyCallback ?? known.emergencyCallback,
  };
}

/** Taking a call off hold is no answering, and ringing on is no move. */
function movesOthers({ party, previousStatus }: PartyTransition): boolean {
  const [before, after] = [previousStatus?.code, party.status.code];
  if (before === after) return false;
  const isTalking = (code: typeof before) => code === 'ANSWERED' || code === 'HOLD';
  return !(isTalking(before) && isTalking(after)) && !(before === 'SETUP' && after === 'PROCEEDING');
}

/** True when a party has just gone to another session, and not into the conference it is shown in. */
function hasMoved({ party, previousStatus }: PartyTransition): boolean {
  return party.status.code === 'GONE' && previousStatus?.code !== 'GONE' && !isConferenceMember(party);
}

/** A member of a conference is part of it although it is `GONE`: that is how they talk. */
function isLive(session: CallSession, party: CallParty): boolean {
  if (party.status.code === 'DISCONNECTED') return false;
  return party.status.code !== 'GONE' || (session.originType === 'CONFERENCE' && isConferenceMember(party));
}

function isConferenceMember(party: CallParty): boolean {
  return party.conferenceRole === 'PARTICIPANT' || party.conferenceRole === 'HOST';
}

/** Whoever is disconnected stays so; whoever is gone can only be disconnected. */
function comesBackToLife(earlier: CallParty, party: CallParty): boolean {
  if (earlier.status.code === 'DISCONNECTED') return party.status.code !== 'DISCONNECTED';
  return isOver(earlier.status) && !isOver(party.status);
}

function disconnected(status: PartyStatus): PartyStatus {
  return { ...status, code: 'DISCONNECTED', rawCode: 'Disconnected', reason: null, rawReason: null };
}
