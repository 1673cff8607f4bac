/** What is asked, in the words of each contestant. */
import { conversationId, type PartyCode, partyId, sessionId, tokenOf } from './calls.ts';
import { type Asked, getRequest, postRequest } from './http-load.ts';
import type { Operation } from './websocket.ts';

/** How a contestant is asked over HTTP. */
export interface Dialect {
  /** A session with its four parties, twelve fields. */
  read(viewer: number, session: number): Asked;
  /** Hold or unhold of a party. */
  command(viewer: number, session: number, party: number, code: PartyCode): Asked;
}

const SESSIONS = '/restapi/v1.0/account/~/telephony/sessions';

/** The path of a session at RingCentral. */
export function sessionPath(session: number): string {
  return `${SESSIONS}/${sessionId(session)}`;
}

/** RingCentral's own: the bare upstream and whoever only passes requests on. */
export const rest: Dialect = {
  read: (viewer, session) => ({
    request: getRequest(sessionPath(session), tokenOf(viewer)),
    expects: expectedOf(session),
  }),
  command: (viewer, session, party, code) => ({
    request: postRequest(
      `${sessionPath(session)}/parties/${partyId(session, party)}/${code === 'Hold' ? 'hold' : 'unhold'}`,
      tokenOf(viewer),
    ),
    expects: [partyId(session, party), `"code":"${code}"`],
  }),
};

const READ =
  'query Read($id: ID!) { callSession(id: $id) { id creationTime parties { id direction muted standAlone extensionId status { code } from { phoneNumber name } to { phoneNumber name } } } }';
const HOLD =
  'mutation Hold($sessionId: ID!, $partyId: ID!) { holdCallParty(input: { sessionId: $sessionId, partyId: $partyId }) { outcome party { id muted status { code } } } }';
const UNHOLD = HOLD.replace('Hold', 'Unhold').replace('holdCallParty', 'unholdCallParty');

/** The project's schema. */
export const graphql: Dialect = {
  read: (viewer, session) => ({
    request: graphqlRequest(viewer, { query: READ, variables: { id: sessionId(session) } }),
    expects: expectedOf(session),
  }),
  command: (viewer, session, party, code) => ({
    request: graphqlRequest(viewer, {
      query: code === 'Hold' ? HOLD : UNHOLD,
      variables: { sessionId: sessionId(session), partyId: partyId(session, party) },
    }),
    expects: ['"outcome":"APPLIED"', partyId(session, party), `"code":"${code.toUpperCase()}"`],
  }),
};

const READ_CONVERSATION =
  'query Read($id: ID!) { callConversation(id: $id) { id startedAt participants { id direction muted confined state user { id } queue { id } ani dnis name address } } }';

/** The same for calls that are conversations of Genesys Cloud, of as many fields; the benchmark gives no commands to it. */
export const conversations: Dialect = {
  read: (viewer, session) => ({
    request: graphqlRequest(viewer, {
      query: READ_CONVERSATION,
      variables: { id: conversationId(session) },
    }),
    expects: [`"${conversationId(session)}"`, `"@${session}.`],
  }),
  command() {
    throw new Error('The benchmark gives no commands to Genesys Cloud');
  },
};

/** Watches the participants of a conversation: as many fields as of a party. */
export function watchConversation(session: number): Operation {
  const selection = 'id direction muted state user { id } ani dnis name address observedAt';
  return {
    query: `subscription Watch($id: ID!) { callMediaParticipantUpdated(conversationId: $id) { ${selection} } }`,
    variables: { id: conversationId(session) },
  };
}

/** The schema that Hive Gateway makes of RingCentral's published document. */
export const hive: Dialect = {
  read: (viewer, session) => ({
    request: graphqlRequest(viewer, {
      query:
        'query Read($id: String!) { readCallSessionStatus(accountId: "~", telephonySessionId: $id) { ... on CallSessionObject { id creationTime parties { id direction muted standAlone extensionId status { code } from { phoneNumber name } to { phoneNumber name } } } } }',
      variables: { id: sessionId(session) },
    }),
    expects: expectedOf(session),
  }),
  command: (viewer, session, party, code) => ({
    request: graphqlRequest(viewer, {
      query: `mutation Command($sessionId: String!, $partyId: String!) { ${code === 'Hold' ? 'hold' : 'unhold'}CallParty(accountId: "~", telephonySessionId: $sessionId, partyId: $partyId) { ... on CallParty { id muted status { code } } } }`,
      variables: { sessionId: sessionId(session), partyId: partyId(session, party) },
    }),
    expects: [partyId(session, party), `"code":"${code}"`],
  }),
};

/** Three screens that show different things of the same calls. */
export const SELECTIONS = [
  'id direction muted status { code } from { phoneNumber name } to { phoneNumber name } observedAt',
  'id status { code reason } to { name extensionId } extensionId',
  'id muted standAlone direction conferenceRole status { code rawCode } from { name } to { name phoneNumber } recordings { id active }',
] as const;

/** Watches the parties of a session. */
export function watch(session: number, selection: string = SELECTIONS[0]): Operation {
  return {
    query: `subscription Watch($id: ID!) { callPartyUpdated(sessionId: $id) { ${selection} } }`,
    variables: { id: sessionId(session) },
  };
}

function graphqlRequest(viewer: number, operation: Operation): string {
  return postRequest('/graphql', tokenOf(viewer), JSON.stringify(operation));
}

/** The session itself, and the start of its marker: an answer about another call cannot pass. */
function expectedOf(session: number): string[] {
  return [`"${sessionId(session)}"`, `"@${session}.`];
}
