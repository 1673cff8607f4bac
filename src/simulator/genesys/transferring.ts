/** Handing a call on, unseen or after asking; and listening in. */
import { type Conversation, find, SPEAK_TO, type SpeakTo, type Transfer } from './conversation.ts';
import { addressOf, choiceIn, flagIn, type GenesysBody, objectIn, textIn } from './fields.ts';
import { userLeg, voicemailLeg } from './legs.ts';
import { cancelConsult, consult, speakTo, transferBlind } from './moving.ts';
import {
  accept,
  acting,
  type GenesysAnswer,
  type GenesysAsked,
  type GenesysOperation,
  ok,
  seen,
} from './operation.ts';
import { QUEUES } from './organisation.ts';
import type { NewLeg, Participant } from './participant.ts';
import { PEOPLE, personNamed } from './people.ts';
import { legTo, legToContact } from './placing.ts';
import { badRequest, noParticipant, noResource, noStation, noTransfer, notNow } from './refusals.ts';
import { type Supervision, supervise } from './supervising.ts';

const CALL = '/api/v2/conversations/calls/{conversationId}/participants/{participantId}';
const ANY = '/api/v2/conversations/{conversationId}/participants/{participantId}';
const BLIND = 'conversation:communication:blindTransfer';
const CONSULT = 'conversation:communication:consultTransfer';

/** How a body names where the call goes. */
type Reader = (asked: GenesysAsked, body: GenesysBody) => NewLeg | undefined;

export const TRANSFERS: readonly GenesysOperation[] = [
  replace('postConversationsCallParticipantReplace', `${CALL}/replace`, [BLIND], toAnywhere),
  replace('postConversationParticipantReplace', `${ANY}/replace`, [BLIND], toAnywhere),
  replace(
    'postConversationParticipantReplaceAgent',
    `${ANY}/replace/agent`,
    [BLIND, `${BLIND}Agent`],
    toUser,
  ),
  replace(
    'postConversationParticipantReplaceQueue',
    `${ANY}/replace/queue`,
    [BLIND, `${BLIND}Queue`],
    toQueue,
  ),
  replace(
    'postConversationParticipantReplaceContactExternal',
    `${ANY}/replace/contact/external`,
    [BLIND, `${BLIND}ExternalContact`],
    toContact,
  ),
  replace('postConversationParticipantTransfer', `${ANY}/transfer`, [BLIND], toAddress),
  consulting('postConversationsCallParticipantConsult', `${CALL}/consult`, [CONSULT], (asked, body) => {
    const destination = objectIn(body, 'destination');
    return destination === undefined
      ? undefined
      : toAnywhere(asked, { ...destination, userName: destination.name });
  }),
  consulting(
    'postConversationsCallParticipantConsultAgent',
    `${CALL}/consult/agent`,
    [CONSULT, `${CONSULT}Agent`],
    toUser,
  ),
  consulting(
    'postConversationsCallParticipantConsultQueue',
    `${CALL}/consult/queue`,
    [CONSULT, `${CONSULT}Queue`],
    toQueue,
  ),
  consulting(
    'postConversationsCallParticipantConsultContactExternal',
    `${CALL}/consult/contact/external`,
    [CONSULT, `${CONSULT}ExternalContact`],
    toContact,
  ),
  consulting('postConversationsCallParticipantVoiceConsult', `${CALL}/voice/consult`, [CONSULT], toAddress),
  {
    operationId: 'patchConversationsCallParticipantConsult',
    method: 'PATCH',
    path: `${CALL}/consult`,
    handle(asked) {
      const to = choiceIn(asked.body, 'speakTo', SPEAK_TO);
      if (to === undefined) throw badRequest('speakTo is missing');
      const { participantId = '' } = asked.params;
      const conversation = acting(asked);
      accept(asked, conversation, (now, at) => speakTo(now, participantId, to, at));
      return ok({ destinationParticipantId: conversation.consult?.destinationId });
    },
  },
  {
    operationId: 'deleteConversationsCallParticipantConsult',
    method: 'DELETE',
    path: `${CALL}/consult`,
    handle(asked) {
      const { participantId = '' } = asked.params;
      accept(asked, acting(asked), (now, at) => cancelConsult(now, participantId, at));
      return { status: 200 };
    },
  },
  ...(['monitor', 'coach', 'barge'] as const).map(
    (kind): GenesysOperation => ({
      operationId: `postConversationsCallParticipant${kind.charAt(0).toUpperCase()}${kind.slice(1)}`,
      method: 'POST',
      path: `${CALL}/${kind}`,
      permissions: [`conversation:call:${kind}`],
      handle: (asked) => listenIn(asked, kind),
    }),
  ),
];

function replace(
  operationId: string,
  path: string,
  permissions: readonly string[],
  read: Reader,
): GenesysOperation {
  return {
    ...{ operationId, method: 'POST', path, permissions },
    handle(asked) {
      const conversation = acting(asked);
      const one = participantIn(asked, conversation);
      const type = choiceIn(asked.body, 'transferType', ['Attended', 'Unattended']) ?? 'Unattended';
      const given = asked.body.transferType !== undefined;
      if (given && type === 'Unattended' && one.purpose === 'agent' && one.queueId !== null) {
        throw noTransfer(
          'transfer.acd.call.unattended',
          'A call of a queue cannot be transferred unattended',
        );
      }
      const leg =
        flagIn(asked.body, 'voicemail') === true ? voicemailOf(asked, one) : read(asked, asked.body);
      if (leg === undefined) throw noTransfer('transfer.destination.required', 'The destination is missing');
      const transfer = transferTo(asked, leg, type, 'Complete');
      return accept(asked, conversation, (now, at) => transferBlind(now, one.id, { leg, transfer }, at));
    },
  };
}

function consulting(
  operationId: string,
  path: string,
  permissions: readonly string[],
  read: Reader,
): GenesysOperation {
  return {
    ...{ operationId, method: 'POST', path, permissions },
    handle(asked) {
      const conversation = acting(asked);
      const object = participantIn(asked, conversation);
      const leg = read(asked, asked.body);
      if (leg === undefined) {
        throw notNow('consult.transfer.no.destination', 'The destination of the consult transfer is missing');
      }
      const to: SpeakTo = choiceIn(asked.body, 'speakTo', SPEAK_TO) ?? 'DESTINATION';
      const initiator = textIn(asked.body, 'consultingUserId') ?? asked.viewer.id;
      const transfer = transferTo(asked, leg, 'Attended', 'Active');
      accept(asked, conversation, (now, at) =>
        consult(now, object.id, initiator, { leg, transfer, speakTo: to }, at),
      );
      return ok({ destinationParticipantId: leg.id });
    },
  };
}

/** A supervisor does not need to be in the call; that is the point. */
function listenIn(asked: GenesysAsked, kind: Supervision): GenesysAnswer {
  const { centre, viewer } = asked;
  const conversation = seen(asked);
  const { id } = participantIn(asked, conversation);
  if (viewer.stationId === null) throw noStation();
  const leg = userLeg(centre, viewer, { state: 'contacting', direction: 'inbound' });
  accept(asked, conversation, (now, at) => supervise(now, id, kind, leg, at));
  return { status: 201 };
}

function transferTo(
  { centre, viewer }: GenesysAsked,
  leg: NewLeg,
  type: Transfer['type'],
  state: Transfer['state'],
): Transfer {
  const { id } = centre.ids();
  const [userId, address] = [leg.userId ?? null, leg.userId == null ? (leg.address ?? null) : null];
  return { id, state, issuedAt: centre.now(), initiatorUserId: viewer.id, userId, address, type };
}

function participantIn({ params }: GenesysAsked, conversation: Conversation): Participant {
  const one = find(conversation, params.participantId ?? '');
  if (one === undefined) throw noParticipant(params.participantId ?? '');
  return one;
}

/** Only the first field that is there counts, where several name the same. */
function toAnywhere(asked: GenesysAsked, body: GenesysBody): NewLeg | undefined {
  const given = ['userId', 'userName', 'queueId', 'address'].filter(
    (name) => textIn(body, name) !== undefined,
  );
  if (given.length > 1) throw badRequest(`Only one of ${given.join(', ')} can be given`);
  return toUser(asked, body) ?? toQueue(asked, body) ?? toAddress(asked, body);
}

function toUser({ centre }: GenesysAsked, body: GenesysBody): NewLeg | undefined {
  const byName = textIn(body, 'userName') ?? textIn(body, 'userDisplayName');
  const wanted = textIn(body, 'userId') ?? byName;
  if (wanted === undefined) return undefined;
  const user = personNamed(wanted) ?? PEOPLE.find(({ name }) => name === wanted);
  if (user === undefined) throw noResource('user');
  if (user.stationId === null) throw noStation();
  return legTo(centre, { user });
}

function toQueue({ centre }: GenesysAsked, body: GenesysBody): NewLeg | undefined {
  const [id, name] = [textIn(body, 'queueId'), textIn(body, 'queueName')];
  if (id === undefined && name === undefined) return undefined;
  const queue = QUEUES.find((one) => (id === undefined ? one.name === name : one.id === id));
  if (queue === undefined) throw noTransfer('queue.not.found', 'The queue was not found');
  return legTo(centre, { queue });
}

function toAddress({ centre }: GenesysAsked, body: GenesysBody): NewLeg | undefined {
  const address = textIn(body, 'address');
  return address === undefined ? undefined : legTo(centre, { address: addressOf(address, 'address') });
}

function toContact({ centre }: GenesysAsked, body: GenesysBody): NewLeg | undefined {
  const contactId = textIn(body, 'contactId');
  if (contactId === undefined) return undefined;
  const type =
    choiceIn(body, 'phoneType', ['WorkPhone', 'CellPhone', 'HomePhone', 'OtherPhone']) ?? 'WorkPhone';
  const leg = legToContact(centre, contactId, type);
  if (leg === undefined) throw noResource('phone of the contact');
  return leg;
}

/** Of whoever is named, or else of the one whose call it is. */
function voicemailOf({ centre, body }: GenesysAsked, { userId }: Participant): NewLeg | undefined {
  const wanted = textIn(body, 'userId') ?? userId;
  const person = wanted === null ? undefined : personNamed(wanted);
  if (person === undefined) return undefined;
  return voicemailLeg(centre, person);
}
