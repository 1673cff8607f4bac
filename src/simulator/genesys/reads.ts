/** Reading: a user's conversations, one of them, what was before, and who works here. */
import {
  assignedWrapupBody,
  callConversationBody,
  conversationBody,
  historyBody,
  type Json,
  listing,
  withoutNothing,
} from './bodies.ts';
import { find, isActiveIn, MOST_PARTICIPANTS } from './conversation.ts';
import { type GenesysAsked, type GenesysOperation, ok, seen } from './operation.ts';
import {
  CONTACT_ORGANISATIONS,
  type CONTACTS,
  contactOf,
  DIVISION,
  GROUPS,
  LANGUAGES,
  type Named,
  ORGANISATION,
  QUEUES,
  SCRIPTS,
  SKILLS,
  TEAMS,
  WRAPUP_CODES,
} from './organisation.ts';
import { type GenesysPerson, PEOPLE, personNamed } from './people.ts';
import { invalidValue, noParticipant, noResource } from './refusals.ts';

const CALLS = '/api/v2/conversations/calls';

export const READS: readonly GenesysOperation[] = [
  {
    operationId: 'getConversationsCalls',
    method: 'GET',
    path: CALLS,
    handle: (asked) => ok(listing(mine(asked).map(callConversationBody), CALLS)),
  },
  {
    operationId: 'getConversationsCallsHistory',
    method: 'GET',
    path: `${CALLS}/history`,
    handle: history,
  },
  {
    operationId: 'getConversationsCallsMaximumconferenceparties',
    method: 'GET',
    path: `${CALLS}/maximumconferenceparties`,
    handle: () => ok({ maxParticipants: MOST_PARTICIPANTS }),
  },
  {
    operationId: 'getConversationsCall',
    method: 'GET',
    path: `${CALLS}/{conversationId}`,
    handle: (asked) => ok(callConversationBody(seen(asked))),
  },
  {
    operationId: 'getConversations',
    method: 'GET',
    path: '/api/v2/conversations',
    handle: (asked) => ok(listing(mine(asked).map(conversationBody), '/api/v2/conversations')),
  },
  {
    operationId: 'getConversation',
    method: 'GET',
    path: '/api/v2/conversations/{conversationId}',
    permissions: ['conversation:communication:view'],
    handle: (asked) => ok(conversationBody(seen(asked))),
  },
  ...[`${CALLS}/{conversationId}`, '/api/v2/conversations/{conversationId}'].flatMap(
    (conversation, index): GenesysOperation[] => [
      {
        operationId:
          index === 0 ? 'getConversationsCallParticipantWrapup' : 'getConversationParticipantWrapup',
        method: 'GET',
        path: `${conversation}/participants/{participantId}/wrapup`,
        handle: assignedWrapup,
      },
      {
        operationId:
          index === 0
            ? 'getConversationsCallParticipantWrapupcodes'
            : 'getConversationParticipantWrapupcodes',
        method: 'GET',
        path: `${conversation}/participants/{participantId}/wrapupcodes`,
        handle(asked) {
          seenParticipant(asked);
          return ok(WRAPUP_CODES.map(wrapupCodeBody));
        },
      },
    ],
  ),
  {
    operationId: 'getConversationsCallParticipantCommunicationWrapup',
    method: 'GET',
    path: `${CALLS}/{conversationId}/participants/{participantId}/communications/{communicationId}/wrapup`,
    handle: assignedWrapup,
  },
  {
    operationId: 'getUsersMe',
    method: 'GET',
    path: '/api/v2/users/me',
    handle: ({ viewer, query }) => ok({ ...userBody(viewer), ...expanded(viewer, query) }),
  },
  {
    operationId: 'getUsers',
    method: 'GET',
    path: '/api/v2/users',
    handle: ({ query }) => ok(chosen(PEOPLE, query, userBody, '/api/v2/users', personNamed)),
  },
  {
    operationId: 'getUser',
    method: 'GET',
    path: '/api/v2/users/{userId}',
    handle({ params, query }) {
      const person = personNamed(params.userId ?? '');
      if (person === undefined) throw noResource('user');
      return ok({ ...userBody(person), ...expanded(person, query) });
    },
  },
  {
    operationId: 'getRoutingQueues',
    method: 'GET',
    path: '/api/v2/routing/queues',
    handle: ({ query }) => ok(chosen(QUEUES, query, queueBody, '/api/v2/routing/queues')),
  },
  {
    operationId: 'getRoutingQueue',
    method: 'GET',
    path: '/api/v2/routing/queues/{queueId}',
    handle: ({ params }) => ok(queueBody(one(QUEUES, params.queueId, 'queue'))),
  },
  {
    operationId: 'getRoutingWrapupcodes',
    method: 'GET',
    path: '/api/v2/routing/wrapupcodes',
    handle: ({ query }) => ok(chosen(WRAPUP_CODES, query, wrapupCodeBody, '/api/v2/routing/wrapupcodes')),
  },
  {
    operationId: 'getExternalcontactsContact',
    method: 'GET',
    path: '/api/v2/externalcontacts/contacts/{contactId}',
    handle({ params }) {
      const contact = contactOf(params.contactId ?? '');
      if (contact === undefined) throw noResource('contact');
      return ok(contactBody(contact));
    },
  },
  ...[
    [
      'getExternalcontactsOrganization',
      '/api/v2/externalcontacts/organizations',
      CONTACT_ORGANISATIONS,
    ] as const,
    ['getTeam', '/api/v2/teams', TEAMS] as const,
    ['getGroup', '/api/v2/groups', GROUPS] as const,
    ['getScript', '/api/v2/scripts', SCRIPTS] as const,
  ].map(
    ([operationId, path, list]): GenesysOperation => ({
      operationId,
      method: 'GET',
      path: `${path}/{id}`,
      handle: ({ params }) => ok(namedBody(path)(one(list, params.id, 'entity'))),
    }),
  ),
  ...[
    ['getGroups', '/api/v2/groups', GROUPS] as const,
    ['getRoutingSkills', '/api/v2/routing/skills', SKILLS] as const,
    ['getRoutingLanguages', '/api/v2/routing/languages', LANGUAGES] as const,
    ['getAuthorizationDivisions', '/api/v2/authorization/divisions', [DIVISION]] as const,
  ].map(
    ([operationId, path, list]): GenesysOperation => ({
      operationId,
      method: 'GET',
      path,
      handle: ({ query }) => ok(chosen(list, query, namedBody(path), path)),
    }),
  ),
];

/** The conversations in which the user takes part now. */
function mine({ centre, viewer }: GenesysAsked) {
  return centre.conversations().filter((one) => isActiveIn(one, viewer.id));
}

function history(asked: GenesysAsked) {
  const { centre, viewer, query } = asked;
  const size = pageOf(query, 'pageSize', 25, 100);
  const number = pageOf(query, 'pageNumber', 1, 1_000_000);
  const all = centre
    .conversations()
    .filter(
      ({ endedAt, participants }) => endedAt !== null && participants.some((one) => one.userId === viewer.id),
    )
    .reverse();
  const shown = all.slice((number - 1) * size, number * size).map((one) => historyBody(one, viewer.id));
  return ok(listing(shown, `${CALLS}/history`, { size, number, total: all.length }));
}

function pageOf(query: URLSearchParams, name: string, otherwise: number, most: number): number {
  const text = query.get(name);
  if (text === null) return otherwise;
  const value = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > most) throw invalidValue(name, text);
  return value;
}

function assignedWrapup(asked: GenesysAsked) {
  const { wrapup } = seenParticipant(asked);
  return ok(wrapup === null ? {} : assignedWrapupBody(wrapup));
}

function seenParticipant(asked: GenesysAsked) {
  const { participantId = '', communicationId } = asked.params;
  const participant = find(seen(asked), participantId);
  if (participant === undefined) throw noParticipant(participantId);
  if (communicationId !== undefined && participant.communicationId !== communicationId) {
    throw noResource('communication');
  }
  return participant;
}

/** Those of the ids that are asked for, or all. */
function chosen<One extends { readonly id: string }>(
  all: readonly One[],
  query: URLSearchParams,
  body: (one: One) => Json,
  path: string,
  find = (id: string): One | undefined => all.find((one) => one.id === id),
): Json {
  const ids = query.getAll('id').flatMap((id) => id.split(','));
  const found = ids.length === 0 ? all : ids.flatMap((id) => find(id) ?? []);
  return listing(found.map(body), path);
}

function one<One extends { readonly id: string }>(
  all: readonly One[],
  id: string | undefined,
  what: string,
): One {
  const found = all.find((candidate) => candidate.id === id);
  if (found === undefined) throw noResource(what);
  return found;
}

function userBody({ id, name, email, extension }: GenesysPerson): Json {
  return withoutNothing({
    ...{ id, name, email, username: email, state: 'active', version: 1 },
    division: {
      id: DIVISION.id,
      name: DIVISION.name,
      selfUri: `/api/v2/authorization/divisions/${DIVISION.id}`,
    },
    primaryContactInfo: [
      { address: email, mediaType: 'EMAIL', type: 'PRIMARY' },
      ...(extension === null ? [] : [{ extension, mediaType: 'PHONE', type: 'PRIMARY' }]),
    ],
    selfUri: `/api/v2/users/${id}`,
  });
}

/** What is told only where it is asked for. */
function expanded({ permissions, stationId, extension }: GenesysPerson, query: URLSearchParams): Json {
  const wanted = query.getAll('expand').flatMap((name) => name.split(','));
  const station =
    stationId === null
      ? undefined
      : { id: stationId, name: `Phone ${extension}`, type: 'inin_webrtc_softphone' };
  const all: Json = {
    authorization: { roles: [], permissions },
    station: withoutNothing({ associatedStation: station, effectiveStation: station }),
    organization: { ...ORGANISATION, selfUri: `/api/v2/organizations/${ORGANISATION.id}` },
  };
  return Object.fromEntries(Object.entries(all).filter(([name]) => wanted.includes(name)));
}

function queueBody({ id, name, members }: (typeof QUEUES)[number]): Json {
  const division = {
    id: DIVISION.id,
    name: DIVISION.name,
    selfUri: `/api/v2/authorization/divisions/${DIVISION.id}`,
  };
  return { id, name, division, memberCount: members.length, selfUri: `/api/v2/routing/queues/${id}` };
}

function wrapupCodeBody({ id, name }: Named): Json {
  return { id, name, selfUri: `/api/v2/routing/wrapupcodes/${id}` };
}

function contactBody({ id, firstName, lastName, phones }: (typeof CONTACTS)[number]): Json {
  const phone = (type: string) =>
    phones[type] === undefined ? undefined : { display: phones[type], e164: phones[type] };
  return withoutNothing({
    ...{ id, firstName, lastName, workPhone: phone('WorkPhone'), cellPhone: phone('CellPhone') },
    selfUri: `/api/v2/externalcontacts/contacts/${id}`,
  });
}

function namedBody(path: string) {
  return ({ id, name }: Named): Json => ({ id, name, selfUri: `${path}/${id}` });
}
