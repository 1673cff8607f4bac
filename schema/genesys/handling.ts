/** A participant's call: answer, hang up, hold, mute, cut off, send digits. */

import { checkId } from '../checks.ts';
import { checkDigits, given, optional } from './checks.ts';
import {
  addConversationCommand,
  CallMediaParticipantPayload,
  onParticipant,
  PARTICIPANT,
  participantOf,
} from './command.ts';

const PATCH = `PATCH ${PARTICIPANT}`;

const own =
  "The user's own participant can always be addressed; another one where the user is active in the call, else " +
  '`CommandForbidden`.';

addConversationCommand('answerCallMediaParticipant', {
  description: [
    "Answers a call that rings: the user's own participant that is `ALERTING` becomes `CONNECTED`, and their phone takes " +
      'the call.',
    'Known limit: a phone that does not answer by command rings on, and the outcome is `UNKNOWN` until somebody lifts it.',
  ],
  upstream: [PATCH],
  payload: CallMediaParticipantPayload,
  fields: onParticipant,
  command: participantOf,
});

addConversationCommand('disconnectCallMediaParticipant', {
  description: [
    "Hangs up: the participant leaves the call. With the user's own participant that still rings this declines the call; " +
      'to send a personal call to voicemail use `transferCallMediaParticipant` with `voicemail`. An agent may owe a ' +
      'wrap-up after it.',
    'With `communicationId` only that communication ends, by ' +
      '`PATCH /api/v2/conversations/calls/{conversationId}/participants/{participantId}/communications/{communicationId}`.',
    own,
  ],
  upstream: [PATCH, '`conversation:communication:disconnect`, for others than oneself'],
  payload: CallMediaParticipantPayload,
  fields: (t) => ({
    ...onParticipant(t),
    communicationId: t.id({
      description:
        'Only this communication of the participant, from `communicationIds`; a wrap-up is not asked for then.',
    }),
  }),
  command: ({ communicationId, ...participant }) => ({
    ...participantOf(participant),
    ...given({ communicationId: optional(communicationId, 'communicationId', checkId) }),
  }),
});

addConversationCommand('holdCallMediaParticipant', {
  description: [
    "Puts the call on hold: `held` becomes true, `state` stays `CONNECTED`. Address the user's own participant; the others " +
      'hear music.',
    'Known limits: a call that still rings cannot be held. During a consult transfer use `speakToInConsultTransfer` ' +
      'instead. Genesys Cloud may accept a hold and not do it: then the outcome is `UNKNOWN`.',
    own,
  ],
  upstream: [PATCH],
  payload: CallMediaParticipantPayload,
  fields: onParticipant,
  command: participantOf,
});

addConversationCommand('unholdCallMediaParticipant', {
  description: ['Takes the call off hold: `held` becomes false.', own],
  upstream: [PATCH],
  payload: CallMediaParticipantPayload,
  fields: onParticipant,
  command: participantOf,
});

addConversationCommand('muteCallMediaParticipant', {
  description: [
    'Mutes a participant: the others do not hear it, and `muted` becomes true.',
    'Known limit: the mute button of a phone is another layer that does not show here.',
    own,
  ],
  upstream: [PATCH],
  payload: CallMediaParticipantPayload,
  fields: onParticipant,
  command: participantOf,
});

addConversationCommand('unmuteCallMediaParticipant', {
  description: ['Lets the others hear a participant again: `muted` becomes false.', own],
  upstream: [PATCH],
  payload: CallMediaParticipantPayload,
  fields: onParticipant,
  command: participantOf,
});

addConversationCommand('confineCallMediaParticipant', {
  description: [
    'Cuts a member of a conference off: it neither hears the others nor is heard, and `confined` becomes true.',
    'Known limit: only in a conference that was begun ad hoc (`startCallConference`, `mergeCallConversations`).',
  ],
  upstream: [PATCH],
  payload: CallMediaParticipantPayload,
  fields: onParticipant,
  command: participantOf,
});

addConversationCommand('unconfineCallMediaParticipant', {
  description: ['Lets a member of a conference back in: `confined` becomes false.'],
  upstream: [PATCH],
  payload: CallMediaParticipantPayload,
  fields: onParticipant,
  command: participantOf,
});

addConversationCommand('scheduleCallMediaParticipantResume', {
  description: ['Says when a parked participant goes on: `resumeTime`. Only of one that is `PARKED`.'],
  upstream: [PATCH],
  payload: CallMediaParticipantPayload,
  fields: (t) => ({
    ...onParticipant(t),
    resumeTime: t.field({ type: 'DateTime', required: true, description: 'When to go on.' }),
  }),
  command: ({ resumeTime, ...participant }) => ({ ...participantOf(participant), resumeTime }),
});

addConversationCommand('sendDigitsToCallMediaParticipant', {
  description: [
    'Presses keys: the participant, for example a menu at the far end, hears their tones. `APPLIED` means that Genesys ' +
      'Cloud accepted them: tones leave no trace in the conversation.',
  ],
  upstream: ['POST /conversations/{conversationId}/participants/{participantId}/digits'],
  payload: CallMediaParticipantPayload,
  fields: (t) => ({
    ...onParticipant(t),
    digits: t.string({ required: true, description: '1 to 100 of `0` to `9`, `*`, `#`, `A` to `D`.' }),
  }),
  command: ({ digits, ...participant }) => ({
    ...participantOf(participant),
    digits: checkDigits(digits, 'digits'),
  }),
});
