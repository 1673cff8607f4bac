/**
 * From Genesys Cloud's JSON to conversations. Each field is read for what it is worth: an odd value costs its own field.
 *
 * A read and an event spell some things differently; both spellings are understood everywhere, because a service may answer
 * either. What only one of the two tells is null from the other.
 *
 * ```text
 *   read   endpoint.donotdisturb   baudRate   "recordingState":"ACTIVE" of all media
 *   event  endpoint.dnd            dataRate   "recordingState":"active"
 * ```
 */
import {
  type CallAttribute,
  type CallConversation,
  type CallMediaParticipant,
  CONVERSATION_DIRECTIONS,
  type ConversationDivision,
  type ConversationTransfer,
  type ConversationUser,
  DISCONNECT_TYPES,
  type DisconnectType,
  type ErrorInfo,
  FLAGGED_REASONS,
  PARTICIPANT_PURPOSES,
  PARTICIPANT_STATES,
  type ParticipantPurpose,
  RECORDER_STATES,
  type RecordersState,
  TRANSFER_STATES,
  TRANSFER_TYPES,
  WRAPUP_PROMPTS,
  type Wrapup,
  type WrapupCode,
} from '../../schema/genesys/model.ts';
import {
  asEnum,
  asFlag,
  asText,
  asTime,
  entriesOf,
  ifObject,
  type LeftOut,
  listOf,
  objectOf,
  ofAnotherShape,
  textsOf,
  unnoted,
} from '../upstream/values.ts';
import { toDisposition, toFaxStatus, toJourneyContext, toRoutingData } from './participant-details.ts';
import { asInt, asRef, refsOf, refTo, type Wire } from './values.ts';

/**
 * A conversation as its call medium shows it, from a read or from the body of an event.
 * @throws {UpstreamBadResponse} where it does not say which one it is.
 */
export function toConversation(
  body: unknown,
  observedAt: number,
  leftOut: LeftOut = unnoted,
): CallConversation {
  const conversation = conversationOf(objectOf<Wire>(body, 'a conversation'), observedAt, leftOut);
  if (conversation === null) throw ofAnotherShape('a conversation');
  return conversation;
}

/** The conversations of a listing. */
export function toConversations(
  body: unknown,
  observedAt: number,
  leftOut: LeftOut = unnoted,
): readonly CallConversation[] {
  const { entities } = objectOf<Wire>(body, 'a list of conversations');
  return entriesOf<Wire, CallConversation>(entities, 'conversation', leftOut, (wire) =>
    conversationOf(wire, observedAt, leftOut),
  );
}

function conversationOf(wire: Partial<Wire>, observedAt: number, leftOut: LeftOut): CallConversation | null {
  const id = asText(wire.id);
  if (id === null) return null;
  return {
    id,
    name: asText(wire.name),
    participants: entriesOf<Wire, CallMediaParticipant>(wire.participants, 'participant', leftOut, (one) =>
      participantOf(one, id, observedAt, leftOut),
    ),
    otherMediaUris: textsOf(wire.otherMediaUris),
    recentTransfers: entriesOf<Wire, ConversationTransfer>(
      wire.recentTransfers,
      'transfer',
      leftOut,
      toTransfer,
    ),
    utilizationLabelId: asText(wire.utilizationLabelId),
    inactivityTimeout: asTime(wire.inactivityTimeout),
    divisions: listOf(wire.divisions).flatMap((one) => ifObject(one, toDivision(leftOut)) ?? []),
    recordingState: asEnum(RECORDER_STATES, wire.recordingState),
    rawRecordingState: asText(wire.recordingState),
    securePause: asFlag(wire.securePause),
    maxParticipants: asInt(wire.maxParticipants),
    observedAt,
  };
}

/** One participant; null where nobody says which one it is. */
export function participantOf(
  wire: Partial<Wire>,
  conversationId: string,
  observedAt: number,
  leftOut: LeftOut = unnoted,
): CallMediaParticipant | null {
  const id = asText(wire.id);
  if (id === null) return null;
  return {
    id,
    conversationId,
    name: asText(wire.name),
    address: asText(wire.address),
    startTime: asTime(wire.startTime),
    startAlertingTime: asTime(wire.startAlertingTime),
    connectedTime: asTime(wire.connectedTime),
    endTime: asTime(wire.endTime),
    startHoldTime: asTime(wire.startHoldTime),
    startAcwTime: asTime(wire.startAcwTime),
    endAcwTime: asTime(wire.endAcwTime),
    parkTime: asTime(wire.parkTime),
    resumeTime: asTime(wire.resumeTime),
    bargedTime: asTime(wire.bargedTime),
    purpose: asPurpose(wire.purpose),
    rawPurpose: asText(wire.purpose),
    state: asEnum(PARTICIPANT_STATES, wire.state),
    rawState: asText(wire.state),
    direction: asEnum(CONVERSATION_DIRECTIONS, wire.direction),
    rawDirection: asText(wire.direction),
    disconnectType: asDisconnectType(wire.disconnectType),
    rawDisconnectType: asText(wire.disconnectType),
    held: asFlag(wire.held),
    muted: asFlag(wire.muted),
    confined: asFlag(wire.confined),
    recording: asFlag(wire.recording),
    recordingState: asEnum(RECORDER_STATES, wire.recordingState),
    rawRecordingState: asText(wire.recordingState),
    recordersState: ifObject(wire.recordersState, toRecordersState),
    securePause: asFlag(wire.securePause),
    wrapupRequired: asFlag(wire.wrapupRequired),
    wrapupSkipped: asFlag(wire.wrapupSkipped),
    wrapupPrompt: asEnum(WRAPUP_PROMPTS, wire.wrapupPrompt),
    rawWrapupPrompt: asText(wire.wrapupPrompt),
    wrapupTimeoutMs: asInt(wire.wrapupTimeoutMs),
    wrapup: ifObject(wire.wrapup, toWrapup),
    alertingTimeoutMs: asInt(wire.alertingTimeoutMs),
    mediaRoles: textsOf(wire.mediaRoles),
    user: asRef('USER', wire.user),
    queue: asRef('QUEUE', wire.queue),
    team: asRef('TEAM', wire.team),
    group: asRef('GROUP', wire.group),
    script: asRef('SCRIPT', wire.script),
    externalContact: asRef('EXTERNAL_CONTACT', wire.externalContact),
    externalContactInitialDivisionId: asText(wire.externalContactInitialDivisionId),
    externalOrganization: asRef('EXTERNAL_ORGANIZATION', wire.externalOrganization),
    attributes: toAttributes(wire.attributes),
    errorInfo: ifObject(wire.errorInfo, toErrorInfo),
    provider: asText(wire.provider),
    peer: asText(wire.peer),
    flaggedReason: asEnum(FLAGGED_REASONS, wire.flaggedReason),
    rawFlaggedReason: asText(wire.flaggedReason),
    journeyContext: ifObject(wire.journeyContext, toJourneyContext),
    conversationRoutingData: ifObject(wire.conversationRoutingData, toRoutingData(leftOut)),
    ani: asText(wire.ani),
    dnis: asText(wire.dnis),
    documentId: asText(wire.documentId),
    faxStatus: ifObject(wire.faxStatus, toFaxStatus),
    monitoredParticipantId: asText(wire.monitoredParticipantId),
    coachedParticipantId: asText(wire.coachedParticipantId),
    bargedParticipantId: asText(wire.bargedParticipantId),
    consultParticipantId: asText(wire.consultParticipantId),
    uuiData: asText(wire.uuiData),
    disposition: ifObject(wire.disposition, toDisposition),
    transferSource: asText(wire.transferSource),
    clientIpAddress: asText(wire.clientIpAddress),
    observedAt,
  };
}

/** `dialer.system` and the like are dialers. */
function asPurpose(raw: unknown): ParticipantPurpose | null {
  const text = asText(raw);
  return asEnum(PARTICIPANT_PURPOSES, text?.split('.')[0]);
}

/** Spellings of events. */
const DISCONNECTS: ReadonlyMap<string, DisconnectType> = new Map([
  ['endpoint.dnd', 'ENDPOINT_DO_NOT_DISTURB'],
  ['transfer.dnd', 'TRANSFER_DO_NOT_DISTURB'],
]);

function asDisconnectType(raw: unknown): DisconnectType | null {
  return DISCONNECTS.get(asText(raw)?.toLowerCase() ?? '') ?? asEnum(DISCONNECT_TYPES, raw);
}

function toRecordersState(wire: Partial<Wire>): RecordersState {
  return {
    adhocState: asEnum(RECORDER_STATES, wire.adhocState),
    rawAdhocState: asText(wire.adhocState),
    customerExperienceState: asEnum(RECORDER_STATES, wire.customerExperienceState),
    rawCustomerExperienceState: asText(wire.customerExperienceState),
    agentExperienceState: asEnum(RECORDER_STATES, wire.agentExperienceState),
    rawAgentExperienceState: asText(wire.agentExperienceState),
    snippetState: asEnum(RECORDER_STATES, wire.snippetState),
    rawSnippetState: asText(wire.snippetState),
  };
}

function toWrapup(wire: Partial<Wire>): Wrapup {
  return {
    code: asText(wire.code),
    name: asText(wire.name),
    notes: asText(wire.notes),
    tags: textsOf(wire.tags),
    durationSeconds: asInt(wire.durationSeconds),
    endTime: asTime(wire.endTime),
    provisional: asFlag(wire.provisional),
  };
}

/** A map of texts; what has no text is no attribute. */
function toAttributes(raw: unknown): readonly CallAttribute[] {
  const attributes = ifObject<Wire, CallAttribute[]>(raw, (wire) =>
    Object.entries(wire).flatMap(([name, value]) => {
      const text = typeof value === 'string' ? value : asText(value);
      return text === null ? [] : { name, value: text };
    }),
  );
  return (attributes ?? []).sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** In an event it is a whole error body. */
function toErrorInfo(wire: Partial<Wire>): ErrorInfo {
  return { message: asText(wire.message), code: asText(wire.code) };
}

function toTransfer(wire: Partial<Wire>): ConversationTransfer | null {
  const id = asText(wire.id);
  if (id === null) return null;
  const destination = ifObject<Wire, Partial<Wire>>(wire.destination, (one) => one);
  return {
    id,
    state: asEnum(TRANSFER_STATES, wire.state),
    rawState: asText(wire.state),
    dateIssued: asTime(wire.dateIssued),
    initiator: ifObject<Wire, ConversationTransfer['initiator']>(wire.initiator, ({ userId }) =>
      refTo('USER', userId),
    ),
    modifiedById: ifObject<Wire, string | null>(wire.modifiedBy, (one) => asText(one.id)),
    destinationUser: refTo('USER', destination?.userId),
    destinationAddress: asText(destination?.address),
    transferType: asEnum(TRANSFER_TYPES, wire.transferType),
    rawTransferType: asText(wire.transferType),
  };
}

function toDivision(leftOut: LeftOut): (wire: Partial<Wire>) => ConversationDivision {
  return ({ division, entities }) => ({
    division: asRef('DIVISION', division),
    entities: refsOf('UNKNOWN', entities, leftOut),
  });
}

/** Who the token belongs to. */
export function toUser(body: unknown): ConversationUser {
  const wire = objectOf<Wire>(body, 'a user');
  const id = asText(wire.id);
  if (id === null) throw ofAnotherShape('a user');
  const organization = ifObject<Wire, string | null>(wire.organization, (one) => asText(one.id));
  return { id, name: asText(wire.name), email: asText(wire.email), organizationId: organization };
}

/** What a call can be wrapped up with. */
export function toWrapupCodes(body: unknown, leftOut: LeftOut = unnoted): readonly WrapupCode[] {
  const list = Array.isArray(body) ? body : objectOf<Wire>(body, 'a list of wrap-up codes').entities;
  return entriesOf<Wire, WrapupCode>(list, 'entity', leftOut, (wire) => {
    const id = asText(wire.id);
    return id === null ? null : { id, name: asText(wire.name), description: asText(wire.description) };
  });
}

/** The names in a listing, or in a single entity, by id. */
export function toNames(body: unknown): ReadonlyMap<string, string> {
  const wire = objectOf<Wire>(body, 'a list of names');
  const names = new Map<string, string>();
  for (const one of Array.isArray(wire.entities) ? wire.entities : [wire]) {
    ifObject<Wire, void>(one, (entity) => {
      const id = asText(entity.id);
      const name = nameOf(entity);
      if (id !== null && name !== null) names.set(id, name);
    });
  }
  return names;
}

/** External contacts have a first and a last name. */
function nameOf({ name, firstName, lastName }: Partial<Wire>): string | null {
  return (
    asText(name) ?? asText([asText(firstName), asText(lastName)].filter((one) => one !== null).join(' '))
  );
}

/** A communication of a participant on the call medium. */
export interface Communication {
  readonly id: string;
  readonly isOver: boolean;
  /** Whether the agent is to work on it after the call; null where that is not said. */
  readonly afterCallWorkRequired: boolean | null;
}

/** The communications of a participant, in the answer that shows all media; the latest last, as far as their times tell. */
export function toCommunications(body: unknown, participantId: string): readonly Communication[] {
  const wire = objectOf<Wire>(body, 'a conversation');
  const participant = listOf(wire.participants).find(
    (one) => ifObject<Wire, string | null>(one, ({ id }) => asText(id)) === participantId,
  );
  const { calls } = (participant ?? {}) as Wire;
  return listOf(calls)
    .flatMap((call) => ifObject<Wire, object>(call, (one) => one) ?? [])
    .map((call) => call as Wire)
    .sort((one, other) => beginOf(one) - beginOf(other))
    .flatMap((call) => {
      const id = asText(call.id);
      const state = asEnum(PARTICIPANT_STATES, call.state);
      if (id === null) return [];
      const isOver = state === 'DISCONNECTED' || state === 'TERMINATED';
      return { id, isOver, afterCallWorkRequired: asFlag(call.afterCallWorkRequired) };
    });
}

function beginOf({ startAlertingTime, connectedTime, disconnectedTime }: Wire): number {
  return asTime(startAlertingTime) ?? asTime(connectedTime) ?? asTime(disconnectedTime) ?? 0;
}

/** The communication that a command is about which names none: the one that is going on, else the latest. */
export function latestOf(communications: readonly Communication[]): Communication | undefined {
  return communications.findLast(({ isOver }) => !isOver) ?? communications.at(-1);
}

/** The id of what an answer says it made; null where it names none. */
export function madeId(body: unknown, field: 'id' | 'destinationParticipantId'): string | null {
  return ifObject<Wire, string | null>(body, (wire) => asText(wire[field]));
}
