/** Beginning a call, and ending it. */
import { builder } from './builder.ts';
import { checkId, checkTarget, refusal } from './checks.ts';
import { addCommand, CallSessionPayload, onSession, sessionOf } from './command.ts';

const CallOutCalleeInput = builder.inputType('CallOutCalleeInput', {
  isOneOf: true,
  description: 'Whom to call: exactly one of the two.',
  fields: (t) => ({
    phoneNumber: t.string({
      description:
        'A phone number in E.164 format, like `+12025550147`, or a short, emergency or special number.',
    }),
    extensionNumber: t.string({ description: 'An extension of the company, like `102`.' }),
  }),
});

addCommand('makeCallOut', {
  description: [
    "Calls somebody by RingCentral, from one of the user's phones. That phone rings first; once the user answers it, " +
      "the other side is called. The answer has one party, the user's own in `SETUP`; watch the call to " +
      'see the rest.',
    'When the outcome is `UNKNOWN` a phone may ring: look at `viewer.activeCalls` before calling again.',
  ],
  upstream: ['createCallOutCallSession', 'POST /call-out', 'Heavy'],
  payload: CallSessionPayload,
  fields: (t) => ({
    deviceId: t.id({
      required: true,
      description:
        'The phone that rings first: `ONLINE`, and of type `SOFT_PHONE`, `HARD_PHONE` or `WEB_PHONE` (`viewer.devices`).',
    }),
    to: t.field({ type: CallOutCalleeInput, required: true, description: 'Whom to call.' }),
    countryId: t.id({
      description:
        "The country that a national phone number is meant in, by RingCentral's numeric id (1 is the " +
        'United States). Leave it out for the home country of the user.',
    }),
  }),
  command: ({ deviceId, to, countryId }) => ({
    deviceId: checkId(deviceId, 'deviceId'),
    to: checkTarget(to, 'to'),
    countryId: countryId == null ? undefined : checkCountry(countryId),
  }),
});

addCommand('dropCallSession', {
  description: [
    'Ends a call for everybody: this is hanging up. A call that is over already answers `CallNotFound`, ' +
      'and the result is what you wanted.',
  ],
  upstream: ['deleteCallSession', 'DELETE /sessions/{telephonySessionId}', 'Light'],
  payload: CallSessionPayload,
  fields: onSession,
  command: sessionOf,
});

function checkCountry(id: string): string {
  if (!/^\d{1,9}$/.test(id)) throw refusal('countryId', id, 'a numeric id, like 1');
  return id;
}
