/** A connected call goes elsewhere: to another person, another call, a park slot, another phone. */
import { builder } from './builder.ts';
import { checkTarget, checkText } from './checks.ts';
import { addCommand, CallPartyPayload, onParty, PartyAddressInput, partyOf } from './command.ts';

const TransferTargetInput = builder.inputType('TransferTargetInput', {
  isOneOf: true,
  description: 'Whom a connected call goes to: exactly one of these.',
  fields: (t) => ({
    phoneNumber: t.string({ description: 'A phone number in E.164 format, like `+12025550147`.' }),
    extensionNumber: t.string({ description: 'An extension of the company, like `102`.' }),
    extensionId: t.id({ description: 'The same by its internal id.' }),
    voicemail: t.id({ description: 'The voicemail of the extension with this internal id.' }),
    parkOrbit: t.id({
      description: 'The park location with this internal extension id: the call waits there.',
    }),
  }),
});

addCommand('transferCallParty', {
  description: [
    'Transfers a connected call without asking the target first (a blind transfer). Address the party ' +
      'that leaves, `ANSWERED` or on `HOLD`: the others stay, and a new party for the target joins the ' +
      'same session.',
    'The addressed party answers `DISCONNECTED` with reason `BLIND_TRANSFER`: that is success. Towards ' +
      'a park location it becomes `PARKED`.',
    'To speak with the target first, hold the call, call the target with `makeCallOut`, and join both ' +
      'with `bridgeCallParty`. There is no transfer to a device.',
  ],
  upstream: ['transferCallParty', 'POST /sessions/{telephonySessionId}/parties/{partyId}/transfer', 'Light'],
  payload: CallPartyPayload,
  fields: (t) => ({
    ...onParty(t),
    target: t.field({ type: TransferTargetInput, required: true, description: 'Where it goes.' }),
  }),
  command: ({ target, ...party }) => ({ ...partyOf(party), target: checkTarget(target, 'target') }),
});

addCommand('bridgeCallParty', {
  description: [
    'Joins two calls of the user and leaves both: the second half of a warm transfer. Address the ' +
      "user's own party of one call, and give their own party of the other in `with`; each must be " +
      '`ANSWERED` or on `HOLD`.',
    'Both own parties become `GONE` with reason `ATTENDED_TRANSFER`, and each `peer` points into the ' +
      'other session: that is success. The other people talk on, each in the session where they were.',
  ],
  upstream: ['bridgeCallParty', 'POST /sessions/{telephonySessionId}/parties/{partyId}/bridge', 'Light'],
  payload: CallPartyPayload,
  fields: (t) => ({
    ...onParty(t),
    with: t.field({
      type: PartyAddressInput,
      required: true,
      description: "The user's own party of the other call.",
    }),
  }),
  command: ({ with: other, ...party }) => ({ ...partyOf(party), with: partyOf(other, 'with.') }),
});

addCommand('parkCallParty', {
  description: [
    'Parks a call, so that anybody in the company can pick it up from any phone by dialling the slot in ' +
      '`status.parkData` or `park.id`, like `*801`. There are 99 slots, and at most 50 calls can be ' +
      'parked at once.',
    "Known limit: only the user's own incoming call, and only when it is `ANSWERED`. After a while " +
      'RingCentral calls back whoever parked it.',
  ],
  upstream: ['callParkParty', 'POST /sessions/{telephonySessionId}/parties/{partyId}/park', 'Light'],
  payload: CallPartyPayload,
  fields: onParty,
  command: partyOf,
});

addCommand('flipCallParty', {
  description: [
    'Moves a connected call to another phone of the same person: the other side is held while that ' +
      'phone rings, and once it is answered the old party is `DISCONNECTED` with reason `CALL_FLIP`. ' +
      'The call may go on under a new party.',
  ],
  upstream: ['callFlipParty', 'POST /sessions/{telephonySessionId}/parties/{partyId}/flip', 'Light'],
  payload: CallPartyPayload,
  fields: (t) => ({
    ...onParty(t),
    callFlipId: t.string({
      required: true,
      description: 'The `flipNumber` of the phone, from `viewer.forwardingNumbers`.',
    }),
  }),
  command: ({ callFlipId, ...party }) => ({
    ...partyOf(party),
    callFlipId: checkText(callFlipId, 'callFlipId'),
  }),
});
