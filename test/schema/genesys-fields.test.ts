/** Every field of a participant is asked for, and comes back from a state that sets it. */
import { isObjectType } from 'graphql';
import { describe, expect, test } from 'vitest';
import type { CallMediaParticipant } from '../../schema/genesys/model.ts';
import { schema } from '../../schema/index.ts';
import {
  aConversation,
  anEntity,
  aParticipant,
  createFakeConversations,
  dataOf,
} from './fake-conversations.ts';
import { START } from './fake-provider.ts';

/** The fields of the document that the product began with, as its models spell them. */
const SEED = `
  id name address start_time connected_time end_time start_hold_time purpose state direction disconnect_type held
  wrapup_required wrapup_prompt media_roles user queue team attributes error_info script wrapup_timeout_ms
  wrapup_skipped alerting_timeout_ms provider external_contact external_organization wrapup peer flagged_reason
  journey_context conversation_routing_data start_acw_time end_acw_time muted confined recording recording_state group
  ani dnis document_id fax_status monitored_participant_id coached_participant_id barged_participant_id
  consult_participant_id uui_data barged_time secure_pause disposition
`
  .trim()
  .split(/\s+/);

/** What Genesys Cloud has added since. */
const SINCE = `
  start_alerting_time park_time resume_time recorders_state transfer_source client_ip_address
  external_contact_initial_division_id
`
  .trim()
  .split(/\s+/);

const camelCase = (name: string) => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** The n-th minute of the call, so that no two times are the same. */
const minute = (n: number) => START + n * 60_000;
const told = (n: number) => new Date(minute(n)).toISOString();

const everything: CallMediaParticipant = {
  id: 'p-1',
  conversationId: 'c-1',
  name: 'Ada Bell',
  address: 'sip:ada@edge.example.com',
  startTime: minute(1),
  startAlertingTime: minute(2),
  connectedTime: minute(3),
  endTime: minute(4),
  startHoldTime: minute(5),
  startAcwTime: minute(6),
  endAcwTime: minute(7),
  parkTime: minute(8),
  resumeTime: minute(9),
  bargedTime: minute(10),
  purpose: 'AGENT',
  rawPurpose: 'agent',
  state: 'UNKNOWN',
  rawState: 'levitating',
  direction: 'INBOUND',
  rawDirection: 'inbound',
  disconnectType: 'TRANSFER_CONSULT',
  rawDisconnectType: 'transfer.consult',
  held: true,
  muted: true,
  confined: true,
  recording: true,
  recordingState: 'PAUSED',
  rawRecordingState: 'paused',
  recordersState: {
    adhocState: 'ACTIVE',
    customerExperienceState: 'PAUSED',
    agentExperienceState: 'NONE',
    snippetState: 'UNKNOWN',
    rawAdhocState: 'ACTIVE',
    rawCustomerExperienceState: 'PAUSED',
    rawAgentExperienceState: 'NONE',
    rawSnippetState: 'STARTING',
  },
  securePause: true,
  wrapupRequired: true,
  wrapupSkipped: true,
  wrapupPrompt: 'AGENT_REQUESTED',
  rawWrapupPrompt: 'agentRequested',
  wrapupTimeoutMs: 30_000,
  wrapup: {
    code: 'w-1',
    name: 'Sold',
    notes: 'Two boxes.',
    tags: ['box', 'blue'],
    durationSeconds: 12,
    endTime: minute(11),
    provisional: true,
  },
  alertingTimeoutMs: 8_000,
  mediaRoles: ['full', 'coach'],
  user: anEntity('USER', 'u-1', 'Ada'),
  queue: anEntity('QUEUE', 'q-1', 'Support'),
  team: anEntity('TEAM', 't-1', 'Blue'),
  group: anEntity('GROUP', 'g-1', 'Everybody'),
  script: anEntity('SCRIPT', 's-1', 'Greeting'),
  externalContact: anEntity('EXTERNAL_CONTACT', 'e-1', 'Sam'),
  externalContactInitialDivisionId: 'd-1',
  externalOrganization: anEntity('EXTERNAL_ORGANIZATION', 'o-1', 'Sam & Co'),
  attributes: [{ name: 'colour', value: 'blue' }],
  errorInfo: { message: 'No edge.', code: 'station.no.edge' },
  provider: 'Edge',
  peer: 'k-9',
  flaggedReason: 'GENERAL',
  rawFlaggedReason: 'general',
  journeyContext: {
    customer: { id: 'j-1', idType: 'cookie' },
    customerSession: { id: 'j-2', type: 'web' },
    triggeringAction: { id: 'j-3', actionMap: { id: 'j-4', version: 5 } },
  },
  conversationRoutingData: {
    queue: anEntity('QUEUE', 'q-1', 'Support'),
    language: anEntity('LANGUAGE', 'l-1', 'English'),
    priority: 3,
    skills: [anEntity('SKILL', 'k-1', 'Boxes')],
    scoredAgents: [{ agent: anEntity('USER', 'u-2', 'Bo'), score: 88 }],
    label: 'heavy',
  },
  ani: 'tel:+61370151234',
  dnis: 'tel:+61370159999',
  documentId: 'f-1',
  faxStatus: {
    direction: 'RECEIVE',
    rawDirection: 'receive',
    expectedPages: '3',
    activePage: '2',
    linesTransmitted: '4294967296',
    bytesTransmitted: '9007199254740993',
    baudRate: '14400',
    pageErrors: '0',
    lineErrors: '-1',
  },
  monitoredParticipantId: 'p-2',
  coachedParticipantId: 'p-3',
  bargedParticipantId: 'p-4',
  consultParticipantId: 'p-5',
  uuiData: '00c8',
  disposition: {
    name: 'disposition.classification.callable.person',
    analyzer: 'speech.person',
    dispositionParameters: {
      adjustableLiveSpeakerDetection: {
        mode: 'HIGH',
        rawMode: 'high',
        preconnectDuration: 'PT30.8S',
        eventName: 'line.connect',
        isPersonLikely: true,
        totalRingbacks: 4,
        lineConnected: true,
      },
    },
    detectedSpeechStart: minute(12),
    detectedSpeechEnd: minute(13),
    amdTimeout: {
      timeoutMs: 4_000,
      timerStartEvent: 'line.connect',
      timerStartTime: minute(14),
      timerEndTime: minute(15),
    },
    silentCallTimeout: { timeoutMs: 5_000, timerStartTime: minute(16), timerEndTime: minute(17) },
  },
  transferSource: 'consult',
  clientIpAddress: '192.0.2.7',
  observedAt: minute(18),
};

const ALL = /* GraphQL */ `
  query {
    callMediaParticipant(conversationId: "c-1", id: "p-1") {
      id conversationId name address purpose rawPurpose state rawState direction rawDirection
      startTime startAlertingTime connectedTime endTime startHoldTime startAcwTime endAcwTime parkTime resumeTime bargedTime
      disconnectType rawDisconnectType held muted confined recording recordingState rawRecordingState securePause
      recordersState {
        adhocState customerExperienceState agentExperienceState snippetState
        rawAdhocState rawCustomerExperienceState rawAgentExperienceState rawSnippetState
      }
      wrapupRequired wrapupSkipped wrapupPrompt rawWrapupPrompt wrapupTimeoutMs
      wrapup { code name notes tags durationSeconds endTime provisional }
      alertingTimeoutMs mediaRoles
      user { kind id name } queue { kind id name } team { kind id name } group { kind id name } script { kind id name }
      externalContact { kind id name } externalContactInitialDivisionId externalOrganization { kind id name }
      attributes { name value } errorInfo { message code } provider peer flaggedReason rawFlaggedReason
      journeyContext {
        customer { id idType } customerSession { id type } triggeringAction { id actionMap { id version } }
      }
      conversationRoutingData {
        queue { kind id name } language { kind id name } priority skills { kind id name }
        scoredAgents { agent { kind id name } score } label
      }
      ani dnis documentId
      faxStatus {
        direction rawDirection expectedPages activePage linesTransmitted bytesTransmitted baudRate pageErrors lineErrors
      }
      monitoredParticipantId coachedParticipantId bargedParticipantId consultParticipantId uuiData
      disposition {
        name analyzer detectedSpeechStart detectedSpeechEnd
        dispositionParameters {
          adjustableLiveSpeakerDetection {
            mode rawMode preconnectDuration eventName isPersonLikely totalRingbacks lineConnected
          }
        }
        amdTimeout { timeoutMs timerStartEvent timerStartTime timerEndTime }
        silentCallTimeout { timeoutMs timerStartTime timerEndTime }
      }
      transferSource clientIpAddress observedAt
    }
  }
`;

describe('CallMediaParticipant', () => {
  const type = schema.getType('CallMediaParticipant');
  const fields = isObjectType(type) ? type.getFields() : {};

  test('has every field of the document that the product began with, and what came since', () => {
    expect([...SEED, ...SINCE].map(camelCase).filter((name) => !(name in fields))).toEqual([]);
  });

  test('shows every one of them as it is, down to 64 bits and to words that nobody has published', async () => {
    const conversation = aConversation('c-1', { participants: [everything] });
    const genesys = createFakeConversations({ conversation: async () => conversation });
    const data = (await dataOf(genesys, ALL)) as { callMediaParticipant: Record<string, unknown> };
    const { user, ...shown } = data.callMediaParticipant;
    expect(user).toEqual({ kind: 'USER', id: 'u-1', name: 'Ada' });
    expect({ user, ...shown }).toEqual({
      ...everything,
      startTime: told(1),
      startAlertingTime: told(2),
      connectedTime: told(3),
      endTime: told(4),
      startHoldTime: told(5),
      startAcwTime: told(6),
      endAcwTime: told(7),
      parkTime: told(8),
      resumeTime: told(9),
      bargedTime: told(10),
      wrapup: { ...everything.wrapup, endTime: told(11) },
      disposition: {
        ...everything.disposition,
        detectedSpeechStart: told(12),
        detectedSpeechEnd: told(13),
        amdTimeout: {
          ...everything.disposition?.amdTimeout,
          timerStartTime: told(14),
          timerEndTime: told(15),
        },
        silentCallTimeout: { timeoutMs: 5_000, timerStartTime: told(16), timerEndTime: told(17) },
      },
      observedAt: told(18),
    });
    // Each name was there already: nobody was asked for one.
    expect(genesys.asked).toEqual(['conversation c-1']);
  });

  test('is asked for as a whole: no field of its own is left out above', async () => {
    const known = Object.keys(everything);
    const derived = Object.keys(fields).filter((name) => !known.includes(name));
    expect(derived.sort()).toEqual(
      // Worked out, or read of something else.
      [
        ...['system', 'call', 'number', 'activity', 'recorded', 'since'],
        ...['conversation', 'availableActions', 'wrapupCodes', 'communicationIds'],
      ].sort(),
    );
    for (const name of known) expect(ALL).toMatch(new RegExp(`\\b${name}\\b`));
  });

  test('shows nothing where Genesys Cloud tells nothing', async () => {
    const bare = aParticipant('c-1', 'p-1', { purpose: null, rawPurpose: null, state: null, rawState: null });
    const conversation = aConversation('c-1', { participants: [bare] });
    const genesys = createFakeConversations({ conversation: async () => conversation });
    expect(
      await dataOf(
        genesys,
        `{ callMediaParticipant(conversationId: "c-1", id: "p-1") {
          purpose state activity name number since user { name } wrapup { code } faxStatus { baudRate } attributes { name }
        } }`,
      ),
    ).toEqual({
      callMediaParticipant: {
        purpose: null,
        state: null,
        activity: 'UNKNOWN',
        name: null,
        number: null,
        since: null,
        user: null,
        wrapup: null,
        faxStatus: null,
        attributes: [],
      },
    });
  });
});

describe('CallConversation', () => {
  test('shows every field of its own', async () => {
    const conversation = aConversation('c-1', {
      name: 'A call',
      participants: [],
      otherMediaUris: ['/api/v2/conversations/chats/c-1'],
      recentTransfers: [
        {
          id: 'x-1',
          state: 'COMPLETE',
          rawState: 'Complete',
          dateIssued: minute(1),
          initiator: anEntity('USER', 'u-ada'),
          modifiedById: 'x-0',
          destinationUser: anEntity('USER', 'u-bo'),
          destinationAddress: 'tel:+61370151234',
          transferType: 'ATTENDED',
          rawTransferType: 'Attended',
        },
      ],
      utilizationLabelId: 'l-1',
      inactivityTimeout: minute(2),
      divisions: [
        { division: anEntity('DIVISION', 'd-1', 'Home'), entities: [anEntity('UNKNOWN', 'z-1', null)] },
      ],
      recordingState: 'ACTIVE',
      rawRecordingState: 'active',
      securePause: false,
      maxParticipants: 7,
      observedAt: minute(3),
    });
    const genesys = createFakeConversations({ conversation: async () => conversation });
    expect(
      await dataOf(
        genesys,
        `{ callConversation(id: "c-1") {
          id name participants { id } participant(id: "p-1") { id } otherMediaUris utilizationLabelId inactivityTimeout
          recentTransfers {
            id state rawState dateIssued initiator { name } modifiedById destinationUser { name } destinationAddress
            transferType rawTransferType
          }
          divisions { division { id name } entities { id kind name } }
          recordingState rawRecordingState securePause maxParticipants observedAt
        } }`,
      ),
    ).toEqual({
      callConversation: {
        id: 'c-1',
        name: 'A call',
        participants: [],
        participant: null,
        otherMediaUris: ['/api/v2/conversations/chats/c-1'],
        utilizationLabelId: 'l-1',
        inactivityTimeout: told(2),
        recentTransfers: [
          {
            id: 'x-1',
            state: 'COMPLETE',
            rawState: 'Complete',
            dateIssued: told(1),
            initiator: { name: 'Ada Bell' },
            modifiedById: 'x-0',
            destinationUser: { name: 'Bo Lind' },
            destinationAddress: 'tel:+61370151234',
            transferType: 'ATTENDED',
            rawTransferType: 'Attended',
          },
        ],
        divisions: [
          { division: { id: 'd-1', name: 'Home' }, entities: [{ id: 'z-1', kind: 'UNKNOWN', name: null }] },
        ],
        recordingState: 'ACTIVE',
        rawRecordingState: 'active',
        securePause: false,
        maxParticipants: 7,
        observedAt: told(3),
      },
    });
    // Both users in one request.
    expect(genesys.asked).toEqual(['conversation c-1', 'names USER u-ada u-bo']);
  });
});
