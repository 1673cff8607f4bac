import { describe, expect, test } from 'vitest';
import { BadUserInput } from '../../schema/failures.ts';
import type { Command, CommandName } from '../../schema/provider.ts';
import { toRequest } from '../../src/ringcentral/commands.ts';
import { checkBody, pathOf } from '../../src/upstream/checks.ts';

describe('a command', () => {
  const at = { sessionId: 's-1', partyId: 'p-1-2' };
  const P = '/restapi/v1.0/account/~/telephony/sessions/s-1/parties/p-1-2';
  const S = '/restapi/v1.0/account/~/telephony/sessions/s-1';
  const T = '/restapi/v1.0/account/~/telephony';
  const supervise = { mode: 'Listen', supervisorDeviceId: '8' };

  /** Every command there is; a missing one does not compile. */
  const cells: { readonly [Name in CommandName]: readonly (readonly [Command, string, unknown?])[] } = {
    makeCallOut: [
      [
        { name: 'makeCallOut', deviceId: '8', to: { phoneNumber: '+1202' }, countryId: '46' },
        `POST ${T}/call-out`,
        { from: { deviceId: '8' }, to: { phoneNumber: '+1202' }, countryId: 46 },
      ],
      [
        { name: 'makeCallOut', deviceId: '8', to: { extensionNumber: '102' }, countryId: undefined },
        `POST ${T}/call-out`,
        { from: { deviceId: '8' }, to: { extensionNumber: '102' } },
      ],
    ],
    createConference: [[{ name: 'createConference' }, `POST ${T}/conference`]],
    dropCallSession: [[{ name: 'dropCallSession', sessionId: 's-1' }, `DELETE ${S}`]],
    superviseCallSession: [
      [
        {
          name: 'superviseCallSession',
          sessionId: 's-1',
          agent: { extensionNumber: '101' },
          supervisorDeviceId: '8',
          autoAnswer: false,
          mediaSdp: 'SEND_RECV',
        },
        `POST ${S}/supervise`,
        { ...supervise, agentExtensionNumber: '101', autoAnswer: false, mediaSDP: 'sendRecv' },
      ],
      [
        {
          name: 'superviseCallSession',
          sessionId: 's-1',
          agent: { extensionId: '7' },
          supervisorDeviceId: '8',
        },
        `POST ${S}/supervise`,
        { ...supervise, agentExtensionId: '7' },
      ],
    ],
    bringInCallParty: [
      [
        { name: 'bringInCallParty', sessionId: 's-1', bringIn: { sessionId: 's-2', partyId: 'p-2-1' } },
        `POST ${S}/parties/bring-in`,
        { sessionId: 's-2', partyId: 'p-2-1' },
      ],
    ],
    answerCallParty: [
      [{ name: 'answerCallParty', ...at, deviceId: '8' }, `POST ${P}/answer`, { deviceId: '8' }],
    ],
    rejectCallParty: [[{ name: 'rejectCallParty', ...at }, `POST ${P}/reject`]],
    ignoreCallInQueue: [
      [{ name: 'ignoreCallInQueue', ...at, deviceId: '8' }, `POST ${P}/ignore`, { deviceId: '8' }],
    ],
    replyToCallParty: [
      [
        { name: 'replyToCallParty', ...at, message: { text: 'Later' } },
        `POST ${P}/reply`,
        { replyWithText: 'Later' },
      ],
      [
        {
          name: 'replyToCallParty',
          ...at,
          message: { pattern: { pattern: 'WILL_CALL_YOU_BACK', time: 5, timeUnit: 'MINUTE' } },
        },
        `POST ${P}/reply`,
        { replyWithPattern: { pattern: 'WillCallYouBack', time: 5, timeUnit: 'Minute' } },
      ],
      [
        { name: 'replyToCallParty', ...at, message: { pattern: { pattern: 'ON_THE_OTHER_LINE_NO_CALL' } } },
        `POST ${P}/reply`,
        { replyWithPattern: { pattern: 'OnTheOtherLineNoCall' } },
      ],
    ],
    forwardCallParty: [
      [
        { name: 'forwardCallParty', ...at, target: { voicemail: '7' } },
        `POST ${P}/forward`,
        { voicemail: '7' },
      ],
    ],
    pickupCallParty: [
      [{ name: 'pickupCallParty', ...at, deviceId: '8' }, `POST ${P}/pickup`, { deviceId: '8' }],
    ],
    holdCallParty: [
      [{ name: 'holdCallParty', ...at }, `POST ${P}/hold`],
      [{ name: 'holdCallParty', ...at, proto: 'BROAD_WORKS' }, `POST ${P}/hold`, { proto: 'BroadWorks' }],
    ],
    unholdCallParty: [[{ name: 'unholdCallParty', ...at }, `POST ${P}/unhold`]],
    updateCallParty: [
      [{ name: 'updateCallParty', ...at, muted: true }, `PATCH ${P}`, { party: { muted: true } }],
      [
        { name: 'updateCallParty', ...at, muted: false, standAlone: true },
        `PATCH ${P}`,
        { party: { muted: false, standAlone: true } },
      ],
    ],
    muteCallParty: [[{ name: 'muteCallParty', ...at }, `PATCH ${P}`, { party: { muted: true } }]],
    unmuteCallParty: [[{ name: 'unmuteCallParty', ...at }, `PATCH ${P}`, { party: { muted: false } }]],
    transferCallParty: [
      [
        { name: 'transferCallParty', ...at, target: { parkOrbit: '9' } },
        `POST ${P}/transfer`,
        { parkOrbit: '9' },
      ],
    ],
    bridgeCallParty: [
      [
        { name: 'bridgeCallParty', ...at, with: { sessionId: 's-2', partyId: 'p-2-1' } },
        `POST ${P}/bridge`,
        { telephonySessionId: 's-2', partyId: 'p-2-1' },
      ],
    ],
    parkCallParty: [[{ name: 'parkCallParty', ...at }, `POST ${P}/park`]],
    flipCallParty: [
      [{ name: 'flipCallParty', ...at, callFlipId: '2' }, `POST ${P}/flip`, { callFlipId: '2' }],
    ],
    removeCallParty: [
      [{ name: 'removeCallParty', ...at }, `DELETE ${P}`],
      [
        { name: 'removeCallParty', ...at, keepConferenceAlive: true },
        `DELETE ${P}`,
        { keepConferenceAlive: true },
      ],
    ],
    superviseCallParty: [
      [
        {
          name: 'superviseCallParty',
          ...at,
          agentExtensionId: '7',
          supervisorDeviceId: '8',
          mediaSdp: 'SEND_ONLY',
        },
        `POST ${P}/supervise`,
        { ...supervise, agentExtensionId: '7', mediaSDP: 'sendOnly' },
      ],
    ],
    startCallRecording: [[{ name: 'startCallRecording', ...at }, `POST ${P}/recordings`]],
    pauseCallRecording: [
      [{ name: 'pauseCallRecording', ...at, recordingId: '9' }, `PATCH ${P}/recordings/9`, { active: false }],
    ],
    resumeCallRecording: [
      [{ name: 'resumeCallRecording', ...at, recordingId: '9' }, `PATCH ${P}/recordings/9`, { active: true }],
    ],
  };

  for (const [command, line, body] of Object.values(cells).flat()) {
    test(`${command.name} is ${line} with ${JSON.stringify(body)}.`, () => {
      const request = toRequest(command);
      expect(`${request.operation.method} ${pathOf(request.operation, request.ids)}`).toBe(line);
      expect(request.body).toEqual(body);
      expect(() => checkBody(request.operation, request.body)).not.toThrow();
    });
  }

  test('that mutes can be written the other documented way, but not when it says more.', () => {
    expect(toRequest({ name: 'muteCallParty', ...at }, 'bare').body).toEqual({ muted: true });
    expect(toRequest({ name: 'unmuteCallParty', ...at }, 'bare').body).toEqual({ muted: false });
    expect(toRequest({ name: 'updateCallParty', ...at, muted: true }, 'bare').body).toEqual({ muted: true });
    const both = { name: 'updateCallParty', ...at, muted: true, standAlone: true } as const;
    expect(toRequest(both, 'bare').body).toEqual({ party: { muted: true, standAlone: true } });
  });

  for (const countryId of ['', 'US', '1.5', '-1', '1e3', '9'.repeat(30)]) {
    test(`with the country ${JSON.stringify(countryId)} is refused.`, () => {
      const write = () =>
        toRequest({ name: 'makeCallOut', deviceId: '8', to: { phoneNumber: '1' }, countryId });
      expect(write).toThrow(BadUserInput);
    });
  }
});
