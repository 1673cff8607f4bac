/** Listening in on the call of another user. */
import { addEnum, builder } from './builder.ts';
import { checkId, checkTarget } from './checks.ts';
import { addCommand, CallPartyPayload, onParty, onSession, partyOf, sessionOf } from './command.ts';
import type { InputFields } from './command-shape.ts';
import { MEDIA_SDPS, type MediaSdp as MediaSdpName } from './provider.ts';

const MediaSdp = addEnum('MediaSdp', MEDIA_SDPS, {
  description: 'Which way the audio of a supervisor goes.',
  values: {
    SEND_ONLY: 'One way: the supervisor hears the call.',
    SEND_RECV: 'Both ways.',
  },
});

const SupervisedAgentInput = builder.inputType('SupervisedAgentInput', {
  isOneOf: true,
  description: 'The user whose call is listened to: exactly one of the two.',
  fields: (t) => ({
    extensionId: t.id({ description: 'By the internal id of the extension.' }),
    extensionNumber: t.string({ description: 'By the extension number, like `102`.' }),
  }),
});

const conditions =
  'It needs a call monitoring group of the account with the caller of this API as monitoring and the ' +
  "agent as monitored, the agent's party `ANSWERED`, and a device that is `ONLINE`. One supervisor " +
  'per call, one call per device. Known limits: RingCentral offers it in production only, not in its ' +
  'sandbox, and only to soft phones and desk phones.';

addCommand('superviseCallSession', {
  description: [
    "Lets a supervisor listen to a whole call: the supervisor's device rings (or answers by itself), " +
      "and the party in the answer is the supervisor's new one. Both sides are mixed into one channel.",
    conditions,
  ],
  upstream: ['superviseCallSession', 'POST /sessions/{telephonySessionId}/supervise', 'Light'],
  payload: CallPartyPayload,
  fields: (t) => ({
    ...onSession(t),
    agent: t.field({
      type: SupervisedAgentInput,
      required: true,
      description: 'The user whose call it is.',
    }),
    ...onDevice(t),
  }),
  command: (input) => ({
    ...sessionOf(input),
    agent: checkTarget(input.agent, 'agent'),
    ...deviceOf(input),
  }),
});

addCommand('superviseCallParty', {
  description: [
    'Lets a supervisor listen to one party of a call with two participants. For both sides in separate ' +
      'channels, supervise each party; the device is rung for each, with the ids of what it hears in ' +
      'the SIP header `p-rc-api-monitoring-ids`.',
    conditions,
  ],
  upstream: [
    'superviseCallParty',
    'POST /sessions/{telephonySessionId}/parties/{partyId}/supervise',
    'Light',
  ],
  payload: CallPartyPayload,
  fields: (t) => ({
    ...onParty(t),
    agentExtensionId: t.id({
      required: true,
      description: 'The internal id of the extension whose call it is.',
    }),
    ...onDevice(t),
  }),
  command: (input) => ({
    ...partyOf(input),
    agentExtensionId: checkId(input.agentExtensionId, 'agentExtensionId'),
    ...deviceOf(input),
  }),
});

function onDevice(t: InputFields) {
  return {
    supervisorDeviceId: t.id({
      required: true,
      description: 'The device of the supervisor, from `viewer.devices`.',
    }),
    autoAnswer: t.boolean({
      description: 'Whether the device answers by itself. Leave it out for true.',
    }),
    mediaSdp: t.field({ type: MediaSdp, description: 'Leave it out to let RingCentral choose.' }),
  };
}

function deviceOf(input: {
  readonly supervisorDeviceId: string;
  readonly autoAnswer?: boolean | null | undefined;
  readonly mediaSdp?: MediaSdpName | null | undefined;
}) {
  return {
    supervisorDeviceId: checkId(input.supervisorDeviceId, 'supervisorDeviceId'),
    autoAnswer: input.autoAnswer ?? undefined,
    mediaSdp: input.mediaSdp ?? undefined,
  };
}
