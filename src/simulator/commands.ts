/**
 * The commands of Call Control to a party or a call that is there: who may give them, what they ask for,
 * what they do, and what happens by itself afterwards.
 *
 * A command to a party needs the viewer's own party, except where others are meant to act: picking up, supervising, and
 * for whoever takes part in a call also removing a party and ending it. Who may act for others, and does what they would,
 * is said by the setting `partyControl`.
 */
import { extensionById, extensionByNumber, flipTarget } from './account.ts';
import {
  type Action,
  act,
  type Call,
  type Callee,
  changeParty,
  connect,
  findParty,
  hangUp,
  isPresent,
  isRinging,
  leave,
  newLeg,
  type Party,
  type PartyCode,
  type PartyRef,
  type Recording,
  roomForGuest,
} from './call.ts';
import type { Extension } from './company/extension.ts';
import { mayMonitor, queueById } from './company/groups.ts';
import { destinationIn, endpointOf, ownDevice } from './dialing.ts';
import {
  type Body,
  exactlyOne,
  object,
  optionalChoice,
  optionalFlag,
  optionalNumber,
  text,
} from './fields.ts';
import { passOn } from './queueing.ts';
import { agreed, invalid, notFound, otherExtension, Refusal, wrongState } from './refusals.ts';
import { answersAfter, endVoicemail, join, partyAt, type Switchboard } from './switchboard.ts';

/** A command to a call: the switchboard it is given at, by whom, and what it says. */
export interface SessionCommand {
  readonly board: Switchboard;
  readonly viewer: Extension;
  readonly sessionId: string;
  readonly body: Body;
}

/** A command to one party. */
export interface PartyCommand extends SessionCommand {
  readonly partyId: string;
}

/** What a conference is called in `to`. */
export const CONFERENCE = { phoneNumber: 'conference', name: 'Conference' };

/** Hangs up for everybody; 404 for a call that is over already. */
export function dropSession({ board, viewer, sessionId }: Omit<SessionCommand, 'body'>): void {
  const call = board.call(sessionId);
  if (call.endedAt !== null) throw notFound('telephonySessionId');
  if (!takesPart(call, viewer) && !mayControl(board, viewer)) throw otherExtension();
  board.change(sessionId, hangUp);
}

/** The answer shows the phone still ringing; it is answered a moment later. */
export function answer(command: PartyCommand): Party {
  const { board, body } = command;
  const { owner } = ownParty(command);
  ownDevice(owner, body);
  const answering = apply(command, { name: 'answer' });
  answersAfter(board, board.settings.answerDelay, command);
  return answering;
}

/** Stops one user's phones. The caller does not notice. */
export function reject(command: PartyCommand): void {
  ownParty(command);
  if (apply(command, { name: 'reject' }).code === 'VoiceMail') endVoicemail(command.board, command);
}

/** Stops one agent's phones; those of others ring when no other does, or the caller waits again. */
export function ignore(command: PartyCommand): void {
  const { board, body, sessionId } = command;
  const { party, owner } = ownParty(command);
  ownDevice(owner, body);
  apply(command, { name: 'ignore' });
  const call = board.call(sessionId);
  const queue = queueById(party.to.extensionId ?? '');
  if (queue !== undefined && !call.parties.some(isRinging)) passOn(board, call, queue, owner);
}

/** The caller hears a message, and then the call is over. */
export function reply(command: PartyCommand): Party {
  const { board, body, sessionId, partyId } = command;
  ownParty(command);
  const [way] = exactlyOne(body, ['replyWithText', 'replyWithPattern']);
  if (way === 'replyWithText') text(body, way);
  else checkPattern(object(body, way));
  const replied = apply(command, { name: 'reply' });
  board.later(board.settings.answerDelay, () =>
    board.change(sessionId, (call, at) =>
      findParty(call, partyId)?.reason === 'CallReplied' ? leave(call, partyId, at, 'CallReplied') : call,
    ),
  );
  return replied;
}

/** A ringing call goes to somebody else. */
export function forward(command: PartyCommand): Party {
  ownParty(command);
  const { kind, to } = destinationIn(command.body, FORWARD_WAYS);
  if (kind === 'voicemail') {
    const party = apply(command, { name: 'forwardToVoicemail' });
    endVoicemail(command.board, command);
    return party;
  }
  return handOver(command, 'forward', to, 'Proceeding');
}

/** A call that is talked in goes to somebody else. */
export function transfer(command: PartyCommand): Party {
  ownParty(command);
  const { kind, to } = destinationIn(command.body, [...FORWARD_WAYS, 'parkOrbit']);
  if (kind === 'park') return apply(command, { name: 'transferToPark' });
  return handOver(command, 'transfer', to, kind === 'voicemail' ? 'VoiceMail' : 'Proceeding');
}

export function hold(command: PartyCommand): Party {
  ownParty(command);
  optionalChoice(command.body, 'proto', HOLD_PROTOCOLS);
  return apply(command, { name: 'hold' });
}

export function unhold(command: PartyCommand): Party {
  ownParty(command);
  return apply(command, { name: 'unhold' });
}

/** Mute has two documented bodies; the setting `muteBody` tells which ones are taken. */
export function update(command: PartyCommand): Party {
  const { board, body } = command;
  const { party: own } = ownParty(command);
  const { muteBody } = board.settings;
  const wrapped = body.party !== undefined;
  if (wrapped && muteBody === 'bare') throw invalid('party');
  if (!wrapped && muteBody === 'wrapped') throw invalid('muted', body.muted);
  const changes = wrapped ? object(body, 'party') : body;
  const muted = optionalFlag(changes, 'muted') ?? own.muted;
  const standAlone = optionalFlag(changes, 'standAlone') ?? own.standAlone;
  if (changes.muted === undefined && changes.standAlone === undefined) throw invalid('party');
  if (wrapped && muteBody === 'wrapped-ignored') return own;
  return apply(command, { name: 'update', muted, standAlone });
}

/** The viewer leaves two calls, and their far ends talk to each other. */
export function bridge(command: PartyCommand): Party {
  const { board, body, sessionId, partyId } = command;
  ownParty(command);
  const here = { sessionId, partyId };
  const there = { sessionId: text(body, 'telephonySessionId'), partyId: text(body, 'partyId') };
  if (there.sessionId === sessionId) throw invalid('telephonySessionId', sessionId);
  ownParty({ ...command, ...there });
  const at = board.now();
  const near = agreed(act(board.call(sessionId), partyId, { name: 'bridge', peer: there }, at));
  const far = agreed(act(board.call(there.sessionId), there.partyId, { name: 'bridge', peer: here }, at));
  board.put(near);
  board.put(far);
  return partyAt(board, here);
}

export function park(command: PartyCommand): Party {
  ownParty(command);
  return apply(command, { name: 'park', slot: command.board.parkSlot() });
}

/** The parked caller goes on in a new call, at the phone of whoever picks it up. */
export function pickup(command: PartyCommand): Party {
  const { board, viewer, body, sessionId, partyId } = command;
  const parked = partyAt(board, command);
  const device = ownDevice(viewer, body);
  if (parked.code !== 'Parked') throw wrongState();
  const to = { phoneNumber: parked.parkData || parked.to.phoneNumber };
  const from = endpointOf(viewer, device);
  const leg = newLeg(from, { extensionId: viewer.id, endpoint: to }, 'Proceeding');
  const opened = board.open({ origin: 'Call' });
  const party = join(board, opened, { ...leg, direction: 'Outbound', peer: { sessionId, partyId } });
  const caller = { extensionId: null, endpoint: parked.from };
  join(board, board.call(opened.id), newLeg(from, caller, 'Answered'));
  const here = { sessionId: opened.id, partyId: party.id };
  apply(command, { name: 'pickup', peer: here });
  answersAfter(board, board.settings.answerDelay, here);
  return party;
}

/** The call goes on at another phone of the same user; the old one leaves when the new one has answered. */
export function flip(command: PartyCommand): void {
  const { board, body, sessionId, partyId } = command;
  const { party: own, owner } = ownParty(command);
  const callFlipId = text(body, 'callFlipId');
  const phone = flipTarget(owner, callFlipId);
  if (phone === undefined) throw invalid('callFlipId', callFlipId);
  apply(command, { name: 'flip' });
  const endpoint = { ...endpointOf(owner), phoneNumber: phone.phoneNumber };
  const callee = { extensionId: owner.id, endpoint };
  const leg = join(board, board.call(sessionId), newLeg(own.from, callee, 'Proceeding'));
  board.later(board.settings.calleeAnswers, () =>
    board.change(sessionId, (call, at) => {
      const answered = connect(call, leg.id, at);
      if (answered === call) return call;
      return changeParty(answered, partyId, { code: 'Disconnected', reason: 'CallFlip' }, at);
    }),
  );
}

/** Whoever takes part may remove a party; with its host a conference ends, unless it shall be kept. */
export function removeParty(command: PartyCommand): void {
  const { board, viewer, sessionId } = command;
  const party = partyAt(board, command);
  const isOwn = party.extensionId === viewer.id || takesPart(board.call(sessionId), viewer);
  if (!isOwn && !mayControl(board, viewer)) throw otherExtension();
  const keepConferenceAlive = optionalFlag(command.body, 'keepConferenceAlive') ?? false;
  apply(command, { name: 'remove', keepConferenceAlive });
}

export function startRecording(command: PartyCommand): Recording {
  ownParty(command);
  const { recordings } = apply(command, {
    name: 'startRecording',
    recordingId: command.board.recordingId(),
  });
  const started = recordings.find(({ mode }) => mode === 'OnDemand');
  if (started === undefined) throw notFound('recordingId');
  return started;
}

/** Pauses and resumes. An automatic recording can be paused only with a feature that this account has not. */
export function updateRecording(command: PartyCommand & { readonly recordingId: string }): Recording {
  const { body, recordingId } = command;
  const recording = ownParty(command).party.recordings.find(({ id }) => id === recordingId);
  if (recording === undefined) throw notFound('recordingId');
  const active = optionalFlag(body, 'active');
  if (active === undefined) throw invalid('active');
  if (recording.mode === 'Automatic' && !active) {
    throw new Refusal(403, 'TAS-115', 'ACR mute is not supported for this call');
  }
  apply(command, { name: 'updateRecording', recordingId, active });
  return { ...recording, active };
}

/** The call of the host becomes a guest of the conference, which is `Gone` there soon and talks here. */
export function bringIn({ board, viewer, sessionId, body }: SessionCommand): Party {
  const refused = roomForGuest(board.call(sessionId));
  if (refused !== null) throw refused;
  const source = { sessionId: text(body, 'sessionId'), partyId: text(body, 'partyId') };
  if (source.sessionId === sessionId) throw invalid('sessionId', sessionId);
  const from = { board, viewer, body, ...source };
  const { owner } = ownParty(from);
  // Asked first, done last: the guest's id is known only when there is a guest.
  agreed(act(board.call(source.sessionId), source.partyId, { name: 'bringIn', peer: source }, board.now()));
  const leg = newLeg(
    endpointOf(owner, owner.devices[0]),
    { extensionId: null, endpoint: CONFERENCE },
    'Setup',
  );
  const guest = join(board, board.call(sessionId), { ...leg, conferenceRole: 'Participant', peer: source });
  apply(from, { name: 'bringIn', peer: { sessionId, partyId: guest.id } });
  board.later(board.settings.answerDelay, () =>
    board.change(sessionId, (call, at) =>
      findParty(call, guest.id)?.code === 'Setup' ? changeParty(call, guest.id, { code: 'Gone' }, at) : call,
    ),
  );
  return guest;
}

/** A supervisor listens to an agent, wherever in the call that agent is. */
export function superviseSession(command: SessionCommand): Party {
  const { board, body, sessionId } = command;
  const { parties } = board.call(sessionId);
  // The last one is what the second was called before; it still works.
  const [way, value] = exactlyOne(body, ['agentExtensionId', 'agentExtensionNumber', 'extensionNumber']);
  const agent = way === 'agentExtensionId' ? extensionById(String(value)) : extensionByNumber(String(value));
  if (agent === undefined) throw invalid(way, value);
  const own = parties.filter(({ extensionId }) => extensionId === agent.id);
  const party = own.find(({ code }) => code === 'Answered') ?? own[0];
  if (party === undefined) throw wrongState();
  return supervise({ ...command, partyId: party.id }, 'superviseSession');
}

/** A supervisor listens to one party, which must be the agent's. */
export function superviseParty(command: PartyCommand): Party {
  const party = partyAt(command.board, command);
  const agentExtensionId = text(command.body, 'agentExtensionId');
  if (party.extensionId !== agentExtensionId) throw invalid('agentExtensionId', agentExtensionId);
  return supervise(command, 'superviseParty');
}

const FORWARD_WAYS = ['phoneNumber', 'voicemail', 'extensionNumber', 'extensionId'] as const;
const HOLD_PROTOCOLS = ['Auto', 'RC', 'BroadWorks', 'DisconnectHolder', 'BroadWorksOrDisconnectHolder'];
const TIMED_PATTERNS = ['WillCallYouBack', 'CallMeBack'];
const PATTERNS = [
  ...TIMED_PATTERNS,
  'OnMyWay',
  'OnTheOtherLine',
  'WillCallYouBackLater',
  'CallMeBackLater',
  'InAMeeting',
  'OnTheOtherLineNoCall',
];

function checkPattern(body: Body): void {
  const pattern = optionalChoice(body, 'pattern', PATTERNS);
  if (pattern === undefined) throw invalid('pattern');
  const time = optionalNumber(body, 'time');
  optionalChoice(body, 'timeUnit', ['Minute', 'Hour', 'Day']);
  if (time !== undefined && !TIMED_PATTERNS.includes(pattern)) throw invalid('time', time);
}

/** The party leaves its place to another one in one step, so that the call is never without a second end. */
function handOver(command: PartyCommand, name: 'forward' | 'transfer', to: Callee, code: PartyCode): Party {
  const { board, sessionId, partyId } = command;
  const own = partyAt(board, command);
  const left = agreed(act(board.call(sessionId), partyId, { name }, board.now()));
  const other = left.parties.find(isPresent);
  const from = own.direction === 'Inbound' || other === undefined ? own.from : other.to;
  join(board, left, newLeg(from, to, code));
  return partyAt(board, command);
}

function supervise(command: PartyCommand, name: 'superviseParty' | 'superviseSession'): Party {
  const { board, viewer, body, sessionId } = command;
  const agent = partyAt(board, command);
  const owner = extensionById(agent.extensionId ?? '');
  if (owner === undefined || !mayMonitor(viewer, owner)) throw otherExtension();
  if (optionalChoice(body, 'mode', ['Listen']) === undefined) throw invalid('mode');
  const device = ownDevice(viewer, body, body.deviceId === undefined ? 'supervisorDeviceId' : 'deviceId');
  const autoAnswer = optionalFlag(body, 'autoAnswer') ?? true;
  const standAlone = optionalChoice(body, 'mediaSDP', ['sendOnly', 'sendRecv']) !== 'sendRecv';

  const endpoint = agent.direction === 'Inbound' ? agent.to : agent.from;
  const leg = newLeg(endpointOf(viewer, device), { extensionId: viewer.id, endpoint }, 'Setup');
  apply(command, { name, leg: { ...leg, direction: 'Outbound', standAlone } });
  const supervisor = board.call(sessionId).parties.at(-1);
  if (supervisor === undefined) throw notFound('partyId');
  if (autoAnswer) answersAfter(board, board.settings.answerDelay, { sessionId, partyId: supervisor.id });
  return supervisor;
}

/** Does what the state of the party allows, and answers the party as it is then. */
function apply(
  { board, sessionId, partyId }: PartyRef & { readonly board: Switchboard },
  action: Action,
): Party {
  board.put(agreed(act(board.call(sessionId), partyId, action, board.now())));
  return partyAt(board, { sessionId, partyId });
}

/**
 * The party, if the viewer may give it commands, and whose it is: of a phone outside the account the viewer's, who acts
 * for it.
 * @throws {Refusal} 404 when there is none, 403 when it is somebody else's.
 */
function ownParty({ board, viewer, sessionId, partyId }: PartyCommand): {
  readonly party: Party;
  readonly owner: Extension;
} {
  const party = partyAt(board, { sessionId, partyId });
  if (party.extensionId !== viewer.id && !mayControl(board, viewer)) throw otherExtension();
  return { party, owner: extensionById(party.extensionId ?? viewer.id) ?? viewer };
}

/** Whether somebody may give commands to the parties of others. */
function mayControl({ settings }: Switchboard, { role }: Extension): boolean {
  return settings.partyControl === 'everybody' || (settings.partyControl === 'admins' && role === 'admin');
}

function takesPart({ parties }: Pick<Call, 'parties'>, { id }: Extension): boolean {
  return parties.some(({ extensionId }) => extensionId === id);
}
