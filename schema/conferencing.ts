/** A call of many: open it, bring calls in, show somebody out. */
import {
  addCommand,
  CallPartyPayload,
  CallSessionPayload,
  onParty,
  PartyAddressInput,
  partyOf,
  sessionOf,
} from './command.ts';

addCommand('createConference', {
  description: [
    "Opens a conference in RingCentral, still empty. The user's phone joins it by dialling its `voiceCallToken` as a " +
      'SIP address, which a web phone can do; RingCentral closes a conference that nobody joined within ' +
      'about 38 seconds. Then bring in calls with `bringInCallParty`.',
  ],
  upstream: ['createConferenceCallSession', 'POST /conference', 'Heavy'],
  payload: CallSessionPayload,
  fields: () => ({}),
  command: () => ({}),
});

addCommand('bringInCallParty', {
  description: [
    "Brings one of the user's calls into their conference. Give the user's own party of that call (as " +
      "`viewer.activeCalls` shows it), not the other person's. The party in the answer is the new " +
      'participant of the conference.',
    'The participant soon is `GONE`, with a `peer` in the call it came from: it is a live member of the ' +
      "conference until it is `DISCONNECTED`. The user's own party of the old call is `GONE` too.",
    'Known limits: the host must have joined, else `CommandForbidden`; at most 10 participants; one at ' +
      'a time, so wait for each answer; not while the call is being recorded.',
  ],
  upstream: ['createCallPartyWithBringIn', 'POST /sessions/{telephonySessionId}/parties/bring-in', 'Light'],
  payload: CallPartyPayload,
  fields: (t) => ({
    sessionId: t.id({ required: true, description: 'The conference.' }),
    bringIn: t.field({
      type: PartyAddressInput,
      required: true,
      description: "The user's own party of the call to bring in.",
    }),
  }),
  command: ({ bringIn, ...conference }) => ({
    ...sessionOf(conference),
    bringIn: partyOf(bringIn, 'bringIn.'),
  }),
});

addCommand('removeCallParty', {
  description: [
    'Removes one party from a call: a participant of a conference, a supervised party or a parked one. ' +
      'Others are refused; to end a call use `dropCallSession`.',
  ],
  upstream: ['deleteCallParty', 'DELETE /sessions/{telephonySessionId}/parties/{partyId}', 'Light'],
  payload: CallPartyPayload,
  fields: (t) => ({
    ...onParty(t),
    keepConferenceAlive: t.boolean({
      description: 'Whether the conference goes on without this party. Leave it out for false.',
    }),
  }),
  command: ({ keepConferenceAlive, ...party }) => ({
    ...partyOf(party),
    keepConferenceAlive: keepConferenceAlive ?? undefined,
  }),
});
