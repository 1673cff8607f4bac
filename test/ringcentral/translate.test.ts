import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
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
      status: { code: 'UNKNOWN', rawCode: '5', peerId: null },
      from: null,
      park: null,
      muted: null,
      metadata: [],
    });
  });
});

describe('a session with entries that cannot be read', () => {
  test('is taken without a party that does not say which one it is, and tells of it.', () => {
    const leftOut = vi.fn();
    const parties = [{ status: { code: 'Answered' } }, agent, { id: '' }, null, 7, ['p-1'], { id: 12 }];
    const session = toSession({ id: 's-a0z1', parties }, AT, leftOut);
    expect(session.parties.map(({ id }) => id)).toEqual(['p-a0z1-2', '12']);
    expect(leftOut.mock.calls).toEqual(Array(5).fill(['party']));
  });

  test('is taken without a recording or a value of no name.', () => {
    const leftOut = vi.fn();
    const metadata = [
      { values: [{ id: 'case', value: 4711 }, { value: 'of no name' }, { id: 'empty' }] },
      'x',
    ];
    const parties = [{ ...agent, recordings: [{ active: true }, { id: '9', active: 'true' }], metadata }];
    expect(toSession({ id: 's-a0z1', parties }, AT, leftOut).parties).toMatchObject([
      {
        recordings: [{ id: '9', active: true }],
        metadata: [
          {
            values: [
              { name: 'case', value: '4711' },
              { name: 'empty', value: '' },
            ],
          },
        ],
      },
    ]);
    expect(leftOut.mock.calls).toEqual([['recording'], ['metadata value']]);
  });
});

describe('a party', () => {
  test('whose account and extension only the owner names belongs to them.', () => {
    const { accountId, extensionId, ...reduced } = agent;
    expect(toSession({ id: 's-a0z1', parties: [reduced] }, AT).parties).toMatchObject([
      { accountId: '700001', extensionId: '700101' },
    ]);
    const other = { ...agent, owner: { accountId: 1, extensionId: 2 } };
    expect(toParty(other, 's-a0z1', AT)).toMatchObject({ accountId: '700001', extensionId: '700101' });
    expect(toParty({ id: 'p-1', owner: { accountId: 1 } }, 's-1', AT)).toMatchObject({
      accountId: '1',
      extensionId: null,
    });
  });

  test('that was asked for by its id needs none in the body.', () => {
    const body = { status: { code: 'Hold' } };
    expect(toParty(body, 's-1', AT, { askedFor: 'p-1' })).toMatchObject({
      id: 'p-1',
      status: { code: 'HOLD' },
    });
    expect(toParty({ ...body, id: 'p-2' }, 's-1', AT, { askedFor: 'p-1' }).id).toBe('p-2');
    expect(() => toParty(body, 's-1', AT)).toThrow(UpstreamBadResponse);
  });

  test('has the text of numbers, and yes and no of texts.', () => {
    const odd = {
      id: 'p-1',
      muted: 'TRUE',
      standAlone: 0,
      from: { phoneNumber: 101, name: 7, deviceId: 2 ** 60 },
      status: {
        code: 'Parked',
        parkData: 801,
        description: true,
        mobilePickupData: { ccMailboxes: [1, {}, 'a'] },
      },
    };
    expect(toParty(odd, 's-1', AT)).toMatchObject({
      muted: true,
      standAlone: false,
      // A number that JSON could not carry whole would name another device.
      from: { phoneNumber: '101', name: '7', deviceId: null },
      status: { parkData: '801', description: null, mobilePickupData: { ccMailboxes: ['1', 'a'] } },
    });
  });
});

describe('Whatever stands in a field', () => {
  const whole = {
    id: 's-a0z1',
    origin: { type: 'Call' },
    voiceCallToken: 'conf_73',
    creationTime: '2026-03-04T15:20:01Z',
    parties: [
      {
        ...agent,
        park: { id: '*801' },
        status: {
          code: 'Gone',
          reason: 'CallPark',
          description: 'words',
          parkData: '*801',
          peerId: { sessionId: 's-b', partyId: 'p-b-1' },
          mobilePickupData: { ccMailboxes: ['1'], to: 'sip', sid: 'x', srvLvl: '-1', srvLvlExt: '1' },
          rcc: true,
        },
        metadata: [{ values: [{ id: 'a', value: 'b' }] }],
      },
    ],
  };
  const places = pathsOf(whole).filter((path) => path.join() !== 'id');
  const trap = fc.constantFrom<unknown>(
    { toString: 1 },
    { valueOf: {}, toString: null },
    'constructor',
    '__proto__',
    [[]],
    Infinity,
    -0,
    true,
    null,
  );

  test('only that field is lost: no shape throws, and none gets through.', () => {
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.oneof(trap, fc.jsonValue()), (path, value) => {
        const body = replaced(whole, path, value);
        const session = toSession(body, AT);
        expect(session.id).toBe('s-a0z1');
        expect(strange(session)).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });
});

/** Where the values of a body are, objects and lists included. */
function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const below = Object.entries(value).flatMap(([name, member]) => pathsOf(member, [...path, name]));
  return path.length === 0 ? below : [path, ...below];
}

function replaced(body: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  const copy = structuredClone(body) as Record<string, unknown>;
  copy[name] = replaced(copy[name], rest, value);
  return copy;
}

const OBJECTS = new Set(
  `parties attributes status peerId mobilePickupData ccMailboxes park from to owner recordings metadata
  values`.split(/\s+/),
);

/** The members of a session that are not what the model says. */
function strange(session: object): string[] {
  const flags = ['muted', 'standAlone', 'rcc', 'queueCall', 'emergencyCallback', 'active'];
  const times = ['creationTime', 'observedAt'];
  return pathsOf(session)
    .filter((path) => {
      const name = path.filter((part) => !/^\d+$/.test(part)).at(-1) ?? '';
      const value = path.reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], session);
      if (value === null) return false;
      if (typeof value === 'object') return !OBJECTS.has(name);
      if (flags.includes(name)) return typeof value !== 'boolean';
      return typeof value !== (times.includes(name) ? 'number' : 'string');
    })
    .map(String);
}

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
    expect(toParty({ id: 'p', park: {} }, 's', AT).park).toBeNull();
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
