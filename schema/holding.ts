/** Silence of both kinds: the others hear music (hold), or the others do not hear me (mute). */
import { addEnum, bullets } from './builder.ts';
import { addCommand, CallPartyPayload, onParty, partyOf } from './command.ts';
import { BadUserInput } from './failures.ts';
import { HOLD_PROTOCOLS } from './provider.ts';

const HoldProtocol = addEnum('HoldProtocol', HOLD_PROTOCOLS, {
  description: 'How RingCentral places a hold.',
  values: {
    AUTO: 'RingCentral chooses. The default.',
    RC: "RingCentral's own way.",
    BROAD_WORKS: 'By the BroadWorks platform of the account.',
    DISCONNECT_HOLDER: 'Published by RingCentral as `DisconnectHolder`, without an explanation.',
    BROAD_WORKS_OR_DISCONNECT_HOLDER: '`BROAD_WORKS` where the account has it, else `DISCONNECT_HOLDER`.',
  },
});

const layersOfHold =
  'Known limit: hold by this API and hold by the button of a RingCentral app or desk phone are separate ' +
  'layers. Who is held by both must be taken off both before they are heard again.';

const layersOfMute =
  'Known limit: mute by this API and mute by the button of a RingCentral app or desk phone are separate ' +
  'layers. A party that is muted in both must be unmuted in both.';

const patchParty = [
  'updateCallParty',
  'PATCH /sessions/{telephonySessionId}/parties/{partyId}',
  'Light',
] as const;

addCommand('holdCallParty', {
  description: [
    "Puts the other parties on hold: this party's status becomes `HOLD`, theirs stays `ANSWERED`, and " +
      'they hear music. Only for a party that is `ANSWERED`.',
    'It fails while the far end still rings or is in voicemail, and on a call that is in a menu with ' +
      'nobody else. RingCentral does not hold the other calls of the user by itself: hold one before ' +
      'answering the next.',
    layersOfHold,
  ],
  upstream: ['holdCallParty', 'POST /sessions/{telephonySessionId}/parties/{partyId}/hold', 'Light'],
  payload: CallPartyPayload,
  fields: (t) => ({
    ...onParty(t),
    proto: t.field({ type: HoldProtocol, description: 'How to hold; leave it out for `AUTO`.' }),
  }),
  command: ({ proto, ...party }) => ({ ...partyOf(party), proto: proto ?? undefined }),
});

addCommand('unholdCallParty', {
  description: [
    "Ends a hold that `holdCallParty` placed: the party's status is `ANSWERED` again. Nothing else is " +
      "held in its stead: hold the user's other calls first.",
    layersOfHold,
  ],
  upstream: ['unholdCallParty', 'POST /sessions/{telephonySessionId}/parties/{partyId}/unhold', 'Light'],
  payload: CallPartyPayload,
  fields: onParty,
  command: partyOf,
});

addCommand('muteCallParty', {
  description: [
    'Mutes a party: the others do not hear it. `muted` changes, the status does not. Only for a party ' +
      'that is `ANSWERED` or on `HOLD`; a transfer loses track of it, so unmute before transferring.',
    layersOfMute,
  ],
  upstream: patchParty,
  payload: CallPartyPayload,
  fields: onParty,
  command: partyOf,
});

addCommand('unmuteCallParty', {
  description: ['Takes back `muteCallParty`.', layersOfMute],
  upstream: patchParty,
  payload: CallPartyPayload,
  fields: onParty,
  command: partyOf,
});

addCommand('updateCallParty', {
  description: [
    'Changes properties of a party in one request, at least one of:',
    bullets(
      '`muted`: as `muteCallParty` and `unmuteCallParty` do;',
      '`standAlone`: cuts the party off from the others in the session, or joins it to them again.',
    ),
    layersOfMute,
  ],
  upstream: patchParty,
  payload: CallPartyPayload,
  fields: (t) => ({
    ...onParty(t),
    muted: t.boolean({ description: 'Muted or not. Leave it out to keep it.' }),
    standAlone: t.boolean({ description: 'Cut off from the others or not. Leave it out to keep it.' }),
  }),
  command: ({ muted, standAlone, ...party }) => {
    if ((muted ?? null) === null && (standAlone ?? null) === null) {
      throw new BadUserInput(
        'updateCallParty: read nothing to change, allowed is at least one of muted and standAlone.',
        'muted',
      );
    }
    return { ...partyOf(party), muted: muted ?? undefined, standAlone: standAlone ?? undefined };
  },
});
