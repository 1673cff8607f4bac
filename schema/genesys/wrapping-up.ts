/** What is noted of a call, during it and after it: wrap-up, after-call work, flags, attributes. */
import { checkId, checkText } from '../checks.ts';
import { BadUserInput } from '../failures.ts';
import { checkAttributes, checkList, checkLongText, checkRange, given, optional } from './checks.ts';
import {
  addConversationCommand,
  CallMediaParticipantPayload,
  onCommunication,
  onParticipant,
  PARTICIPANT,
  participantOf,
} from './command.ts';
import { CallAttributeInput } from './placing.ts';

const DAY = 86_400; // seconds

addConversationCommand('wrapUpCallMediaParticipant', {
  description: [
    "Notes what a call was about, for an agent's participant: a code of `wrapupCodes`, and what else there is to say. It " +
      'may come during the call, and ends the work after it.',
    'With `provisional` it is saved without a code, to be finished later. With `communicationId` it is of that ' +
      'communication only: `POST …/participants/{participantId}/communications/{communicationId}/wrapup`.',
  ],
  upstream: [`PATCH ${PARTICIPANT}`, '`conversation:participant:wrapup`, for others than oneself'],
  payload: CallMediaParticipantPayload,
  fields: (t) => ({
    ...onParticipant(t),
    code: t.id({ description: 'Id of the wrap-up code; required unless `provisional`.' }),
    notes: t.string({ description: 'What there is to say, at most 10000 characters.' }),
    tags: t.stringList({ description: 'Tags, at most 50 of 1 to 64 characters.' }),
    durationSeconds: t.int({ description: 'How long the work after the call took, in seconds.' }),
    endTime: t.field({ type: 'DateTime', description: 'When it was finished; left out: now.' }),
    provisional: t.boolean({ description: 'Save it to be finished later.' }),
    disableEndTimeUpdates: t.boolean({ description: 'Leave the end time of an earlier wrap-up as it is.' }),
    communicationId: t.id({
      description: 'Only of this communication of the participant, from `communicationIds`.',
    }),
  }),
  command: ({ conversationId, participantId, ...input }) => {
    const code = optional(input.code, 'code', checkId);
    if (code === undefined && input.provisional !== true) {
      throw new BadUserInput('code: read nothing, allowed is a wrap-up code, or provisional: true.', 'code');
    }
    return {
      ...participantOf({ conversationId, participantId }),
      ...given({
        code,
        notes: optional(input.notes, 'notes', checkLongText),
        tags: optional(input.tags, 'tags', checkTags),
        durationSeconds: optional(input.durationSeconds, 'durationSeconds', checkDuration),
        endTime: input.endTime,
        provisional: input.provisional,
        disableEndTimeUpdates: input.disableEndTimeUpdates,
        communicationId: optional(input.communicationId, 'communicationId', checkId),
      }),
    };
  },
});

addConversationCommand('skipWrapUpCallMediaParticipant', {
  description: [
    'Goes on without a wrap-up: `wrapupSkipped` becomes true. Refused where the queue wants one.',
  ],
  upstream: [`PATCH ${PARTICIPANT}`, '`conversation:participant:wrapup`, for others than oneself'],
  payload: CallMediaParticipantPayload,
  fields: onParticipant,
  command: participantOf,
});

addConversationCommand('setCallMediaParticipantAfterCallWork', {
  description: [
    'Says during the call whether there will be work after it. Only while the participant is `CONNECTED`, and only where ' +
      'its `wrapupPrompt` is `AGENT_REQUESTED`.',
  ],
  upstream: [
    'PATCH /conversations/aftercallwork/{conversationId}/participants/{participantId}/communications/{communicationId}',
    '`conversation:participant:wrapup`',
  ],
  payload: CallMediaParticipantPayload,
  fields: (t) => ({
    ...onParticipant(t),
    ...onCommunication(t),
    required: t.boolean({ required: true, description: 'Whether there will be work after the call.' }),
  }),
  command: ({ required, communicationId, ...participant }) => ({
    ...participantOf(participant),
    required,
    ...given({ communicationId: optional(communicationId, 'communicationId', checkId) }),
  }),
});

addConversationCommand('flagCallMediaParticipant', {
  description: [
    'Flags the conversation for a participant, to be looked at later: `flaggedReason` becomes `GENERAL`.',
  ],
  upstream: ['PUT /conversations/{conversationId}/participants/{participantId}/flaggedreason'],
  payload: CallMediaParticipantPayload,
  fields: onParticipant,
  command: participantOf,
});

addConversationCommand('unflagCallMediaParticipant', {
  description: ['Takes the flag away again: `flaggedReason` becomes null.'],
  upstream: ['DELETE /conversations/{conversationId}/participants/{participantId}/flaggedreason'],
  payload: CallMediaParticipantPayload,
  fields: onParticipant,
  command: participantOf,
});

addConversationCommand('setCallMediaParticipantAttributes', {
  description: [
    'Attaches values to a participant, for flows, scripts and other apps. A name that it has gets the new value; names ' +
      'that are not given stay as they are.',
  ],
  upstream: [`PATCH ${PARTICIPANT}/attributes`],
  payload: CallMediaParticipantPayload,
  fields: (t) => ({
    ...onParticipant(t),
    attributes: t.field({
      type: [CallAttributeInput],
      required: true,
      description: 'The values, one to 100, each name once.',
    }),
  }),
  command: ({ attributes, ...participant }) => ({
    ...participantOf(participant),
    attributes: checkAttributes(attributes, 'attributes'),
  }),
});

addConversationCommand('setCallMediaParticipantUuiData', {
  description: [
    'Sets the data that goes with the call through the telephone network, from user to user (RFC 7433).',
  ],
  upstream: [`PUT ${PARTICIPANT}/communications/{communicationId}/uuidata`],
  payload: CallMediaParticipantPayload,
  fields: (t) => ({
    ...onParticipant(t),
    ...onCommunication(t),
    uuiData: t.string({ required: true, description: 'The data, at most 10000 characters.' }),
  }),
  command: ({ uuiData, communicationId, ...participant }) => ({
    ...participantOf(participant),
    uuiData: checkLongText(uuiData, 'uuiData'),
    ...given({ communicationId: optional(communicationId, 'communicationId', checkId) }),
  }),
});

function checkTags(tags: readonly string[], name: string): readonly string[] {
  return checkList(tags, name, { least: 0, most: 50 }, (tag, place) => checkText(tag, place));
}

function checkDuration(seconds: number, name: string): number {
  return checkRange(seconds, name, 0, DAY);
}
