import { describe, expect, test } from 'vitest';
import { UpstreamBadResponse } from '../../schema/failures.ts';
import {
  toParty,
  toPickedUpParty,
  toRecording,
  toSession,
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
