/** Why a command was not applied: one type per thing an app can do about it. */
import { addEnum, builder } from './builder.ts';
import { PartyStatusCode } from './call-party.ts';
import {
  type BadUserInput,
  CALL_ACTIONS,
  type CallControlFailure,
  type CallNotFound,
  type FailureCode,
  type Forbidden,
  type RateLimited,
  type WrongCallState,
  WrongParticipantState,
} from './failures.ts';
import { ParticipantAction, ParticipantState } from './genesys/words.ts';

/** Also what `availableActions` is a list of. */
export const CallAction = addEnum('CallAction', CALL_ACTIONS, {
  description: 'What can be done to a party or its RingCentral call; each is a mutation.',
  values: {
    ANSWER: '`answerCallParty`',
    REJECT: '`rejectCallParty`',
    IGNORE: '`ignoreCallInQueue`',
    REPLY: '`replyToCallParty`',
    FORWARD: '`forwardCallParty`',
    PICKUP: '`pickupCallParty`',
    HOLD: '`holdCallParty`',
    UNHOLD: '`unholdCallParty`',
    UPDATE: '`updateCallParty`',
    MUTE: '`muteCallParty`',
    UNMUTE: '`unmuteCallParty`',
    TRANSFER: '`transferCallParty`',
    BRIDGE: '`bridgeCallParty`',
    PARK: '`parkCallParty`',
    FLIP: '`flipCallParty`',
    REMOVE: '`removeCallParty`',
    SUPERVISE: '`superviseCallParty`, and `superviseCallSession` for the whole call',
    START_RECORDING: '`startCallRecording`',
    PAUSE_RECORDING: '`pauseCallRecording`',
    RESUME_RECORDING: '`resumeCallRecording`',
    BRING_IN: "`bringInCallParty`: this party's call can be brought into a conference",
    DROP_SESSION: '`dropCallSession`',
  },
});

/** The type that shows a failure, by its code; null for those that say nothing about a call and are thrown. */
const TYPE_NAMES: Readonly<Record<FailureCode, string | null>> = {
  WRONG_CALL_STATE: 'WrongCallState',
  CALL_NOT_FOUND: 'CallNotFound',
  FORBIDDEN: 'CommandForbidden',
  BAD_USER_INPUT: 'InvalidCommand',
  RATE_LIMITED: 'RateLimited',
  UPSTREAM_UNAVAILABLE: 'UpstreamUnavailable',
  UPSTREAM_BAD_RESPONSE: 'UpstreamUnavailable',
  UNAUTHENTICATED: null,
  SIGN_IN_REQUIRED: null,
  NOT_CONFIGURED: null,
  OVERLOADED: null,
  PERSISTED_QUERY_NOT_SUPPORTED: null,
};

/** A failure that is shown, not thrown: GraphQL would take a bare `Error` for one that was thrown. */
interface Shown<Failure extends CallControlFailure> {
  readonly failure: Failure;
}

/** What all types of refusal have in common. */
export const CallControlError = builder
  .interfaceRef<Shown<CallControlFailure>>('CallControlError')
  .implement({
    description:
      'Why a command was not applied, or why it is not known. Ask for `__typename` and the message; each ' +
      'type adds what an app can act on.',
    resolveType: ({ failure }) => TYPE_NAMES[failure.code],
    fields: (t) => ({
      message: t.string({
        description: 'What happened and what to do, in words for a person.',
        resolve: ({ failure }) => failure.message,
      }),
      errorCode: t.string({
        nullable: true,
        description:
          "The phone system's own code, where it gave one: RingCentral's like `TAS-102`, Genesys Cloud's like " +
          '`not.authorized`.',
        resolve: ({ failure }) => failure.trace.errorCode ?? null,
      }),
      upstreamRequestId: t.string({
        nullable: true,
        description: "The phone system's id of the refused request: quote it to its support.",
        resolve: ({ failure }) => failure.trace.upstreamRequestId ?? null,
      }),
    }),
  });

builder.objectRef<Shown<WrongCallState>>('WrongCallState').implement({
  description:
    'The call is not in a state that allows the command: it was too early, too late, or somebody was ' +
    'faster. Show the state beside it, and offer what is allowed.',
  interfaces: [CallControlError],
  fields: (t) => ({
    actualCode: t.field({
      type: PartyStatusCode,
      nullable: true,
      description: 'What the party of a RingCentral call is doing instead, where it is known.',
      resolve: ({ failure }) => failure.actualCode ?? null,
    }),
    allowedActions: t.field({
      type: [CallAction],
      description: 'What its state does allow now; empty for a participant of Genesys Cloud.',
      resolve: ({ failure }) => failure.allowedActions,
    }),
    actualState: t.field({
      type: ParticipantState,
      nullable: true,
      description:
        'What the participant of a Genesys Cloud conversation is doing instead, where it is known.',
      resolve: ({ failure }) =>
        failure instanceof WrongParticipantState ? (failure.actualState ?? null) : null,
    }),
    allowedParticipantActions: t.field({
      type: [ParticipantAction],
      description: 'What its state does allow now; empty for a party of RingCentral.',
      resolve: ({ failure }) =>
        failure instanceof WrongParticipantState ? failure.allowedParticipantActions : [],
    }),
  }),
});

builder.objectRef<Shown<CallNotFound>>('CallNotFound').implement({
  description:
    'The phone system knows no such call, party, participant or recording, or no more. A call that was to end has ended.',
  interfaces: [CallControlError],
  fields: (t) => ({
    parameterName: t.string({
      nullable: true,
      description:
        'Which id was not found, as the phone system names it: `telephonySessionId`, `partyId`, `recordingId`; ' +
        '`conversationId`, `participantId`.',
      resolve: ({ failure }) => failure.parameterName ?? null,
    }),
  }),
});

builder.objectRef<Shown<Forbidden>>('CommandForbidden').implement({
  description:
    'The phone system knows the user and refuses: a permission, a licence or a feature is missing. Asking ' +
    'again does not help.',
  interfaces: [CallControlError],
  fields: (t) => ({
    permissionName: t.string({
      nullable: true,
      description: 'The permission to ask an administrator for, where the phone system named one.',
      resolve: ({ failure }) => failure.permissionName ?? null,
    }),
  }),
});

builder.objectRef<Shown<BadUserInput>>('InvalidCommand').implement({
  description:
    'The phone system refuses one of the values, like an unknown extension or a device that is not usable.',
  interfaces: [CallControlError],
  fields: (t) => ({
    parameterName: t.string({
      nullable: true,
      description: 'The value to mend, as the phone system names it.',
      resolve: ({ failure }) => failure.parameterName ?? null,
    }),
  }),
});

builder.objectRef<Shown<RateLimited>>('RateLimited').implement({
  description:
    "The user's rate budget at the phone system is spent, and nothing was done. Asking earlier than " +
    '`retryAt` does not help.',
  interfaces: [CallControlError],
  fields: (t) => ({
    retryAt: t.field({
      type: 'DateTime',
      description: 'When to ask again.',
      resolve: ({ failure }) => failure.retryAt,
    }),
    retryAfter: t.float({
      description: 'The same, in seconds from the answer.',
      resolve: ({ failure }) => failure.retryAfter,
    }),
  }),
});

builder.objectRef<Shown<CallControlFailure>>('UpstreamUnavailable').implement({
  description:
    'The phone system could not be reached, did not answer in time, or answered something that is not its API. ' +
    'With `outcome: NOT_APPLIED` nothing was sent and the command may be repeated; with `UNKNOWN` look at ' +
    'the call first.',
  interfaces: [CallControlError],
});
