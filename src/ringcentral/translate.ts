/**
 * Between RingCentral's JSON and the model of a call.
 *
 * An entry of a list that does not say which one it is, is left out; only a body that does not say what it is about
 * cannot be read.
 */
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
  type PartyAttributes,
  type PartyMetadata,
  type PartyOwner,
  type PartyStatus,
  RECORDING_MODES,
  RECORDING_VIEWS,
  RING_ROLES,
} from '../../schema/model.ts';
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
import type {
  WireEndpoint,
  WireMetadata,
  WireMetadataValue,
  WireParty,
  WirePartyStatus,
  WirePeer,
  WireRecording,
  WireSession,
  WireSessionWrapper,
} from './wire.ts';

/**
 * A session.
 * @throws {UpstreamBadResponse} when the body is no object, or does not say which session it is.
 */
export function toSession(body: unknown, observedAt: number, leftOut: LeftOut = unnoted): CallSession {
  const wire = objectOf<WireSession>(body, 'a session');
  const id = asText(wire.id);
  if (id === null) throw ofAnotherShape('a session');
  const originType = ifObject<NonNullable<WireSession['origin']>, string | null>(wire.origin, ({ type }) =>
    asText(type),
  );
  return {
    id,
    originType: asEnum(ORIGIN_TYPES, originType),
    rawOriginType: originType,
    voiceCallToken: asText(wire.voiceCallToken),
    creationTime: asTime(wire.creationTime),
    parties: entriesOf<WireParty, CallParty>(wire.parties, 'party', leftOut, (party) =>
      partyOf(party, id, observedAt, leftOut),
    ),
    observedAt,
  };
}

/** The session inside the wrapper that call-out and conference answer, and nothing else does. */
export function toWrappedSession(body: unknown, observedAt: number, leftOut: LeftOut = unnoted): CallSession {
  return toSession(objectOf<WireSessionWrapper>(body, 'a session').session, observedAt, leftOut);
}

/**
 * A party of the session `sessionId`; the one that was asked for by its id is known where the body leaves it out.
 * @throws {UpstreamBadResponse} when the body is no object, or nobody says which party it is.
 */
export function toParty(
  body: unknown,
  sessionId: string,
  observedAt: number,
  { askedFor, leftOut = unnoted }: { readonly askedFor?: string; readonly leftOut?: LeftOut } = {},
): CallParty {
  const wire = objectOf<WireParty>(body, 'a party');
  const party = partyOf(wire, sessionId, observedAt, leftOut, askedFor);
  if (party === null) throw ofAnotherShape('a party');
  return party;
}

/** A party; null where nobody says which one it is. */
function partyOf(
  wire: Partial<WireParty>,
  sessionId: string,
  observedAt: number,
  leftOut: LeftOut,
  askedFor: string | null = null,
): CallParty | null {
  const id = asText(wire.id) ?? askedFor;
  if (id === null) return null;
  const owner = ifObject(wire.owner, toOwner);
  return {
    id,
    sessionId,
    // Older bodies, and some answers of commands, name them only as the owner's.
    accountId: asText(wire.accountId) ?? owner?.accountId ?? null,
    extensionId: asText(wire.extensionId) ?? owner?.extensionId ?? null,
    attributes: ifObject(wire.attributes, toAttributes),
    status: ifObject(wire.status, toStatus) ?? toStatus({}),
    muted: asFlag(wire.muted),
    standAlone: asFlag(wire.standAlone),
    park: ifObject(wire.park, toPark),
    from: ifObject(wire.from, toEndpoint),
    to: ifObject(wire.to, toEndpoint),
    owner,
    direction: asEnum(DIRECTIONS, wire.direction),
    conferenceRole: asEnum(CONFERENCE_ROLES, wire.conferenceRole),
    ringOutRole: asEnum(RING_ROLES, wire.ringOutRole),
    ringMeRole: asEnum(RING_ROLES, wire.ringMeRole),
    recordings: entriesOf(wire.recordings, 'recording', leftOut, toRecording),
    metadata: listOf(wire.metadata).flatMap((category) => ifObject(category, metadataOf(leftOut)) ?? []),
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
  return ifObject<WireRecording, CallRecording | null>(body, (wire) => {
    const id = asText(wire.id);
    if (id === null) return null;
    return {
      id,
      active: asFlag(wire.active) === true,
      mode: asEnum(RECORDING_MODES, wire.mode),
      view: asEnum(RECORDING_VIEWS, wire.view),
    };
  });
}

function toOwner(wire: NonNullable<WireParty['owner']>): PartyOwner {
  return {
    accountId: asText(wire.accountId),
    extensionId: asText(wire.extensionId),
    brandId: asText(wire.brandId),
  };
}

function toAttributes(wire: NonNullable<WireParty['attributes']>): PartyAttributes {
  return { queueCall: asFlag(wire.queueCall), emergencyCallback: asFlag(wire.emergencyCallback) };
}

/** A party that is not parked has an empty one. */
function toPark(wire: NonNullable<WireParty['park']>): CallParty['park'] {
  const id = asText(wire.id);
  return id === null ? null : { id };
}

function metadataOf(leftOut: LeftOut): (wire: WireMetadata) => PartyMetadata {
  return ({ values }) => ({
    values: entriesOf<WireMetadataValue, PartyMetadata['values'][number]>(
      values,
      'metadata value',
      leftOut,
      ({ id, value }) => {
        const name = asText(id);
        return name === null ? null : { name, value: asText(value) ?? '' };
      },
    ),
  });
}

function toStatus(wire: WirePartyStatus): PartyStatus {
  const code = asText(wire.code);
  const reason = asText(wire.reason);
  return {
    code: asEnum(PARTY_STATUS_CODES, code) ?? 'UNKNOWN',
    rawCode: code ?? '',
    reason: asEnum(PARTY_STATUS_REASONS, reason),
    rawReason: reason,
    description: asText(wire.description),
    // Empty means a park location.
    parkData: wire.parkData === '' ? '' : asText(wire.parkData),
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
    ccMailboxes: textsOf(wire.ccMailboxes),
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
    deviceId: asText(wire.deviceId),
    extensionId: asText(wire.extensionId),
  };
}
