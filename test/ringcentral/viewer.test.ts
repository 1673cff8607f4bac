import { describe, expect, test, vi } from 'vitest';
import { UpstreamBadResponse } from '../../schema/failures.ts';
import {
  toActiveCalls,
  toDevices,
  toForwardingNumbers,
  toPage,
  toViewer,
} from '../../src/ringcentral/viewer.ts';

const AT = 1_772_637_601_000;

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
    expect(toActiveCalls({ telephonyStatus: 'NoCall', activeCalls: [entry, halfKnown] }, AT)).toEqual([
      {
        presenceId: 'k1',
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
        observedAt: AT,
      },
    ]);
  });

  test('without the field has no calls.', () => {
    expect(toActiveCalls({ telephonyStatus: 'NoCall' }, AT)).toEqual([]);
    expect(() => toActiveCalls('busy', AT)).toThrow(UpstreamBadResponse);
  });

  const times: readonly [raw: unknown, iso: string | null][] = [
    ['2026-03-04T15:20:01Z', '2026-03-04T15:20:01.000Z'],
    ['2026-03-04T15:20:01.417+0000', '2026-03-04T15:20:01.417Z'],
    ['2026-03-04T15:20:01.417-0530', '2026-03-04T20:50:01.417Z'],
    ['2026-03-04T15:20:01+01:00', '2026-03-04T14:20:01.000Z'],
    ['2026-03-04T15:20:01', '2026-03-04T15:20:01.000Z'],
    [1_772_637_601_417, '2026-03-04T15:20:01.417Z'],
    ['1772637601417', '2026-03-04T15:20:01.417Z'],
    ['yesterday', null],
    [5, null],
    ['5', null],
    ['+275760-09-13T00:00:00Z', null],
    [{ toString: 1 }, null],
  ];
  for (const [raw, iso] of times) {
    test(`reads the time ${JSON.stringify(raw)}.`, () => {
      const entry = { telephonySessionId: 's', partyId: 'p', startTime: raw };
      const [call] = toActiveCalls({ activeCalls: [entry] }, AT);
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
  expect(toViewer({ ...body, id: undefined, uri })).toEqual(viewer);
  expect(() => toViewer({ id: 700101 })).toThrow(UpstreamBadResponse);
  expect(() => toViewer({ account: { id: '700001' } })).toThrow(UpstreamBadResponse);
});

test('Devices and forwarding numbers keep types that are not published.', () => {
  const line = { lineType: 'Standalone', phoneInfo: { id: 3, phoneNumber: '+12025550111' } };
  expect(
    toDevices([
      {
        id: '80101',
        type: 'WebRTC',
        name: 'Browser',
        status: 'Online',
        linePooling: 'Host',
        phoneLines: [line],
      },
    ]),
  ).toEqual([
    {
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
    },
  ]);
  expect(toDevices([{ id: '1', type: 'Hologram' }])).toMatchObject([
    { type: 'UNKNOWN', rawType: 'Hologram' },
  ]);
  expect(
    toForwardingNumbers([{ id: '4', features: ['CallFlip', 'Teleport'], flipNumber: '2', type: 'Mobile' }]),
  ).toEqual([
    {
      id: '4',
      phoneNumber: null,
      label: null,
      type: 'MOBILE',
      rawType: 'Mobile',
      features: ['CALL_FLIP', 'UNKNOWN'],
      flipNumber: '2',
    },
  ]);
});

describe('An entry that does not say which one it is', () => {
  test('is left out of the devices, and of the forwarding numbers, and told of.', () => {
    const leftOut = vi.fn();
    const devices = toDevices([{ name: 'no id' }, { id: 80101 }, null, 'phone', { id: {} }], leftOut);
    expect(devices.map(({ id }) => id)).toEqual(['80101']);
    expect(leftOut.mock.calls).toEqual([['device'], ['device'], ['device'], ['device']]);
    leftOut.mockClear();
    const numbers = toForwardingNumbers(
      [{ phoneNumber: '+12025550181' }, { id: '4', flipNumber: 2 }],
      leftOut,
    );
    expect(numbers).toMatchObject([{ id: '4', flipNumber: '2' }]);
    expect(leftOut.mock.calls).toEqual([['forwarding number']]);
  });

  test('is left out of the calls of presence.', () => {
    const leftOut = vi.fn();
    const calls = toActiveCalls(
      { activeCalls: [{ telephonySessionId: 's-1' }, { telephonySessionId: 7, partyId: 8, from: 101 }] },
      AT,
      leftOut,
    );
    expect(calls).toMatchObject([{ sessionId: '7', partyId: '8', from: '101' }]);
    expect(leftOut.mock.calls).toEqual([['active call']]);
  });
});

test('A device that two pages of a list show is listed once, as the later one has it.', () => {
  expect(toDevices([{ id: '1', name: 'old' }, { id: '2' }, { id: 1, name: 'new' }])).toMatchObject([
    { id: '1', name: 'new' },
    { id: '2' },
  ]);
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
  expect(toPage({ records: [1], paging: { page: '1', totalPages: '2' } }).hasNext).toBe(true);
  expect(toPage({ records: 'none', paging: { page: { toString: 1 }, totalPages: {} } })).toEqual({
    records: [],
    hasNext: false,
  });
  expect(toPage({})).toEqual({ records: [], hasNext: false });
});
