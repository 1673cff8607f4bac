/**
 * RingCentral as the phone system behind the schema: reads go through the hub, commands are sent once and
 * their outcome is told as it is.
 *
 * ```text
 *   command ──► sent once ──► 2xx ─────────────────────────► APPLIED      the answered state, merged into the watch;
 *                  │                                                      read where the answer shows none
 *                  │
 *                  ├────────► 409 404 403 400 429 ─────────► NOT_APPLIED  typed error, the state as it is
 *                  ├────────► never sent ──────────────────► NOT_APPLIED
 *                  └────────► timeout, reset, 5xx, garbage
 *                                 │
 *                                 └─► read the call again ─► its effect is seen  APPLIED
 *                                                         └► anything else       UNKNOWN, the state as it is
 * ```
 */
import type { AccountProvider } from '../../schema/account/provider.ts';
import { CallControlFailure, Unauthenticated, WrongCallState } from '../../schema/failures.ts';
import {
  type CallParty,
  type CallSession,
  findParty,
  type PartyAddress,
  type SignInSession,
  type Viewer,
} from '../../schema/model.ts';
import type { CallProvider, Command, CommandOutcome, CommandResult, Visit } from '../../schema/provider.ts';
import type { Desk } from '../live/desk.ts';
import { lookedTwice } from '../live/second-look.ts';
import { orAborted } from '../or-aborted.ts';
import type { Caller, Lane } from '../upstream/caller.ts';
import { inDoubtBecause, isAmbiguous, wasAnswered } from '../upstream/doubt.ts';
import { type AccountParts, type AccountPerson, createAccountProvider } from './account/provider.ts';
import { allowedActions, availableActions, reasonAgainst } from './actions.ts';
import type { CallControl, CommandAnswer } from './call-control.ts';
import type { RingCentralKind } from './call-kind.ts';
import { answeredParty, doubtAbout, type Evidence } from './outcomes.ts';

/** A user of RingCentral as the gateway knows them, whatever number of connections they have. */
export interface Person extends AccountPerson {
  /** Scope of the watches, cursors and idempotency keys. */
  readonly viewerId: string;
  readonly caller: Caller;
  readonly desk: Desk<RingCentralKind>;
  /** Who RingCentral says they are; read once. */
  viewer(): Promise<Viewer>;
  /** Their extension, where it is known already. */
  extensionId(): string | null;
  /** The browser session that they came by; null: they showed a token. */
  readonly signInSessionId?: string | null;
}

export interface ProviderParts extends AccountParts {
  readonly callControl: CallControl;
  /** The browsers in which somebody is signed in; missing where nobody can. */
  readonly sessions?: SignInSessions | undefined;
}

/** What users may know and do of their own browser sessions. */
export interface SignInSessions {
  list(viewerId: string): Promise<readonly Omit<SignInSession, 'isCurrent'>[]>;
  end(viewerId: string, id: string): Promise<boolean>;
}

/** Makes the provider of one operation of one person. */
export function createProvider(parts: ProviderParts, person: Person, visit: Visit): CallProvider {
  const { callControl, keys, metrics } = parts;
  const { desk, caller, viewerId } = person;
  // Not the signal: it is made for the first who asks for it.
  const { requestId } = visit;
  let account: AccountProvider | null = null;

  return {
    // Asked once for all connections: whoever leaves does not call it off, nor wait for it.
    viewer: () => orAborted(person.viewer(), visit.signal),
    activeCalls: () => desk.readList(visit.signal, requestId),
    devices: () => callControl.listDevices(caller, { lane: 'query', signal: visit.signal, requestId }),
    forwardingNumbers: () =>
      callControl.listForwardingNumbers(caller, { lane: 'query', signal: visit.signal, requestId }),
    callSession: (id) => desk.readCall(id, visit.signal, requestId),
    callParty: ({ sessionId, partyId }) => desk.readParty(sessionId, partyId, visit.signal, requestId),
    availableActions: (session, party) => availableActions(session, party, person.extensionId()),
    callEvents: (sessionId, after) => desk.events(sessionId, after, visit.dropped),
    callPartyUpdates: (sessionId, partyId) => desk.partyUpdates(sessionId, partyId),
    activeCallUpdates: () => desk.listUpdates(),
    activeCallEvents: () => desk.listEvents(),
    liveSource: () => desk.liveSource(),
    // For the few that ask for it: there is a provider for each subscription.
    get account() {
      account ??= createAccountProvider(parts, person, visit);
      return account;
    },
    async signInSessions() {
      const sessions = (await parts.sessions?.list(viewerId)) ?? [];
      return sessions.map((one) => ({ ...one, isCurrent: one.id === person.signInSessionId }));
    },
    endSignInSession: async (id) => (await parts.sessions?.end(viewerId, id)) ?? false,

    async command(command, idempotencyKey) {
      const result = await keys.once(viewerId, idempotencyKey, command, () => carryOut(command), NO_STATE);
      metrics.commands.inc({
        command: command.name,
        outcome: result.replayed ? 'replayed' : result.outcome,
      });
      return result;
    },
  };

  async function carryOut(command: Command): Promise<CommandResult> {
    const meeting = 'sessionId' in command ? desk.meet(command.sessionId) : undefined;
    if (meeting !== undefined) await meeting;
    const before = 'sessionId' in command ? (desk.peek(command.sessionId) ?? null) : null;
    let answer: CommandAnswer;
    try {
      answer = await callControl.command(caller, command, { requestId });
    } catch (error) {
      if (!(error instanceof CallControlFailure) || error instanceof Unauthenticated) throw error;
      return isAmbiguous(error) ? inDoubt(command, before, error) : refused(command, error);
    }
    return applied(command, before, answer);
  }

  async function applied(
    command: Command,
    before: CallSession | null,
    answer: CommandAnswer,
  ): Promise<CommandResult> {
    if (answer.session !== undefined) {
      const session = await desk.observeCall(answer.session, answer);
      return result('APPLIED', null, { session, party: session.parties[0] ?? null });
    }
    if (answer.party !== undefined) {
      const answered = completed(answer.party, desk.peek(answer.party.sessionId));
      const party = await desk.observeParty(answered, answer);
      for (const sessionId of changedBesides(command)) desk.stateChanged(sessionId);
      // The answer tells nothing of the other parties: who asks for the call gets it read.
      return result('APPLIED', null, { session: null, party });
    }
    for (const sessionId of changedBesides(command)) desk.stateChanged(sessionId);
    const { session, party: addressed, fresh } = await look(command, 'query');
    const recording = answer.recording ?? recordingOf(command, addressed);
    // A state from before the command would contradict it.
    if (!fresh) return result('APPLIED', null, { ...NOTHING, recording });
    const party = await meant(command, addressed, { session, before, extensionId: person.extensionId() });
    return result('APPLIED', null, { session, party, recording });
  }

  /** The party that a command answers, where its answer did not show it. */
  async function meant(
    command: Command,
    addressed: CallParty | null,
    evidence: Evidence,
  ): Promise<CallParty | null> {
    const place = answeredParty(command, evidence);
    if (place === 'addressed') return addressed;
    if (place === null) return null;
    const inSession =
      evidence.session?.id === place.sessionId ? findParty(evidence.session, place.partyId) : null;
    return inSession ?? readParty(place);
  }

  /** Where it is in another call; null where it cannot be read now. */
  async function readParty(address: PartyAddress): Promise<CallParty | null> {
    try {
      const reading = await callControl.readParty(caller, address, { lane: 'query', requestId });
      return reading.value === null ? null : await desk.observeParty(reading.value, reading);
    } catch (error) {
      if (!(error instanceof CallControlFailure)) throw error;
      return null;
    }
  }

  async function refused(command: Command, error: CallControlFailure): Promise<CommandResult> {
    const seen = wasAnswered(error) ? await look(command, 'query') : known(command);
    return result('NOT_APPLIED', explained(command, error, seen, person.extensionId()), {
      ...seen,
      recording: recordingOf(command, seen.party),
    });
  }

  async function inDoubt(
    command: Command,
    before: CallSession | null,
    error: CallControlFailure,
  ): Promise<CommandResult> {
    for (const sessionId of changedBesides(command)) desk.stateChanged(sessionId);
    const seen = await look(command, 'command');
    const { session, fresh } = seen;
    const doubt = doubtAbout(command, fresh ? { session, before, extensionId: person.extensionId() } : null);
    const state = { ...seen, recording: recordingOf(command, seen.party) };
    return doubt === null
      ? result('APPLIED', null, state)
      : result('UNKNOWN', inDoubtBecause(error, doubt), state);
  }

  /** Reads the call anew, past every cache, and lets the watch know; falls back to what is known. */
  async function look(command: Command, lane: Lane): Promise<Sight> {
    if (!('sessionId' in command)) return NOTHING;
    desk.stateChanged(command.sessionId);
    try {
      const { sessionId } = command;
      const read = () => callControl.readSession(caller, sessionId, { lane, requestId });
      const reading = await lookedTwice(read, () => desk.isAlive(sessionId));
      if (reading.value === null) return { ...NOTHING, fresh: true };
      const session = await desk.observeCall(reading.value, reading);
      return { ...sight(command, session), fresh: true };
    } catch (error) {
      if (!(error instanceof CallControlFailure)) throw error;
      return known(command);
    }
  }

  function known(command: Command): Sight {
    const session = 'sessionId' in command ? (desk.peek(command.sessionId) ?? null) : null;
    return { ...sight(command, session), fresh: false };
  }
}

/** What is seen of the call that a command is about. */
interface Sight {
  readonly session: CallSession | null;
  readonly party: CallParty | null;
  /** True when RingCentral said so after the command. */
  readonly fresh: boolean;
}

/** What is told of a call that nothing is known of. */
const NO_STATE = { session: null, party: null, recording: null };

const NOTHING: Sight = { session: null, party: null, fresh: false };

function sight(command: Command, session: CallSession | null): Omit<Sight, 'fresh'> {
  const party = session !== null && 'partyId' in command ? findParty(session, command.partyId) : undefined;
  return { session, party: party ?? null };
}

function result(
  outcome: CommandOutcome,
  error: CallControlFailure | null,
  state: Pick<CommandResult, 'session' | 'party'> & Partial<Pick<CommandResult, 'recording'>>,
): CommandResult {
  const { session, party, recording = null } = state;
  return { outcome, replayed: false, error, session, party, recording };
}

/** A refusal for the state of the call: why in words for a person, with that state and what it does allow the viewer. */
function explained(
  command: Command,
  error: CallControlFailure,
  { session, party }: Sight,
  extensionId: string | null,
): CallControlFailure {
  if (!(error instanceof WrongCallState)) return error;
  const { trace } = error;
  // RingCentral's own text is a code in words; the cause keeps it.
  const options = { cause: error };
  if (session === null || party === null) {
    return new WrongCallState(WRONG_STATE, error.actualCode, error.allowedActions, trace, options);
  }
  const reason = reasonAgainst(command, session, party, extensionId) ?? WRONG_STATE;
  const allowed = allowedActions(session, party, extensionId);
  return new WrongCallState(reason, party.status.code, allowed, trace, options);
}

/** Where nothing that is seen of the call tells why. */
const WRONG_STATE = 'The call is not in a state that allows this now.';

/** The calls that a command changes beyond what its answer shows: their watches look again at once. */
function changedBesides(command: Command): string[] {
  switch (command.name) {
    case 'bridgeCallParty':
      return [command.with.sessionId];
    case 'bringInCallParty':
      return [command.bringIn.sessionId];
    // Another party joins, or the one that answers is of another call.
    case 'forwardCallParty':
    case 'transferCallParty':
    case 'pickupCallParty':
    case 'superviseCallSession':
    case 'superviseCallParty':
      return [command.sessionId];
    default:
      return [];
  }
}

function recordingOf(command: Command, party: CallParty | null): CommandResult['recording'] {
  if (party === null) return null;
  if (command.name === 'startCallRecording') return party.recordings.at(-1) ?? null;
  if (!('recordingId' in command)) return null;
  return party.recordings.find((recording) => recording.id === command.recordingId) ?? null;
}

/** Some answers are reduced: what they leave out is taken from the party as it was known. */
function completed(answered: CallParty, session: CallSession | undefined): CallParty {
  const earlier = session === undefined ? undefined : findParty(session, answered.id);
  if (earlier === undefined) return answered;
  return {
    ...answered,
    accountId: answered.accountId ?? earlier.accountId,
    extensionId: answered.extensionId ?? earlier.extensionId,
    attributes: answered.attributes ?? earlier.attributes,
    conferenceRole: answered.conferenceRole ?? earlier.conferenceRole,
    recordings: answered.recordings.length > 0 ? answered.recordings : earlier.recordings,
    metadata: answered.metadata.length > 0 ? answered.metadata : earlier.metadata,
  };
}
