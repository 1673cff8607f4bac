/** Between RingCentral's JSON and the model of a call. */
import {
  type CallEndpoint,
  type CallParty,
  type CallRecording,
  type CallSession,
  CONFERENCE_ROLES,
  DIRECTIONS,
  type MobilePickupData,
  ORIGIN_TYPES,
  PARTY_STATUS_CODES,
  PARTY_STATUS_REASONS,
  type PartyAddress,
  type PartyStatus,
  RECORDING_MODES,
  RECORDING_VIEWS,
  RING_ROLES,
} from '../../schema/model.ts';
import { asFlag, asText, idOf, ifObject, listOf, objectOf, toEnum, toId, toTime } from './values.ts';
import type {
  WireEndpoint,
  WireParty,
  WirePartyStatus,
  WirePeer,
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
