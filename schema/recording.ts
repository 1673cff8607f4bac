/** Recording a call: start, pause, resume. There is no stop. */
import { checkId } from './checks.ts';
import { addCommand, CallRecordingPayload, onParty, partyOf } from './command.ts';

const patchRecording = [
  'pauseResumeCallRecording',
  'PATCH /sessions/{telephonySessionId}/parties/{partyId}/recordings/{recordingId}',
  'Light',
] as const;

addCommand('startCallRecording', {
  description: [
    'Starts a recording of a party that is `ANSWERED`. Start once: to go on after a pause use ' +
      '`resumeCallRecording` with the same recording, not a second start.',
    'Known limits: a ringing call and a conference cannot be recorded, and a call that is being recorded ' +
      'cannot be brought into a conference.',
  ],
  upstream: [
    'startCallRecording',
    'POST /sessions/{telephonySessionId}/parties/{partyId}/recordings',
    'Light',
  ],
  payload: CallRecordingPayload,
  fields: onParty,
  command: partyOf,
});

addCommand('pauseCallRecording', {
  description: [
    'Pauses a recording, for example while a card number is spoken: `active` becomes false. This is ' +
      'also the way to stop one; RingCentral has no other.',
    'Known limit: a recording that the account makes automatically can be paused only where the account ' +
      'has that feature; else `CommandForbidden`.',
  ],
  upstream: patchRecording,
  payload: CallRecordingPayload,
  fields: (t) => ({ ...onParty(t), recordingId: t.id({ required: true, description: 'The recording.' }) }),
  command: ({ recordingId, ...party }) => ({
    ...partyOf(party),
    recordingId: checkId(recordingId, 'recordingId'),
  }),
});

addCommand('resumeCallRecording', {
  description: ['Goes on with a paused recording: `active` becomes true again.'],
  upstream: patchRecording,
  payload: CallRecordingPayload,
  fields: (t) => ({ ...onParty(t), recordingId: t.id({ required: true, description: 'The recording.' }) }),
  command: ({ recordingId, ...party }) => ({
    ...partyOf(party),
    recordingId: checkId(recordingId, 'recordingId'),
  }),
});
