/**
 * What a call is made of, in RingCentral's words.
 *
 * Plain immutable data: what a provider answers and what the schema shows. An enum value that
 * RingCentral has not published becomes `UNKNOWN`, and its text is kept beside it (`rawCode`).
 */

/** Status codes of a party that RingCentral publishes, as the API spells them. */
export const PARTY_STATUS_CODES = [
  'SETUP',
  'PROCEEDING',
  'ANSWERED',
  'DISCONNECTED',
  'GONE',
  'PARKED',
  'HOLD',
  'VOICE_MAIL',
  'FAX_RECEIVE',
  'TDS',
  'VOICE_MAIL_SCREENING',
  'UNKNOWN',
] as const;
export type PartyStatusCode = (typeof PARTY_STATUS_CODES)[number];

/** Reasons for a status that RingCentral publishes. */
export const PARTY_STATUS_REASONS = [
  'PICKUP',
  'SUPERVISING',
  'TAKE_OVER',
  'TIMEOUT',
  'BLIND_TRANSFER',
  'RCC_TRANSFER',
  'ATTENDED_TRANSFER',
  'CALLER_INPUT_REDIRECT',
  'CALL_FLIP',
  'PARK_LOCATION',
  'DTMF_TRANSFER',
  'AGENT_ANSWERED',
  'AGENT_DROPPED',
  'REJECTED',
  'CANCELLED',
  'INTERNAL_ERROR',
  'NO_ANSWER',
  'TARGET_BUSY',
  'INVALID_NUMBER',
  'INTERNATIONAL_DISABLED',
  'DESTINATION_BLOCKED',
  'NOT_ENOUGH_FUNDS',
  'NO_SUCH_USER',
  'CALL_PARK',
  'CALL_REDIRECTED',
  'CALL_REPLIED',
  'CALL_SWITCH',
  'CALL_FINISHED',
  'CALL_DROPPED',
  'VOICEMAIL',
  'UNKNOWN',
] as const;
export type PartyStatusReason = (typeof PARTY_STATUS_REASONS)[number];

/** How a session began. */
export const ORIGIN_TYPES = [
  'CALL',
  'RING_OUT',
  'RING_ME',
  'CONFERENCE',
  'GREETINGS_RECORDING',
  'VERIFICATION_CALL',
  'ZOOM',
  'CALL_OUT',
  'UNKNOWN',
] as const;
export type OriginType = (typeof ORIGIN_TYPES)[number];

export const DIRECTIONS = ['INBOUND', 'OUTBOUND', 'UNKNOWN'] as const;
/** The way a call goes, seen from RingCentral: a caller's own leg is `OUTBOUND`. */
export type Direction = (typeof DIRECTIONS)[number];

export const CONFERENCE_ROLES = ['HOST', 'PARTICIPANT', 'UNKNOWN'] as const;
export type ConferenceRole = (typeof CONFERENCE_ROLES)[number];

export const RING_ROLES = ['INITIATOR', 'TARGET', 'UNKNOWN'] as const;
/** A party's role in a RingOut or RingMe call. */
export type RingRole = (typeof RING_ROLES)[number];

export const RECORDING_MODES = ['AUTOMATIC', 'ON_DEMAND', 'UNKNOWN'] as const;
export type RecordingMode = (typeof RECORDING_MODES)[number];

export const RECORDING_VIEWS = ['PARTY', 'SESSION', 'UNKNOWN'] as const;
export type RecordingView = (typeof RECORDING_VIEWS)[number];

export const TELEPHONY_STATUSES = [
  'NO_CALL',
  'CALL_CONNECTED',
  'RINGING',
  'ON_HOLD',
  'PARKED_CALL',
  'UNKNOWN',
] as const;
/** Telephony status of one call in the viewer's presence. */
export type TelephonyStatus = (typeof TELEPHONY_STATUSES)[number];

export const DEVICE_TYPES = [
  'BLA',
  'SOFT_PHONE',
  'OTHER_PHONE',
  'HARD_PHONE',
  'WEB_PHONE',
  'PAGING',
  'ROOM',
  'WEB_RTC',
  'UNKNOWN',
] as const;
export type DeviceType = (typeof DEVICE_TYPES)[number];

export const DEVICE_STATUSES = ['ONLINE', 'OFFLINE', 'UNKNOWN'] as const;
export type DeviceStatus = (typeof DEVICE_STATUSES)[number];

export const LINE_POOLINGS = ['HOST', 'GUEST', 'NONE', 'UNKNOWN'] as const;
export type LinePooling = (typeof LINE_POOLINGS)[number];

export const FORWARDING_NUMBER_FEATURES = ['CALL_FLIP', 'CALL_FORWARDING', 'UNKNOWN'] as const;
export type ForwardingNumberFeature = (typeof FORWARDING_NUMBER_FEATURES)[number];

export const FORWARDING_NUMBER_TYPES = [
  'HOME',
  'MOBILE',
  'WORK',
  'PHONE_LINE',
  'OUTAGE',
  'OTHER',
  'BUSINESS_MOBILE_PHONE',
  'EXTENSION_APPS',
  'UNKNOWN',
] as const;
export type ForwardingNumberType = (typeof FORWARDING_NUMBER_TYPES)[number];

/** The place of a party: a party id means something only inside its session. */
export interface PartyAddress {
  readonly sessionId: string;
  readonly partyId: string;
}

/** Data for picking up a ringing call in an app; an opaque value for RingCentral's own clients. */
export interface MobilePickupData {
  readonly ccMailboxes: readonly string[];
  readonly to: string | null;
  readonly sid: string | null;
  readonly srvLvl: string | null;
  readonly srvLvlExt: string | null;
}

/** What a party is doing now, and why. */
export interface PartyStatus {
  readonly code: PartyStatusCode;
  /** The code as RingCentral wrote it; empty when it wrote none. */
  readonly rawCode: string;
  readonly reason: PartyStatusReason | null;
  readonly rawReason: string | null;
  readonly description: string | null;
  /** Where a parked call waits, like `*801`; empty for a park location. */
  readonly parkData: string | null;
  /** Where a party that is `GONE` went. */
  readonly peerId: PartyAddress | null;
  readonly mobilePickupData: MobilePickupData | null;
  readonly rcc: boolean | null;
}

/** One end of a call as the network knows it. */
export interface CallEndpoint {
  readonly phoneNumber: string | null;
  readonly name: string | null;
  readonly deviceId: string | null;
  readonly extensionId: string | null;
}

export interface PartyAttributes {
  readonly queueCall: boolean | null;
  readonly emergencyCallback: boolean | null;
}

export interface PartyOwner {
  readonly accountId: string | null;
  readonly extensionId: string | null;
  readonly brandId: string | null;
}

export interface PartyMetadata {
  /** Names are of the category: another party may have a value of the same name. */
  readonly values: readonly { readonly name: string; readonly value: string }[];
}

/** A recording of a party. "Stopped" is `active: false`; RingCentral has no other stop. */
export interface CallRecording {
  readonly id: string;
  readonly active: boolean;
  readonly mode: RecordingMode | null;
  readonly view: RecordingView | null;
}

/** An end of a call as it is told now, with what is known of the same number and not repeated. */
export function completedEnd(known: CallEndpoint | null, told: CallEndpoint | null): CallEndpoint | null {
  if (known === null || told === null || known.phoneNumber !== told.phoneNumber) return told;
  return {
    phoneNumber: told.phoneNumber,
    name: told.name ?? known.name,
    deviceId: told.deviceId ?? known.deviceId,
    extensionId: told.extensionId ?? known.extensionId,
  };
}

/** One participant of a session. */
export interface CallParty {
  readonly id: string;
  readonly sessionId: string;
  readonly accountId: string | null;
  readonly extensionId: string | null;
  readonly attributes: PartyAttributes | null;
  readonly status: PartyStatus;
  readonly muted: boolean | null;
  readonly standAlone: boolean | null;
  readonly park: { readonly id: string } | null;
  readonly from: CallEndpoint | null;
  readonly to: CallEndpoint | null;
  readonly owner: PartyOwner | null;
  readonly direction: Direction | null;
  readonly conferenceRole: ConferenceRole | null;
  readonly ringOutRole: RingRole | null;
  readonly ringMeRole: RingRole | null;
  readonly recordings: readonly CallRecording[];
  readonly metadata: readonly PartyMetadata[];
  /** When this state was true, in epoch milliseconds; strictly increasing per party. */
  readonly observedAt: number;
}

/** A call: its parties and how it began. */
export interface CallSession {
  readonly id: string;
  readonly originType: OriginType | null;
  readonly rawOriginType: string | null;
  /** Only of a conference: what the host's phone dials to join. */
  readonly voiceCallToken: string | null;
  /** Epoch milliseconds. */
  readonly creationTime: number | null;
  readonly parties: readonly CallParty[];
  /** When this state was true, in epoch milliseconds. */
  readonly observedAt: number;
}

/** One call in the viewer's presence. */
export interface ActiveCall {
  /** Presence's own id of the entry, where it gives one; nobody documents that it is unique. */
  readonly presenceId: string | null;
  /** The `telephonySessionId`: what every call operation wants. */
  readonly sessionId: string;
  /** The viewer's own party. */
  readonly partyId: string;
  /** RingCentral's older numeric session id, as its call log uses it. */
  readonly legacySessionId: string | null;
  readonly direction: Direction | null;
  readonly from: string | null;
  readonly fromName: string | null;
  readonly to: string | null;
  readonly toName: string | null;
  readonly telephonyStatus: TelephonyStatus;
  readonly rawTelephonyStatus: string;
  /** Epoch milliseconds. */
  readonly startTime: number | null;
  readonly queueCall: boolean | null;
  readonly onBehalfOf: string | null;
  readonly terminationType: string | null;
  /** When this entry was true, in epoch milliseconds; strictly increasing per session and party. */
  readonly observedAt: number;
}

/** The RingCentral user on whose behalf a request runs. */
export interface Viewer {
  readonly accountId: string;
  readonly extensionId: string;
  readonly extensionNumber: string | null;
  readonly name: string | null;
}

export interface Device {
  readonly id: string;
  readonly type: DeviceType | null;
  readonly rawType: string | null;
  readonly name: string | null;
  readonly status: DeviceStatus | null;
  readonly model: string | null;
  readonly serial: string | null;
  readonly computerName: string | null;
  readonly linePooling: LinePooling | null;
  readonly phoneNumbers: readonly string[];
}

export interface ForwardingNumber {
  readonly id: string;
  readonly phoneNumber: string | null;
  readonly label: string | null;
  readonly type: ForwardingNumberType | null;
  readonly rawType: string | null;
  readonly features: readonly ForwardingNumberFeature[];
  /** What `flipCallParty` takes as its `callFlipId`. */
  readonly flipNumber: string | null;
}

/** True when a party has left the call for good: it never comes back to life. */
export function isOver(status: PartyStatus): boolean {
  return status.code === 'DISCONNECTED' || status.code === 'GONE';
}

/** The party of a session by its id. */
export function findParty(session: CallSession, partyId: string): CallParty | undefined {
  return session.parties.find((party) => party.id === partyId);
}

/** A browser in which somebody is signed in at the gateway. */
export interface SignInSession {
  /** To end it by; it opens nothing. */
  readonly id: string;
  /** Times in epoch milliseconds. */
  readonly begunAt: number;
  readonly lastUsedAt: number;
  readonly expiresAt: number;
  /** What the browser calls itself. */
  readonly userAgent: string | null;
  /** The request came by it. */
  readonly isCurrent: boolean;
}
