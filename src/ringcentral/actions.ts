/**
 * What a party's state allows: RingCentral's preconditions as far as they show in the call itself.
 *
 * A device that is offline, a feature that the account lacks, a park orbit that is full, and whether a user may command
 * the parties of others (an administrator may, as a rule) show only in RingCentral's answer, so `allowed` means "worth
 * trying", and a refusal stays possible. Nothing is ruled out because a party is somebody else's, but what RingCentral
 * publishes as possible with own legs alone: to park, to bridge, to bring in.
 */
import { CALL_ACTIONS, type CallAction } from '../../schema/failures.ts';
import { type CallParty, type CallSession, isOver, type PartyStatusCode } from '../../schema/model.ts';
import type { AvailableAction, Command, CommandName } from '../../schema/provider.ts';
import { all, when as met, type Rule as RuleOf } from '../upstream/rules.ts';

/** Every action with the reason to show where the state forbids it. `extensionId` is the viewer's; null where it is not known. */
export function availableActions(
  session: CallSession,
  party: CallParty,
  extensionId: string | null,
): readonly AvailableAction[] {
  const facts = { session, party, extensionId };
  return CALL_ACTIONS.map((action) => {
    const reason = RULES[action](facts);
    return { action, allowed: reason === null, reason };
  });
}

/**
 * All that {@link availableActions} says, in one text to compare: equal texts, equal answers. A letter for each action,
 * because every watched call keeps one for each party.
 */
export function outlookOf(session: CallSession, party: CallParty, extensionId: string | null): string {
  const facts = { session, party, extensionId };
  // One text, not one for each letter more: it is worked out for each party of each body.
  RULES_IN_ORDER.forEach((rule, index) => {
    letters[index] = letterOf(rule(facts));
  });
  const outlook = String.fromCharCode(...letters);
  return OUTLOOKS.get(outlook) ?? remembered(outlook);
}

/** Those of the outlook that is being worked out. */
const letters: number[] = [];

/** The code of the letter of each reason; there are as many as the rules below have. */
const LETTERS = new Map<string | null, number>();

function letterOf(reason: string | null): number {
  const known = LETTERS.get(reason);
  if (known !== undefined) return known;
  const letter = FIRST_LETTER + LETTERS.size;
  LETTERS.set(reason, letter);
  return letter;
}

/** Thousands of calls look forward to the same few things: they share the texts. */
const OUTLOOKS = new Map<string, string>();
const MOST_OUTLOOKS = 1_000;
const FIRST_LETTER = 0x41;

function remembered(outlook: string): string {
  if (OUTLOOKS.size < MOST_OUTLOOKS) OUTLOOKS.set(outlook, outlook);
  return outlook;
}

/** The names of the actions that the state allows. */
export function allowedActions(
  session: CallSession,
  party: CallParty,
  extensionId: string | null,
): readonly CallAction[] {
  const facts = { session, party, extensionId };
  return CALL_ACTIONS.filter((action) => RULES[action](facts) === null);
}

/** Why the state forbids what a command asks of a party; null where nothing in the call itself speaks against it. */
export function reasonAgainst(
  command: Command,
  session: CallSession,
  party: CallParty,
  extensionId: string | null,
): string | null {
  const action = ACTION_OF[command.name];
  return action === null ? null : RULES[action]({ session, party, extensionId });
}

/** The action that each command is; null where it begins a call of its own. */
const ACTION_OF: { readonly [Name in CommandName]: CallAction | null } = {
  makeCallOut: null,
  createConference: null,
  dropCallSession: 'DROP_SESSION',
  superviseCallSession: 'SUPERVISE',
  bringInCallParty: 'BRING_IN',
  answerCallParty: 'ANSWER',
  rejectCallParty: 'REJECT',
  ignoreCallInQueue: 'IGNORE',
  replyToCallParty: 'REPLY',
  forwardCallParty: 'FORWARD',
  pickupCallParty: 'PICKUP',
  holdCallParty: 'HOLD',
  unholdCallParty: 'UNHOLD',
  updateCallParty: 'UPDATE',
  muteCallParty: 'MUTE',
  unmuteCallParty: 'UNMUTE',
  transferCallParty: 'TRANSFER',
  bridgeCallParty: 'BRIDGE',
  parkCallParty: 'PARK',
  flipCallParty: 'FLIP',
  removeCallParty: 'REMOVE',
  superviseCallParty: 'SUPERVISE',
  startCallRecording: 'START_RECORDING',
  pauseCallRecording: 'PAUSE_RECORDING',
  resumeCallRecording: 'RESUME_RECORDING',
};

interface Facts {
  readonly session: CallSession;
  readonly party: CallParty;
  readonly extensionId: string | null;
}

type Rule = RuleOf<Facts>;

/** {@link met}, of these facts. */
const when: (met: (facts: Facts) => boolean, reason: string) => Rule = met;

/** Only of what RingCentral publishes as possible with own legs alone. */
const own = when(
  ({ party, extensionId }) => extensionId === null || party.extensionId === extensionId,
  'Only the user whose party this is can do that.',
);
const present = when(({ party }) => isPresent(party), 'This party has left the call.');
const inbound = when(({ party }) => party.direction === 'INBOUND', 'Only possible for an incoming call.');
const ringing = when(
  ({ party }) => party.status.code === 'SETUP' || party.status.code === 'PROCEEDING',
  'Only possible while the call rings.',
);
const answered = when(
  ({ party }) => party.status.code === 'ANSWERED',
  'Only possible while the party is talking: not while it rings, is on hold, or has left.',
);
const connected = when(
  ({ party }) => party.status.code === 'ANSWERED' || party.status.code === 'HOLD',
  'Only possible once the call has been answered, and before it ends.',
);
const onHold = when(({ party }) => party.status.code === 'HOLD', 'The party is not on hold.');
const parked = when(({ party }) => party.status.code === 'PARKED', 'The party is not parked.');
const queueCall = when(
  ({ party }) => party.attributes?.queueCall === true,
  'Only possible for a call that a call queue distributes.',
);
const noConference = when(
  ({ session, party }) => session.originType !== 'CONFERENCE' && party.conferenceRole === null,
  'RingCentral cannot record a conference.',
);

/**
 * Hold fails while the far end is called, still rings or is a voicemail box, and where there is no far end at all. A
 * party that is called beside one that talks, such as a supervisor, is no far end. Of the parties of others that is left to
 * RingCentral: what each of them may do would change, and be told, whenever the viewer's own party moves.
 */
const farEndTalks = when(({ session, party, extensionId }) => {
  if (extensionId !== null && party.extensionId !== extensionId) return true;
  const others = session.parties.filter((other) => other.id !== party.id && isPresent(other));
  if (others.length === 0) return party.direction !== 'OUTBOUND';
  return others.some(({ status }) => !NOT_TALKING.has(status.code));
}, 'Not possible before the other end has answered.');

/** States of a far end that cannot be put on hold: nobody is there yet, or a machine. */
const NOT_TALKING: ReadonlySet<PartyStatusCode> = new Set([
  'SETUP',
  'PROCEEDING',
  'VOICE_MAIL',
  'VOICE_MAIL_SCREENING',
  'FAX_RECEIVE',
]);

const ringingInbound = all(inbound, ringing);

const RULES: { readonly [Action in CallAction]: Rule } = {
  ANSWER: ringingInbound,
  REJECT: ringingInbound,
  IGNORE: all(queueCall, inbound, ringing),
  REPLY: ringingInbound,
  FORWARD: ringingInbound,
  PICKUP: parked,
  HOLD: all(answered, farEndTalks),
  UNHOLD: onHold,
  UPDATE: connected,
  // Where it is not known whether the party is muted, both are worth trying.
  MUTE: all(
    connected,
    when(({ party }) => party.muted !== true, 'The party is muted already.'),
  ),
  UNMUTE: all(
    connected,
    when(({ party }) => party.muted !== false, 'The party is not muted.'),
  ),
  TRANSFER: connected,
  BRIDGE: all(own, connected),
  PARK: all(own, inbound, answered),
  FLIP: answered,
  REMOVE: present,
  SUPERVISE: all(
    when(
      ({ party, extensionId }) => party.extensionId !== null && party.extensionId !== extensionId,
      'Only the call of another user can be supervised.',
    ),
    answered,
    // A supervisor who listens already is the third.
    when(
      ({ session }) => session.parties.filter(isPresent).length <= 2,
      'Only a call of two can be supervised by the party; a larger one only as a whole.',
    ),
  ),
  START_RECORDING: all(
    noConference,
    answered,
    when(({ party }) => !isRecorded(party), 'The call is being recorded already.'),
    // It has one recording, which goes on: another start would only resume it.
    when(({ party }) => party.recordings.length === 0, 'The recording is paused: resume it.'),
  ),
  PAUSE_RECORDING: all(
    connected,
    when(({ party }) => isRecorded(party), 'Nothing is being recorded.'),
  ),
  RESUME_RECORDING: all(
    connected,
    when(({ party }) => party.recordings.some(({ active }) => !active), 'There is no paused recording.'),
  ),
  BRING_IN: all(
    own,
    connected,
    when(({ party }) => !isRecorded(party), 'A call that is being recorded cannot join a conference.'),
  ),
  DROP_SESSION: when(
    ({ session }) => session.parties.length === 0 || session.parties.some(isPresent),
    'The call is over.',
  ),
};

const RULES_IN_ORDER: readonly Rule[] = CALL_ACTIONS.map((action) => RULES[action]);

/** A participant of a conference is `GONE` and there all the same. */
function isPresent({ status, conferenceRole }: CallParty): boolean {
  return !isOver(status) || (status.code === 'GONE' && conferenceRole === 'PARTICIPANT');
}

function isRecorded({ recordings }: CallParty): boolean {
  return recordings.some(({ active }) => active);
}
