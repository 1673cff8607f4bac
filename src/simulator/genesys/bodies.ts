/** Conversations as reads show them: the call's own shape, the shape of all media, and what lists and histories show. */
import { type Conversation, MOST_PARTICIPANTS, type Transfer } from './conversation.ts';
import { DIVISION, wrapupNameOf } from './organisation.ts';
import { isConnected, isPresent, type Participant, type Wrapup } from './participant.ts';

/** JSON as it is sent: what is undefined is not there. */
export type Json = Readonly<Record<string, unknown>>;

/** `GET /conversations/calls/{id}`. */
export function callConversationBody(conversation: Conversation): Json {
  return {
    id: conversation.id,
    participants: conversation.participants.map((one) => mediaParticipantBody(one)),
    otherMediaUris: [],
    recentTransfers: conversation.transfers.map(transferBody),
    recordingState: recordingStateOf(conversation),
    ...(conversation.isConference && { maxParticipants: MOST_PARTICIPANTS }),
    securePause: isPaused(conversation),
    divisions: [
      { division: { ...DIVISION, selfUri: `/api/v2/authorization/divisions/${DIVISION.id}` }, entities: [] },
    ],
    selfUri: `/api/v2/conversations/calls/${conversation.id}`,
  };
}

/** A participant there. References have an id and an address, and no name. */
export function mediaParticipantBody(one: Participant): Json {
  return withoutNothing({
    ...plainFacts(one),
    ...times(one),
    startAlertingTime: iso(one.startAlertingTime),
    user: ref('/api/v2/users', one.userId),
    queue: ref('/api/v2/routing/queues', one.queueId),
    externalContact: ref('/api/v2/externalcontacts/contacts', one.externalContactId),
    wrapup: one.wrapup === null ? undefined : wrapupBody(one.wrapup),
    disconnectType: one.disconnectType,
    ...stateOf(one),
    peer: one.peer,
    bargedTime: iso(one.bargedTime),
    bargedParticipantId: one.bargedParticipantId,
    uuiData: one.uuiData,
    ...refs(one.extras),
  });
}

/** What reads and events of a call show alike. */
export function plainFacts(one: Participant): Json {
  return {
    ...{ id: one.id, name: one.name, address: one.address, ani: one.ani, dnis: one.dnis },
    ...{ purpose: one.purpose, provider: 'Edge', mediaRoles: one.mediaRoles, attributes: one.attributes },
    ...{ wrapupRequired: one.wrapupRequired, wrapupPrompt: one.wrapupPrompt },
    ...{ wrapupTimeoutMs: one.wrapupTimeoutMs, wrapupSkipped: one.wrapupSkipped },
    ...{ alertingTimeoutMs: one.alertingTimeoutMs, flaggedReason: one.flaggedReason },
    ...{ consultParticipantId: one.consultParticipantId, monitoredParticipantId: one.monitoredParticipantId },
    coachedParticipantId: one.coachedParticipantId,
  };
}

/** Of the one communication, which a read of calls shows as if it were the participant's. */
export function stateOf(one: Participant): Json {
  return {
    ...{
      state: one.state,
      direction: one.direction,
      held: one.held,
      muted: one.muted,
      confined: one.confined,
    },
    ...{ recording: isRecorded(one), recordingState: legRecordingState(one), securePause: one.securePause },
    recordersState: {
      adhocState: stateWord(one.recording, one.securePause),
      customerExperienceState: 'NONE',
      agentExperienceState: 'NONE',
      snippetState: stateWord(one.snippet, one.securePause),
    },
  };
}

export function times(one: Participant): Json {
  return {
    ...{ startTime: iso(one.startTime), connectedTime: iso(one.connectedTime), endTime: iso(one.endTime) },
    ...{ startHoldTime: iso(one.startHoldTime), startAcwTime: iso(one.startAcwTime) },
    endAcwTime: iso(one.endAcwTime),
  };
}

/** `GET /conversations/{id}`: ids instead of references, and what the call is in `calls`. */
export function conversationBody(conversation: Conversation): Json {
  const state = recordingStateOf(conversation).toUpperCase();
  return withoutNothing({
    id: conversation.id,
    startTime: iso(conversation.startedAt),
    endTime: iso(conversation.endedAt),
    participants: conversation.participants.map((one) => participantBody(one)),
    recordingState: state,
    ...(conversation.isConference && { maxParticipants: MOST_PARTICIPANTS }),
    recentTransfers: conversation.transfers.map(transferBody),
    securePause: isPaused(conversation),
    selfUri: `/api/v2/conversations/${conversation.id}`,
  });
}

function participantBody(one: Participant): Json {
  return withoutNothing({
    ...plainFacts(one),
    provider: undefined,
    ...times(one),
    startHoldTime: undefined,
    userId: one.userId,
    queueId: one.queueId,
    externalContactId: one.externalContactId,
    bargedParticipantId: one.bargedParticipantId,
    wrapup: one.wrapup === null ? undefined : wrapupBody(one.wrapup),
    conversationRoutingData: one.extras.conversationRoutingData,
    calls: [
      withoutNothing({
        id: one.communicationId,
        ...stateOf(one),
        ...{ disconnectType: one.disconnectType, provider: 'Edge', peerId: one.peer, uuiData: one.uuiData },
        ...{ startHoldTime: iso(one.startHoldTime), startAlertingTime: iso(one.startAlertingTime) },
        ...{ connectedTime: iso(one.connectedTime), disconnectedTime: iso(one.endTime) },
        afterCallWorkRequired: one.wrapupRequired,
        wrapup: one.wrapup === null ? undefined : wrapupBody(one.wrapup),
        ...{
          faxStatus: one.extras.faxStatus,
          disposition: one.extras.disposition,
          errorInfo: one.extras.errorInfo,
        },
        documentId: one.extras.documentId,
      }),
    ],
  });
}

export function wrapupBody(wrapup: Wrapup): Json {
  return withoutNothing({
    code: wrapup.code,
    name: wrapupNameOf(wrapup.code),
    notes: wrapup.notes,
    tags: wrapup.tags,
    durationSeconds: wrapup.durationSeconds,
    endTime: iso(wrapup.endTime),
    provisional: wrapup.provisional,
  });
}

/** What was assigned: without a name. */
export function assignedWrapupBody({ code, notes, tags, durationSeconds, endTime }: Wrapup): Json {
  return withoutNothing({ code, notes, tags, durationSeconds, endTime: iso(endTime) });
}

function transferBody({ id, state, issuedAt, initiatorUserId, userId, address, type }: Transfer): Json {
  return {
    ...{ id, state, dateIssued: iso(issuedAt), transferType: type },
    initiator: withoutNothing({ userId: initiatorUserId }),
    destination: withoutNothing({ userId, address }),
  };
}

/** `GET /conversations/calls/history`. */
export function historyBody(conversation: Conversation, userId: string): Json {
  const own = conversation.participants.find((one) => one.userId === userId);
  return withoutNothing({
    id: conversation.id,
    direction: own?.direction,
    wentToVoicemail: conversation.participants.some(({ purpose }) => purpose === 'voicemail'),
    missedCall: own?.connectedTime === null,
    startTime: iso(conversation.startedAt),
    ...{ wasConference: conversation.isConference, wasCallback: false, hadScreenShare: false },
    ...{ hadCobrowse: false, wasOutboundCampaign: false },
    participants: conversation.participants.map((one) =>
      withoutNothing({
        ...{ id: one.id, name: one.name, address: one.address, ani: one.ani, dnis: one.dnis },
        ...{ startTime: iso(one.startTime), endTime: iso(one.endTime), purpose: one.purpose },
        ...{ direction: one.direction, disconnectType: one.disconnectType, flaggedReason: one.flaggedReason },
        user: ref('/api/v2/users', one.userId),
        queue: ref('/api/v2/routing/queues', one.queueId),
        didInteract: one.connectedTime !== null,
      }),
    ),
    selfUri: `/api/v2/conversations/${conversation.id}`,
  });
}

/** A page of a list, as every list is one. */
export function listing(
  entities: readonly Json[],
  selfUri: string,
  page = { size: entities.length, number: 1, total: entities.length },
): Json {
  return {
    entities,
    ...{ pageSize: page.size, pageNumber: page.number, total: page.total },
    pageCount: page.size === 0 ? 0 : Math.ceil(page.total / page.size),
    ...{ firstUri: selfUri, selfUri, lastUri: selfUri },
  };
}

export function recordingStateOf({ participants }: Conversation): 'none' | 'active' | 'paused' {
  const recorded = participants.filter((one) => isPresent(one) && (one.recording || one.snippet));
  if (recorded.length === 0) return 'none';
  return recorded.some((one) => one.securePause) ? 'paused' : 'active';
}

export function isPaused({ participants }: Conversation): boolean {
  return participants.some((one) => isConnected(one) && one.securePause);
}

export function iso(at: number | null): string | undefined {
  return at === null ? undefined : new Date(at).toISOString();
}

/** What is null or undefined is not sent. */
export function withoutNothing(body: Json): Json {
  return Object.fromEntries(
    Object.entries(body).filter(([, value]) => value !== undefined && value !== null),
  );
}

function isRecorded(one: Participant): boolean {
  return one.recording || one.snippet;
}

function legRecordingState(one: Participant): 'none' | 'active' | 'paused' {
  if (!isRecorded(one)) return 'none';
  return one.securePause ? 'paused' : 'active';
}

function stateWord(isOn: boolean, isHeldBack: boolean): 'ACTIVE' | 'PAUSED' | 'NONE' {
  if (!isOn) return 'NONE';
  return isHeldBack ? 'PAUSED' : 'ACTIVE';
}

function ref(address: string, id: string | null): Json | undefined {
  return id === null ? undefined : { id, selfUri: `${address}/${id}` };
}

const ADDRESSES: Readonly<Record<string, string>> = {
  team: '/api/v2/teams',
  script: '/api/v2/scripts',
  group: '/api/v2/groups',
  externalOrganization: '/api/v2/externalcontacts/organizations',
};

/** Facts that were handed in, references completed by their address. */
function refs(extras: Participant['extras']): Json {
  return Object.fromEntries(
    Object.entries(extras).map(([name, value]) => {
      const address = ADDRESSES[name];
      const id = (value as { readonly id?: unknown } | null)?.id;
      return [
        name,
        address === undefined || typeof id !== 'string' ? value : { id, selfUri: `${address}/${id}` },
      ];
    }),
  );
}
