/**
 * Every RingCentral operation that the gateway uses, in one table: where it is, what it takes, what it
 * answers, and which rate group pays for it.
 */
import * as z from 'zod/mini';
import type { Operation as UpstreamOperation } from '../upstream/operation.ts';
import { device, exactlyOne, replyPattern, subscription, supervision, text } from './bodies.ts';
import type { RateGroup } from './rate-groups.ts';

/** One operation of RingCentral's REST API. */
export interface Operation extends UpstreamOperation {
  /** The bucket that pays for it. */
  readonly group: RateGroup;
}

const ACCOUNT = '/restapi/v1.0/account/~';
const EXTENSION = `${ACCOUNT}/extension/~`;
const SESSION = `${ACCOUNT}/telephony/sessions/{telephonySessionId}`;
const PARTY = `${SESSION}/parties/{partyId}`;

const SUBSCRIPTIONS = '/restapi/v1.0/subscription';

/** The table. */
export const OPERATIONS = {
  /** `POST /account/~/telephony/call-out` · Heavy · scope CallControl. The caller's own device rings first. */
  createCallOutCallSession: {
    id: 'createCallOutCallSession',
    method: 'POST',
    path: `${ACCOUNT}/telephony/call-out`,
    body: z.strictObject({
      from: device,
      to: exactlyOne('phoneNumber', 'extensionNumber'),
      countryId: z.optional(z.int().check(z.nonnegative())),
    }),
    success: [201],
    group: 'Heavy',
    permission: 'CallControl',
  },
  /** `POST /account/~/telephony/conference` · Heavy · scope CallControl. Ends after 38 s unless its host joins. */
  createConferenceCallSession: {
    id: 'createConferenceCallSession',
    method: 'POST',
    path: `${ACCOUNT}/telephony/conference`,
    body: null,
    blank: '{}',
    success: [201],
    group: 'Heavy',
    permission: 'CallControl',
  },
  /** `GET …/sessions/{telephonySessionId}` · Light · scope CallControl. Answers the session without a wrapper. */
  readCallSessionStatus: {
    id: 'readCallSessionStatus',
    method: 'GET',
    path: SESSION,
    body: null,
    success: [200],
    group: 'Light',
    permission: 'CallControl',
  },
  /** `DELETE …/sessions/{telephonySessionId}` · Light · scope CallControl. Ends the call for everyone in it. */
  deleteCallSession: {
    id: 'deleteCallSession',
    method: 'DELETE',
    path: SESSION,
    body: null,
    success: [204],
    group: 'Light',
    permission: 'CallControl',
  },
  /** `GET …/parties/{partyId}` · Light · scope CallControl. */
  readCallPartyStatus: {
    id: 'readCallPartyStatus',
    method: 'GET',
    path: PARTY,
    body: null,
    success: [200],
    group: 'Light',
    permission: 'CallControl',
  },
  /** `PATCH …/parties/{partyId}` · Light · scope CallControl. Two bodies are documented; see `call-control.ts`. */
  updateCallParty: {
    id: 'updateCallParty',
    method: 'PATCH',
    path: PARTY,
    body: z.union(
      [
        z.strictObject({
          party: z
            .strictObject({ muted: z.optional(z.boolean()), standAlone: z.optional(z.boolean()) })
            .check(
              z.refine(
                ({ muted, standAlone }) => muted !== undefined || standAlone !== undefined,
                'muted, standAlone or both',
              ),
            ),
        }),
        z.strictObject({ muted: z.boolean() }),
      ],
      'muted, standAlone or both',
    ),
    success: [200],
    group: 'Light',
    permission: 'CallControl',
  },
  /** `DELETE …/parties/{partyId}` · Light · scope CallControl. The one DELETE that may carry a body. */
  deleteCallParty: {
    id: 'deleteCallParty',
    method: 'DELETE',
    path: PARTY,
    body: z.optional(z.strictObject({ keepConferenceAlive: z.boolean() })),
    success: [204],
    group: 'Light',
    permission: 'CallControl',
  },
  /** `POST …/hold` · Light · scope CallControl. */
  holdCallParty: {
    id: 'holdCallParty',
    method: 'POST',
    path: `${PARTY}/hold`,
    body: z.optional(
      z.strictObject({
        proto: z.enum(['Auto', 'RC', 'BroadWorks', 'DisconnectHolder', 'BroadWorksOrDisconnectHolder']),
      }),
    ),
    success: [200],
    group: 'Light',
    permission: 'CallControl',
  },
  /** `POST …/unhold` · Light · scope CallControl. */
  unholdCallParty: {
    id: 'unholdCallParty',
    method: 'POST',
    path: `${PARTY}/unhold`,
    body: null,
    success: [200],
    group: 'Light',
    permission: 'CallControl',
  },
  /** `POST …/answer` · Light · scope CallControl. Answers `Proceeding`: the device still has to take the call. */
  answerCallParty: {
    id: 'answerCallParty',
    method: 'POST',
    path: `${PARTY}/answer`,
    body: device,
    success: [200],
    group: 'Light',
    permission: 'CallControl',
  },
  /** `POST …/reject` · Light · scope CallControl. Stops the ringing of this user only. */
  rejectParty: {
    id: 'rejectParty',
    method: 'POST',
    path: `${PARTY}/reject`,
    body: null,
    success: [204],
    group: 'Light',
    permission: 'CallControl',
  },
  /** `POST …/ignore` · Light · scope CallControl. For the agents of a call queue. */
  ignoreCallInQueue: {
    id: 'ignoreCallInQueue',
    method: 'POST',
    path: `${PARTY}/ignore`,
    body: device,
    success: [204],
    group: 'Light',
    permission: 'CallControl',
  },
  /** `POST …/forward` · Light · scope CallControl. `voicemail` is the extension id of its owner. */
  forwardCallParty: {
    id: 'forwardCallParty',
    method: 'POST',
    path: `${PARTY}/forward`,
    body: exactlyOne('phoneNumber', 'extensionNumber', 'extensionId', 'voicemail'),
    success: [200],
    group: 'Light',
    permission: 'CallControl',
  },
  /** `POST …/transfer` · Light · scope CallControl. `parkOrbit` is the extension id of a park location. */
  transferCallParty: {
    id: 'transferCallParty',
    method: 'POST',
    path: `${PARTY}/transfer`,
    body: exactlyOne('phoneNumber', 'extensionNumber', 'extensionId', 'voicemail', 'parkOrbit'),
    success: [200],
    group: 'Light',
    permission: 'CallControl',
  },
  /** `POST …/bridge` · Light · scope CallControl. Answers the party of the path, gone to the other session. */
  bridgeCallParty: {
    id: 'bridgeCallParty',
    method: 'POST',
    path: `${PARTY}/bridge`,
    body: z.strictObject({ telephonySessionId: text, partyId: text }),
    success: [200],
    group: 'Light',
    permission: 'CallControl',
  },
  /** `POST …/park` · Light · scope CallControl. */
  callParkParty: {
    id: 'callParkParty',
    method: 'POST',
    path: `${PARTY}/park`,
    body: null,
    success: [201],
    group: 'Light',
    permission: 'CallControl',
  },
  /** `POST …/pickup` · Light · scope CallControl. Answers a party of a new session. */
  pickupCallParty: {
    id: 'pickupCallParty',
    method: 'POST',
    path: `${PARTY}/pickup`,
    body: device,
    success: [201],
    group: 'Light',
    permission: 'CallControl',
  },
  /** `POST …/flip` · Light · scope CallControl. Answers no state. */
  callFlipParty: {
    id: 'callFlipParty',
    method: 'POST',
    path: `${PARTY}/flip`,
    body: z.strictObject({ callFlipId: text }),
    success: [200],
    group: 'Light',
    permission: 'CallControl',
  },
  /** `POST …/reply` · Light · scope CallControl. */
  replyParty: {
    id: 'replyParty',
    method: 'POST',
    path: `${PARTY}/reply`,
    body: z.union(
      [z.strictObject({ replyWithText: text }), z.strictObject({ replyWithPattern: replyPattern })],
      'a text, or a pattern (with a time only for WillCallYouBack and CallMeBack)',
    ),
    success: [200],
    group: 'Light',
    permission: 'CallControl',
  },
  /** `POST …/recordings` · Light · scope CallControl. */
  startCallRecording: {
    id: 'startCallRecording',
    method: 'POST',
    path: `${PARTY}/recordings`,
    body: null,
    success: [201],
    group: 'Light',
    permission: 'CallControl',
  },
  /** `PATCH …/recordings/{recordingId}` · Light · scope CallControl. */
  pauseResumeCallRecording: {
    id: 'pauseResumeCallRecording',
    method: 'PATCH',
    path: `${PARTY}/recordings/{recordingId}`,
    body: z.strictObject({ active: z.boolean() }),
    success: [200],
    group: 'Light',
    permission: 'CallControl',
  },
  /** `POST …/parties/bring-in` · Light · scope CallControl. `sessionId` holds a `telephonySessionId`. */
  createCallPartyWithBringIn: {
    id: 'createCallPartyWithBringIn',
    method: 'POST',
    path: `${SESSION}/parties/bring-in`,
    body: z.strictObject({ sessionId: text, partyId: text }),
    success: [201],
    group: 'Light',
    permission: 'CallControl',
  },
  /** `POST …/sessions/{telephonySessionId}/supervise` · Light · scope CallControl. */
  superviseCallSession: {
    id: 'superviseCallSession',
    method: 'POST',
    path: `${SESSION}/supervise`,
    body: z
      .extend(supervision, { agentExtensionId: z.optional(text), agentExtensionNumber: z.optional(text) })
      .check(
        z.refine(
          (agent) => (agent.agentExtensionId === undefined) !== (agent.agentExtensionNumber === undefined),
          'exactly one of agentExtensionId, agentExtensionNumber',
        ),
      ),
    success: [201],
    group: 'Light',
    permission: 'CallControl',
  },
  /** `POST …/parties/{partyId}/supervise` · Light · scope CallControl. */
  superviseCallParty: {
    id: 'superviseCallParty',
    method: 'POST',
    path: `${PARTY}/supervise`,
    body: z.extend(supervision, { agentExtensionId: text }),
    success: [201],
    group: 'Light',
    permission: 'CallControl',
  },
  /** `GET /account/~/extension/~` · Light · scope ReadAccounts, user permission ReadExtensions. */
  readExtension: {
    id: 'readExtension',
    method: 'GET',
    path: EXTENSION,
    body: null,
    success: [200],
    group: 'Light',
    permission: 'ReadAccounts',
  },
  /** `GET /account/~/extension/~/presence` · Light · scope ReadPresence, user permission ReadPresenceStatus. */
  readUserPresenceStatus: {
    id: 'readUserPresenceStatus',
    method: 'GET',
    path: `${EXTENSION}/presence`,
    body: null,
    success: [200],
    group: 'Light',
    permission: 'ReadPresence',
  },
  /** `GET /account/~/extension/~/device` · Light · scope ReadAccounts, user permission ReadUserDevices. */
  listExtensionDevices: {
    id: 'listExtensionDevices',
    method: 'GET',
    path: `${EXTENSION}/device`,
    body: null,
    success: [200],
    group: 'Light',
    permission: 'ReadAccounts',
  },
  /** `GET …/forwarding-number` · Light · scope ReadAccounts, user permission ReadUserForwardingFlipNumbers. */
  listForwardingNumbers: {
    id: 'listForwardingNumbers',
    method: 'GET',
    path: `${EXTENSION}/forwarding-number`,
    body: null,
    success: [200],
    group: 'Light',
    permission: 'ReadAccounts',
  },
  /** `POST /restapi/oauth/token` · Auth. Takes a form and the client's own credentials. */
  getToken: {
    id: 'getToken',
    method: 'POST',
    path: '/restapi/oauth/token',
    body: z.strictObject({
      grant_type: text,
      assertion: z.optional(text),
      refresh_token: z.optional(text),
      code: z.optional(text),
      redirect_uri: z.optional(text),
      code_verifier: z.optional(text),
      client_id: z.optional(text),
    }),
    success: [200],
    group: 'Auth',
    permission: null,
  },
  /** `POST /restapi/oauth/revoke` · Auth. Ends the whole session of the token. */
  revokeToken: {
    id: 'revokeToken',
    method: 'POST',
    path: '/restapi/oauth/revoke',
    body: z.strictObject({ token: text, client_id: z.optional(text) }),
    success: [200],
    group: 'Auth',
    permission: null,
  },

  /**
   * A token for one socket of notifications.
   *
   * `POST /restapi/oauth/wstoken`, Auth, no permission of its own: what is missing shows when something is subscribed to.
   */
  authWsToken: {
    id: 'authWsToken',
    method: 'POST',
    path: '/restapi/oauth/wstoken',
    body: null,
    success: [200],
    group: 'Auth',
    permission: null,
  },
  /** `POST /restapi/v1.0/subscription`, over a socket only. Medium, permission WebSocketsSubscription. */
  createSubscription: {
    id: 'createSubscription',
    method: 'POST',
    path: SUBSCRIPTIONS,
    body: subscription,
    success: [200],
    group: 'Medium',
    permission: 'WebSocketsSubscription',
  },
  /** `PUT /restapi/v1.0/subscription/{id}`, over a socket only: the whole list of filters anew. Medium. */
  updateSubscription: {
    id: 'updateSubscription',
    method: 'PUT',
    path: `${SUBSCRIPTIONS}/{subscriptionId}`,
    body: subscription,
    success: [200],
    group: 'Medium',
    permission: 'WebSocketsSubscription',
  },
  /** `GET /restapi/v1.0/subscription`, all of the user with this app, also those of sockets that are gone. Light. */
  listSubscriptions: {
    id: 'listSubscriptions',
    method: 'GET',
    path: SUBSCRIPTIONS,
    body: null,
    success: [200],
    group: 'Light',
    permission: null,
  },
  /** `DELETE /restapi/v1.0/subscription/{id}`. Medium. */
  deleteSubscription: {
    id: 'deleteSubscription',
    method: 'DELETE',
    path: `${SUBSCRIPTIONS}/{subscriptionId}`,
    body: null,
    success: [204],
    group: 'Medium',
    permission: null,
  },
  /** `GET …/extension/~/webapp-devices`, the phones in browsers; newer than the list of devices. Medium, ReadAccounts. */
  listWebAppDevices: {
    id: 'listWebAppDevices',
    method: 'GET',
    path: `${EXTENSION}/webapp-devices`,
    body: null,
    success: [200],
    group: 'Medium',
    permission: 'ReadAccounts',
  },
} as const satisfies Record<string, Operation>;
