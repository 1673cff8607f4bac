import { describe, expect, test } from 'vitest';
import { BadUserInput, UpstreamBadResponse } from '../../schema/failures.ts';
import type { Command, CommandName } from '../../schema/provider.ts';
import { checkBody, pathOf } from '../../src/ringcentral/checks.ts';
import {
  toActiveCalls,
  toDevice,
  toForwardingNumber,
  toPage,
  toParty,
  toPickedUpParty,
  toRecording,
  toRequest,
  toSession,
  toViewer,
  toWrappedSession,
} from '../../src/ringcentral/translate.ts';

const AT = 1_772_637_601_000;

const agent = {
  accountId: '700001',
  attributes: {},
  brandId: '1210',
  direction: 'Inbound',
  extensionId: '700101',
  from: { phoneNumber: '+12025550123' },
  id: 'p-a0z1-2',
  muted: true,
  owner: { accountId: '700001', brandId: '1210', extensionId: '700101' },
  standAlone: false,
  status: { code: 'Answered' },
  to: { extensionId: '700101', name: 'Mia Stone', phoneNumber: '+12025550111', deviceId: 80101 },
  recordings: [{ id: 9100, active: true, mode: 'OnDemand', view: 'Party' }],
};

describe('a session', () => {
  test('comes with all that RingCentral tells.', () => {
    const caller = { id: 'p-a0z1-1', direction: 'Outbound', status: { code: 'Hold' }, muted: false };
    const session = toSession(
      {
        id: 's-a0z1',
        creationTime: '2026-03-04T15:20:01Z',
        origin: { type: 'RingOut' },
        parties: [caller, agent],
      },
      AT,
    );
    expect(session).toMatchObject({
      id: 's-a0z1',
      originType: 'RING_OUT',
      rawOriginType: 'RingOut',
      voiceCallToken: null,
      creationTime: Date.parse('2026-03-04T15:20:01Z'),
      observedAt: AT,
      parties: [{ id: 'p-a0z1-1', sessionId: 's-a0z1' }, { id: 'p-a0z1-2' }],
    });
    expect(session.parties[1]).toEqual({
      id: 'p-a0z1-2',
      sessionId: 's-a0z1',
      accountId: '700001',
      extensionId: '700101',
      attributes: { queueCall: null, emergencyCallback: null },
      status: {
        code: 'ANSWERED',
        rawCode: 'Answered',
        reason: null,
        rawReason: null,
        description: null,
        parkData: null,
        peerId: null,
        mobilePickupData: null,
        rcc: null,
      },
      muted: true,
      standAlone: false,
      park: null,
      from: { phoneNumber: '+12025550123', name: null, deviceId: null, extensionId: null },
      to: { phoneNumber: '+12025550111', name: 'Mia Stone', deviceId: '80101', extensionId: '700101' },
      owner: { accountId: '700001', extensionId: '700101', brandId: '1210' },
      direction: 'INBOUND',
      conferenceRole: null,
      ringOutRole: null,
      ringMeRole: null,
      recordings: [{ id: '9100', active: true, mode: 'ON_DEMAND', view: 'PARTY' }],
      metadata: [],
      observedAt: AT,
    });
  });

  test('of call-out and conference is in a wrapper, and only there.', () => {
    const session = { id: 's-c', origin: { type: 'Conference' }, parties: [], voiceCallToken: 'conf_73' };
    expect(toWrappedSession({ session }, AT)).toMatchObject({
      id: 's-c',
      voiceCallToken: 'conf_73',
      parties: [],
    });
    expect(() => toWrappedSession(session, AT)).toThrow(UpstreamBadResponse);
    expect(() => toSession({ session }, AT)).toThrow(UpstreamBadResponse);
  });

  test('may lack everything but its id.', () => {
    expect(toSession({ id: 's-1' }, AT)).toEqual({
      id: 's-1',
      originType: null,
      rawOriginType: null,
      voiceCallToken: null,
      creationTime: null,
      parties: [],
      observedAt: AT,
    });
  });

  for (const body of [null, 'text', 7, true, [], {}, { id: null }, { id: '' }, { parties: [] }]) {
    test(`is not ${JSON.stringify(body)}.`, () => {
      expect(() => toSession(body, AT)).toThrow(UpstreamBadResponse);
    });
  }

  test('keeps its meaning when fields have the wrong type.', () => {
    const wrong = { id: 's-1', origin: 'Call', parties: 'none', creationTime: 5, voiceCallToken: {} };
    expect(toSession(wrong, AT)).toMatchObject({ originType: null, parties: [], creationTime: null });
    const party = {
      id: 'p-1',
      status: { code: 5, peerId: 'x' },
      from: 'me',
      park: null,
      muted: 'yes',
      metadata: 1,
    };
    expect(toParty(party, 's-1', AT)).toMatchObject({
      status: { code: 'UNKNOWN', rawCode: '', peerId: null },
      from: null,
      park: null,
      muted: null,
      metadata: [],
    });
  });
});

describe('a status', () => {
  const statusOf = (status: object) => toParty({ id: 'p-1', status }, 's-1', AT).status;

  const codes: readonly [raw: string, code: string][] = [
    ['Setup', 'SETUP'],
    ['Proceeding', 'PROCEEDING'],
    ['Answered', 'ANSWERED'],
    ['Disconnected', 'DISCONNECTED'],
    ['Gone', 'GONE'],
    ['Parked', 'PARKED'],
    ['Hold', 'HOLD'],
    ['VoiceMail', 'VOICE_MAIL'],
    ['Voicemail', 'VOICE_MAIL'],
    ['FaxReceive', 'FAX_RECEIVE'],
    ['Tds', 'TDS'],
    ['TDS', 'TDS'],
    ['VoiceMailScreening', 'VOICE_MAIL_SCREENING'],
    ['VMScreening', 'VOICE_MAIL_SCREENING'],
    ['Whispering', 'UNKNOWN'],
  ];
  for (const [raw, code] of codes) {
    test(`of ${raw} is ${code}, with the text kept.`, () => {
      expect(statusOf({ code: raw })).toMatchObject({ code, rawCode: raw });
    });
  }

  const reasons: readonly [raw: string | undefined, reason: string | null][] = [
    ['BlindTransfer', 'BLIND_TRANSFER'],
    ['blindtransfer', 'BLIND_TRANSFER'],
    ['DtmfTransfer', 'DTMF_TRANSFER'],
    ['Voicemail', 'VOICEMAIL'],
    ['Conference', 'UNKNOWN'],
    [undefined, null],
  ];
  for (const [raw, reason] of reasons) {
    test(`with the reason ${raw} is ${reason}.`, () => {
      expect(statusOf({ code: 'Gone', reason: raw })).toMatchObject({ reason, rawReason: raw ?? null });
    });
  }

  test('finds the peer under either name of its session.', () => {
    const rest = { sessionId: 's-b', partyId: 'p-b-1' };
    const event = { telephonySessionId: 's-b', sessionId: '0', partyId: 'p-b-1' };
    for (const peerId of [rest, event]) {
      expect(statusOf({ code: 'Gone', peerId }).peerId).toEqual({ sessionId: 's-b', partyId: 'p-b-1' });
    }
    expect(statusOf({ code: 'Gone', peerId: { sessionId: 's-b' } }).peerId).toBeNull();
  });

  test('knows both spellings of the service level, and an empty park location.', () => {
    const data = { ccMailboxes: ['1'], to: 'sip', sid: 'x' };
    const spelled = { code: 'Proceeding', mobilePickupData: { ...data, srvLvl: '-1' } };
    const published = { code: 'Proceeding', mobilePickupData: { ...data, srvlvl: '-1' } };
    for (const status of [spelled, published]) {
      expect(statusOf(status).mobilePickupData).toEqual({ ...data, srvLvl: '-1', srvLvlExt: null });
    }
    expect(statusOf({ code: 'Parked', parkData: '' }).parkData).toBe('');
    expect(toParty({ id: 'p', park: { id: '*801' } }, 's', AT).park).toEqual({ id: '*801' });
  });
});

test('The party that picked a call up belongs to the session that its own id names.', () => {
  expect(toPickedUpParty({ id: 'p-d4z9-1', status: { code: 'Proceeding' } }, AT)).toMatchObject({
    id: 'p-d4z9-1',
    sessionId: 's-d4z9',
  });
  expect(toPickedUpParty({ id: 'cs17-1' }, AT)).toBeNull();
});

test('A recording without an id is none, and one without a flag is not active.', () => {
  expect(toRecording('')).toBeNull();
  expect(toRecording(null)).toBeNull();
  expect(toRecording({ id: '9' })).toEqual({ id: '9', active: false, mode: null, view: null });
});

describe('presence', () => {
  test('has the calls with the ids that every operation wants.', () => {
    const entry = {
      id: 'k1',
      direction: 'Inbound',
      queueCall: false,
      from: '+12025550123',
      fromName: 'CALLER',
      to: '+12025550111',
      toName: 'Mia Stone',
      telephonyStatus: 'CallConnected',
      sessionId: '51520001004',
      startTime: '2026-03-04T15:20:01.417+0000',
      partyId: 'p-a0z1-2',
      telephonySessionId: 's-a0z1',
      onBehalfOf: 701,
    };
    const halfKnown = { ...entry, telephonySessionId: undefined };
    expect(toActiveCalls({ telephonyStatus: 'NoCall', activeCalls: [entry, halfKnown] })).toEqual([
      {
        id: 'k1',
        sessionId: 's-a0z1',
        partyId: 'p-a0z1-2',
        legacySessionId: '51520001004',
        direction: 'INBOUND',
        from: '+12025550123',
        fromName: 'CALLER',
        to: '+12025550111',
        toName: 'Mia Stone',
        telephonyStatus: 'CALL_CONNECTED',
        rawTelephonyStatus: 'CallConnected',
        startTime: Date.parse('2026-03-04T15:20:01.417Z'),
        queueCall: false,
        onBehalfOf: '701',
        terminationType: null,
      },
    ]);
  });

  test('without the field has no calls.', () => {
    expect(toActiveCalls({ telephonyStatus: 'NoCall' })).toEqual([]);
    expect(() => toActiveCalls('busy')).toThrow(UpstreamBadResponse);
  });

  const times: readonly [raw: string, iso: string | null][] = [
    ['2026-03-04T15:20:01Z', '2026-03-04T15:20:01.000Z'],
    ['2026-03-04T15:20:01.417+0000', '2026-03-04T15:20:01.417Z'],
    ['2026-03-04T15:20:01.417-0530', '2026-03-04T20:50:01.417Z'],
    ['2026-03-04T15:20:01+01:00', '2026-03-04T14:20:01.000Z'],
    ['yesterday', null],
  ];
  for (const [raw, iso] of times) {
    test(`reads the time ${raw}.`, () => {
      const [call] = toActiveCalls({
        activeCalls: [{ telephonySessionId: 's', partyId: 'p', startTime: raw }],
      });
      expect(call?.startTime).toBe(iso === null ? null : Date.parse(iso));
    });
  }
});

test('A viewer is known by numbers that are texts here, and by the address where the account is missing.', () => {
  const body = { id: 700101, extensionNumber: '101', name: 'Mia Stone', account: { id: '700001' } };
  const viewer = { accountId: '700001', extensionId: '700101', extensionNumber: '101', name: 'Mia Stone' };
  expect(toViewer(body)).toEqual(viewer);
  const uri = 'https://platform.ringcentral.com/restapi/v1.0/account/700001/extension/700101';
  expect(toViewer({ ...body, account: undefined, uri })).toEqual(viewer);
  expect(() => toViewer({ id: 700101 })).toThrow(UpstreamBadResponse);
  expect(() => toViewer({ account: { id: '700001' } })).toThrow(UpstreamBadResponse);
});

test('Devices and forwarding numbers keep types that are not published.', () => {
  const line = { lineType: 'Standalone', phoneInfo: { id: 3, phoneNumber: '+12025550111' } };
  expect(
    toDevice({
      id: '80101',
      type: 'WebRTC',
      name: 'Browser',
      status: 'Online',
      linePooling: 'Host',
      phoneLines: [line],
    }),
  ).toEqual({
    id: '80101',
    type: 'WEB_RTC',
    rawType: 'WebRTC',
    name: 'Browser',
    status: 'ONLINE',
    model: null,
    serial: null,
    computerName: null,
    linePooling: 'HOST',
    phoneNumbers: ['+12025550111'],
  });
  expect(toDevice({ id: '1', type: 'Hologram' })).toMatchObject({ type: 'UNKNOWN', rawType: 'Hologram' });
  expect(
    toForwardingNumber({ id: '4', features: ['CallFlip', 'Teleport'], flipNumber: '2', type: 'Mobile' }),
  ).toEqual({
    id: '4',
    phoneNumber: null,
    label: null,
    type: 'MOBILE',
    rawType: 'Mobile',
    features: ['CALL_FLIP', 'UNKNOWN'],
    flipNumber: '2',
  });
});

test('A page says whether another follows.', () => {
  expect(toPage({ records: [1], paging: { page: 1, totalPages: 2 } })).toEqual({
    records: [1],
    hasNext: true,
  });
  expect(toPage({ records: [1], paging: { page: 2, totalPages: 2 } })).toEqual({
    records: [1],
    hasNext: false,
  });
  expect(toPage({})).toEqual({ records: [], hasNext: false });
});

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
