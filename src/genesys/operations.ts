/**
 * Every Genesys Cloud operation that the gateway uses, in one table: where it is, what it takes, what it answers, and who
 * may ask for it. Where there are two ways the one that is not deprecated stands here.
 *
 * All of them are paid for by one limit: 300 requests a minute of one user by one app, 3,000 of one user by all apps.
 */
import type * as z from 'zod/mini';
import type { Operation as UpstreamOperation } from '../upstream/operation.ts';
import {
  afterCallWork,
  attributes,
  communicationChange,
  conferenceMembers,
  consultOf,
  consultUpdate,
  conversationChange,
  conversationIds,
  digits,
  participantChange,
  placedCall,
  recordingState,
  snippet,
  transferOf,
  uuiData,
  voicemail,
  wrapup,
} from './bodies.ts';

/** One operation of Genesys Cloud's platform API. */
export interface Operation extends UpstreamOperation {
  readonly group: RateGroup;
  /** Any one of these is enough, beside those that a user has on their own conversations; none: nothing is asked for. */
  readonly permissions: readonly string[];
}

/** Genesys counts all requests of a user by an app together. */
export const RATE_GROUPS = ['Platform'] as const;
export type RateGroup = (typeof RATE_GROUPS)[number];

const API = '/api/v2';
const CONVERSATION = `${API}/conversations/{conversationId}`;
const CALLS = `${API}/conversations/calls`;
const CALL = `${CALLS}/{conversationId}`;
const PARTICIPANT = `${CALL}/participants/{participantId}`;
const COMMUNICATION = `${PARTICIPANT}/communications/{communicationId}`;
/** The same participant, of whatever media. */
const ANY_PARTICIPANT = `${CONVERSATION}/participants/{participantId}`;

interface Row {
  readonly body?: z.ZodMiniType;
  readonly success?: readonly number[];
  readonly permissions?: readonly string[];
}

function row(
  id: string,
  method: Operation['method'],
  path: string,
  { body, success = [200], permissions = [] }: Row = {},
): Operation {
  return {
    ...{ id, method, path, body: body ?? null, success, permissions },
    group: 'Platform',
    // Genesys asks for permissions of the user, which no other token of theirs would have.
    permission: null,
  };
}

const TRANSFER = 'conversation:communication:blindTransfer';
const CONSULT = 'conversation:communication:consultTransfer';
const DISCONNECT = 'conversation:communication:disconnect';
const WRAPUP = 'conversation:participant:wrapup';

/** Accepted, and done a little later; some answer at once. */
const SOON = [200, 202];

/** The table. */
export const OPERATIONS = {
  /** `GET /users/me` · who the token belongs to; 400 `not.a.user` for that of an app. */
  getUsersMe: row('getUsersMe', 'GET', `${API}/users/me`),
  /** `GET /conversations/calls` · the calls in which the user takes part directly. */
  getConversationsCalls: row('getConversationsCalls', 'GET', CALLS),
  /** `GET /conversations/calls/{conversationId}` · the call medium of a conversation. */
  getConversationsCall: row('getConversationsCall', 'GET', CALL),
  /** `GET /conversations/{conversationId}` · all media; the only one that tells the ids of communications. */
  getConversation: row('getConversation', 'GET', CONVERSATION, {
    permissions: ['conversation:communication:view'],
  }),
  /** `GET …/participants/{participantId}/wrapupcodes` · what it may be wrapped up with. */
  getConversationsCallParticipantWrapupcodes: row(
    'getConversationsCallParticipantWrapupcodes',
    'GET',
    `${PARTICIPANT}/wrapupcodes`,
  ),
  /** `POST /conversations/calls` · needs a station of the user; one destination, or several for a conference. */
  postConversationsCalls: row('postConversationsCalls', 'POST', CALLS, {
    body: placedCall,
    success: [200, 201, 202],
    permissions: ['conversation:conference:add'],
  }),
  /** `POST /conversations/calls/user/{userId}` · on behalf of another user. */
  postConversationsCallsUserUserId: row(
    'postConversationsCallsUserUserId',
    'POST',
    `${CALLS}/user/{userId}`,
    {
      body: placedCall,
      success: [200, 201, 202],
      permissions: ['conversation:agentlessCall:add', 'conversation:call:add'],
    },
  ),
  /** `PATCH /conversations/calls/{conversationId}` · ends it for everyone. */
  patchConversationsCall: row('patchConversationsCall', 'PATCH', CALL, {
    body: conversationChange,
    success: SOON,
    permissions: [DISCONNECT],
  }),
  /** `PATCH …/{conversationId}/conference` · other conversations of the user join it. */
  patchConversationsCallConference: row('patchConversationsCallConference', 'PATCH', `${CALL}/conference`, {
    body: conversationIds,
    success: SOON,
    permissions: ['conversation:conference:add'],
  }),
  /** `PUT …/{conversationId}/recordingstate` · secure pause, and its end. */
  putConversationsCallRecordingstate: row(
    'putConversationsCallRecordingstate',
    'PUT',
    `${CALL}/recordingstate`,
    { body: recordingState, success: SOON, permissions: ['conversation:recording:pauseOthers'] },
  ),
  /** `POST …/{conversationId}/participants` · calls others into it. */
  postConversationsCallParticipants: row(
    'postConversationsCallParticipants',
    'POST',
    `${CALL}/participants`,
    {
      body: conferenceMembers,
      success: [200, 201, 202],
    },
  ),
  /** `PATCH …/participants/{participantId}` · answer, hang up, hold, mute, record, confine, wrap up: one field of them. */
  patchConversationsCallParticipant: row('patchConversationsCallParticipant', 'PATCH', PARTICIPANT, {
    body: participantChange,
    success: SOON,
    permissions: [WRAPUP, 'conversation:call:record', DISCONNECT],
  }),
  /** `PATCH …/participants/{participantId}/attributes` · those that are not named stay. */
  patchConversationsCallParticipantAttributes: row(
    'patchConversationsCallParticipantAttributes',
    'PATCH',
    `${PARTICIPANT}/attributes`,
    { body: attributes, success: SOON },
  ),
  /** `PATCH …/communications/{communicationId}` · hangs one communication up, and sets no wrap-up. */
  patchConversationsCallParticipantCommunication: row(
    'patchConversationsCallParticipantCommunication',
    'PATCH',
    COMMUNICATION,
    { body: communicationChange, success: [200, 202, 204] },
  ),
  /** `PUT …/communications/{communicationId}/uuidata` · sent along to the other side. */
  putConversationsCallParticipantCommunicationUuidata: row(
    'putConversationsCallParticipantCommunicationUuidata',
    'PUT',
    `${COMMUNICATION}/uuidata`,
    { body: uuiData, success: [200, 202, 204] },
  ),
  /** `POST …/communications/{communicationId}/wrapup` · of this communication alone. */
  postConversationsCallParticipantCommunicationWrapup: row(
    'postConversationsCallParticipantCommunicationWrapup',
    'POST',
    `${COMMUNICATION}/wrapup`,
    { body: wrapup, success: SOON, permissions: [WRAPUP] },
  ),
  /** `PATCH /conversations/aftercallwork/…` · whether the agent will work on it after the call. */
  patchConversationsAftercallworkConversationIdParticipantCommunication: row(
    'patchConversationsAftercallworkConversationIdParticipantCommunication',
    'PATCH',
    `${API}/conversations/aftercallwork/{conversationId}/participants/{participantId}/communications/{communicationId}`,
    { body: afterCallWork, success: SOON, permissions: [WRAPUP] },
  ),
  /** `POST …/calls/{conversationId}/participants/{participantId}/replace` · to voicemail; the one of two that is not deprecated. */
  postConversationsCallParticipantReplace: row(
    'postConversationsCallParticipantReplace',
    'POST',
    `${PARTICIPANT}/replace`,
    { body: voicemail, success: SOON, permissions: [TRANSFER] },
  ),
  /** `POST …/participants/{participantId}/replace/agent` · blind, to a user. */
  postConversationParticipantReplaceAgent: row(
    'postConversationParticipantReplaceAgent',
    'POST',
    `${ANY_PARTICIPANT}/replace/agent`,
    { body: transferOf('userId'), success: SOON, permissions: [TRANSFER, `${TRANSFER}Agent`] },
  ),
  /** `POST …/participants/{participantId}/replace/queue` · blind, to a queue. */
  postConversationParticipantReplaceQueue: row(
    'postConversationParticipantReplaceQueue',
    'POST',
    `${ANY_PARTICIPANT}/replace/queue`,
    { body: transferOf('queueId'), success: SOON, permissions: [TRANSFER, `${TRANSFER}Queue`] },
  ),
  /** `POST …/participants/{participantId}/replace/contact/external` · blind, to an external contact. */
  postConversationParticipantReplaceContactExternal: row(
    'postConversationParticipantReplaceContactExternal',
    'POST',
    `${ANY_PARTICIPANT}/replace/contact/external`,
    { body: transferOf('contactId'), success: SOON, permissions: [TRANSFER, `${TRANSFER}ExternalContact`] },
  ),
  /** `POST …/participants/{participantId}/transfer` · blind, to an address. */
  postConversationParticipantTransfer: row(
    'postConversationParticipantTransfer',
    'POST',
    `${ANY_PARTICIPANT}/transfer`,
    { body: transferOf('address'), success: SOON, permissions: [TRANSFER] },
  ),
  /** `POST …/participants/{participantId}/consult/agent` · asks a user first. The participant is whoever is transferred. */
  postConversationsCallParticipantConsultAgent: row(
    'postConversationsCallParticipantConsultAgent',
    'POST',
    `${PARTICIPANT}/consult/agent`,
    { body: consultOf('userId'), success: [200, 201, 202], permissions: [CONSULT, `${CONSULT}Agent`] },
  ),
  /** `POST …/participants/{participantId}/consult/queue` · asks somebody of a queue first. */
  postConversationsCallParticipantConsultQueue: row(
    'postConversationsCallParticipantConsultQueue',
    'POST',
    `${PARTICIPANT}/consult/queue`,
    { body: consultOf('queueId'), success: [200, 201, 202], permissions: [CONSULT, `${CONSULT}Queue`] },
  ),
  /** `POST …/participants/{participantId}/consult/contact/external` · asks an external contact first. */
  postConversationsCallParticipantConsultContactExternal: row(
    'postConversationsCallParticipantConsultContactExternal',
    'POST',
    `${PARTICIPANT}/consult/contact/external`,
    {
      body: consultOf('contactId'),
      success: [200, 201, 202],
      permissions: [CONSULT, `${CONSULT}ExternalContact`],
    },
  ),
  /** `POST …/participants/{participantId}/voice/consult` · asks whoever has an address first. */
  postConversationsCallParticipantVoiceConsult: row(
    'postConversationsCallParticipantVoiceConsult',
    'POST',
    `${PARTICIPANT}/voice/consult`,
    { body: consultOf('address'), success: [200, 201, 202], permissions: [CONSULT] },
  ),
  /** `PATCH …/participants/{participantId}/consult` · who hears whom. */
  patchConversationsCallParticipantConsult: row(
    'patchConversationsCallParticipantConsult',
    'PATCH',
    `${PARTICIPANT}/consult`,
    { body: consultUpdate, success: SOON },
  ),
  /** `DELETE …/participants/{participantId}/consult` · back to as it was. */
  deleteConversationsCallParticipantConsult: row(
    'deleteConversationsCallParticipantConsult',
    'DELETE',
    `${PARTICIPANT}/consult`,
    { success: [200, 202, 204] },
  ),
  /** `POST …/participants/{participantId}/monitor` · listens; needs a station. */
  postConversationsCallParticipantMonitor: row(
    'postConversationsCallParticipantMonitor',
    'POST',
    `${PARTICIPANT}/monitor`,
    { success: [200, 201, 202], permissions: ['conversation:call:monitor'] },
  ),
  /** `POST …/participants/{participantId}/coach` · speaks to the agent alone; needs a station. */
  postConversationsCallParticipantCoach: row(
    'postConversationsCallParticipantCoach',
    'POST',
    `${PARTICIPANT}/coach`,
    { success: [200, 201, 202], permissions: ['conversation:call:coach'] },
  ),
  /** `POST …/participants/{participantId}/barge` · speaks to everybody; needs a station. */
  postConversationsCallParticipantBarge: row(
    'postConversationsCallParticipantBarge',
    'POST',
    `${PARTICIPANT}/barge`,
    { success: [200, 201, 202], permissions: ['conversation:call:barge'] },
  ),
  /** `POST …/participants/{participantId}/snippet/record` · a recording of a part of the call. */
  postConversationsCallParticipantSnippetRecord: row(
    'postConversationsCallParticipantSnippetRecord',
    'POST',
    `${PARTICIPANT}/snippet/record`,
    { body: snippet, success: SOON, permissions: ['conversation:recording:snippetRecord'] },
  ),
  /** `POST …/participants/{participantId}/digits` · as if they had been pressed. */
  postConversationParticipantDigits: row(
    'postConversationParticipantDigits',
    'POST',
    `${ANY_PARTICIPANT}/digits`,
    { body: digits, success: SOON },
  ),
  /** `PUT …/participants/{participantId}/flaggedreason` · asks for somebody to look at the call. */
  putConversationParticipantFlaggedreason: row(
    'putConversationParticipantFlaggedreason',
    'PUT',
    `${ANY_PARTICIPANT}/flaggedreason`,
    { success: [200, 202, 204] },
  ),
  /** `DELETE …/participants/{participantId}/flaggedreason`. */
  deleteConversationParticipantFlaggedreason: row(
    'deleteConversationParticipantFlaggedreason',
    'DELETE',
    `${ANY_PARTICIPANT}/flaggedreason`,
    { success: [200, 202, 204] },
  ),
  /** `POST /conversations/{conversationId}/disconnect` · tears it down, with a wrap-up of the system's; not the normal way. */
  postConversationDisconnect: row('postConversationDisconnect', 'POST', `${CONVERSATION}/disconnect`, {
    success: SOON,
    permissions: [DISCONNECT],
  }),
  /** `DELETE /conversations/{conversationId}` · ends all its media for everyone. */
  deleteConversation: row('deleteConversation', 'DELETE', CONVERSATION, {
    success: [200, 202, 204],
    permissions: [DISCONNECT],
  }),
  /** `GET /users?id=…` · names in bulk. */
  getUsers: row('getUsers', 'GET', `${API}/users`, { permissions: ['directory:user:view'] }),
  /** `GET /routing/queues?id=…`. */
  getRoutingQueues: row('getRoutingQueues', 'GET', `${API}/routing/queues`, {
    permissions: ['routing:queue:view'],
  }),
  /** `GET /groups?id=…`. */
  getGroups: row('getGroups', 'GET', `${API}/groups`),
  /** `GET /routing/skills?id=…`. */
  getRoutingSkills: row('getRoutingSkills', 'GET', `${API}/routing/skills`, {
    permissions: ['routing:skill:view', 'routing:skill:manage'],
  }),
  /** `GET /routing/languages?id=…`. */
  getRoutingLanguages: row('getRoutingLanguages', 'GET', `${API}/routing/languages`, {
    permissions: ['routing:language:view', 'routing:language:manage'],
  }),
  /** `GET /routing/wrapupcodes?id=…`. */
  getRoutingWrapupcodes: row('getRoutingWrapupcodes', 'GET', `${API}/routing/wrapupcodes`, {
    permissions: ['routing:wrapupCode:view', 'routing:wrapupCode:add'],
  }),
  /** `GET /authorization/divisions?id=…`. */
  getAuthorizationDivisions: row('getAuthorizationDivisions', 'GET', `${API}/authorization/divisions`),
  /** `GET /teams/{id}`. */
  getTeam: row('getTeam', 'GET', `${API}/teams/{id}`, { permissions: ['groups:team:view'] }),
  /** `GET /scripts/{id}`. */
  getScript: row('getScript', 'GET', `${API}/scripts/{id}`, { permissions: ['scripter:script:view'] }),
  /** `GET /externalcontacts/contacts/{id}`. */
  getExternalcontactsContact: row(
    'getExternalcontactsContact',
    'GET',
    `${API}/externalcontacts/contacts/{id}`,
    { permissions: ['externalContacts:contact:view'] },
  ),
  /** `GET /externalcontacts/organizations/{id}`. */
  getExternalcontactsOrganization: row(
    'getExternalcontactsOrganization',
    'GET',
    `${API}/externalcontacts/organizations/{id}`,
    { permissions: ['externalContacts:externalOrganization:view'] },
  ),
} as const satisfies Record<string, Operation>;
