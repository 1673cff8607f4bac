/** Between RingCentral's JSON and the model of a call, and from a command to the request that asks for it. */
import { BadUserInput, UpstreamBadResponse } from '../../schema/failures.ts';
import {
  type ActiveCall,
  type CallEndpoint,
  type CallParty,
  type CallRecording,
  type CallSession,
  CONFERENCE_ROLES,
  DEVICE_STATUSES,
  DEVICE_TYPES,
  type Device,
  DIRECTIONS,
  FORWARDING_NUMBER_FEATURES,
  FORWARDING_NUMBER_TYPES,
  type ForwardingNumber,
  LINE_POOLINGS,
  type MobilePickupData,
  ORIGIN_TYPES,
  PARTY_STATUS_CODES,
  PARTY_STATUS_REASONS,
  type PartyAddress,
  type PartyStatus,
  RECORDING_MODES,
  RECORDING_VIEWS,
  RING_ROLES,
  TELEPHONY_STATUSES,
  type Viewer,
} from '../../schema/model.ts';
import type { Command, CommandOf, ReplyMessage, SupervisedAgent } from '../../schema/provider.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import type {
  WireActiveCall,
  WireDevice,
  WireEndpoint,
  WireExtension,
  WireForwardingNumber,
  WireId,
  WireParty,
  WirePartyStatus,
  WirePeer,
  WirePresence,
  WireRecording,
  WireSession,
} from './wire.ts';

/**
 * A session.
 * @throws {UpstreamBadResponse} when the body is not one.
 */
export function toSession(body: unknown, observedAt: number): CallSession {
  const wire = objectOf<WireSession>(body, 'a session');
  const id = idOf(wire.id, 'a session');
  const originType = asText(wire.origin?.type);
  return {
    id,
    originType: toEnum(ORIGIN_TYPES, originType),
    rawOriginType: originType,
    voiceCallToken: asText(wire.voiceCallToken),
    creationTime: toTime(wire.creationTime),
    parties: listOf(wire.parties).map((party) => toParty(party, id, observedAt)),
    observedAt,
  };
}

/** The session inside the wrapper that call-out and conference answer, and nothing else does. */
export function toWrappedSession(body: unknown, observedAt: number): CallSession {
  return toSession(objectOf<{ session?: unknown }>(body, 'a session').session, observedAt);
}

/**
 * A party of the session `sessionId`.
 * @throws {UpstreamBadResponse} when the body is not one.
 */
export function toParty(body: unknown, sessionId: string, observedAt: number): CallParty {
  const wire = objectOf<WireParty>(body, 'a party');
  return {
    id: idOf(wire.id, 'a party'),
    sessionId,
    accountId: toId(wire.accountId),
    extensionId: toId(wire.extensionId),
    attributes: ifObject(wire.attributes, (attributes) => ({
      queueCall: asFlag(attributes.queueCall),
      emergencyCallback: asFlag(attributes.emergencyCallback),
    })),
    status: toStatus(wire.status ?? {}),
    muted: asFlag(wire.muted),
    standAlone: asFlag(wire.standAlone),
    park: ifObject(wire.park, (park) => ({ id: toId(park.id) })),
    from: ifObject(wire.from, toEndpoint),
    to: ifObject(wire.to, toEndpoint),
    owner: ifObject(wire.owner, (owner) => ({
      accountId: toId(owner.accountId),
      extensionId: toId(owner.extensionId),
      brandId: toId(owner.brandId),
    })),
    direction: toEnum(DIRECTIONS, wire.direction),
    conferenceRole: toEnum(CONFERENCE_ROLES, wire.conferenceRole),
    ringOutRole: toEnum(RING_ROLES, wire.ringOutRole),
    ringMeRole: toEnum(RING_ROLES, wire.ringMeRole),
    recordings: listOf(wire.recordings).flatMap((recording) => toRecording(recording) ?? []),
    metadata: listOf(wire.metadata).map(({ values }) => ({
      values: listOf(values).map(({ id, value }) => ({ id: asText(id) ?? '', value: asText(value) ?? '' })),
    })),
    observedAt,
  };
}

/**
 * The party that picked a parked call up. It belongs to a new session, which nothing but its own id names:
 * `p-X-1` is of `s-X`. Null where the id does not have that shape.
 */
export function toPickedUpParty(body: unknown, observedAt: number): CallParty | null {
  const party = toParty(body, '', observedAt);
  const session = /^p-(.+)-\d+$/.exec(party.id)?.[1];
  return session === undefined ? null : { ...party, sessionId: `s-${session}` };
}

/** A recording; null where the body names none, because older answers are empty. */
export function toRecording(body: unknown): CallRecording | null {
  const wire = typeof body === 'object' && body !== null ? (body as WireRecording) : {};
  const id = toId(wire.id);
  if (id === null) return null;
  return {
    id,
    active: wire.active === true,
    mode: toEnum(RECORDING_MODES, wire.mode),
    view: toEnum(RECORDING_VIEWS, wire.view),
  };
}

/** The calls in a presence answer; the field is missing, not empty, when there is none. */
export function toActiveCalls(body: unknown): ActiveCall[] {
  const wire = objectOf<WirePresence>(body, 'a presence');
  return listOf(wire.activeCalls).flatMap((call) => toActiveCall(call) ?? []);
}

/** Who the token belongs to. */
export function toViewer(body: unknown): Viewer {
  const wire = objectOf<WireExtension>(body, 'an extension');
  const accountId = toId(wire.account?.id) ?? /\/account\/(\d+)/.exec(asText(wire.uri) ?? '')?.[1];
  if (accountId === undefined) throw ofAnotherShape('an extension');
  return {
    accountId,
    extensionId: idOf(wire.id, 'an extension'),
    extensionNumber: asText(wire.extensionNumber),
    name: asText(wire.name),
  };
}

export function toDevice(wire: WireDevice): Device {
  return {
    id: idOf(wire.id, 'a device'),
    type: toEnum(DEVICE_TYPES, wire.type),
    rawType: asText(wire.type),
    name: asText(wire.name),
    status: toEnum(DEVICE_STATUSES, wire.status),
    model: asText(wire.model?.name),
    serial: asText(wire.serial),
    computerName: asText(wire.computerName),
    linePooling: toEnum(LINE_POOLINGS, wire.linePooling),
    phoneNumbers: listOf(wire.phoneLines).flatMap((line) => asText(line.phoneInfo?.phoneNumber) ?? []),
  };
}

export function toForwardingNumber(wire: WireForwardingNumber): ForwardingNumber {
  return {
    id: idOf(wire.id, 'a forwarding number'),
    phoneNumber: asText(wire.phoneNumber),
    label: asText(wire.label),
    type: toEnum(FORWARDING_NUMBER_TYPES, wire.type),
    rawType: asText(wire.type),
    features: listOf(wire.features).flatMap((feature) => toEnum(FORWARDING_NUMBER_FEATURES, feature) ?? []),
    flipNumber: asText(wire.flipNumber),
  };
}

/** One page of a list, and whether another follows. */
export function toPage<Record>(body: unknown): { records: readonly Record[]; hasNext: boolean } {
  const page = objectOf<{ records?: Record[]; paging?: { page?: number; totalPages?: number } }>(
    body,
    'a list',
  );
  const { page: number = 1, totalPages = 1 } = page.paging ?? {};
  return { records: listOf(page.records), hasNext: number < totalPages };
}

/** A request that asks for a command. */
export interface CommandRequest {
  readonly operation: Operation;
  /** What fills the path. */
  readonly ids: Readonly<Record<string, string>>;
  readonly body?: object | undefined;
}

/** How a mute is written: both are documented, and RingCentral may take only one of them. */
export type MuteShape = 'wrapped' | 'bare';

/** The request that a command is. */
export function toRequest(command: Command, muteShape: MuteShape = 'wrapped'): CommandRequest {
  const write = WRITERS[command.name] as (command: Command, muteShape: MuteShape) => CommandRequest;
  return write(command, muteShape);
}

const WRITERS: {
  readonly [Name in Command['name']]: (command: CommandOf<Name>, muteShape: MuteShape) => CommandRequest;
} = {
  makeCallOut: ({ deviceId, to, countryId }) => ({
    operation: OPERATIONS.createCallOutCallSession,
    ids: {},
    body: { from: { deviceId }, to, ...(countryId === undefined ? {} : { countryId: toInteger(countryId) }) },
  }),
  createConference: () => ({ operation: OPERATIONS.createConferenceCallSession, ids: {} }),
  dropCallSession: ({ sessionId }) => ({
    operation: OPERATIONS.deleteCallSession,
    ids: { telephonySessionId: sessionId },
  }),
  superviseCallSession: (command) => ({
    operation: OPERATIONS.superviseCallSession,
    ids: { telephonySessionId: command.sessionId },
    body: { ...supervision(command), ...agentOf(command.agent) },
  }),
  bringInCallParty: ({ sessionId, bringIn }) => ({
    operation: OPERATIONS.createCallPartyWithBringIn,
    ids: { telephonySessionId: sessionId },
    body: { sessionId: bringIn.sessionId, partyId: bringIn.partyId },
  }),
  answerCallParty: (command) => onParty(command, OPERATIONS.answerCallParty, { deviceId: command.deviceId }),
  rejectCallParty: (command) => onParty(command, OPERATIONS.rejectParty),
  ignoreCallInQueue: (command) =>
    onParty(command, OPERATIONS.ignoreCallInQueue, { deviceId: command.deviceId }),
  replyToCallParty: (command) => onParty(command, OPERATIONS.replyParty, replyOf(command.message)),
  forwardCallParty: (command) => onParty(command, OPERATIONS.forwardCallParty, command.target),
  pickupCallParty: (command) => onParty(command, OPERATIONS.pickupCallParty, { deviceId: command.deviceId }),
  holdCallParty: (command) =>
    onParty(
      command,
      OPERATIONS.holdCallParty,
      command.proto === undefined ? undefined : { proto: HOLD_PROTOCOL_NAMES[command.proto] },
    ),
  unholdCallParty: (command) => onParty(command, OPERATIONS.unholdCallParty),
  updateCallParty: (command, muteShape) => {
    const { muted, standAlone } = command;
    // Only the wrapped body has a place for standAlone.
    const bare = muteShape === 'bare' && muted !== undefined && standAlone === undefined;
    return onParty(
      command,
      OPERATIONS.updateCallParty,
      bare ? { muted } : { party: defined({ muted, standAlone }) },
    );
  },
  muteCallParty: (command, muteShape) =>
    onParty(command, OPERATIONS.updateCallParty, muteBody(true, muteShape)),
  unmuteCallParty: (command, muteShape) =>
    onParty(command, OPERATIONS.updateCallParty, muteBody(false, muteShape)),
  transferCallParty: (command) => onParty(command, OPERATIONS.transferCallParty, command.target),
  bridgeCallParty: (command) =>
    onParty(command, OPERATIONS.bridgeCallParty, {
      telephonySessionId: command.with.sessionId,
      partyId: command.with.partyId,
    }),
  parkCallParty: (command) => onParty(command, OPERATIONS.callParkParty),
  flipCallParty: (command) => onParty(command, OPERATIONS.callFlipParty, { callFlipId: command.callFlipId }),
  removeCallParty: (command) =>
    onParty(
      command,
      OPERATIONS.deleteCallParty,
      command.keepConferenceAlive === undefined
        ? undefined
        : { keepConferenceAlive: command.keepConferenceAlive },
    ),
  superviseCallParty: (command) =>
    onParty(command, OPERATIONS.superviseCallParty, {
      ...supervision(command),
      agentExtensionId: command.agentExtensionId,
    }),
  startCallRecording: (command) => onParty(command, OPERATIONS.startCallRecording),
  pauseCallRecording: (command) => onRecording(command, false),
  resumeCallRecording: (command) => onRecording(command, true),
};

const HOLD_PROTOCOL_NAMES = {
  AUTO: 'Auto',
  RC: 'RC',
  BROAD_WORKS: 'BroadWorks',
  DISCONNECT_HOLDER: 'DisconnectHolder',
  BROAD_WORKS_OR_DISCONNECT_HOLDER: 'BroadWorksOrDisconnectHolder',
} as const;

const MEDIA_SDP_NAMES = { SEND_ONLY: 'sendOnly', SEND_RECV: 'sendRecv' } as const;

function onParty(address: PartyAddress, operation: Operation, body?: object): CommandRequest {
  return {
    operation,
    ids: { telephonySessionId: address.sessionId, partyId: address.partyId },
    body,
  };
}

function onRecording(
  command: CommandOf<'pauseCallRecording' | 'resumeCallRecording'>,
  active: boolean,
): CommandRequest {
  const { operation, ids, body } = onParty(command, OPERATIONS.pauseResumeCallRecording, { active });
  return { operation, ids: { ...ids, recordingId: command.recordingId }, body };
}

function muteBody(muted: boolean, shape: MuteShape): object {
  return shape === 'bare' ? { muted } : { party: { muted } };
}

function supervision(command: CommandOf<'superviseCallSession' | 'superviseCallParty'>): object {
  return defined({
    mode: 'Listen',
    supervisorDeviceId: command.supervisorDeviceId,
    autoAnswer: command.autoAnswer,
    mediaSDP: command.mediaSdp === undefined ? undefined : MEDIA_SDP_NAMES[command.mediaSdp],
  });
}

function agentOf(agent: SupervisedAgent): object {
  return 'extensionId' in agent
    ? { agentExtensionId: agent.extensionId }
    : { agentExtensionNumber: agent.extensionNumber };
}

function replyOf(message: ReplyMessage): object {
  if ('text' in message) return { replyWithText: message.text };
  const { pattern, time, timeUnit } = message.pattern;
  return {
    replyWithPattern: defined({
      pattern: pascalCase(pattern),
      time,
      timeUnit: timeUnit === undefined ? undefined : pascalCase(timeUnit),
    }),
  };
}

/** The API takes the country as text, because ids are; RingCentral wants an integer. */
function toInteger(countryId: string): number {
  if (!/^\d{1,15}$/.test(countryId)) {
    throw new BadUserInput(
      `countryId is ${JSON.stringify(countryId.slice(0, 40))}; allowed is a whole number, like 1.`,
      'countryId',
    );
  }
  return Number(countryId);
}

/** `ON_MY_WAY` is `OnMyWay` to RingCentral. */
function pascalCase(name: string): string {
  return name
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('');
}

function toStatus(wire: WirePartyStatus): PartyStatus {
  const code = asText(wire.code);
  const reason = asText(wire.reason);
  return {
    code: toEnum(PARTY_STATUS_CODES, code) ?? 'UNKNOWN',
    rawCode: code ?? '',
    reason: toEnum(PARTY_STATUS_REASONS, reason),
    rawReason: reason,
    description: asText(wire.description),
    parkData: typeof wire.parkData === 'string' ? wire.parkData : null,
    peerId: ifObject(wire.peerId, toPeer),
    mobilePickupData: ifObject(wire.mobilePickupData, toMobilePickupData),
    rcc: asFlag(wire.rcc),
  };
}

/** In events `sessionId` is another, older id, so the longer name wins. */
function toPeer(wire: WirePeer): PartyAddress | null {
  const sessionId = asText(wire.telephonySessionId) ?? asText(wire.sessionId);
  const partyId = asText(wire.partyId);
  return sessionId === null || partyId === null ? null : { sessionId, partyId };
}

function toMobilePickupData(wire: NonNullable<WirePartyStatus['mobilePickupData']>): MobilePickupData {
  return {
    ccMailboxes: listOf(wire.ccMailboxes).map(String),
    to: asText(wire.to),
    sid: asText(wire.sid),
    srvLvl: asText(wire.srvLvl) ?? asText(wire.srvlvl),
    srvLvlExt: asText(wire.srvLvlExt),
  };
}

function toEndpoint(wire: WireEndpoint): CallEndpoint {
  return {
    phoneNumber: asText(wire.phoneNumber),
    name: asText(wire.name),
    deviceId: toId(wire.deviceId),
    extensionId: toId(wire.extensionId),
  };
}

/** An entry without the ids that every operation wants is of no use to anybody. */
function toActiveCall(wire: WireActiveCall): ActiveCall | null {
  const sessionId = asText(wire.telephonySessionId);
  const partyId = asText(wire.partyId);
  if (sessionId === null || partyId === null) return null;
  const telephonyStatus = asText(wire.telephonyStatus);
  return {
    id: asText(wire.id),
    sessionId,
    partyId,
    legacySessionId: toId(wire.sessionId),
    direction: toEnum(DIRECTIONS, wire.direction),
    from: asText(wire.from),
    fromName: asText(wire.fromName),
    to: asText(wire.to),
    toName: asText(wire.toName),
    telephonyStatus: toEnum(TELEPHONY_STATUSES, telephonyStatus) ?? 'UNKNOWN',
    rawTelephonyStatus: telephonyStatus ?? '',
    startTime: toTime(wire.startTime),
    queueCall: asFlag(wire.queueCall),
    onBehalfOf: toId(wire.onBehalfOf),
    terminationType: asText(wire.terminationType),
  };
}

/** Spellings of RingCentral's guides and SDKs that its published document does not have. */
const ALIASES: Readonly<Record<string, string>> = { vmscreening: 'voicemailscreening' };

/**
 * The member of an enum for RingCentral's text: case and underscores do not count. `UNKNOWN` for a value
 * that is not published, null for none.
 */
function toEnum<Member extends string>(members: readonly Member[], raw: unknown): Member | 'UNKNOWN' | null {
  const text = asText(raw);
  if (text === null) return null;
  const plain = text.toLowerCase();
  const wanted = ALIASES[plain] ?? plain;
  return members.find((member) => member.replaceAll('_', '').toLowerCase() === wanted) ?? 'UNKNOWN';
}

/** Epoch milliseconds of a time, also of one whose offset has no colon: `…+0000`. */
function toTime(raw: unknown): number | null {
  const text = asText(raw);
  if (text === null) return null;
  const time = Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(time) ? null : time;
}

function toId(raw: WireId | undefined): string | null {
  return (typeof raw === 'string' && raw !== '') || typeof raw === 'number' ? String(raw) : null;
}

function idOf(raw: WireId | undefined, what: string): string {
  const id = toId(raw);
  if (id === null) throw ofAnotherShape(what);
  return id;
}

function asText(raw: unknown): string | null {
  return typeof raw === 'string' && raw !== '' ? raw : null;
}

function asFlag(raw: unknown): boolean | null {
  return typeof raw === 'boolean' ? raw : null;
}

function listOf<Item>(raw: readonly Item[] | undefined): readonly Item[] {
  return Array.isArray(raw) ? raw.filter((item) => item !== null && item !== undefined) : [];
}

function ifObject<Wire extends object, Value>(
  raw: Wire | undefined,
  read: (raw: Wire) => Value,
): Value | null {
  return typeof raw === 'object' && raw !== null ? read(raw) : null;
}

function objectOf<Wire extends object>(body: unknown, what: string): Partial<Wire> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw ofAnotherShape(what);
  return body as Partial<Wire>;
}

function ofAnotherShape(what: string): UpstreamBadResponse {
  return new UpstreamBadResponse(`RingCentral's answer does not have the shape of ${what}.`);
}

/** Without the members that are undefined, so that they are not sent. */
function defined<Value extends object>(value: Value): object {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));
}
