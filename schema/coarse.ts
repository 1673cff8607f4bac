/**
 * What each phone system says in words of its own, in the few words that all of them share: what somebody is doing, under
 * which number, since when. A card that shows any call needs no more.
 */
import type { CallActivity } from './activity.ts';
import { type CallConversation, type CallMediaParticipant, hasLeft, type Wrapup } from './genesys/model.ts';
import {
  type CallEndpoint,
  type CallParty,
  type CallSession,
  isOver,
  type PartyStatusCode,
} from './model.ts';

const OF_STATUS: Readonly<Record<PartyStatusCode, CallActivity>> = {
  SETUP: 'DIALING',
  PROCEEDING: 'DIALING',
  ANSWERED: 'CONNECTED',
  HOLD: 'ON_HOLD',
  PARKED: 'PARKED',
  VOICE_MAIL: 'VOICEMAIL',
  VOICE_MAIL_SCREENING: 'VOICEMAIL',
  FAX_RECEIVE: 'CONNECTED',
  DISCONNECTED: 'LEFT',
  GONE: 'LEFT',
  TDS: 'UNKNOWN',
  UNKNOWN: 'UNKNOWN',
};

/** What a party of a RingCentral call is doing. */
export function activityOfParty(party: CallParty): CallActivity {
  const { status, direction } = party;
  if (status.code === 'PROCEEDING' && direction === 'INBOUND') return 'RINGING';
  if (status.code === 'GONE' && isPresent(party)) return 'CONNECTED';
  return OF_STATUS[status.code];
}

/** Whether a RingCentral call is over for everybody; one that nobody has joined yet is not. */
export function isSessionOver({ parties }: CallSession): boolean {
  return parties.length > 0 && !parties.some(isPresent);
}

/** A participant of a conference is `GONE` and there all the same. */
function isPresent({ status, conferenceRole }: CallParty): boolean {
  return !isOver(status) || (status.code === 'GONE' && conferenceRole === 'PARTICIPANT');
}

/** The party's own end of the line: who calls is `from`, who is called is `to`. */
export function ownEnd({ direction, from, to }: CallParty): CallEndpoint | null {
  if (direction === 'OUTBOUND') return from;
  return direction === 'INBOUND' ? to : null;
}

/** What a participant of a Genesys conversation is doing. */
export function activityOfParticipant(participant: CallMediaParticipant): CallActivity {
  if (hasLeft(participant)) return owesWrapup(participant) ? 'WRAPPING_UP' : 'LEFT';
  switch (participant.state) {
    case 'ALERTING':
    case 'OFFERING':
      return 'RINGING';
    case 'DIALING':
    case 'CONTACTING':
      return 'DIALING';
    case 'PARKED':
      return 'PARKED';
    case 'CONNECTED':
    case 'CONVERTING':
    case 'UPLOADING':
    case 'TRANSMITTING':
      if (participant.held === true) return 'ON_HOLD';
      return participant.purpose === 'VOICEMAIL' ? 'VOICEMAIL' : 'CONNECTED';
    default:
      return 'UNKNOWN';
  }
}

/** True for an agent who has left the call and is not done with it. */
function owesWrapup(participant: CallMediaParticipant): boolean {
  const { startAcwTime, endAcwTime, wrapupRequired, wrapupSkipped, wrapup, state } = participant;
  if (endAcwTime !== null || wrapupSkipped === true || isFinished(wrapup)) return false;
  return startAcwTime !== null || (wrapupRequired === true && state === 'DISCONNECTED');
}

function isFinished(wrapup: Wrapup | null): boolean {
  return wrapup !== null && wrapup.code !== null && wrapup.provisional !== true;
}

/** Since when a participant has been doing what it does; null where Genesys does not tell. */
export function sinceOfParticipant(participant: CallMediaParticipant): number | null {
  switch (activityOfParticipant(participant)) {
    case 'DIALING':
      return participant.startTime;
    case 'RINGING':
      return participant.startAlertingTime ?? participant.startTime;
    case 'CONNECTED':
    case 'VOICEMAIL':
      return participant.connectedTime;
    case 'ON_HOLD':
      return participant.startHoldTime;
    case 'PARKED':
      return participant.parkTime;
    case 'WRAPPING_UP':
      return participant.startAcwTime ?? participant.endTime;
    case 'LEFT':
      return participant.endTime;
    case 'UNKNOWN':
      return null;
  }
}

/** When a conversation began: when the first of its participants joined. */
export function startOfConversation({ participants }: CallConversation): number | null {
  const starts = participants.flatMap(({ startTime }) => startTime ?? []);
  return starts.length === 0 ? null : Math.min(...starts);
}

/** True while what a participant says is being recorded. */
export function isRecorded({ recording, recordingState, recordersState }: CallMediaParticipant): boolean {
  if (recordingState === 'ACTIVE' || recordingState === 'PAUSED') return recordingState === 'ACTIVE';
  return recording === true || Object.values(recordersState ?? {}).includes('ACTIVE');
}

/** The number under which a participant is reached, without what a telephone system writes around it. */
export function numberOfParticipant(participant: CallMediaParticipant): string | null {
  const { address, ani, dnis, direction, purpose } = participant;
  const own = numberIn(address);
  if (own !== null) return own;
  // Only of somebody outside do the numbers of the leg say which is theirs: who called, or who was called.
  if (purpose !== 'CUSTOMER' && purpose !== 'EXTERNAL') return null;
  return numberIn(direction === 'OUTBOUND' ? dnis : ani);
}

/**
 * ```ts
 * numberIn('tel:+61370151234')               // '+61370151234'
 * numberIn('sip:+61370151234@10.0.0.1:5060') // '+61370151234'
 * numberIn('sip:iris@example.com')           // null
 * ```
 */
function numberIn(address: string | null): string | null {
  const [, number] = /^(?:(?:tel|sips?):)?(\+?[\d*#]+)(?:[@;].*)?$/.exec(address ?? '') ?? [];
  return number ?? null;
}
