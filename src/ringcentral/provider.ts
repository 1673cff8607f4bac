/**
 * RingCentral as the phone system behind the schema: reads go through the hub, commands are sent once and
 * their outcome is told as it is.
 *
 * ```text
 *   command ──► sent once ──► 2xx ─────────────────────────► APPLIED      the answered state, merged into the watch
 *                  │
 *                  ├────────► 409 404 403 400 429 ─────────► NOT_APPLIED  typed error, the state as it is
 *                  ├────────► never sent ──────────────────► NOT_APPLIED
 *                  └────────► timeout, reset, 5xx, garbage
 *                                 │
 *                                 └─► read the call again ─► its effect is seen  APPLIED
 *                                                         └► anything else       UNKNOWN, the state as it is
 * ```
 */
import {
  BadUserInput,
  CallControlFailure,
  CallNotFound,
  Forbidden,
  RateLimited,
  Unauthenticated,
  UpstreamUnavailable,
  WrongCallState,
} from '../../schema/failures.ts';
import { type CallParty, type CallSession, findParty, type Viewer } from '../../schema/model.ts';
import type { CallProvider, Command, CommandOutcome, CommandResult, Visit } from '../../schema/provider.ts';
import type { Desk } from '../live/desk.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { allowedActions, availableActions } from './actions.ts';
import type { CallControl, CommandAnswer } from './call-control.ts';
import type { Caller, Lane } from './caller.ts';
import type { IdempotencyKeys } from './idempotency.ts';
import { invisibleBecause, showsEffect } from './outcomes.ts';

/** A user of RingCentral as the gateway knows them, whatever number of connections they have. */
export interface Person {
  /** Scope of the watches, cursors and idempotency keys. */
  readonly viewerId: string;
  readonly caller: Caller;
  readonly desk: Desk;
  /** Who RingCentral says they are; read once. */
  viewer(): Promise<Viewer>;
  /** Their extension, where it is known already. */
  extensionId(): string | null;
}

export interface ProviderParts {
  readonly callControl: CallControl;
  readonly keys: IdempotencyKeys;
  readonly metrics: Metrics;
}

/** Makes the provider of one operation of one person. */
export function createProvider(parts: ProviderParts, person: Person, visit: Visit): CallProvider {
  const { callControl, keys, metrics } = parts;
  const { desk, caller, viewerId } = person;
  const { requestId, signal } = visit;

  return {
    viewer: () => person.viewer(),
    activeCalls: () => desk.readActiveCalls(signal),
    devices: () => callControl.listDevices(caller, { lane: 'query', signal, requestId }),
    forwardingNumbers: () => callControl.listForwardingNumbers(caller, { lane: 'query', signal, requestId }),
    callSession: (id) => desk.readSession(id, signal),
    callParty: (address) => desk.readParty(address, signal),
    availableActions: (session, party) => availableActions(session, party, person.extensionId()),
    callEvents: (sessionId, after) => desk.callEvents(sessionId, after, visit.dropped),
    callPartyUpdates: (sessionId, partyId) => desk.callPartyUpdates(sessionId, partyId),
    activeCallUpdates: () => desk.activeCallUpdates(),

    async command(command, idempotencyKey) {
      const result = await keys.once(viewerId, idempotencyKey, command, () => carryOut(command));
      metrics.commands.inc({
        command: command.name,
        outcome: result.replayed ? 'replayed' : result.outcome,
      });
      return result;
    },
  };

  async function carryOut(command: Command): Promise<CommandResult> {
    const before = 'sessionId' in command ? (desk.peek(command.sessionId) ?? null) : null;
    try {
      const answer = await callControl.command(caller, command, { requestId });
      for (const sessionId of alsoChanged(command)) desk.stateChanged(sessionId);
      return await applied(command, answer);
    } catch (error) {
      if (!(error instanceof CallControlFailure) || error instanceof Unauthenticated) throw error;
      return isAmbiguous(error) ? inDoubt(command, before, error) : refused(command, error);
    }
  }

  async function applied(command: Command, answer: CommandAnswer): Promise<CommandResult> {
    if (answer.session !== undefined) {
      const session = await desk.observeSession(answer.session, answer);
      return result('APPLIED', null, { session, party: session.parties[0] ?? null });
    }
    if (answer.party !== undefined) {
      const { sessionId } = answer.party;
      const party = await desk.observeParty(completed(answer.party, desk.peek(sessionId)), answer);
      return result('APPLIED', null, { session: desk.peek(sessionId) ?? null, party });
    }
    const seen = await look(command, 'query');
    return result('APPLIED', null, { ...seen, recording: answer.recording ?? null });
  }

  async function refused(command: Command, error: CallControlFailure): Promise<CommandResult> {
    const seen = answeredByRingCentral(error) ? await look(command, 'query') : known(command);
    return result('NOT_APPLIED', explained(error, seen), {
      ...seen,
      recording: recordingOf(command, seen.party),
    });
  }

  async function inDoubt(
    command: Command,
    before: CallSession | null,
    error: CallControlFailure,
  ): Promise<CommandResult> {
    for (const sessionId of alsoChanged(command)) desk.stateChanged(sessionId);
    const because = invisibleBecause(command.name);
    if (because !== null) {
      return result('UNKNOWN', doubtful(error, because), known(command));
    }
    const seen = await look(command, 'command');
    const evidence = { session: seen.session, before, extensionId: person.extensionId() };
    const outcome = seen.fresh && showsEffect(command, evidence) ? 'APPLIED' : 'UNKNOWN';
    const recording = recordingOf(command, seen.party);
    if (outcome === 'APPLIED') return result('APPLIED', null, { ...seen, recording });
    const reason = seen.fresh ? 'the call does not show it' : 'the call could not be read again';
    return result('UNKNOWN', doubtful(error, reason), { ...seen, recording });
  }

  /** Reads the call anew, past every cache, and lets the watch know; falls back to what is known. */
  async function look(command: Command, lane: Lane): Promise<Sight> {
    if (!('sessionId' in command)) return { session: null, party: null, fresh: false };
    desk.stateChanged(command.sessionId);
    try {
      const reading = await callControl.readSession(caller, command.sessionId, { lane, requestId });
      if (reading.value === null) return { session: null, party: null, fresh: true };
      const session = await desk.observeSession(reading.value, reading);
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

/** True when RingCentral may have done what was asked, although it did not say so. */
function isAmbiguous(error: CallControlFailure): boolean {
  const refusals = [WrongCallState, CallNotFound, Forbidden, BadUserInput, RateLimited];
  if (refusals.some((refusal) => error instanceof refusal)) return false;
  return !(error instanceof UpstreamUnavailable) || error.sent;
}

/** False where RingCentral was not asked, or must not be asked again now. */
function answeredByRingCentral(error: CallControlFailure): boolean {
  return error.trace.status !== undefined && !(error instanceof RateLimited);
}

/** A refusal for the state of the call, with that state and what it does allow. */
function explained(error: CallControlFailure, { session, party }: Sight): CallControlFailure {
  if (!(error instanceof WrongCallState) || session === null || party === null) return error;
  return new WrongCallState(
    error.message,
    party.status.code,
    allowedActions(session, party, party.extensionId),
    error.trace,
    { cause: error },
  );
}

function doubtful(error: CallControlFailure, because: string): UpstreamUnavailable {
  return new UpstreamUnavailable(
    `${error.message} Whether the command was applied is unknown: ${because}.`,
    true,
    error.trace,
    { cause: error },
  );
}

/** Other sessions that a command changes: their watches look again without waiting for a poll. */
function alsoChanged(command: Command): string[] {
  switch (command.name) {
    case 'bridgeCallParty':
      return [command.with.sessionId];
    case 'bringInCallParty':
      return [command.bringIn.sessionId];
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
