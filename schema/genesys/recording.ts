/** Recording in Genesys Cloud: of a participant, and of a whole call. */
import { addEnum } from '../builder.ts';
import type { InputFields } from '../command-shape.ts';
import {
  addConversationCommand,
  CallConversationPayload,
  CallMediaParticipantPayload,
  conversationOf,
  onConversation,
  onParticipant,
  PARTICIPANT,
  participantOf,
} from './command.ts';
import { RECORDING_TYPES } from './provider.ts';

const RecordingType = addEnum('RecordingType', RECORDING_TYPES, {
  description: 'What kind of recording of a participant.',
  values: {
    AD_HOC: 'The whole call from now on.',
    SNIPPET: 'A piece of the call: it is kept apart, and may be begun several times.',
  },
});

const twoWays =
  'A piece (`SNIPPET`) is recorded by `POST …/participants/{participantId}/snippet/record`, which needs ' +
  '`conversation:recording:snippetRecord`.';

addConversationCommand('startRecordingCallMediaParticipant', {
  description: [
    'Records a participant from now on: `recording` becomes true and `recordingState` `ACTIVE`. What a rule of the ' +
      'organisation records anyway goes on beside it.',
    twoWays,
  ],
  upstream: [`PATCH ${PARTICIPANT}`, '`conversation:call:record`, for others than oneself'],
  payload: CallMediaParticipantPayload,
  fields: onRecording,
  command: recordingOf,
});

addConversationCommand('stopRecordingCallMediaParticipant', {
  description: [
    'Ends a recording that somebody began. What a rule of the organisation records cannot be ended: ' +
      '`pauseCallConversationRecording` pauses it.',
    twoWays,
  ],
  upstream: [`PATCH ${PARTICIPANT}`, '`conversation:call:record`, for others than oneself'],
  payload: CallMediaParticipantPayload,
  fields: onRecording,
  command: recordingOf,
});

addConversationCommand('pauseCallConversationRecording', {
  description: [
    'Pauses all recording of a call while something secret is said, like a card number (a secure pause): ' +
      '`recordingState` becomes `PAUSED` and `securePause` true.',
  ],
  upstream: [
    'PUT /conversations/calls/{conversationId}/recordingstate',
    '`conversation:recording:pauseOthers`',
  ],
  payload: CallConversationPayload,
  fields: onConversation,
  command: conversationOf,
});

addConversationCommand('resumeCallConversationRecording', {
  description: ['Goes on with the recording after a secure pause: `recordingState` becomes `ACTIVE` again.'],
  upstream: [
    'PUT /conversations/calls/{conversationId}/recordingstate',
    '`conversation:recording:pauseOthers`',
  ],
  payload: CallConversationPayload,
  fields: onConversation,
  command: conversationOf,
});

function onRecording(t: InputFields) {
  return {
    ...onParticipant(t),
    type: t.field({
      type: RecordingType,
      required: true,
      defaultValue: 'AD_HOC' as const,
      description: 'What kind of recording.',
    }),
  };
}

type RecordingInput = Parameters<typeof participantOf>[0] & {
  readonly type: (typeof RECORDING_TYPES)[number];
};

function recordingOf({ type, ...participant }: RecordingInput) {
  return { ...participantOf(participant), type };
}
