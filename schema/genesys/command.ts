/** Commands to Genesys Cloud: what they answer, and what each takes to name a conversation or a participant. */
import { builder } from '../builder.ts';
import { checkId } from '../checks.ts';
import {
  CommandPayload,
  commandsOf,
  type InputFields,
  nullIfExpected,
  type PayloadFields,
} from '../command-shape.ts';
import { findParticipant, type ParticipantAddress } from './model.ts';
import type { ConversationCommand, ConversationCommandResult } from './provider.ts';
import { asks, CallConversation, CallMediaParticipant } from './refs.ts';

/** What most commands answer. */
export const CallMediaParticipantPayload = builder
  .objectRef<ConversationCommandResult>('CallMediaParticipantPayload')
  .implement({
    description: 'The answer to a command on a participant of a conversation.',
    interfaces: [CommandPayload],
    fields: (t) => ({ participant: participantOfResult(t), conversation: conversationOfResult(t) }),
  });

/** What the commands answer that are about a whole conversation. */
export const CallConversationPayload = builder
  .objectRef<ConversationCommandResult>('CallConversationPayload')
  .implement({
    description: 'The answer to a command on a whole conversation.',
    interfaces: [CommandPayload],
    fields: (t) => ({
      conversationId: t.exposeID('conversationId', {
        nullable: true,
        description:
          'The conversation that the command is about: the one that was named, or the one that it made, as Genesys Cloud ' +
          'answered it. It is told also where the user may not look at that one; null where none was made, or the answer ' +
          'that named it was lost.',
      }),
      conversation: conversationOfResult(t),
    }),
  });

/** What the beginning of a consult transfer answers. */
export const ConsultTransferPayload = builder
  .objectRef<ConversationCommandResult>('ConsultTransferPayload')
  .implement({
    description: 'The answer to the beginning of a consult transfer.',
    interfaces: [CommandPayload],
    fields: (t) => ({
      participant: participantOfResult(t),
      destinationParticipantId: t.exposeID('destinationParticipantId', {
        nullable: true,
        description:
          'The participant who is asked first, as Genesys Cloud answered it; null where it did not.',
      }),
      destinationParticipant: t.field({
        type: CallMediaParticipant,
        nullable: true,
        description: 'The same as now known; null while the conversation does not show it yet.',
        resolve: ({ conversation, destinationParticipantId: id }) =>
          conversation === null || id === null ? null : (findParticipant(conversation, id) ?? null),
      }),
      conversation: conversationOfResult(t),
    }),
  });

function participantOfResult(t: PayloadFields<ConversationCommandResult>) {
  return t.expose('participant', {
    type: CallMediaParticipant,
    nullable: true,
    description: 'The addressed participant as now known; null where nothing is known of it.',
  });
}

function conversationOfResult(t: PayloadFields<ConversationCommandResult>) {
  return t.field({
    type: CallConversation,
    nullable: true,
    description: 'The conversation as now known; null where nothing is known of it.',
    resolve: ({ conversation, participant }, _, { conversations }) =>
      conversation ??
      (participant === null
        ? null
        : conversations.conversation.load(participant.conversationId).catch(nullIfExpected)),
  });
}

/** The request of a command: method and path below `/api/v2`, and the permission, where one is listed. */
type Upstream = readonly [address: string, permission?: string];

/** Adds the mutation `name` and its input type. */
export const addConversationCommand = commandsOf<ConversationCommand, ConversationCommandResult, Upstream>({
  costs([address, permission]) {
    const [method, path] = address.split(' ');
    return asks(`${method} /api/v2${path}`, permission);
  },
  async send({ genesys, conversations }, command, key) {
    const result = await genesys.command(command, key);
    conversations.startAnew(result.conversation);
    return result;
  },
});

/** The address of a participant's call, and what is below it. */
export const PARTICIPANT = '/conversations/calls/{conversationId}/participants/{participantId}';

/** The fields of a command on a whole conversation. */
export function onConversation(t: InputFields) {
  return { conversationId: t.id({ required: true, description: 'The conversation.' }) };
}

/** The fields of a command on a participant. */
export function onParticipant(t: InputFields) {
  return {
    conversationId: t.id({ required: true, description: 'The conversation the participant is in.' }),
    participantId: t.id({ required: true, description: 'The participant to act on.' }),
  };
}

/** The field of a command that may name one of several communications. */
export function onCommunication(t: InputFields) {
  return {
    communicationId: t.id({
      description:
        'Which communication of the participant, from `communicationIds`. Left out: the one that is going on, else the ' +
        'latest; finding it costs one more request.',
    }),
  };
}

/** @throws {BadUserInput} for a bad id. */
export function conversationOf({ conversationId }: { readonly conversationId: string }): {
  readonly conversationId: string;
} {
  return { conversationId: checkId(conversationId, 'conversationId') };
}

/** @throws {BadUserInput} for a bad id. */
export function participantOf({ conversationId, participantId }: ParticipantAddress): ParticipantAddress {
  return {
    conversationId: checkId(conversationId, 'conversationId'),
    participantId: checkId(participantId, 'participantId'),
  };
}
