/** What Genesys Cloud adds to the schema, name by name. */

export const GENESYS_COMMANDS = `
  placeCall startCallConference mergeCallConversations addCallMediaParticipants
  disconnectCallConversation tearDownCallConversation
  answerCallMediaParticipant disconnectCallMediaParticipant holdCallMediaParticipant unholdCallMediaParticipant
  muteCallMediaParticipant unmuteCallMediaParticipant confineCallMediaParticipant unconfineCallMediaParticipant
  scheduleCallMediaParticipantResume sendDigitsToCallMediaParticipant
  transferCallMediaParticipant startConsultTransfer speakToInConsultTransfer completeConsultTransfer
  cancelConsultTransfer
  startRecordingCallMediaParticipant stopRecordingCallMediaParticipant
  pauseCallConversationRecording resumeCallConversationRecording
  wrapUpCallMediaParticipant skipWrapUpCallMediaParticipant setCallMediaParticipantAfterCallWork
  flagCallMediaParticipant unflagCallMediaParticipant
  setCallMediaParticipantAttributes setCallMediaParticipantUuiData
  monitorCallMediaParticipant coachCallMediaParticipant bargeCallMediaParticipant
`
  .trim()
  .split(/\s+/);

export const GENESYS_QUERIES = [
  'callConversation(id: ID!): CallConversation',
  'callConversations(ids: [ID!]!): [CallConversation]!',
  'callMediaParticipant(conversationId: ID!, id: ID!): CallMediaParticipant',
];

export const GENESYS_SUBSCRIPTIONS = [
  'callMediaParticipantUpdated(conversationId: ID!, participantId: ID): CallMediaParticipant!',
  'conversationEvents(conversationId: ID!, after: ID): ConversationEvent!',
  'conversations(): [CallConversation!]!',
  'conversationListEvents(): ConversationListEvent!',
];

export const GENESYS_KEYS = {
  CallConversation: { key: ['id'], because: 'it is a UUID of its own' },
  CallMediaParticipant: {
    key: ['conversationId', 'id'],
    because: 'nobody documents that a participant id means something outside of its conversation',
  },
  ConversationTransfer: { key: ['id'], because: 'each command has an id of its own' },
  EntityReference: {
    key: ['id'],
    because: 'it is the id of a resource of the organisation, whatever its kind',
  },
  GenesysUser: { key: ['id'], because: 'it is the id of a resource of the organisation' },
  WrapupCode: { key: ['id'], because: 'it is the id of a resource of the organisation' },
};

/** Types whose id may be missing, and is no key: codegen lets caches keep them inside of what they stand in. */
export const WITHOUT_A_KEY = [
  'JourneyAction',
  // The same rule has another version later.
  'JourneyActionMap',
  'JourneyCustomer',
  'JourneyCustomerSession',
];

export const GENESYS_ONE_OF = [
  'ConferenceTargetInput',
  'ConsultTargetInput',
  'ParticipantTransferTargetInput',
  'PlacedCallTargetInput',
];
