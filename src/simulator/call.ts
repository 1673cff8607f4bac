/**
 * A call: who is in it, and what each command does to it. Pure: a state goes in with what happened and
 * when, the next state comes out, or a refusal.
 *
 * The states of a party (RingCentral's names), and what moves it:
 *
 *            ring               connect             hold
 *     Setup ──────> Proceeding ─────────> Answered <──────> Hold
 *       │               │                 │   │     unhold   │
 *       └───────┬───────┘            park │   └──────┬───────┘
 *               │                         v          │
 *               │                      Parked        ├── bridge, bring-in ──> Gone
 *               │                         │          │                         ^
 *               │                         └── pickup ┼─────────────────────────┘
 *               │                                    │
 *               ├── reject, forward ──> VoiceMail    └── transfer, flip ──> Disconnected
 *               │
 *               └── ignore, reply, forward, reject ──> Disconnected
 *
 *     every state but Gone and Disconnected ── remove, drop ──> Disconnected
 *
 * `Gone` left for another call, and its peer tells where. A `Gone` participant of a conference is the
 * exception: it is there and talks, and it ends as `Disconnected` like everybody else.
 */
import { isDeepStrictEqual } from 'node:util';
import { notAllowed, notFound, type Refusal, wrongState } from './refusals.ts';

/** The states that RingCentral publishes. */
export const PARTY_CODES = [
  'Setup',
  'Proceeding',
  'Answered',
  'Hold',
  'Parked',
  'VoiceMail',
  'VoiceMailScreening',
  'FaxReceive',
  'Tds',
  'Gone',
  'Disconnected',
] as const;
export type PartyCode = (typeof PARTY_CODES)[number];

/** A person or a phone, as a call shows it. */
export interface Endpoint {
  readonly phoneNumber: string;
  readonly name?: string;
  readonly extensionId?: string;
  readonly deviceId?: string;
}

export interface Recording {
  readonly id: string;
  readonly active: boolean;
  readonly mode: 'Automatic' | 'OnDemand';
}

/** A party of some session. */
export interface PartyRef {
  readonly sessionId: string;
  readonly partyId: string;
}

/** One participant of a call. */
export interface Party {
  readonly id: string;
  /** Whose party it is; null for a phone outside the account. */
  readonly extensionId: string | null;
  readonly direction: 'Inbound' | 'Outbound';
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** One of `PARTY_CODES`, unless somebody moved it to a state that is not published. */
  readonly code: string;
  readonly reason: string | null;
  readonly parkData: string | null;
  /** The party of another call that it is tied to; shown while it is `Gone`. */
  readonly peer: PartyRef | null;
  readonly muted: boolean;
  readonly standAlone: boolean;
  readonly queueCall: boolean;
  readonly conferenceRole: 'Host' | 'Participant' | null;
  /** The party it listens to, for a supervisor. */
  readonly supervises: string | null;
  readonly recordings: readonly Recording[];
}

export interface Call {
  readonly id: string;
  /** The older numeric id, as presence and the call log show it. */
  readonly legacyId: string;
  readonly origin: 'Call' | 'CallOut' | 'Conference';
  readonly voiceCallToken: string | null;
  readonly createdAt: number;
  readonly changedAt: number;
  /** When the last party left; null while somebody is there. */
  readonly endedAt: number | null;
  readonly parties: readonly Party[];
}

/** Whom a new leg rings. */
export interface Callee {
  readonly extensionId: string | null;
  readonly endpoint: Endpoint;
}

/** A command to one party. */
export type Action =
  | { readonly name: 'answer' | 'reject' | 'ignore' | 'reply' | 'hold' | 'unhold' | 'flip' }
  /** The party leaves its place to another one, who is called next. */
  | { readonly name: 'forward' | 'transfer' }
  | { readonly name: 'forwardToVoicemail' }
  /** To a park location, where a parked call has no number. */
  | { readonly name: 'transferToPark' }
  | { readonly name: 'update'; readonly muted?: boolean; readonly standAlone?: boolean }
  | { readonly name: 'park'; readonly slot: string }
  | { readonly name: 'pickup' | 'bridge' | 'bringIn'; readonly peer: PartyRef }
  | { readonly name: 'startRecording'; readonly recordingId: string }
  | { readonly name: 'updateRecording'; readonly recordingId: string; readonly active: boolean }
  | { readonly name: 'remove'; readonly keepConferenceAlive: boolean }
  | { readonly name: 'superviseParty' | 'superviseSession'; readonly leg: Omit<Party, 'id'> };
export type ActionName = Action['name'];

/** At most so many guests fit into a conference. */
export const CONFERENCE_GUESTS = 10;

/** Does what a command asks of a party, or tells why not. */
export function act(call: Call, partyId: string, action: Action, at: number): Call | Refusal {
  const party = findParty(call, partyId);
  if (party === undefined) return notFound('partyId');
  if (!PRECONDITIONS[action.name](party, call)) return wrongState();
  const change = (changes: Partial<Party>) => changeParty(call, partyId, changes, at);

  switch (action.name) {
    case 'answer':
      // The phone is told to answer; it has answered when it connects.
      return change({ code: 'Proceeding' });
    case 'reject':
      // Rejecting does not hang up: the next phone rings on, and after the last one it is the voicemail's turn.
      return call.parties.some((other) => other !== party && isRinging(other))
        ? change({ code: 'Disconnected', reason: 'Rejected' })
        : change({ code: 'VoiceMail' });
    case 'ignore':
      return change({ code: 'Disconnected' });
    case 'reply':
      // The caller hears the message first.
      return change({ reason: 'CallReplied' });
    case 'forward':
    case 'transfer':
      return change({ code: 'Disconnected', reason: 'BlindTransfer' });
    case 'forwardToVoicemail':
      return change({ code: 'VoiceMail' });
    case 'flip':
      // The old phone stays until the new one has answered.
      return call;
    case 'transferToPark':
      return change({ code: 'Parked', reason: 'ParkLocation', parkData: '' });
    case 'hold':
      return change({ code: 'Hold' });
    case 'unhold':
      return change({ code: 'Answered' });
    case 'update':
      return change({
        muted: action.muted ?? party.muted,
        standAlone: action.standAlone ?? party.standAlone,
      });
    case 'park':
      return change({ code: 'Parked', parkData: action.slot });
    case 'pickup':
      // A call in a park location ends there when it is picked up; one in a slot goes to whoever picked it up.
      return change({
        code: party.parkData === '' ? 'Disconnected' : 'Gone',
        reason: 'Pickup',
        peer: action.peer,
      });
    case 'bridge':
      return change({ code: 'Gone', reason: 'AttendedTransfer', peer: action.peer });
    case 'bringIn':
      if (party.recordings.some(({ active }) => active)) return wrongState();
      return change({ code: 'Gone', reason: 'Conference', peer: action.peer });
    case 'startRecording':
      return change({ recordings: startRecording(party, action.recordingId) });
    case 'updateRecording':
      return updateRecording(call, party, action, at);
    case 'remove':
      return remove(call, party, action.keepConferenceAlive, at);
    case 'superviseParty':
    case 'superviseSession':
      return addParty(call, { ...action.leg, supervises: partyId }, at);
  }
}

/** Whether the state of a party allows an action: the rules that `act` keeps. */
export const PRECONDITIONS: {
  readonly [Name in ActionName]: (party: Party, call: Call) => boolean;
} = {
  answer: isRinging,
  reject: isRinging,
  ignore: (party) => isRinging(party) && party.queueCall,
  reply: isRinging,
  forward: isRinging,
  forwardToVoicemail: isRinging,
  transfer: isTalking,
  transferToPark: isTalking,
  hold: (party, call) => party.code === 'Answered' && farEndHears(party, call),
  unhold: (party) => party.code === 'Hold',
  update: isTalking,
  park: (party) => party.code === 'Answered' && party.direction === 'Inbound',
  pickup: (party) => party.code === 'Parked',
  bridge: isTalking,
  bringIn: isTalking,
  flip: (party) => party.code === 'Answered',
  startRecording: (party) => party.code === 'Answered' && party.conferenceRole === null,
  updateRecording: isTalking,
  remove: isPresent,
  superviseParty: (party, call) => isSupervisable(party, call) && call.parties.filter(isPresent).length <= 2,
  superviseSession: isSupervisable,
};

/** Whether a conference takes another guest: 403 until its host is there, 409 when it is full or none at all. */
export function roomForGuest(conference: Call): Refusal | null {
  if (conference.origin !== 'Conference' || conference.endedAt !== null) return wrongState();
  const host = conference.parties.find(({ conferenceRole }) => conferenceRole === 'Host');
  if (host === undefined || !isPresent(host)) return notAllowed();
  const guests = conference.parties.filter((party) => party !== host && isPresent(party));
  return guests.length < CONFERENCE_GUESTS ? null : wrongState();
}

/** A phone that rings is picked up: the caller is connected, and the other agents of a queue stop ringing. */
export function connect(call: Call, partyId: string, at: number): Call {
  const answering = findParty(call, partyId);
  if (answering === undefined || !isWaiting(answering)) return call;
  const parties = call.parties.map((party, index): Party => {
    if (party.id === partyId) return become(party, { code: 'Answered' });
    if (party.queueCall && isRinging(party)) {
      return become(party, { code: 'Disconnected', reason: 'AgentAnswered' });
    }
    return index === 0 && isWaiting(party) ? become(party, { code: 'Answered' }) : party;
  });
  return next(call, parties, at);
}

/** A phone begins to ring. */
export function ring(call: Call, partyId: string, at: number): Call {
  return findParty(call, partyId)?.code === 'Setup'
    ? changeParty(call, partyId, { code: 'Proceeding' }, at)
    : call;
}

/** Everybody leaves. */
export function hangUp(call: Call, at: number, reason: string | null = null): Call {
  if (call.endedAt !== null) return call;
  const parties = call.parties.map((party) =>
    isPresent(party) ? become(party, { code: 'Disconnected', reason }) : party,
  );
  return { ...next(call, parties, at), endedAt: at };
}

/** A party leaves; when only one end is left, it leaves too. */
export function leave(call: Call, partyId: string, at: number, reason: string | null = null): Call {
  const left = changeParty(call, partyId, { code: 'Disconnected', reason }, at);
  return isLonely(left) ? hangUp(left, at) : left;
}

/** Another party joins; its id follows from how many were there before. */
export function addParty(call: Call, party: Omit<Party, 'id'>, at: number): Call {
  const id = partyIdOf(call.id, call.parties.length + 1);
  return next(call, [...call.parties, { ...party, id }], at);
}

/** The party with some of its facts changed, whatever its state. */
export function changeParty(call: Call, partyId: string, changes: Partial<Party>, at: number): Call {
  const parties = call.parties.map((party) => (party.id === partyId ? become(party, changes) : party));
  return isDeepStrictEqual(parties, call.parties) ? call : next(call, parties, at);
}

/** A leg towards somebody who is being called. */
export function newLeg(from: Endpoint, to: Callee, code: PartyCode): Omit<Party, 'id'> {
  return {
    extensionId: to.extensionId,
    direction: 'Inbound',
    from,
    to: to.endpoint,
    code,
    reason: null,
    parkData: null,
    peer: null,
    muted: false,
    standAlone: false,
    queueCall: false,
    conferenceRole: null,
    supervises: null,
    recordings: [],
  };
}

/** The id of the n-th party of a session: `partyIdOf('s-a1z2z30000', 2)` is `p-a1z2z30000-2`. */
export function partyIdOf(sessionId: string, position: number): string {
  return `p-${sessionId.slice(2)}-${position}`;
}

export function findParty(call: Pick<Call, 'parties'>, partyId: string): Party | undefined {
  return call.parties.find(({ id }) => id === partyId);
}

/** In the call now, talking or not. */
export function isPresent(party: Party): boolean {
  if (party.code === 'Gone') return party.conferenceRole === 'Participant';
  return party.code !== 'Disconnected';
}

/** Being called and not yet answered. */
export function isRinging(party: Party): boolean {
  return party.direction === 'Inbound' && isWaiting(party);
}

/** What belongs to a state ends with it: the reason for it, and the number to pick a parked call up. */
function become(party: Party, changes: Partial<Party>): Party {
  const changed = { ...party, ...changes };
  if (changed.code !== 'Parked') changed.parkData = null;
  if (changes.code !== undefined && changes.reason === undefined) changed.reason = null;
  return changed;
}

function isWaiting(party: Party): boolean {
  return party.code === 'Setup' || party.code === 'Proceeding';
}

function isTalking(party: Party): boolean {
  return party.code === 'Answered' || party.code === 'Hold';
}

function isSupervisable(party: Party, call: Call): boolean {
  const supervised = call.parties.some((other) => other.supervises !== null && isPresent(other));
  return party.code === 'Answered' && !supervised;
}

/** Codes of an end that does not hear: nobody is there yet, or a machine. */
const DEAF: readonly string[] = ['Setup', 'Proceeding', 'VoiceMail', 'VoiceMailScreening', 'FaxReceive'];

/** Hold fails while the other end is called, rings or is a machine, and when nobody has been reached yet. */
function farEndHears(party: Party, call: Call): boolean {
  const others = call.parties.filter((other) => other !== party && isPresent(other));
  if (others.length === 0) return party.direction === 'Inbound';
  return others.some(({ code }) => !DEAF.includes(code));
}

function isLonely(call: Call): boolean {
  if (call.origin === 'Conference') return false;
  const ends = call.parties.filter((party) => isPresent(party) && party.supervises === null);
  const tied = call.parties.some(({ code, peer }) => code === 'Gone' && peer !== null);
  return ends.length < 2 && !tied;
}

/** Started again, the recording goes on: a party has one recording of its own. */
function startRecording(party: Party, recordingId: string): readonly Recording[] {
  const own = party.recordings.find(({ mode }) => mode === 'OnDemand');
  if (own === undefined) return [...party.recordings, { id: recordingId, active: true, mode: 'OnDemand' }];
  return party.recordings.map((recording) => (recording === own ? { ...own, active: true } : recording));
}

function updateRecording(
  call: Call,
  party: Party,
  { recordingId, active }: Pick<Recording, 'active'> & { readonly recordingId: string },
  at: number,
): Call | Refusal {
  if (!party.recordings.some(({ id }) => id === recordingId)) return notFound('recordingId');
  const recordings = party.recordings.map((recording) =>
    recording.id === recordingId ? { ...recording, active } : recording,
  );
  return changeParty(call, party.id, { recordings }, at);
}

function remove(call: Call, party: Party, keepConferenceAlive: boolean, at: number): Call {
  if (party.conferenceRole === 'Host' && !keepConferenceAlive) return hangUp(call, at);
  return leave(call, party.id, at);
}

/** The call with other parties: the one place where a state is made from the one before. */
function next(call: Call, parties: readonly Party[], at: number): Call {
  const over = parties.length > 0 && !parties.some(isPresent);
  return { ...call, parties, changedAt: at, endedAt: over ? (call.endedAt ?? at) : null };
}
