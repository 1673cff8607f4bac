/**
 * What the state of a call tells about a command whose answer never came.
 *
 * A timeout, a reset or a 5xx leaves a command in doubt: it may have been applied. Here stands, for each
 * command, what its effect looks like. Seeing the effect proves `APPLIED`. Not seeing it proves nothing,
 * because RingCentral may still be at work, so the answer is `UNKNOWN` then, never `NOT_APPLIED`.
 */
import {
  type CallParty,
  type CallSession,
  findParty,
  isOver,
  type PartyAddress,
} from '../../schema/model.ts';
import type { Command, CommandName, CommandOf } from '../../schema/provider.ts';

/** What is known of a call after a command that is in doubt. */
export interface Evidence {
  /** The session as it is now; null when RingCentral knows it no more. */
  readonly session: CallSession | null;
  /** The same before the command, where a watch had seen it. */
  readonly before: CallSession | null;
  /** The extension of whoever gave the command. */
  readonly extensionId: string | null;
}

/**
 * Null when the state shows the effect of the command, and did not show it before: then it was applied. Else why
 * that is not known. `evidence` is null when the call could not be read again.
 */
export function doubtAbout(command: Command, evidence: Evidence | null): string | null {
  const effect = EFFECTS[command.name] as Effect<CommandName>;
  if (effect.kind === 'invisible') return effect.because;
  if (evidence === null) return 'the call could not be read again';
  if (!effect.seen(command, evidence)) return 'the call does not show it';
  const { before } = evidence;
  const wasSeen = before !== null && effect.seen(command, { ...evidence, session: before, before: null });
  return wasSeen ? 'the call showed the same before' : null;
}

/**
 * The party that the answer to an accepted command shows, for an answer that showed none. `addressed`: the one that was
 * commanded. Others are new, and null where they cannot be told for certain.
 */
export function answeredParty(command: Command, evidence: Evidence): PartyAddress | 'addressed' | null {
  const { session } = evidence;
  switch (command.name) {
    case 'superviseCallSession':
    case 'superviseCallParty':
      return addressOf(session?.parties.findLast((party) => isOwn(party, evidence) && !isOver(party.status)));
    case 'bringInCallParty': {
      const guests = newcomers(evidence).filter((party) => party.conferenceRole === 'PARTICIPANT');
      const [first, second] = guests;
      const known = session?.parties.find((party) => wentTo(party, command.bringIn));
      return addressOf(known ?? (second === undefined ? first : undefined));
    }
    case 'pickupCallParty': {
      const parked = session === null ? undefined : findParty(session, command.partyId);
      return parked?.status.peerId ?? null;
    }
    default:
      return 'addressed';
  }
}

function addressOf(party: CallParty | undefined): PartyAddress | null {
  return party === undefined ? null : { sessionId: party.sessionId, partyId: party.id };
}

type Effect<Name extends CommandName> =
  | { readonly kind: 'visible'; readonly seen: (command: CommandOf<Name>, evidence: Evidence) => boolean }
  | { readonly kind: 'invisible'; readonly because: string };

const EFFECTS: { readonly [Name in CommandName]: Effect<Name> } = {
  makeCallOut: {
    kind: 'invisible',
    because:
      'a new call has an id that only the lost answer held; look at the active calls before you call again',
  },
  createConference: {
    kind: 'invisible',
    because: 'a new conference has an id that only the lost answer held; it ends by itself when nobody joins',
  },
  dropCallSession: visible((_, { session }) => session === null || isDropped(session)),
  superviseCallSession: visible((_, evidence) => supervisorJoined(evidence)),
  superviseCallParty: visible((_, evidence) => supervisorJoined(evidence)),
  bringInCallParty: visible(
    ({ bringIn }, { session }) => session?.parties.some((party) => wentTo(party, bringIn)) ?? false,
  ),
  answerCallParty: onParty((party) => party.status.code === 'ANSWERED'),
  rejectCallParty: onParty(({ status }) => status.code === 'VOICE_MAIL' || status.reason === 'REJECTED'),
  ignoreCallInQueue: onParty(
    ({ status }, { session }) =>
      status.code === 'DISCONNECTED' &&
      (status.reason === null || status.reason === 'REJECTED') &&
      // With every party gone it was the caller who hung up.
      session?.parties.some((party) => !isOver(party.status)) === true,
  ),
  replyToCallParty: onParty((party) => party.status.reason === 'CALL_REPLIED'),
  forwardCallParty: onParty(
    ({ status }, _, { target }) =>
      status.reason === 'BLIND_TRANSFER' || ('voicemail' in target && status.code === 'VOICE_MAIL'),
  ),
  pickupCallParty: {
    kind: 'invisible',
    because: 'a parked call that is gone may have been picked up by somebody else; look at the active calls',
  },
  holdCallParty: onParty((party) => party.status.code === 'HOLD'),
  unholdCallParty: onParty((party) => party.status.code === 'ANSWERED'),
  updateCallParty: onParty(
    (party, _, { muted, standAlone }) =>
      (muted === undefined || party.muted === muted) &&
      (standAlone === undefined || party.standAlone === standAlone),
  ),
  muteCallParty: onParty((party) => party.muted === true),
  unmuteCallParty: onParty((party) => party.muted === false),
  transferCallParty: onParty(
    ({ status }, _, { target }) =>
      status.reason === 'BLIND_TRANSFER' || ('parkOrbit' in target && status.code === 'PARKED'),
  ),
  bridgeCallParty: onParty(
    (party, _, command) =>
      party.status.reason === 'ATTENDED_TRANSFER' &&
      party.status.peerId?.sessionId === command.with.sessionId,
  ),
  parkCallParty: onParty((party) => party.status.code === 'PARKED'),
  flipCallParty: onParty((party) => party.status.reason === 'CALL_FLIP'),
  removeCallParty: visible(
    ({ partyId }, { session }) =>
      session === null || findParty(session, partyId)?.status.code === 'DISCONNECTED',
  ),
  startCallRecording: onParty((party) => party.recordings.some(({ active }) => active)),
  pauseCallRecording: onParty((party, _, { recordingId }) => isRecording(party, recordingId) === false),
  resumeCallRecording: onParty((party, _, { recordingId }) => isRecording(party, recordingId) === true),
};

function visible<Name extends CommandName>(
  seen: (command: CommandOf<Name>, evidence: Evidence) => boolean,
): Effect<Name> {
  return { kind: 'visible', seen };
}

/** An effect that shows on the party the command addressed. */
function onParty<Name extends CommandName>(
  seen: (party: CallParty, evidence: Evidence, command: CommandOf<Name> & PartyAddress) => boolean,
): Effect<Name> {
  return visible((command, evidence) => {
    const address = command as CommandOf<Name> & PartyAddress;
    const party = evidence.session === null ? undefined : findParty(evidence.session, address.partyId);
    return party !== undefined && seen(party, evidence, address);
  });
}

/**
 * A member of a conference is `GONE` and talks, so there it is no proof of a drop; neither is a conference that
 * nobody has joined yet.
 */
function isDropped({ parties }: CallSession): boolean {
  return (
    parties.length > 0 &&
    parties.every(
      ({ status, conferenceRole }) =>
        status.code === 'DISCONNECTED' || (status.code === 'GONE' && conferenceRole === null),
    )
  );
}

function wentTo(party: CallParty, address: PartyAddress): boolean {
  const { peerId } = party.status;
  return peerId?.sessionId === address.sessionId && peerId.partyId === address.partyId;
}

/** A live party of the viewer that was not there before listens. */
function supervisorJoined(evidence: Evidence): boolean {
  return newcomers(evidence).some((party) => isOwn(party, evidence));
}

function isOwn(party: CallParty, { extensionId }: Evidence): boolean {
  return extensionId !== null && party.extensionId === extensionId;
}

/** The live parties that were not there before. Only who saw the call before can tell. */
function newcomers({ session, before }: Evidence): readonly CallParty[] {
  if (session === null || before === null) return [];
  return session.parties.filter(
    (party) => !isOver(party.status) && findParty(before, party.id) === undefined,
  );
}

function isRecording(party: CallParty, recordingId: string): boolean | undefined {
  return party.recordings.find((recording) => recording.id === recordingId)?.active;
}
