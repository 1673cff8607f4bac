import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BadUserInput } from '../../schema/failures.ts';
import { OPERATIONS, type Operation } from '../../src/ringcentral/operations.ts';
import { checkBody, pathOf } from '../../src/upstream/checks.ts';

const all: readonly Operation[] = Object.values(OPERATIONS);
const SESSIONS = '/restapi/v1.0/account/~/telephony/sessions';

test('Every operation stands under its own name, once, and all 24 of call control are there.', () => {
  for (const [name, { id }] of Object.entries(OPERATIONS)) expect(id).toBe(name);
  expect(new Set(all.map(({ method, path }) => `${method} ${path}`)).size).toBe(all.length);
  expect(all.filter(({ permission }) => permission === 'CallControl')).toHaveLength(24);
  expect(all.filter(({ group }) => group === 'Heavy').map(({ id }) => id)).toEqual([
    'createCallOutCallSession',
    'createConferenceCallSession',
  ]);
});

describe('a path', () => {
  const { readCallPartyStatus, pauseResumeCallRecording } = OPERATIONS;

  test('has every id in its place.', () => {
    const ids = { telephonySessionId: 's-a0z1', partyId: 'p-a0z1-2', recordingId: '9100200300' };
    expect(pathOf(pauseResumeCallRecording, ids)).toBe(
      `${SESSIONS}/s-a0z1/parties/p-a0z1-2/recordings/9100200300`,
    );
  });

  const hostile: readonly [id: string, segment: string][] = [
    ['../', '..%2F'],
    ['../../oauth/token', '..%2F..%2Foauth%2Ftoken'],
    ['%2e%2e', '%252e%252e'],
    ['.%2e', '.%252e'],
    ['?x=1', '%3Fx%3D1'],
    ['#top', '%23top'],
    ['a\r\nHost: evil', 'a%0D%0AHost%3A%20evil'],
    ['a\\b', 'a%5Cb'],
    ['Zm9v+/==', 'Zm9v%2B%2F%3D%3D'],
    ['...', '...'],
    ['{partyId}', '%7BpartyId%7D'],
    ['é', '%C3%A9'],
    ['$&', '%24%26'],
  ];
  for (const [id, segment] of hostile) {
    test(`makes one segment of ${JSON.stringify(id)}.`, () => {
      expect(pathOf(readCallPartyStatus, { telephonySessionId: id, partyId: id })).toBe(
        `${SESSIONS}/${segment}/parties/${segment}`,
      );
    });
  }

  for (const id of ['', '.', '..', 'x'.repeat(10_240), '\ud800']) {
    test(`refuses ${JSON.stringify(id.slice(0, 20))} (${id.length} characters).`, () => {
      const build = () => pathOf(readCallPartyStatus, { telephonySessionId: 's-1', partyId: id });
      expect(build).toThrow(BadUserInput);
      expect(build).toThrow(expect.objectContaining({ parameterName: 'partyId' }));
    });
  }

  test('has the same number of segments for any id that it takes, also after a URL parser has read it.', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 100 }), (id) => {
        let path: string;
        try {
          path = pathOf(readCallPartyStatus, { telephonySessionId: id, partyId: 'p' });
        } catch (error) {
          expect(error).toBeInstanceOf(BadUserInput);
          return;
        }
        const url = new URL(path, 'https://platform.ringcentral.com');
        expect([url.host, url.search, url.hash]).toEqual(['platform.ringcentral.com', '', '']);
        const segments = url.pathname.split('/');
        expect(segments).toHaveLength(10);
        expect(decodeURIComponent(segments[7] ?? '')).toBe(id);
      }),
    );
  });
});

describe('a body', () => {
  const O = OPERATIONS;
  const supervise = { mode: 'Listen', supervisorDeviceId: '8' };
  const good: readonly [Operation, unknown][] = [
    [O.createCallOutCallSession, { from: { deviceId: '8' }, to: { phoneNumber: '+1202' } }],
    [O.createCallOutCallSession, { from: { deviceId: '8' }, to: { extensionNumber: '101' }, countryId: 1 }],
    [O.createConferenceCallSession, undefined],
    [O.holdCallParty, undefined],
    [O.holdCallParty, { proto: 'BroadWorksOrDisconnectHolder' }],
    [O.deleteCallParty, undefined],
    [O.deleteCallParty, { keepConferenceAlive: false }],
    [O.updateCallParty, { party: { muted: true } }],
    [O.updateCallParty, { party: { standAlone: false } }],
    [O.updateCallParty, { muted: false }],
    [O.transferCallParty, { parkOrbit: '701' }],
    [O.forwardCallParty, { voicemail: '701' }],
    [O.replyParty, { replyWithText: 'Later' }],
    [O.replyParty, { replyWithPattern: { pattern: 'OnMyWay' } }],
    [O.replyParty, { replyWithPattern: { pattern: 'CallMeBack', time: 5, timeUnit: 'Minute' } }],
    [O.superviseCallSession, { ...supervise, agentExtensionNumber: '101', mediaSDP: 'sendOnly' }],
    [O.superviseCallParty, { ...supervise, agentExtensionId: '701', autoAnswer: false }],
    [O.bridgeCallParty, { telephonySessionId: 's-2', partyId: 'p-2-1' }],
    [O.createCallPartyWithBringIn, { sessionId: 's-2', partyId: 'p-2-1' }],
  ];
  for (const [operation, body] of good) {
    test(`of ${operation.id} may be ${JSON.stringify(body)}.`, () => {
      expect(() => checkBody(operation, body)).not.toThrow();
    });
  }

  const bad: readonly [Operation, unknown, field: string | undefined][] = [
    [O.createCallOutCallSession, { from: { deviceId: '' }, to: { phoneNumber: '1' } }, 'deviceId'],
    [O.createCallOutCallSession, { from: { deviceId: '8' }, to: {} }, 'to'],
    [
      O.createCallOutCallSession,
      { from: { deviceId: '8' }, to: { phoneNumber: '1', extensionNumber: '2' } },
      'to',
    ],
    [
      O.createCallOutCallSession,
      { from: { deviceId: '8' }, to: { phoneNumber: '1' }, countryId: 1.5 },
      'countryId',
    ],
    [O.answerCallParty, undefined, undefined],
    [O.answerCallParty, { deviceId: 8 }, 'deviceId'],
    [O.transferCallParty, {}, undefined],
    [O.transferCallParty, { phoneNumber: '1', voicemail: '2' }, undefined],
    [O.forwardCallParty, { parkOrbit: '701' }, undefined],
    [O.holdCallParty, { proto: 'Sip' }, 'proto'],
    [O.updateCallParty, { party: {} }, 'party'],
    [O.updateCallParty, {}, undefined],
    [O.replyParty, { replyWithPattern: { pattern: 'OnMyWay', time: 5 } }, 'time'],
    [O.replyParty, { replyWithText: '' }, 'replyWithText'],
    [O.superviseCallSession, supervise, undefined],
    [O.superviseCallSession, { ...supervise, agentExtensionId: '1', agentExtensionNumber: '2' }, undefined],
    [O.callFlipParty, { callFlipId: '' }, 'callFlipId'],
  ];
  for (const [operation, body, field] of bad) {
    test(`of ${operation.id} may not be ${JSON.stringify(body)}.`, () => {
      const check = () => checkBody(operation, body);
      expect(check).toThrow(BadUserInput);
      expect(check).toThrow(expect.objectContaining({ parameterName: field }));
    });
  }

  test('is a mistake of ours where the operation takes none.', () => {
    expect(() => checkBody(O.unholdCallParty, {})).toThrow(TypeError);
  });
});
