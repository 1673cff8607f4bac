/**
 * What a conversation tells about a command that Genesys Cloud accepted, or whose answer never came.
 *
 * An accepted command (202) is not done yet, and may never be. Here stands, for each command, what its effect looks like.
 * Seeing the effect where it was not before proves `APPLIED`; not seeing it proves nothing, because Genesys may still be
 * at work, so the answer is `UNKNOWN` then, and never `NOT_APPLIED`.
 *
 * ```text
 *   before   accepted   seen            before   accepted   seen
 *   ─ talks ──●───────── held ──► APPLIED  ─ held ──●───────── held ──► UNKNOWN: it was so before
 * ```
 */
import {
  type CallConversation,
  type CallMediaParticipant,
  findParticipant,
  hasLeft,
  isConversationOver,
  type ParticipantAddress,
} from '../../schema/genesys/model.ts';
import type {
  ConferenceTarget,
  ConversationCommand,
  ConversationCommandName,
  ConversationCommandOf,
} from '../../schema/genesys/provider.ts';
import { consultedAbout } from './consulting.ts';

/** What is known of a conversation after a command. */
export interface Evidence {
  /** The conversation as it is now; null when Genesys knows it no more. */
  readonly conversation: CallConversation | null;
  /** The same right before the command; null where nobody saw it. */
  readonly before: CallConversation | null;
  /** The user who gave the command; null where that is not known. */
  readonly userId: string | null;
  /** Who or what the answer said that it made: the conversation of a new call, the participant who is asked in a consult. */
  readonly madeId: string | null;
  /** Whether after-call work was asked for on the communication that is meant, before and now: only a read of all media tells. */
  readonly afterCallWork?: WorkSeen | undefined;
}

/** Null where that is not known. */
export interface WorkSeen {
  readonly before: boolean | null;
  readonly now: boolean | null;
}

/** True for a command whose effect a conversation can show at all. */
export function isVisible(command: ConversationCommand): boolean {
  return EFFECTS[command.name].kind === 'visible';
}

/**
 * False where what notifications told of how it was before does not do: to complete a consultation that is over already is
 * to hang up; transfers, drafts of wrap-ups and data of the telephone network are told by reads alone.
 */
export function isToldEnough(command: ConversationCommand): boolean {
  switch (command.name) {
    case 'completeConsultTransfer':
    case 'wrapUpCallMediaParticipant':
    case 'setCallMediaParticipantUuiData':
      return false;
    case 'transferCallMediaParticipant':
      return command.transferType !== 'ATTENDED';
    default:
      return true;
  }
}

/**
 * Null when the state shows the effect of the command, and did not show it before: then it was applied. Else why that is
 * not known. `evidence` is null when the conversation could not be seen after the command; `madeId` as it has it.
 */
export function doubtAbout(
  command: ConversationCommand,
  evidence: Evidence | null,
  madeId: string | null = evidence?.madeId ?? null,
): string | null {
  const effect = EFFECTS[command.name] as Effect<ConversationCommandName>;
  if (effect.kind === 'invisible') return effect.because;
  if (evidence === null) return isNew(command) && madeId === null ? LOST_ID : NOT_READ;
  if (!effect.seen(command, evidence)) {
    return evidence.madeId === null && isNew(command) ? LOST_ID : 'the conversation does not show it';
  }
  // What the answer made was not there before.
  if (evidence.madeId !== null) return null;
  if (evidence.before === null) return 'nobody saw how the conversation was before';
  const { before, userId, afterCallWork } = evidence;
  return showedBefore(command, before, userId, afterCallWork?.before) ? SHOWN_BEFORE : null;
}

/** True where the conversation shows the effect already, so that nothing could be told by it afterwards. */
export function showedBefore(
  command: ConversationCommand,
  before: CallConversation,
  userId: string | null,
  work: boolean | null = null,
): boolean {
  const effect = EFFECTS[command.name] as Effect<ConversationCommandName>;
  const afterCallWork = { before: work, now: work };
  const evidence = { conversation: before, before, userId, madeId: null, afterCallWork };
  return effect.kind === 'visible' && effect.seen(command, evidence);
}

/** True for a command that makes a conversation of its own. */
export function isNew({ name }: ConversationCommand): boolean {
  return name === 'placeCall' || name === 'startCallConference';
}

const LOST_ID =
  'a new conversation has an id that only the lost answer held; look at the conversations before you try again';
const NOT_READ = 'the conversation could not be read again';
const SHOWN_BEFORE = 'the conversation showed the same before';

type Effect<Name extends ConversationCommandName> =
  | {
      readonly kind: 'visible';
      readonly seen: (command: ConversationCommandOf<Name>, evidence: Evidence) => boolean;
    }
  | { readonly kind: 'invisible'; readonly because: string };

const EFFECTS: { readonly [Name in ConversationCommandName]: Effect<Name> } = {
  placeCall: made(),
  startCallConference: made(),
  mergeCallConversations: visible((_, evidence) => newcomers(evidence).length > 0),
  addCallMediaParticipants: visible(({ participants }, evidence) => {
    const came = [...newcomers(evidence)];
    return participants.every((target) => {
      const place = came.findIndex((participant) => isMeant(participant, target));
      if (place !== -1) came.splice(place, 1);
      return place !== -1;
    });
  }),
  pauseCallConversationRecording: visible((_, { conversation }) => isPaused(conversation)),
  resumeCallConversationRecording: visible(
    (_, { conversation }) =>
      conversation !== null && conversation.recordingState === 'ACTIVE' && conversation.securePause !== true,
  ),
  disconnectCallConversation: visible((_, { conversation }) => isGone(conversation)),
  tearDownCallConversation: visible((_, { conversation }) => isGone(conversation)),
  answerCallMediaParticipant: onParticipant(({ state }) => state === 'CONNECTED'),
  disconnectCallMediaParticipant: visible(
    ({ participantId }, { conversation }) =>
      conversation === null || leftIn(conversation, participantId) === true,
  ),
  holdCallMediaParticipant: onPresent(({ held }) => held === true),
  unholdCallMediaParticipant: onPresent(({ held }) => held === false),
  muteCallMediaParticipant: onPresent(({ muted }) => muted === true),
  unmuteCallMediaParticipant: onPresent(({ muted }) => muted === false),
  confineCallMediaParticipant: onPresent(({ confined }) => confined === true),
  unconfineCallMediaParticipant: onPresent(({ confined }) => confined === false),
  // Genesys may cut what is less than a second.
  scheduleCallMediaParticipantResume: onParticipant(
    (participant, _, { resumeTime }) =>
      participant.resumeTime !== null &&
      Math.floor(participant.resumeTime / 1_000) === Math.floor(resumeTime / 1_000),
  ),
  startRecordingCallMediaParticipant: onPresent((participant, _, { type }) =>
    type === 'SNIPPET'
      ? participant.recordersState?.snippetState === 'ACTIVE'
      : participant.recording === true || participant.recordersState?.adhocState === 'ACTIVE',
  ),
  stopRecordingCallMediaParticipant: onPresent((participant, _, { type }) => {
    const { recordersState, recording } = participant;
    if (type === 'SNIPPET') return isStopped(recordersState?.snippetState ?? null);
    return recording === false && recordersState?.adhocState !== 'ACTIVE';
  }),
  sendDigitsToCallMediaParticipant: {
    kind: 'invisible',
    because: 'a conversation does not show which digits were sent',
  },
  transferCallMediaParticipant: visible(
    ({ participantId, transferType }, evidence) =>
      wasTransferred(participantIn(evidence, participantId)) ||
      // Whoever waits for the target to accept stays until then.
      (transferType === 'ATTENDED' && hasNewTransfer(evidence)),
  ),
  startConsultTransfer: visible(({ participantId }, evidence) => {
    const { conversation, madeId, userId } = evidence;
    if (conversation === null) return false;
    if (madeId !== null) return findParticipant(conversation, madeId) !== undefined;
    const asked = consultedAbout(conversation, participantId, userId);
    return newcomers(evidence).some((one) => asked.includes(one));
  }),
  // Whoever is not spoken to waits.
  speakToInConsultTransfer: onPresent((object, { conversation, userId }, { speakTo }) => {
    const asked = conversation === null ? [] : consultedAbout(conversation, object.id, userId);
    return (
      asked.length > 0 &&
      object.held === (speakTo === 'DESTINATION') &&
      asked.every(({ held }) => held === (speakTo === 'OBJECT'))
    );
  }),
  // The viewer is gone, the customer is not, and has somebody to talk to: who was asked may have hung up first.
  completeConsultTransfer: visible(({ participantId }, evidence) => {
    const { conversation, before, userId } = evidence;
    if (conversation === null || before === null || userId === null) return false;
    const own = before.participants.filter((one) => one.user?.id === userId && !hasLeft(one));
    if (own.length === 0 || !own.every(({ id }) => leftIn(conversation, id) === true)) return false;
    const asked = consultedAbout(before, participantId, userId);
    const isTaken =
      asked.some(({ id }) => leftIn(conversation, id) === false) || newcomers(evidence).length > 0;
    return isTaken && leftIn(conversation, participantId) === false;
  }),
  cancelConsultTransfer: visible(({ participantId }, { conversation, before, userId }) => {
    if (conversation === null || before === null) return false;
    const asked = consultedAbout(before, participantId, userId);
    const isOver = asked.length > 0 && asked.every(({ id }) => leftIn(conversation, id) === true);
    return isOver && leftIn(conversation, participantId) === false;
  }),
  wrapUpCallMediaParticipant: onParticipant(({ wrapup }, _, command) => {
    if (wrapup === null) return false;
    const { code, notes, provisional } = command;
    return (
      (code === undefined || wrapup.code === code) &&
      (notes === undefined || wrapup.notes === notes) &&
      // One that was saved to be finished later often has the code already with which it is finished.
      (provisional === true ? wrapup.provisional !== false : wrapup.provisional !== true)
    );
  }),
  skipWrapUpCallMediaParticipant: onParticipant(({ wrapupSkipped }) => wrapupSkipped === true),
  setCallMediaParticipantAfterCallWork: visible(
    ({ required }, { afterCallWork }) => afterCallWork?.now === required,
  ),
  flagCallMediaParticipant: onParticipant(({ flaggedReason }) => flaggedReason !== null),
  unflagCallMediaParticipant: onParticipant(({ flaggedReason }) => flaggedReason === null),
  monitorCallMediaParticipant: joins((one) => one.monitoredParticipantId),
  coachCallMediaParticipant: joins((one) => one.coachedParticipantId),
  bargeCallMediaParticipant: joins((one) => one.bargedParticipantId),
  setCallMediaParticipantAttributes: onParticipant((participant, _, { attributes }) =>
    attributes.every(({ name, value }) =>
      participant.attributes.some((one) => one.name === name && one.value === value),
    ),
  ),
  setCallMediaParticipantUuiData: onParticipant(
    (participant, _, { uuiData }) => (participant.uuiData ?? '') === uuiData,
  ),
};

function visible<Name extends ConversationCommandName>(
  seen: (command: ConversationCommandOf<Name>, evidence: Evidence) => boolean,
): Effect<Name> {
  return { kind: 'visible', seen };
}

/** Shown by what the answer named, and by nothing where it named nothing. */
function made<Name extends 'placeCall' | 'startCallConference'>(): Effect<Name> {
  return visible((_, { conversation, madeId }) => madeId !== null && conversation?.id === madeId);
}

/** An effect that shows on the participant that the command addressed. */
function onParticipant<Name extends ConversationCommandName>(
  seen: (
    participant: CallMediaParticipant,
    evidence: Evidence,
    command: ConversationCommandOf<Name> & ParticipantAddress,
  ) => boolean,
): Effect<Name> {
  return visible((command, evidence) => {
    const address = command as ConversationCommandOf<Name> & ParticipantAddress;
    const participant = participantIn(evidence, address.participantId);
    return participant !== undefined && seen(participant, evidence, address);
  });
}

/** The same, of one who must still be there: whoever leaves is neither held nor muted any more, which proves nothing. */
function onPresent<Name extends ConversationCommandName>(
  seen: (
    participant: CallMediaParticipant,
    evidence: Evidence,
    command: ConversationCommandOf<Name> & ParticipantAddress,
  ) => boolean,
): Effect<Name> {
  return onParticipant((participant, ...rest) => !hasLeft(participant) && seen(participant, ...rest));
}

/** The viewer takes part who listens to, coaches or barges in on the one that was addressed. */
function joins<Name extends ConversationCommandName>(
  pointerOf: (participant: CallMediaParticipant) => string | null,
): Effect<Name> {
  return visible((command, { conversation, userId }) => {
    const { participantId } = command as ConversationCommandOf<Name> & ParticipantAddress;
    return (
      conversation?.participants.some(
        (one) =>
          !hasLeft(one) && pointerOf(one) === participantId && (userId === null || one.user?.id === userId),
      ) === true
    );
  });
}

function participantIn({ conversation }: Evidence, participantId: string): CallMediaParticipant | undefined {
  return conversation === null ? undefined : findParticipant(conversation, participantId);
}

/** Undefined where nobody knows the participant. */
function leftIn(conversation: CallConversation, participantId: string): boolean | undefined {
  const participant = findParticipant(conversation, participantId);
  return participant && hasLeft(participant);
}

function isGone(conversation: CallConversation | null): boolean {
  return conversation === null || isConversationOver(conversation);
}

function isPaused(conversation: CallConversation | null): boolean {
  return conversation?.recordingState === 'PAUSED' || conversation?.securePause === true;
}

function isStopped(state: string | null): boolean {
  return state === 'NONE' || state === 'PAUSED';
}

/** Left because the call was handed on. Whom it passed by because nobody answered, or could, was not transferred by anybody. */
function wasTransferred(participant: CallMediaParticipant | undefined): boolean {
  const { disconnectType } = participant ?? {};
  return (
    participant !== undefined &&
    hasLeft(participant) &&
    (disconnectType === 'TRANSFER' || disconnectType === 'TRANSFER_FORWARD')
  );
}

/** A transfer of the viewer's that is not called off. Only who saw the conversation before can tell that it is new. */
function hasNewTransfer({ conversation, before, userId }: Evidence): boolean {
  if (conversation === null || before === null) return false;
  return conversation.recentTransfers.some(
    ({ id, state, initiator }) =>
      (state === 'PENDING' || state === 'ACTIVE' || state === 'COMPLETE') &&
      (userId === null || initiator === null || initiator.id === userId) &&
      before.recentTransfers.every((earlier) => earlier.id !== id),
  );
}

/** The live participants that were not there before. Only who saw the conversation before can tell. */
function newcomers({ conversation, before }: Evidence): readonly CallMediaParticipant[] {
  if (conversation === null || before === null) return [];
  return conversation.participants.filter(
    (one) => !hasLeft(one) && findParticipant(before, one.id) === undefined,
  );
}

function isMeant(participant: CallMediaParticipant, target: ConferenceTarget): boolean {
  if ('userId' in target) return participant.user?.id === target.userId;
  if ('queueId' in target) return participant.queue?.id === target.queueId;
  return [participant.address, participant.ani, participant.dnis].some(
    (address) => address !== null && plain(address) === plain(target.address),
  );
}

/** `tel:+61 2 5550 0100` and `+61255500100` are one address. */
function plain(address: string): string {
  return address
    .replace(/^(?:tel|sips?):/i, '')
    .replace(/[\s().-]/g, '')
    .toLowerCase();
}
