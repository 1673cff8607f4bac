/** Gathers the schema: the order of the imports is the order in which it reads. */
import { builder, bullets, paragraphs } from './builder.ts';
import { ERROR_CODES, type ErrorCode } from './failures.ts';
import './viewer.ts';
import './account/account.ts';
import './call-session.ts';
import './calling.ts';
import './answering.ts';
import './holding.ts';
import './moving.ts';
import './conferencing.ts';
import './recording.ts';
import './supervising.ts';
import './account/availability.ts';
import './live-calls.ts';
import './account/live-account.ts';
import './genesys/viewer.ts';
import './genesys/participant.ts';
import './genesys/conversation.ts';
import './genesys/placing.ts';
import './genesys/handling.ts';
import './genesys/transferring.ts';
import './genesys/recording.ts';
import './genesys/wrapping-up.ts';
import './genesys/supervising.ts';
import './genesys/live-conversations.ts';
import './sign-in-session.ts';

/** What an app does about each code. */
const MEANINGS: Readonly<Record<ErrorCode, string>> = {
  UNAUTHENTICATED:
    'the token is missing, malformed, expired or revoked; sign in again. `system`, where it is there, says to which ' +
    'phone system.',
  SIGN_IN_REQUIRED: 'the browser has no session (any more); send it to `/auth/sign-in`.',
  NOT_CONFIGURED:
    'the gateway has no such phone system; `system` says which. Leave it out, or ask the operator.',
  FORBIDDEN:
    "the phone system refuses this user; `permissionName` says what is missing. Or the page's origin may not ask.",
  RATE_LIMITED:
    'the rate budget is spent, or the phone system says so; ask again after `retryAfter` seconds.',
  UPSTREAM_UNAVAILABLE: 'the phone system did not answer, or with an error of its own; ask again later.',
  UPSTREAM_BAD_RESPONSE: "what answered was not the phone system's API; ask again later.",
  BAD_USER_INPUT: 'the request is wrong, or asks for too much; `parameterName` says what to mend.',
  CALL_NOT_FOUND:
    'the call, party, participant or recording is not there (any more); `parameterName` says which.',
  WRONG_CALL_STATE: 'the call is not in a state for this; read it again.',
  OVERLOADED: 'too much at once, of you or of everybody; ask again in a moment.',
  PERSISTED_QUERY_NOT_SUPPORTED: 'the hash of an operation came without its text; send the text.',
  INTERNAL_SERVER_ERROR: 'a defect of the gateway.',
};

builder.queryType({
  description: paragraphs(
    'Reading calls. Those of RingCentral are `CallSession` and `CallParty`, those of Genesys Cloud `CallConversation` ' +
      'and `CallMediaParticipant`. The gateway may have one of the two or both; `Call` and `CallParticipant` are what they ' +
      'have in common.',
    'Queries and commands of a user share a rate budget at each phone system, and descriptions say what a field costs of ' +
      'it. RingCentral counts in three groups, usually 50 requests a minute of Light, 40 of Medium and 10 of Heavy; ' +
      'Genesys Cloud counts all together, usually 300 a minute. Within one operation nothing is read twice, and a call ' +
      'that a subscription watches costs nothing to read.',
    'What is not the outcome of a command is an error with `extensions.requestId`, to quote to the ' +
      "gateway's operator, and `extensions.code`:",
    bullets(...ERROR_CODES.map((code) => `\`${code}\`: ${MEANINGS[code]}`)),
  ),
});

builder.mutationType({
  description: paragraphs(
    'Acting on calls, and on what the user says of themselves (`setPresence`, `setQueueAvailability`). Each ' +
      'mutation is one request to the phone system, sent once and never repeated by the gateway: after a lost ' +
      'answer the state is read again instead, and `outcome` says what is known. Several mutations of one ' +
      'operation run one after another. Only `endSession` is about something else.',
    'Of Genesys Cloud are those whose name has `CallMediaParticipant`, `CallConversation` or `ConsultTransfer` in it, ' +
      '`placeCall` and `startCallConference`; all others but `endSession` are of RingCentral.',
    'Every other payload has:',
    bullets(
      '`outcome`: whether it was done, was not, or is unknown;',
      '`error`: why not, as a type an app can act on;',
      'the state of what it acted on as it is now known, also after a failure.',
    ),
    'An `idempotencyKey` makes it safe to press the button again. Within ten minutes the same key of ' +
      'the same user answers the first payload once more, with `replayed: true`, and does nothing ' +
      'twice, also while the first is still running. With another command or input the key is refused.',
    'A new status of a RingCentral call often follows a moment after the answer: subscribe to see it. All that act on ' +
      'RingCentral calls need the app permission `CallControl`.',
    'Genesys Cloud accepts a command before it does it. The gateway waits until the effect is seen, at most five ' +
      'seconds: `APPLIED` is what was seen. When nothing was, the outcome is `UNKNOWN`, with the state as it is; so it is ' +
      'at once where what is asked for is so already. Digits alone leave no trace: of them `APPLIED` means accepted; a call that was placed is named by ' +
      'its answer, which is proof enough. The ' +
      'state of a conversation is read before, for one request more, unless a subscription watches it and notifications tell ' +
      'of it.',
  ),
});

builder.subscriptionType({
  description: paragraphs(
    'Calls as they happen, over WebSocket (`graphql-transport-ws`) or server-sent events. However many ' +
      'subscribers a call has, the gateway watches it once per user, inside the rate budget.',
    'Of Genesys Cloud are `conversations`, `conversationEvents`, `conversationListEvents` and ' +
      '`callMediaParticipantUpdated`; all others are of RingCentral.',
  ),
});

/** The schema of the gateway, built once. */
export const schema = builder.toSchema({ sortSchema: false });
