/** A participant that has everything that Genesys documents, as it is written and as it is read. */

/** As a read of a conversation has it, without its id. */
export const EVERY_FIELD = {
  name: 'Ann Agent',
  address: 'sip:ann@example.org',
  startTime: '2026-03-04T15:20:00Z',
  startAlertingTime: '2026-03-04T15:20:01Z',
  connectedTime: '2026-03-04T15:20:05.250Z',
  endTime: '2026-03-04T15:30:00Z',
  startHoldTime: '2026-03-04T15:21:00Z',
  purpose: 'agent',
  state: 'connected',
  direction: 'inbound',
  disconnectType: 'transfer.noanswer',
  held: true,
  wrapupRequired: true,
  wrapupPrompt: 'agentRequested',
  mediaRoles: ['full', 'coach'],
  user: { id: 'u-1', selfUri: '/api/v2/users/u-1' },
  queue: { id: 'q-1', name: 'Sales' },
  team: { id: 't-1' },
  attributes: { second: '2', first: 'one' },
  errorInfo: { message: 'Busy', code: 'error.busy' },
  script: { id: 's-1' },
  wrapupTimeoutMs: 30_000,
  wrapupSkipped: false,
  alertingTimeoutMs: 8_000,
  provider: 'Edge',
  externalContact: { id: 'x-1' },
  externalContactInitialDivisionId: 'd-9',
  externalOrganization: { id: 'o-1' },
  wrapup: {
    ...{ code: 'w-1', name: 'Sale', notes: 'Sold.', tags: ['big'], durationSeconds: 12 },
    ...{ endTime: '2026-03-04T15:31:00Z', provisional: true },
  },
  peer: 'k-2',
  flaggedReason: 'general',
  journeyContext: {
    customer: { id: 'cu-1', idType: 'cookie' },
    customerSession: { id: 'cs-1', type: 'web' },
    triggeringAction: { id: 'a-1', actionMap: { id: 'm-1', version: 3 } },
  },
  conversationRoutingData: {
    ...{ queue: { id: 'q-1' }, language: { id: 'la-1' }, priority: 5, skills: [{ id: 'sk-1' }] },
    ...{ scoredAgents: [{ agent: { id: 'u-1' }, score: 77 }], label: 'VIP' },
  },
  startAcwTime: '2026-03-04T15:30:01Z',
  endAcwTime: '2026-03-04T15:31:01Z',
  parkTime: '2026-03-04T15:22:00Z',
  resumeTime: '2026-03-04T15:23:00Z',
  muted: true,
  confined: false,
  recording: true,
  recordingState: 'active',
  recordersState: {
    ...{ adhocState: 'ACTIVE', customerExperienceState: 'NONE' },
    ...{ agentExperienceState: 'PAUSED', snippetState: 'NONE' },
  },
  group: { id: 'g-1' },
  ani: 'tel:+12025550147',
  dnis: 'tel:+12025550199',
  documentId: 'doc-1',
  faxStatus: {
    ...{ direction: 'send', expectedPages: 3, activePage: 2, linesTransmitted: 400 },
    ...{ bytesTransmitted: '9007199254740993', baudRate: 14_400, pageErrors: 0, lineErrors: 1 },
  },
  monitoredParticipantId: 'p-2',
  coachedParticipantId: 'p-3',
  bargedParticipantId: 'p-4',
  consultParticipantId: 'p-5',
  uuiData: 'aabbcc',
  bargedTime: '2026-03-04T15:24:00Z',
  securePause: false,
  disposition: {
    ...{ name: 'person', analyzer: 'live' },
    dispositionParameters: {
      adjustableLiveSpeakerDetection: {
        ...{ mode: 'medium', preconnectDuration: 'PT30.8S', eventName: 'speech' },
        ...{ isPersonLikely: true, totalRingbacks: 2, lineConnected: true },
      },
    },
    ...{ detectedSpeechStart: '2026-03-04T15:20:06Z', detectedSpeechEnd: '2026-03-04T15:20:07Z' },
    amdTimeout: {
      ...{ timeoutMs: 2_000, timerStartEvent: 'connected' },
      ...{ timerStartTime: '2026-03-04T15:20:05Z', timerEndTime: '2026-03-04T15:20:07Z' },
    },
    silentCallTimeout: {
      ...{ timeoutMs: 3_000 },
      ...{ timerStartTime: '2026-03-04T15:20:05Z', timerEndTime: '2026-03-04T15:20:08Z' },
    },
  },
  transferSource: 'agent',
  clientIpAddress: '192.0.2.7',
} as const;

const time = (text: string) => Date.parse(`2026-03-04T${text}Z`);
const ref = (kind: string, id: string, name: string | null = null) => ({ kind, id, name });

/** The same as the gateway has it, of `p-1` in `c-1`. */
export const EVERY_FIELD_READ = {
  ...{ id: 'p-1', conversationId: 'c-1', name: 'Ann Agent', address: 'sip:ann@example.org' },
  ...{
    startTime: time('15:20:00'),
    startAlertingTime: time('15:20:01'),
    connectedTime: time('15:20:05.250'),
  },
  ...{ endTime: time('15:30:00'), startHoldTime: time('15:21:00') },
  ...{ purpose: 'AGENT', rawPurpose: 'agent', state: 'CONNECTED', rawState: 'connected' },
  ...{ direction: 'INBOUND', rawDirection: 'inbound' },
  ...{ disconnectType: 'TRANSFER_NO_ANSWER', rawDisconnectType: 'transfer.noanswer' },
  ...{ held: true, wrapupRequired: true, wrapupPrompt: 'AGENT_REQUESTED', rawWrapupPrompt: 'agentRequested' },
  mediaRoles: ['full', 'coach'],
  ...{ user: ref('USER', 'u-1'), queue: ref('QUEUE', 'q-1', 'Sales'), team: ref('TEAM', 't-1') },
  attributes: [
    { name: 'first', value: 'one' },
    { name: 'second', value: '2' },
  ],
  ...{ errorInfo: { message: 'Busy', code: 'error.busy' }, script: ref('SCRIPT', 's-1') },
  ...{ wrapupTimeoutMs: 30_000, wrapupSkipped: false, alertingTimeoutMs: 8_000, provider: 'Edge' },
  ...{ externalContact: ref('EXTERNAL_CONTACT', 'x-1'), externalContactInitialDivisionId: 'd-9' },
  externalOrganization: ref('EXTERNAL_ORGANIZATION', 'o-1'),
  wrapup: {
    ...{ code: 'w-1', name: 'Sale', notes: 'Sold.', tags: ['big'], durationSeconds: 12 },
    ...{ endTime: time('15:31:00'), provisional: true },
  },
  ...{ peer: 'k-2', flaggedReason: 'GENERAL', rawFlaggedReason: 'general' },
  journeyContext: EVERY_FIELD.journeyContext,
  conversationRoutingData: {
    ...{ queue: ref('QUEUE', 'q-1'), language: ref('LANGUAGE', 'la-1'), priority: 5 },
    ...{
      skills: [ref('SKILL', 'sk-1')],
      scoredAgents: [{ agent: ref('USER', 'u-1'), score: 77 }],
      label: 'VIP',
    },
  },
  ...{ startAcwTime: time('15:30:01'), endAcwTime: time('15:31:01') },
  ...{ parkTime: time('15:22:00'), resumeTime: time('15:23:00'), muted: true, confined: false },
  ...{ recording: true, recordingState: 'ACTIVE', rawRecordingState: 'active' },
  recordersState: {
    ...EVERY_FIELD.recordersState,
    ...{ rawAdhocState: 'ACTIVE', rawCustomerExperienceState: 'NONE' },
    ...{ rawAgentExperienceState: 'PAUSED', rawSnippetState: 'NONE' },
  },
  ...{ group: ref('GROUP', 'g-1'), ani: 'tel:+12025550147', dnis: 'tel:+12025550199', documentId: 'doc-1' },
  faxStatus: {
    ...{ direction: 'SEND', rawDirection: 'send', expectedPages: '3', activePage: '2' },
    ...{ linesTransmitted: '400', bytesTransmitted: '9007199254740993', baudRate: '14400' },
    ...{ pageErrors: '0', lineErrors: '1' },
  },
  ...{ monitoredParticipantId: 'p-2', coachedParticipantId: 'p-3', bargedParticipantId: 'p-4' },
  ...{ consultParticipantId: 'p-5', uuiData: 'aabbcc', bargedTime: time('15:24:00'), securePause: false },
  disposition: {
    ...{ name: 'person', analyzer: 'live' },
    dispositionParameters: {
      adjustableLiveSpeakerDetection: {
        ...{ mode: 'MEDIUM', rawMode: 'medium', preconnectDuration: 'PT30.8S', eventName: 'speech' },
        ...{ isPersonLikely: true, totalRingbacks: 2, lineConnected: true },
      },
    },
    ...{ detectedSpeechStart: time('15:20:06'), detectedSpeechEnd: time('15:20:07') },
    amdTimeout: {
      ...{ timeoutMs: 2_000, timerStartEvent: 'connected' },
      ...{ timerStartTime: time('15:20:05'), timerEndTime: time('15:20:07') },
    },
    silentCallTimeout: {
      ...{ timeoutMs: 3_000, timerStartTime: time('15:20:05'), timerEndTime: time('15:20:08') },
    },
  },
  ...{ transferSource: 'agent', clientIpAddress: '192.0.2.7', observedAt: 0 },
} as const;
