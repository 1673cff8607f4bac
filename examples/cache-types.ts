/** What caches must know of the schema: `npm run codegen` of the gateway writes it. */

/** Which types an interface or a union stands for. Without it no fragment on them matches. */
export const possibleTypes: Record<string, string[]> = {
  CommandPayload: [
    'CallSessionPayload',
    'CallPartyPayload',
    'CallRecordingPayload',
  ],
  CallControlError: [
    'WrongCallState',
    'CallNotFound',
    'CommandForbidden',
    'InvalidCommand',
    'RateLimited',
    'UpstreamUnavailable',
  ],
  CallEvent: [
    'CallSnapshot',
    'CallPartyChange',
    'CallStreamNotice',
  ],
  ActiveCallEvent: [
    'ActiveCallList',
    'ActiveCallNotice',
  ],
  AccountCallEvent: [
    'AccountSnapshot',
    'AccountCallBegan',
    'AccountCallPartyChange',
    'AccountCallEnded',
    'AccountPresenceChange',
    'AccountStreamNotice',
  ],
};

/** Types whose objects have no id of their own: a cache keeps them inside of what they stand in. */
export const embeddedTypes: string[] = [
  'Viewer',
  'ActiveCall',
  'CallOrigin',
  'PartyStatus',
  'PartyAddress',
  'MobilePickupData',
  'CallEndpoint',
  'PartyAttributes',
  'PartyMetadata',
  'MetadataValue',
  'PartyOwner',
  'AvailableAction',
  'EndSessionPayload',
  'CallSessionPayload',
  'WrongCallState',
  'CallNotFound',
  'CommandForbidden',
  'InvalidCommand',
  'RateLimited',
  'UpstreamUnavailable',
  'CallPartyPayload',
  'CallRecordingPayload',
  'CallSnapshot',
  'CallPartyChange',
  'CallStreamNotice',
  'ActiveCallList',
  'ActiveCallNotice',
  'AccountSnapshot',
  'Presence',
  'AccountCallBegan',
  'AccountCallPartyChange',
  'AccountCallEnded',
  'AccountPresenceChange',
  'AccountStreamNotice',
];

/** The fields that are lists of objects. A new list takes the place of the old one. */
export const listFields: Record<string, string[]> = {
  Subscription: [
    'activeCalls',
  ],
  Viewer: [
    'activeCalls',
    'devices',
    'sessions',
    'forwardingNumbers',
  ],
  CallSession: [
    'parties',
  ],
  CallParty: [
    'recordings',
    'metadata',
    'availableActions',
  ],
  PartyMetadata: [
    'values',
  ],
  EndSessionPayload: [
    'sessions',
  ],
  ActiveCallList: [
    'calls',
  ],
  AccountSnapshot: [
    'calls',
    'presences',
  ],
  Presence: [
    'activeCalls',
  ],
};
