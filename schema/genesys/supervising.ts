/** A supervisor joins the call of an agent: unheard, heard by the agent alone, or by everybody. */
import {
  addConversationCommand,
  CallMediaParticipantPayload,
  onParticipant,
  PARTICIPANT,
  participantOf,
} from './command.ts';

const conditions =
  "Address the agent's participant. The user's own phone rings, and a new participant for them joins: the answer shows " +
  'the one that was addressed. Known limits: the user needs a phone, and cannot do it in a conversation of their own.';

addConversationCommand('monitorCallMediaParticipant', {
  description: [
    'Listens to a participant, unheard by anybody. The new participant has `monitoredParticipantId`.',
    conditions,
  ],
  upstream: [`POST ${PARTICIPANT}/monitor`, '`conversation:call:monitor`'],
  payload: CallMediaParticipantPayload,
  fields: onParticipant,
  command: participantOf,
});

addConversationCommand('coachCallMediaParticipant', {
  description: [
    'Listens, and speaks to this participant alone: the others do not hear it. The new participant has ' +
      '`coachedParticipantId`.',
    conditions,
  ],
  upstream: [`POST ${PARTICIPANT}/coach`, '`conversation:call:coach`'],
  payload: CallMediaParticipantPayload,
  fields: onParticipant,
  command: participantOf,
});

addConversationCommand('bargeCallMediaParticipant', {
  description: [
    'Joins the call of a participant: everybody hears everybody. The new participant has `bargedParticipantId`.',
    conditions,
  ],
  upstream: [`POST ${PARTICIPANT}/barge`, '`conversation:call:barge`'],
  payload: CallMediaParticipantPayload,
  fields: onParticipant,
  command: participantOf,
});
