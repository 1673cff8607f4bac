/**
 * JSON as RingCentral sends it. Every field may be missing and every enum may hold a new value, so
 * nothing here is narrower than what has been seen on the wire. It is what is expected, not what is believed: a
 * reader takes each value for unknown (`values.ts`).
 */

/** A number or a numeric string: the type of an id differs between RingCentral's APIs. Compare as text. */
export type WireId = string | number;

export interface WirePeer {
  /** In REST answers an `s-…` id; in events the older numeric id, or `"0"` for a conference. */
  sessionId?: string;
  /** Only in events. Read `telephonySessionId ?? sessionId`. */
  telephonySessionId?: string;
  partyId?: string;
}

export interface WirePartyStatus {
  code?: string;
  reason?: string;
  description?: string;
  parkData?: string;
  peerId?: WirePeer;
  mobilePickupData?: {
    ccMailboxes?: string[];
    to?: string;
    sid?: string;
    /** In data; the published document spells it `srvlvl`. */
    srvLvl?: string;
    srvlvl?: string;
    srvLvlExt?: string;
  };
  rcc?: boolean;
}

export interface WireEndpoint {
  phoneNumber?: string;
  name?: string;
  deviceId?: WireId;
  extensionId?: WireId;
}

export interface WireRecording {
  id?: WireId;
  active?: boolean;
  mode?: string;
  view?: string;
}

export interface WireParty {
  id?: string;
  accountId?: WireId;
  extensionId?: WireId;
  brandId?: WireId;
  attributes?: { queueCall?: boolean; emergencyCallback?: boolean };
  status?: WirePartyStatus;
  muted?: boolean;
  standAlone?: boolean;
  park?: { id?: string };
  from?: WireEndpoint;
  to?: WireEndpoint;
  /** Deprecated, and in some bodies the only place that names the account and the extension. */
  owner?: { accountId?: WireId; extensionId?: WireId; brandId?: WireId };
  direction?: string;
  conferenceRole?: string;
  ringOutRole?: string;
  ringMeRole?: string;
  recordings?: WireRecording[];
  metadata?: WireMetadata[];
}

/** A category of values that was attached to a call. */
export interface WireMetadata {
  values?: WireMetadataValue[];
}

export interface WireMetadataValue {
  /** Its name; another party may have a value of the same name. */
  id?: string;
  value?: string;
}

export interface WireSession {
  id?: string;
  origin?: { type?: string };
  voiceCallToken?: string;
  parties?: WireParty[];
  creationTime?: string;
}

/** Call-out and conference answer the session in this wrapper, and nothing else does. */
export interface WireSessionWrapper {
  session?: WireSession;
}

export interface WireActiveCall {
  id?: string;
  direction?: string;
  queueCall?: boolean;
  from?: string;
  fromName?: string;
  to?: string;
  toName?: string;
  telephonyStatus?: string;
  startTime?: string;
  sessionId?: string;
  telephonySessionId?: string;
  partyId?: string;
  onBehalfOf?: string;
  terminationType?: string;
  sipData?: Record<string, string>;
}

export interface WirePresence {
  uri?: string;
  extension?: { id?: WireId; uri?: string; extensionNumber?: string };
  presenceStatus?: string;
  telephonyStatus?: string;
  userStatus?: string;
  meetingStatus?: string;
  dndStatus?: string;
  /** What the user wrote. */
  message?: string;
  /** More than `activeCalls` has where the list was cut. */
  totalActiveCalls?: number;
  allowSeeMyPresence?: boolean;
  ringOnMonitoredCall?: boolean;
  pickUpCallsOnHold?: boolean;
  /** Missing, not empty, when there is no call. */
  activeCalls?: WireActiveCall[];
}

export interface WireExtension {
  id?: WireId;
  uri?: string;
  account?: { id?: WireId; uri?: string };
  extensionNumber?: string;
  name?: string;
  contact?: { firstName?: string; lastName?: string; email?: string };
  type?: string;
  status?: string;
}

export interface WireDevice {
  id?: WireId;
  uri?: string;
  type?: string;
  sku?: string;
  name?: string;
  serial?: string;
  computerName?: string;
  status?: string;
  model?: { id?: string; name?: string };
  extension?: { id?: WireId; uri?: string; extensionNumber?: string };
  phoneLines?: {
    id?: string;
    lineType?: string;
    emergencyAddress?: { required?: boolean; localOnly?: boolean };
    phoneInfo?: { id?: WireId; phoneNumber?: string; [more: string]: unknown };
  }[];
  linePooling?: string;
}

export interface WireForwardingNumber {
  id?: WireId;
  uri?: string;
  phoneNumber?: string;
  label?: string;
  features?: string[];
  flipNumber?: string;
  type?: string;
}

export interface WirePage<Record> {
  uri?: string;
  records?: Record[];
  paging?: {
    page?: number;
    perPage?: number;
    pageStart?: number;
    pageEnd?: number;
    totalPages?: number;
    totalElements?: number;
  };
  navigation?: {
    firstPage?: { uri?: string };
    nextPage?: { uri?: string };
    previousPage?: { uri?: string };
    lastPage?: { uri?: string };
  };
}

export interface WireToken {
  access_token?: string;
  token_type?: string;
  /** Seconds. */
  expires_in?: number;
  refresh_token?: string;
  /** Seconds. */
  refresh_token_expires_in?: number;
  scope?: string;
  owner_id?: string;
  endpoint_id?: string;
  session_id?: string;
}

export interface WireErrorDetail {
  errorCode?: string;
  message?: string;
  parameterName?: string;
  parameterValue?: string;
  permissionName?: string;
}

/** Either list or top-level fields may be missing, and both may be present. */
export interface WireError extends WireErrorDetail {
  errors?: WireErrorDetail[];
  /** Only of the OAuth endpoints. */
  error?: string;
  error_description?: string;
}

/** The body of a telephony notification: one change of a call. */
export interface WireSessionEvent {
  /** Counts the changes of one call, over all its parties; the first one is 2. */
  sequence?: number;
  /** The older numeric id, `"0"` for a conference. */
  sessionId?: string;
  telephonySessionId?: string;
  serverId?: string;
  /** When it changed, with milliseconds. */
  eventTime?: string;
  origin?: { type?: string };
  /** Exactly one in every event that was ever recorded. Fields that are missing did not change; `status` is whole. */
  parties?: WireEventParty[];
}

export interface WireEventParty extends WireParty {
  missedCall?: boolean;
  /** Only when true. */
  queueCall?: boolean;
  uiCallInfo?: {
    primary?: { type?: string; value?: string };
    additional?: { type?: string; value?: string };
  };
}

/** What a subscription delivers, whatever it is about. */
export interface WireNotification {
  uuid?: string;
  /** The filter it came by, with ids in place of `~`. */
  event?: string;
  /** When it was sent, with milliseconds. */
  timestamp?: string;
  subscriptionId?: string;
  ownerId?: string;
  body?: unknown;
}

/** The first element of every frame; the second, the body, may be missing. */
export interface WireFrameMeta {
  type?: string;
  messageId?: string;
  status?: number;
  headers?: Record<string, string>;
  /** Brings the session of the socket back after a loss; of several the one with the highest sequence. */
  wsc?: { token?: string; sequence?: number };
  method?: string;
  path?: string;
  query?: Record<string, string>;
}

export type WireFrame = [WireFrameMeta, unknown?];

/** The body of the frame that opens a connection. */
export interface WireConnectionDetails {
  creationTime?: string;
  /** `Successful` or `Failed`; missing when nothing was to be recovered. */
  recoveryState?: string;
  recoveryErrorCode?: string;
  maxConnectionsPerSession?: number;
  /** Notifications. */
  recoveryBufferSize?: number;
  /** Seconds. */
  recoveryTimeout?: number;
  /** Seconds without a frame of either side. */
  idleTimeout?: number;
  /** Seconds. */
  absoluteTimeout?: number;
  maxActiveRequests?: number;
}

export interface WireSubscription {
  uri?: string;
  id?: string;
  creationTime?: string;
  status?: string;
  /** Those that were granted, with ids in place of `~`. */
  eventFilters?: string[];
  /** Those that stay silent. */
  disabledFilters?: { filter?: string; reason?: string; message?: string }[];
  expirationTime?: string;
  /** Seconds. */
  expiresIn?: number;
  deliveryMode?: { transportType?: string; encryption?: boolean };
}

export interface WireSocketToken {
  uri?: string;
  ws_access_token?: string;
  /** Seconds. */
  expires_in?: number;
}

export interface WireWebAppDevice {
  id?: WireId;
  type?: string;
  name?: string;
  serial?: string;
  status?: string;
  expiresIn?: number;
}
