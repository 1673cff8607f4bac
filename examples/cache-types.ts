/** What caches must know of the schema: `npm run codegen` of the gateway writes it. */

/** Which types an interface or a union stands for. Without it no fragment on them matches. */
export const possibleTypes: Record<string, string[]> = {
  Call: [
    'CallSession',
    'CallConversation',
  ],
  CallParticipant: [
    'CallParty',
    'CallMediaParticipant',
  ],
  CommandPayload: [
    'CallSessionPayload',
    'CallPartyPayload',
    'CallRecordingPayload',
    'PresencePayload',
    'QueueAvailabilityPayload',
    'CallMediaParticipantPayload',
    'CallConversationPayload',
    'ConsultTransferPayload',
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
  ConversationEvent: [
    'ConversationSnapshot',
    'CallMediaParticipantChange',
    'ConversationStreamNotice',
  ],
  ConversationListEvent: [
    'ConversationList',
    'ActiveCallNotice',
  ],
};

/** Types whose objects have no id of their own: a cache keeps them inside of what they stand in. */
export const embeddedTypes: string[] = [
  'Viewer',
  'ActiveCall',
  'PartyStatus',
  'PartyAddress',
  'MobilePickupData',
  'CallEndpoint',
  'PartyAttributes',
  'PartyMetadata',
  'MetadataValue',
  'PartyOwner',
  'AvailableAction',
  'RecordersState',
  'CallAttribute',
  'Wrapup',
  'ErrorInfo',
  'ConversationRoutingData',
  'ScoredAgent',
  'JourneyContext',
  'JourneyCustomer',
  'JourneyCustomerSession',
  'JourneyAction',
  'JourneyActionMap',
  'Disposition',
  'DispositionParameters',
  'AdjustableLiveSpeakerDetection',
  'DispositionAmdTimeout',
  'DispositionSilentCallTimeout',
  'FaxStatus',
  'ConversationDivision',
  'AvailableParticipantAction',
  'CallOrigin',
  'ExtensionConnection',
  'Presence',
  'ExtensionEdge',
  'PageInfo',
  'CallQueueConnection',
  'CallQueueMemberConnection',
  'CallQueueMember',
  'CallQueueMemberEdge',
  'WaitingCall',
  'AccountCall',
  'AccountCallPart',
  'CallQueueEdge',
  'AccountCallConnection',
  'AccountCallEdge',
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
  'PresencePayload',
  'QueueAvailabilityPayload',
  'QueueAvailability',
  'CallMediaParticipantPayload',
  'CallConversationPayload',
  'ConsultTransferPayload',
  'CallSnapshot',
  'CallPartyChange',
  'CallStreamNotice',
  'ActiveCallList',
  'ActiveCallNotice',
  'AccountSnapshot',
  'AccountCallBegan',
  'AccountCallPartyChange',
  'AccountCallEnded',
  'AccountPresenceChange',
  'AccountStreamNotice',
  'ConversationSnapshot',
  'CallMediaParticipantChange',
  'ConversationStreamNotice',
  'ConversationList',
];

/** The fields that are lists of objects. A new list takes the place of the old one. */
export const listFields: Record<string, string[]> = {
  Subscription: [
    'activeCalls',
    'conversations',
  ],
  Viewer: [
    'activeCalls',
    'devices',
    'sessions',
    'forwardingNumbers',
    'conversations',
  ],
  CallSession: [
    'participants',
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
  CallMediaParticipant: [
    'attributes',
    'availableActions',
    'wrapupCodes',
  ],
  ConversationRoutingData: [
    'skills',
    'scoredAgents',
  ],
  CallConversation: [
    'participants',
    'recentTransfers',
    'divisions',
  ],
  ConversationDivision: [
    'entities',
  ],
  ExtensionConnection: [
    'nodes',
    'edges',
  ],
  Extension: [
    'activeCalls',
  ],
  Presence: [
    'activeCalls',
  ],
  CallQueueConnection: [
    'nodes',
    'edges',
  ],
  CallQueue: [
    'waitingCalls',
    'activeCalls',
  ],
  CallQueueMemberConnection: [
    'nodes',
    'edges',
  ],
  WaitingCall: [
    'ringing',
  ],
  AccountCall: [
    'parts',
  ],
  AccountCallConnection: [
    'nodes',
    'edges',
  ],
  EndSessionPayload: [
    'sessions',
  ],
  QueueAvailabilityPayload: [
    'queues',
  ],
  ActiveCallList: [
    'calls',
  ],
  AccountSnapshot: [
    'calls',
    'presences',
  ],
  ConversationList: [
    'conversations',
  ],
};
