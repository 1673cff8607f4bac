/** Placing a call, and the commands to a whole conversation: others come in, conversations become one, all of it ends. */
import { conversationBody } from './bodies.ts';
import { type Conversation, MOST_PARTICIPANTS } from './conversation.ts';
import {
  addressOf,
  attributesIn,
  choiceIn,
  type GenesysBody,
  objectsIn,
  onlyOneIn,
  textIn,
  textsIn,
} from './fields.ts';
import { addToConference, conferenceIsFull, merge } from './moving.ts';
import {
  ACCEPTED,
  accept,
  acting,
  type GenesysAnswer,
  type GenesysAsked,
  type GenesysOperation,
  ok,
  seen,
} from './operation.ts';
import { queueNamed } from './organisation.ts';
import { isConnected, isPresent, type NewLeg, type Participant } from './participant.ts';
import { type GenesysPerson, personNamed } from './people.ts';
import { call, legTo } from './placing.ts';
import {
  badRequest,
  GenesysRefusal,
  granted,
  noConversation,
  noResource,
  noStation,
  notActive,
  notNow,
} from './refusals.ts';
import { disconnectAll, holdBackRecordings, tearDown } from './whole.ts';

const CALLS = '/api/v2/conversations/calls';
const CALL = `${CALLS}/{conversationId}`;
const ANY = '/api/v2/conversations/{conversationId}';
const DISCONNECT = 'conversation:communication:disconnect';
const CONFERENCE = 'conversation:conference:add';
const AGENTLESS = 'conversation:agentlessCall:add';

export const CONFERENCING: readonly GenesysOperation[] = [
  {
    operationId: 'postConversationsCalls',
    method: 'POST',
    path: CALLS,
    permissions: [CONFERENCE],
    handle: place,
  },
  {
    operationId: 'postConversationsCallsUserUserId',
    method: 'POST',
    path: `${CALLS}/user/{userId}`,
    permissions: [AGENTLESS, 'conversation:call:add'],
    forApps: true,
    handle: place,
  },
  {
    operationId: 'patchConversationsCall',
    method: 'PATCH',
    path: CALL,
    permissions: [DISCONNECT],
    handle: patchConversation,
  },
  {
    operationId: 'patchConversationsCallConference',
    method: 'PATCH',
    path: `${CALL}/conference`,
    permissions: [CONFERENCE],
    handle: (asked) => bringTogether(asked, acting(asked)),
  },
  {
    operationId: 'putConversationsCallRecordingstate',
    method: 'PUT',
    path: `${CALL}/recordingstate`,
    permissions: ['conversation:recording:pauseOthers'],
    handle(asked) {
      const recordingState = choiceIn(asked.body, 'recordingState', ['ACTIVE', 'PAUSED']);
      if (recordingState === undefined) throw badRequest('The recordingState is missing');
      const conversation = acting(asked);
      refuseQuiet(conversation);
      accept(asked, conversation, (now) => holdBackRecordings(now, recordingState === 'PAUSED'));
      return ok({ recordingState });
    },
  },
  {
    operationId: 'postConversationsCallParticipants',
    method: 'POST',
    path: `${CALL}/participants`,
    handle: addParticipants,
  },
  {
    operationId: 'postConversationsCallParticipantsUserUserId',
    method: 'POST',
    path: `${CALL}/participants/user/{userId}`,
    permissions: [AGENTLESS],
    forApps: true,
    handle: addParticipants,
  },
  {
    operationId: 'postConversationDisconnect',
    method: 'POST',
    path: `${ANY}/disconnect`,
    permissions: [DISCONNECT],
    handle: (asked) => accept(asked, seen(asked), tearDown),
  },
  {
    operationId: 'deleteConversation',
    method: 'DELETE',
    path: ANY,
    permissions: [DISCONNECT],
    handle: (asked) => accept(asked, seen(asked), (now, at) => disconnectAll(now, 'client', at)),
  },
];

/** The user's own phone is called first, so they need one. */
function place(asked: GenesysAsked): GenesysAnswer {
  const { centre, viewer, body } = asked;
  const single = onlyDestination(body);
  const conversationIds = textsIn(body, 'conversationIds');
  const many = objectsIn(body, 'participants');
  const ways = [single, conversationIds, many].filter((way) => way !== undefined);
  if (ways.length > 1) throw tooMany();
  if (ways.length === 0) throw badRequest('A destination is missing: phoneNumber, callUserId or callQueueId');
  if (viewer.stationId === null) throw noStation();
  const fromQueue = textIn(body, 'callFromQueueId');
  const queue = fromQueue === undefined ? null : (queueNamed(fromQueue) ?? null);
  if (fromQueue !== undefined && queue === null) throw noResource('queue');
  if (conversationIds !== undefined) return conferenceOf(asked, conversationIds);

  const shared = {
    attributes: attributesIn(body, 'attributes') ?? {},
    uuiData: textIn(body, 'uuiData') ?? null,
  };
  const [first, ...rest] =
    single !== undefined ? [single] : (many ?? []).map((one) => destinationIn(asked, one));
  if (first === undefined) throw badRequest('The participants are missing');
  // Asked first: a call that was placed cannot be taken back.
  if (rest.length + 2 > MOST_PARTICIPANTS) throw conferenceIsFull();
  const placed = call(
    centre,
    {},
    viewer,
    { ...called(first), ...shared, ...(queue !== null && { purpose: 'customer' }) },
    queue,
  );
  const whole = rest.reduce((now, leg) => granted(addToConference(now, called(leg), centre.now())), placed);
  if (whole !== placed) centre.put(whole);
  return ok({ id: placed.id, selfUri: `${CALLS}/${placed.id}` });

  function onlyDestination(given: GenesysBody): NewLeg | undefined {
    const names = ['phoneNumber', 'callUserId', 'callQueueId'].filter(
      (name) => textIn(given, name) !== undefined,
    );
    if (names.length > 1) throw tooMany();
    return names.length === 0
      ? undefined
      : destinationIn(asked, {
          address: given.phoneNumber,
          userId: given.callUserId,
          queueId: given.callQueueId,
        });
  }
}

/** Nobody rings before whoever calls is there. */
function called(leg: NewLeg): NewLeg {
  return leg.purpose === 'acd' ? leg : { ...leg, state: 'contacting' };
}

function tooMany(): GenesysRefusal {
  const message = 'Only one destination can be given';
  return new GenesysRefusal(400, 'too.many.create.conversation.parameters', message);
}

/** A new leg to a user, a queue or an address. */
function destinationIn({ centre }: GenesysAsked, body: GenesysBody): NewLeg {
  const [name, value] = onlyOneIn(body, ['userId', 'queueId', 'address']) ?? [];
  if (name === undefined || value === undefined)
    throw badRequest('A participant needs a userId, a queueId or an address');
  if (name === 'address') return legTo(centre, { address: addressOf(value, 'address') });
  if (name === 'queueId') {
    const queue = queueNamed(value);
    if (queue === undefined) throw noResource('queue');
    return legTo(centre, { queue });
  }
  const user = reachable(value);
  return legTo(centre, { user });
}

function reachable(userId: string): GenesysPerson {
  const user = personNamed(userId);
  if (user === undefined) throw noResource('user');
  if (user.stationId === null) throw noStation();
  return user;
}

/** A conference of conversations that there are: the first takes the others in. */
function conferenceOf(asked: GenesysAsked, ids: readonly string[]): GenesysAnswer {
  const [first, ...others] = ids;
  if (first === undefined) throw notNow('empty.conversation.list', 'The list of conversations is empty');
  const conversation = asked.centre.conversation(first);
  bringTogether({ ...asked, body: { conversationIds: others } }, conversation);
  return ok({ id: first, selfUri: `${CALLS}/${first}` });
}

/** Others of the user's conversations come into this one. */
function bringTogether(asked: GenesysAsked, conversation: Conversation): GenesysAnswer {
  const { centre, viewer, body } = asked;
  const ids = textsIn(body, 'conversationIds') ?? [];
  if (ids.length === 0) throw notNow('empty.conversation.list', 'The list of conversations is empty');
  const idOf = remembering(centre.ids);
  const others = ids
    .filter((id) => id !== conversation.id)
    .map((id) => {
      const found = centre.find(id);
      if (found === undefined) throw noConversation(id);
      return found;
    });
  for (const from of others) granted(merge(conversation, from, viewer.id, idOf, centre.now()));
  centre.later(centre.settings().genesysCommandDelay, () => {
    for (const { id } of others) {
      const [into, from] = [centre.find(conversation.id), centre.find(id)];
      if (into === undefined || from === undefined) continue;
      const merged = merge(into, from, viewer.id, idOf, centre.now());
      if (merged instanceof GenesysRefusal) continue;
      for (const one of merged) centre.put(one);
    }
  });
  return ACCEPTED;
}

/** The same ids for the same participant, whenever asked. */
function remembering(make: () => Pick<NewLeg, 'id' | 'communicationId'>) {
  const made = new Map<string, Pick<NewLeg, 'id' | 'communicationId'>>();
  return ({ id }: Participant) => {
    const ids = made.get(id) ?? make();
    made.set(id, ids);
    return ids;
  };
}

function addParticipants(asked: GenesysAsked): GenesysAnswer {
  const conversation = acting(asked);
  const own = conversation.participants.find((one) => one.userId === asked.viewer.id && isPresent(one));
  if (own === undefined || !isConnected(own)) throw notActive();
  const wanted = objectsIn(asked.body, 'participants') ?? [];
  if (wanted.length === 0) throw badRequest('The participants are missing');
  const legs = wanted.map((one) => destinationIn(asked, one));
  accept(asked, conversation, (now, at) =>
    legs.reduce<Conversation | GenesysRefusal>(
      (grown, leg) => (grown instanceof GenesysRefusal ? grown : addToConference(grown, leg, at)),
      now,
    ),
  );
  return ok(conversationBody(asked.centre.find(conversation.id) ?? conversation));
}

/** All of them leave, their recordings pause, or other conversations come in. */
function patchConversation(asked: GenesysAsked): GenesysAnswer {
  const conversation = acting(asked);
  const { body } = asked;
  if (textsIn(body, 'conversationIds') !== undefined) {
    bringTogether(asked, conversation);
  } else if (choiceIn(body, 'state', ['disconnected']) !== undefined) {
    accept(asked, conversation, (now, at) => disconnectAll(now, 'client', at));
  } else {
    const state = choiceIn(body, 'recordingState', ['ACTIVE', 'PAUSED']);
    if (state === undefined) throw badRequest('The request changes nothing');
    refuseQuiet(conversation);
    accept(asked, conversation, (now) => holdBackRecordings(now, state === 'PAUSED'));
  }
  return { status: 202, body: conversationBody(asked.centre.find(conversation.id) ?? conversation) };
}

/** @throws {GenesysRefusal} 400 for a call in which nobody talks any more. */
function refuseQuiet({ participants }: Conversation): void {
  if (!participants.some(isPresent)) throw notNow('call.disconnected', 'The call has been disconnected');
}
