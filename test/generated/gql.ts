/* eslint-disable */
import * as types from './graphql.ts';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "query MyCalls {\n  viewer {\n    name\n    extensionNumber\n    activeCalls {\n      telephonyStatus\n      from\n      fromName\n      startTime\n      session {\n        id\n        parties {\n          id\n          sessionId\n          status {\n            code\n          }\n          observedAt\n        }\n      }\n    }\n  }\n}": typeof types.MyCallsDocument,
    "query OneCall($sessionId: ID!) {\n  callSession(id: $sessionId) {\n    id\n    origin {\n      type\n    }\n    creationTime\n    observedAt\n    parties {\n      id\n      sessionId\n      direction\n      muted\n      from {\n        phoneNumber\n        name\n      }\n      to {\n        phoneNumber\n        name\n      }\n      status {\n        code\n        reason\n      }\n      observedAt\n    }\n  }\n}": typeof types.OneCallDocument,
    "subscription WatchACall($sessionId: ID!) {\n  callEvents(sessionId: $sessionId) {\n    __typename\n    ... on CallSnapshot {\n      cursor\n      reason\n      session {\n        id\n        parties {\n          id\n          sessionId\n          status {\n            code\n          }\n          observedAt\n        }\n      }\n    }\n    ... on CallPartyChange {\n      cursor\n      skipped\n      previousStatus {\n        code\n      }\n      party {\n        id\n        sessionId\n        muted\n        status {\n          code\n          reason\n        }\n        observedAt\n      }\n    }\n    ... on CallStreamNotice {\n      cursor\n      kind\n      message\n      at\n      movedTo {\n        sessionId\n        partyId\n      }\n    }\n  }\n}": typeof types.WatchACallDocument,
    "mutation Hold($sessionId: ID!, $partyId: ID!) {\n  holdCallParty(input: {sessionId: $sessionId, partyId: $partyId}) {\n    outcome\n    error {\n      __typename\n      message\n      ... on WrongCallState {\n        actualCode\n        allowedActions\n      }\n    }\n    party {\n      id\n      sessionId\n      status {\n        code\n        reason\n      }\n      observedAt\n    }\n  }\n}": typeof types.HoldDocument,
    "mutation Unhold($sessionId: ID!, $partyId: ID!) {\n  unholdCallParty(input: {sessionId: $sessionId, partyId: $partyId}) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    party {\n      id\n      sessionId\n      status {\n        code\n        reason\n      }\n      observedAt\n    }\n  }\n}": typeof types.UnholdDocument,
    "mutation Mute($sessionId: ID!, $partyId: ID!) {\n  muteCallParty(input: {sessionId: $sessionId, partyId: $partyId}) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    party {\n      id\n      sessionId\n      muted\n      observedAt\n    }\n  }\n}": typeof types.MuteDocument,
    "query AvailableActions($sessionId: ID!, $partyId: ID!) {\n  callParty(sessionId: $sessionId, id: $partyId) {\n    id\n    sessionId\n    status {\n      code\n    }\n    availableActions {\n      action\n      allowed\n      reason\n    }\n    observedAt\n  }\n}": typeof types.AvailableActionsDocument,
    "query OneParty($sessionId: ID!, $partyId: ID!) {\n  callParty(sessionId: $sessionId, id: $partyId) {\n    id\n    sessionId\n    extensionId\n    muted\n    status {\n      code\n      rawCode\n      reason\n      parkData\n    }\n    recordings {\n      id\n      active\n    }\n    observedAt\n  }\n}": typeof types.OnePartyDocument,
    "query MyPhones {\n  viewer {\n    devices {\n      id\n      name\n      type\n      status\n    }\n    forwardingNumbers {\n      id\n      label\n      phoneNumber\n      flipNumber\n    }\n  }\n}": typeof types.MyPhonesDocument,
    "mutation MakeACall($deviceId: ID!, $extensionNumber: String!, $idempotencyKey: String) {\n  makeCallOut(\n    input: {deviceId: $deviceId, to: {extensionNumber: $extensionNumber}, idempotencyKey: $idempotencyKey}\n  ) {\n    outcome\n    replayed\n    error {\n      __typename\n      message\n    }\n    session {\n      id\n      parties {\n        id\n        sessionId\n        status {\n          code\n        }\n        observedAt\n      }\n    }\n  }\n}": typeof types.MakeACallDocument,
    "mutation Answer($sessionId: ID!, $partyId: ID!, $deviceId: ID!) {\n  answerCallParty(\n    input: {sessionId: $sessionId, partyId: $partyId, deviceId: $deviceId}\n  ) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    party {\n      id\n      sessionId\n      status {\n        code\n        reason\n      }\n      observedAt\n    }\n  }\n}": typeof types.AnswerDocument,
    "mutation Transfer($sessionId: ID!, $partyId: ID!, $target: TransferTargetInput!) {\n  transferCallParty(\n    input: {sessionId: $sessionId, partyId: $partyId, target: $target}\n  ) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    party {\n      id\n      sessionId\n      status {\n        code\n        reason\n      }\n      observedAt\n    }\n  }\n}": typeof types.TransferDocument,
    "mutation WarmTransferConsult($sessionId: ID!, $partyId: ID!, $deviceId: ID!, $colleague: String!) {\n  holdCallParty(input: {sessionId: $sessionId, partyId: $partyId}) {\n    outcome\n    error {\n      __typename\n      message\n    }\n  }\n  makeCallOut(input: {deviceId: $deviceId, to: {extensionNumber: $colleague}}) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    session {\n      id\n      parties {\n        id\n        sessionId\n        observedAt\n      }\n    }\n  }\n}": typeof types.WarmTransferConsultDocument,
    "mutation WarmTransferComplete($sessionId: ID!, $partyId: ID!, $with: PartyAddressInput!) {\n  bridgeCallParty(input: {sessionId: $sessionId, partyId: $partyId, with: $with}) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    party {\n      id\n      sessionId\n      status {\n        code\n        reason\n      }\n      peer {\n        id\n        sessionId\n        status {\n          code\n        }\n        observedAt\n      }\n      observedAt\n    }\n  }\n}": typeof types.WarmTransferCompleteDocument,
    "mutation Park($sessionId: ID!, $partyId: ID!) {\n  parkCallParty(input: {sessionId: $sessionId, partyId: $partyId}) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    party {\n      id\n      sessionId\n      status {\n        code\n        parkData\n      }\n      park {\n        id\n      }\n      observedAt\n    }\n  }\n}": typeof types.ParkDocument,
    "mutation Record($sessionId: ID!, $partyId: ID!) {\n  startCallRecording(input: {sessionId: $sessionId, partyId: $partyId}) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    recording {\n      id\n      active\n    }\n  }\n}": typeof types.RecordDocument,
    "mutation PauseRecording($sessionId: ID!, $partyId: ID!, $recordingId: ID!) {\n  pauseCallRecording(\n    input: {sessionId: $sessionId, partyId: $partyId, recordingId: $recordingId}\n  ) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    recording {\n      id\n      active\n    }\n  }\n}": typeof types.PauseRecordingDocument,
    "mutation ResumeRecording($sessionId: ID!, $partyId: ID!, $recordingId: ID!) {\n  resumeCallRecording(\n    input: {sessionId: $sessionId, partyId: $partyId, recordingId: $recordingId}\n  ) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    recording {\n      id\n      active\n    }\n  }\n}": typeof types.ResumeRecordingDocument,
    "mutation Conference($idempotencyKey: String) {\n  createConference(input: {idempotencyKey: $idempotencyKey}) {\n    outcome\n    replayed\n    error {\n      __typename\n      message\n    }\n    session {\n      id\n      voiceCallToken\n      parties {\n        id\n        sessionId\n        observedAt\n      }\n    }\n  }\n}": typeof types.ConferenceDocument,
    "mutation BringIn($conferenceId: ID!, $bringIn: PartyAddressInput!) {\n  bringInCallParty(input: {sessionId: $conferenceId, bringIn: $bringIn}) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    party {\n      id\n      sessionId\n      conferenceRole\n      status {\n        code\n      }\n      observedAt\n    }\n    session {\n      id\n      parties {\n        id\n        sessionId\n        conferenceRole\n        status {\n          code\n        }\n        observedAt\n      }\n    }\n  }\n}": typeof types.BringInDocument,
    "mutation Supervise($sessionId: ID!, $agent: SupervisedAgentInput!, $supervisorDeviceId: ID!) {\n  superviseCallSession(\n    input: {sessionId: $sessionId, agent: $agent, supervisorDeviceId: $supervisorDeviceId}\n  ) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    party {\n      id\n      sessionId\n      status {\n        code\n        reason\n      }\n      observedAt\n    }\n  }\n}": typeof types.SuperviseDocument,
    "subscription WatchParties($sessionId: ID!, $partyId: ID) {\n  callPartyUpdated(sessionId: $sessionId, partyId: $partyId) {\n    id\n    sessionId\n    muted\n    status {\n      code\n      reason\n    }\n    availableActions {\n      action\n      allowed\n    }\n    observedAt\n  }\n}": typeof types.WatchPartiesDocument,
    "subscription WatchMyCalls {\n  activeCalls {\n    sessionId\n    partyId\n    telephonyStatus\n    direction\n    from\n    fromName\n    to\n    toName\n    startTime\n  }\n}": typeof types.WatchMyCallsDocument,
    "subscription ResumeWatching($sessionId: ID!, $after: ID) {\n  callEvents(sessionId: $sessionId, after: $after) {\n    __typename\n    ... on CallSnapshot {\n      cursor\n      reason\n    }\n    ... on CallPartyChange {\n      cursor\n      party {\n        id\n        sessionId\n        status {\n          code\n        }\n        observedAt\n      }\n    }\n    ... on CallStreamNotice {\n      cursor\n      kind\n    }\n  }\n}": typeof types.ResumeWatchingDocument,
};
const documents: Documents = {
    "query MyCalls {\n  viewer {\n    name\n    extensionNumber\n    activeCalls {\n      telephonyStatus\n      from\n      fromName\n      startTime\n      session {\n        id\n        parties {\n          id\n          sessionId\n          status {\n            code\n          }\n          observedAt\n        }\n      }\n    }\n  }\n}": types.MyCallsDocument,
    "query OneCall($sessionId: ID!) {\n  callSession(id: $sessionId) {\n    id\n    origin {\n      type\n    }\n    creationTime\n    observedAt\n    parties {\n      id\n      sessionId\n      direction\n      muted\n      from {\n        phoneNumber\n        name\n      }\n      to {\n        phoneNumber\n        name\n      }\n      status {\n        code\n        reason\n      }\n      observedAt\n    }\n  }\n}": types.OneCallDocument,
    "subscription WatchACall($sessionId: ID!) {\n  callEvents(sessionId: $sessionId) {\n    __typename\n    ... on CallSnapshot {\n      cursor\n      reason\n      session {\n        id\n        parties {\n          id\n          sessionId\n          status {\n            code\n          }\n          observedAt\n        }\n      }\n    }\n    ... on CallPartyChange {\n      cursor\n      skipped\n      previousStatus {\n        code\n      }\n      party {\n        id\n        sessionId\n        muted\n        status {\n          code\n          reason\n        }\n        observedAt\n      }\n    }\n    ... on CallStreamNotice {\n      cursor\n      kind\n      message\n      at\n      movedTo {\n        sessionId\n        partyId\n      }\n    }\n  }\n}": types.WatchACallDocument,
    "mutation Hold($sessionId: ID!, $partyId: ID!) {\n  holdCallParty(input: {sessionId: $sessionId, partyId: $partyId}) {\n    outcome\n    error {\n      __typename\n      message\n      ... on WrongCallState {\n        actualCode\n        allowedActions\n      }\n    }\n    party {\n      id\n      sessionId\n      status {\n        code\n        reason\n      }\n      observedAt\n    }\n  }\n}": types.HoldDocument,
    "mutation Unhold($sessionId: ID!, $partyId: ID!) {\n  unholdCallParty(input: {sessionId: $sessionId, partyId: $partyId}) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    party {\n      id\n      sessionId\n      status {\n        code\n        reason\n      }\n      observedAt\n    }\n  }\n}": types.UnholdDocument,
    "mutation Mute($sessionId: ID!, $partyId: ID!) {\n  muteCallParty(input: {sessionId: $sessionId, partyId: $partyId}) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    party {\n      id\n      sessionId\n      muted\n      observedAt\n    }\n  }\n}": types.MuteDocument,
    "query AvailableActions($sessionId: ID!, $partyId: ID!) {\n  callParty(sessionId: $sessionId, id: $partyId) {\n    id\n    sessionId\n    status {\n      code\n    }\n    availableActions {\n      action\n      allowed\n      reason\n    }\n    observedAt\n  }\n}": types.AvailableActionsDocument,
    "query OneParty($sessionId: ID!, $partyId: ID!) {\n  callParty(sessionId: $sessionId, id: $partyId) {\n    id\n    sessionId\n    extensionId\n    muted\n    status {\n      code\n      rawCode\n      reason\n      parkData\n    }\n    recordings {\n      id\n      active\n    }\n    observedAt\n  }\n}": types.OnePartyDocument,
    "query MyPhones {\n  viewer {\n    devices {\n      id\n      name\n      type\n      status\n    }\n    forwardingNumbers {\n      id\n      label\n      phoneNumber\n      flipNumber\n    }\n  }\n}": types.MyPhonesDocument,
    "mutation MakeACall($deviceId: ID!, $extensionNumber: String!, $idempotencyKey: String) {\n  makeCallOut(\n    input: {deviceId: $deviceId, to: {extensionNumber: $extensionNumber}, idempotencyKey: $idempotencyKey}\n  ) {\n    outcome\n    replayed\n    error {\n      __typename\n      message\n    }\n    session {\n      id\n      parties {\n        id\n        sessionId\n        status {\n          code\n        }\n        observedAt\n      }\n    }\n  }\n}": types.MakeACallDocument,
    "mutation Answer($sessionId: ID!, $partyId: ID!, $deviceId: ID!) {\n  answerCallParty(\n    input: {sessionId: $sessionId, partyId: $partyId, deviceId: $deviceId}\n  ) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    party {\n      id\n      sessionId\n      status {\n        code\n        reason\n      }\n      observedAt\n    }\n  }\n}": types.AnswerDocument,
    "mutation Transfer($sessionId: ID!, $partyId: ID!, $target: TransferTargetInput!) {\n  transferCallParty(\n    input: {sessionId: $sessionId, partyId: $partyId, target: $target}\n  ) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    party {\n      id\n      sessionId\n      status {\n        code\n        reason\n      }\n      observedAt\n    }\n  }\n}": types.TransferDocument,
    "mutation WarmTransferConsult($sessionId: ID!, $partyId: ID!, $deviceId: ID!, $colleague: String!) {\n  holdCallParty(input: {sessionId: $sessionId, partyId: $partyId}) {\n    outcome\n    error {\n      __typename\n      message\n    }\n  }\n  makeCallOut(input: {deviceId: $deviceId, to: {extensionNumber: $colleague}}) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    session {\n      id\n      parties {\n        id\n        sessionId\n        observedAt\n      }\n    }\n  }\n}": types.WarmTransferConsultDocument,
    "mutation WarmTransferComplete($sessionId: ID!, $partyId: ID!, $with: PartyAddressInput!) {\n  bridgeCallParty(input: {sessionId: $sessionId, partyId: $partyId, with: $with}) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    party {\n      id\n      sessionId\n      status {\n        code\n        reason\n      }\n      peer {\n        id\n        sessionId\n        status {\n          code\n        }\n        observedAt\n      }\n      observedAt\n    }\n  }\n}": types.WarmTransferCompleteDocument,
    "mutation Park($sessionId: ID!, $partyId: ID!) {\n  parkCallParty(input: {sessionId: $sessionId, partyId: $partyId}) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    party {\n      id\n      sessionId\n      status {\n        code\n        parkData\n      }\n      park {\n        id\n      }\n      observedAt\n    }\n  }\n}": types.ParkDocument,
    "mutation Record($sessionId: ID!, $partyId: ID!) {\n  startCallRecording(input: {sessionId: $sessionId, partyId: $partyId}) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    recording {\n      id\n      active\n    }\n  }\n}": types.RecordDocument,
    "mutation PauseRecording($sessionId: ID!, $partyId: ID!, $recordingId: ID!) {\n  pauseCallRecording(\n    input: {sessionId: $sessionId, partyId: $partyId, recordingId: $recordingId}\n  ) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    recording {\n      id\n      active\n    }\n  }\n}": types.PauseRecordingDocument,
    "mutation ResumeRecording($sessionId: ID!, $partyId: ID!, $recordingId: ID!) {\n  resumeCallRecording(\n    input: {sessionId: $sessionId, partyId: $partyId, recordingId: $recordingId}\n  ) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    recording {\n      id\n      active\n    }\n  }\n}": types.ResumeRecordingDocument,
    "mutation Conference($idempotencyKey: String) {\n  createConference(input: {idempotencyKey: $idempotencyKey}) {\n    outcome\n    replayed\n    error {\n      __typename\n      message\n    }\n    session {\n      id\n      voiceCallToken\n      parties {\n        id\n        sessionId\n        observedAt\n      }\n    }\n  }\n}": types.ConferenceDocument,
    "mutation BringIn($conferenceId: ID!, $bringIn: PartyAddressInput!) {\n  bringInCallParty(input: {sessionId: $conferenceId, bringIn: $bringIn}) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    party {\n      id\n      sessionId\n      conferenceRole\n      status {\n        code\n      }\n      observedAt\n    }\n    session {\n      id\n      parties {\n        id\n        sessionId\n        conferenceRole\n        status {\n          code\n        }\n        observedAt\n      }\n    }\n  }\n}": types.BringInDocument,
    "mutation Supervise($sessionId: ID!, $agent: SupervisedAgentInput!, $supervisorDeviceId: ID!) {\n  superviseCallSession(\n    input: {sessionId: $sessionId, agent: $agent, supervisorDeviceId: $supervisorDeviceId}\n  ) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    party {\n      id\n      sessionId\n      status {\n        code\n        reason\n      }\n      observedAt\n    }\n  }\n}": types.SuperviseDocument,
    "subscription WatchParties($sessionId: ID!, $partyId: ID) {\n  callPartyUpdated(sessionId: $sessionId, partyId: $partyId) {\n    id\n    sessionId\n    muted\n    status {\n      code\n      reason\n    }\n    availableActions {\n      action\n      allowed\n    }\n    observedAt\n  }\n}": types.WatchPartiesDocument,
    "subscription WatchMyCalls {\n  activeCalls {\n    sessionId\n    partyId\n    telephonyStatus\n    direction\n    from\n    fromName\n    to\n    toName\n    startTime\n  }\n}": types.WatchMyCallsDocument,
    "subscription ResumeWatching($sessionId: ID!, $after: ID) {\n  callEvents(sessionId: $sessionId, after: $after) {\n    __typename\n    ... on CallSnapshot {\n      cursor\n      reason\n    }\n    ... on CallPartyChange {\n      cursor\n      party {\n        id\n        sessionId\n        status {\n          code\n        }\n        observedAt\n      }\n    }\n    ... on CallStreamNotice {\n      cursor\n      kind\n    }\n  }\n}": types.ResumeWatchingDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query MyCalls {\n  viewer {\n    name\n    extensionNumber\n    activeCalls {\n      telephonyStatus\n      from\n      fromName\n      startTime\n      session {\n        id\n        parties {\n          id\n          sessionId\n          status {\n            code\n          }\n          observedAt\n        }\n      }\n    }\n  }\n}"): typeof import('./graphql.ts').MyCallsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query OneCall($sessionId: ID!) {\n  callSession(id: $sessionId) {\n    id\n    origin {\n      type\n    }\n    creationTime\n    observedAt\n    parties {\n      id\n      sessionId\n      direction\n      muted\n      from {\n        phoneNumber\n        name\n      }\n      to {\n        phoneNumber\n        name\n      }\n      status {\n        code\n        reason\n      }\n      observedAt\n    }\n  }\n}"): typeof import('./graphql.ts').OneCallDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "subscription WatchACall($sessionId: ID!) {\n  callEvents(sessionId: $sessionId) {\n    __typename\n    ... on CallSnapshot {\n      cursor\n      reason\n      session {\n        id\n        parties {\n          id\n          sessionId\n          status {\n            code\n          }\n          observedAt\n        }\n      }\n    }\n    ... on CallPartyChange {\n      cursor\n      skipped\n      previousStatus {\n        code\n      }\n      party {\n        id\n        sessionId\n        muted\n        status {\n          code\n          reason\n        }\n        observedAt\n      }\n    }\n    ... on CallStreamNotice {\n      cursor\n      kind\n      message\n      at\n      movedTo {\n        sessionId\n        partyId\n      }\n    }\n  }\n}"): typeof import('./graphql.ts').WatchACallDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation Hold($sessionId: ID!, $partyId: ID!) {\n  holdCallParty(input: {sessionId: $sessionId, partyId: $partyId}) {\n    outcome\n    error {\n      __typename\n      message\n      ... on WrongCallState {\n        actualCode\n        allowedActions\n      }\n    }\n    party {\n      id\n      sessionId\n      status {\n        code\n        reason\n      }\n      observedAt\n    }\n  }\n}"): typeof import('./graphql.ts').HoldDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation Unhold($sessionId: ID!, $partyId: ID!) {\n  unholdCallParty(input: {sessionId: $sessionId, partyId: $partyId}) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    party {\n      id\n      sessionId\n      status {\n        code\n        reason\n      }\n      observedAt\n    }\n  }\n}"): typeof import('./graphql.ts').UnholdDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation Mute($sessionId: ID!, $partyId: ID!) {\n  muteCallParty(input: {sessionId: $sessionId, partyId: $partyId}) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    party {\n      id\n      sessionId\n      muted\n      observedAt\n    }\n  }\n}"): typeof import('./graphql.ts').MuteDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query AvailableActions($sessionId: ID!, $partyId: ID!) {\n  callParty(sessionId: $sessionId, id: $partyId) {\n    id\n    sessionId\n    status {\n      code\n    }\n    availableActions {\n      action\n      allowed\n      reason\n    }\n    observedAt\n  }\n}"): typeof import('./graphql.ts').AvailableActionsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query OneParty($sessionId: ID!, $partyId: ID!) {\n  callParty(sessionId: $sessionId, id: $partyId) {\n    id\n    sessionId\n    extensionId\n    muted\n    status {\n      code\n      rawCode\n      reason\n      parkData\n    }\n    recordings {\n      id\n      active\n    }\n    observedAt\n  }\n}"): typeof import('./graphql.ts').OnePartyDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query MyPhones {\n  viewer {\n    devices {\n      id\n      name\n      type\n      status\n    }\n    forwardingNumbers {\n      id\n      label\n      phoneNumber\n      flipNumber\n    }\n  }\n}"): typeof import('./graphql.ts').MyPhonesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation MakeACall($deviceId: ID!, $extensionNumber: String!, $idempotencyKey: String) {\n  makeCallOut(\n    input: {deviceId: $deviceId, to: {extensionNumber: $extensionNumber}, idempotencyKey: $idempotencyKey}\n  ) {\n    outcome\n    replayed\n    error {\n      __typename\n      message\n    }\n    session {\n      id\n      parties {\n        id\n        sessionId\n        status {\n          code\n        }\n        observedAt\n      }\n    }\n  }\n}"): typeof import('./graphql.ts').MakeACallDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation Answer($sessionId: ID!, $partyId: ID!, $deviceId: ID!) {\n  answerCallParty(\n    input: {sessionId: $sessionId, partyId: $partyId, deviceId: $deviceId}\n  ) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    party {\n      id\n      sessionId\n      status {\n        code\n        reason\n      }\n      observedAt\n    }\n  }\n}"): typeof import('./graphql.ts').AnswerDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation Transfer($sessionId: ID!, $partyId: ID!, $target: TransferTargetInput!) {\n  transferCallParty(\n    input: {sessionId: $sessionId, partyId: $partyId, target: $target}\n  ) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    party {\n      id\n      sessionId\n      status {\n        code\n        reason\n      }\n      observedAt\n    }\n  }\n}"): typeof import('./graphql.ts').TransferDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation WarmTransferConsult($sessionId: ID!, $partyId: ID!, $deviceId: ID!, $colleague: String!) {\n  holdCallParty(input: {sessionId: $sessionId, partyId: $partyId}) {\n    outcome\n    error {\n      __typename\n      message\n    }\n  }\n  makeCallOut(input: {deviceId: $deviceId, to: {extensionNumber: $colleague}}) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    session {\n      id\n      parties {\n        id\n        sessionId\n        observedAt\n      }\n    }\n  }\n}"): typeof import('./graphql.ts').WarmTransferConsultDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation WarmTransferComplete($sessionId: ID!, $partyId: ID!, $with: PartyAddressInput!) {\n  bridgeCallParty(input: {sessionId: $sessionId, partyId: $partyId, with: $with}) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    party {\n      id\n      sessionId\n      status {\n        code\n        reason\n      }\n      peer {\n        id\n        sessionId\n        status {\n          code\n        }\n        observedAt\n      }\n      observedAt\n    }\n  }\n}"): typeof import('./graphql.ts').WarmTransferCompleteDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation Park($sessionId: ID!, $partyId: ID!) {\n  parkCallParty(input: {sessionId: $sessionId, partyId: $partyId}) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    party {\n      id\n      sessionId\n      status {\n        code\n        parkData\n      }\n      park {\n        id\n      }\n      observedAt\n    }\n  }\n}"): typeof import('./graphql.ts').ParkDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation Record($sessionId: ID!, $partyId: ID!) {\n  startCallRecording(input: {sessionId: $sessionId, partyId: $partyId}) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    recording {\n      id\n      active\n    }\n  }\n}"): typeof import('./graphql.ts').RecordDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation PauseRecording($sessionId: ID!, $partyId: ID!, $recordingId: ID!) {\n  pauseCallRecording(\n    input: {sessionId: $sessionId, partyId: $partyId, recordingId: $recordingId}\n  ) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    recording {\n      id\n      active\n    }\n  }\n}"): typeof import('./graphql.ts').PauseRecordingDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation ResumeRecording($sessionId: ID!, $partyId: ID!, $recordingId: ID!) {\n  resumeCallRecording(\n    input: {sessionId: $sessionId, partyId: $partyId, recordingId: $recordingId}\n  ) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    recording {\n      id\n      active\n    }\n  }\n}"): typeof import('./graphql.ts').ResumeRecordingDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation Conference($idempotencyKey: String) {\n  createConference(input: {idempotencyKey: $idempotencyKey}) {\n    outcome\n    replayed\n    error {\n      __typename\n      message\n    }\n    session {\n      id\n      voiceCallToken\n      parties {\n        id\n        sessionId\n        observedAt\n      }\n    }\n  }\n}"): typeof import('./graphql.ts').ConferenceDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation BringIn($conferenceId: ID!, $bringIn: PartyAddressInput!) {\n  bringInCallParty(input: {sessionId: $conferenceId, bringIn: $bringIn}) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    party {\n      id\n      sessionId\n      conferenceRole\n      status {\n        code\n      }\n      observedAt\n    }\n    session {\n      id\n      parties {\n        id\n        sessionId\n        conferenceRole\n        status {\n          code\n        }\n        observedAt\n      }\n    }\n  }\n}"): typeof import('./graphql.ts').BringInDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation Supervise($sessionId: ID!, $agent: SupervisedAgentInput!, $supervisorDeviceId: ID!) {\n  superviseCallSession(\n    input: {sessionId: $sessionId, agent: $agent, supervisorDeviceId: $supervisorDeviceId}\n  ) {\n    outcome\n    error {\n      __typename\n      message\n    }\n    party {\n      id\n      sessionId\n      status {\n        code\n        reason\n      }\n      observedAt\n    }\n  }\n}"): typeof import('./graphql.ts').SuperviseDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "subscription WatchParties($sessionId: ID!, $partyId: ID) {\n  callPartyUpdated(sessionId: $sessionId, partyId: $partyId) {\n    id\n    sessionId\n    muted\n    status {\n      code\n      reason\n    }\n    availableActions {\n      action\n      allowed\n    }\n    observedAt\n  }\n}"): typeof import('./graphql.ts').WatchPartiesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "subscription WatchMyCalls {\n  activeCalls {\n    sessionId\n    partyId\n    telephonyStatus\n    direction\n    from\n    fromName\n    to\n    toName\n    startTime\n  }\n}"): typeof import('./graphql.ts').WatchMyCallsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "subscription ResumeWatching($sessionId: ID!, $after: ID) {\n  callEvents(sessionId: $sessionId, after: $after) {\n    __typename\n    ... on CallSnapshot {\n      cursor\n      reason\n    }\n    ... on CallPartyChange {\n      cursor\n      party {\n        id\n        sessionId\n        status {\n          code\n        }\n        observedAt\n      }\n    }\n    ... on CallStreamNotice {\n      cursor\n      kind\n    }\n  }\n}"): typeof import('./graphql.ts').ResumeWatchingDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
