import { describe, expect, test } from 'vitest';
import { failureOfAnswer, penaltyOf, traceOf } from '../../src/ringcentral/failures.ts';
import { type RawAnswer, unreadable } from '../../src/upstream/failures.ts';

const NOW = Date.parse('2026-03-04T15:20:30Z');

function answer(status: number, body: unknown, headers: RawAnswer['headers'] = {}): RawAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, text, receivedAt: NOW, headers: { rcrequestid: 'rc-7', ...headers } };
}

/** The list that call control answers. */
const list = (errorCode: string, message: string, more = {}) => ({
  errors: [{ errorCode, message, ...more }],
});
/** The top level of older APIs, beside the list. */
const both = (errorCode: string, message: string, more = {}) => ({
  errorCode,
  message,
  ...more,
  ...list(errorCode, message, more),
});

describe('an answer of', () => {
  const cells: readonly [name: string, answer: RawAnswer, failure: Record<string, unknown>][] = [
    [
      '400 with a parameter',
      answer(400, both('CMN-101', 'Parameter [deviceId] value is invalid.', { parameterName: 'deviceId' })),
      {
        name: 'BadUserInput',
        parameterName: 'deviceId',
        message: 'Parameter [deviceId] value is invalid.',
        trace: { errorCode: 'CMN-101', upstreamRequestId: 'rc-7', status: 400 },
      },
    ],
    [
      '400 with only a top level',
      answer(400, { errorCode: 'CMN-103', message: 'Cannot be parsed.' }),
      { name: 'BadUserInput', message: 'Cannot be parsed.', trace: { errorCode: 'CMN-103' } },
    ],
    [
      '400 that means an unknown party',
      answer(
        400,
        list('CMN-102', 'Resource for parameter [partyId] is not found', { parameterName: 'partyId' }),
      ),
      {
        name: 'CallNotFound',
        message: 'RingCentral knows no such party of this call (any more).',
        parameterName: 'partyId',
      },
    ],
    [
      '404 for a parameter that is called as something that every object has',
      answer(404, list('CMN-102', 'Resource is not found', { parameterName: 'constructor' })),
      { name: 'CallNotFound', message: 'Resource is not found', parameterName: 'constructor' },
    ],
    [
      '400 that means an unknown device',
      answer(
        400,
        list('CMN-102', 'Resource for parameter [deviceId] is not found', { parameterName: 'deviceId' }),
      ),
      { name: 'BadUserInput', parameterName: 'deviceId' },
    ],
    ['400 without a body', answer(400, ''), { name: 'BadUserInput', parameterName: undefined }],
    [
      '400 of OAuth',
      answer(400, {
        error: 'invalid_grant',
        error_description: 'Token not found',
        errors: [{ errorCode: 'OAU-213', message: 'Token not found' }],
      }),
      { name: 'BadUserInput', message: 'Token not found', trace: { errorCode: 'OAU-213' } },
    ],
    [
      '400 of OAuth without a list',
      answer(400, { error: 'invalid_client', error_description: 'No such client' }),
      { name: 'BadUserInput', message: 'No such client', trace: { errorCode: 'invalid_client' } },
    ],
    [
      '401',
      answer(401, list('OAU-128', 'Access token expired.')),
      { name: 'Unauthenticated', message: 'Access token expired.', trace: { errorCode: 'OAU-128' } },
    ],
    ['401 from a proxy', answer(401, '<html>'), { name: 'Unauthenticated', trace: { errorCode: undefined } }],
    [
      '403 for a permission',
      answer(403, both('CMN-408', 'User needs [ReadPresence].', { permissionName: 'ReadPresence' })),
      { name: 'Forbidden', permissionName: 'ReadPresence', trace: { errorCode: 'CMN-408' } },
    ],
    [
      '403 for a call',
      answer(403, list('TAS-106', 'Not allowed')),
      { name: 'Forbidden', permissionName: undefined },
    ],
    [
      '404 for a call',
      answer(404, both('CMN-102', 'Not found', { parameterName: 'telephonySessionId' })),
      {
        name: 'CallNotFound',
        message: 'RingCentral knows no such call (any more).',
        parameterName: 'telephonySessionId',
        trace: { errorCode: 'CMN-102' },
      },
    ],
    [
      '404 for a device',
      answer(404, both('CMN-102', 'The device is not found', { parameterName: 'deviceId' })),
      { name: 'CallNotFound', message: 'The device is not found', parameterName: 'deviceId' },
    ],
    ['404 for an address', answer(404, list('CMN-120', 'Invalid URI')), { name: 'UpstreamBadResponse' }],
    ['404 from a proxy', answer(404, '<html>nginx</html>'), { name: 'UpstreamBadResponse' }],
    ['405', answer(405, ''), { name: 'UpstreamBadResponse' }],
    ['408', answer(408, ''), { name: 'UpstreamUnavailable', sent: true }],
    [
      '409',
      answer(409, list('TAS-102', 'Incorrect State [WrongState]')),
      {
        name: 'WrongCallState',
        message: 'Incorrect State [WrongState]',
        actualCode: undefined,
        allowedActions: [],
      },
    ],
    ['415', answer(415, ''), { name: 'BadUserInput' }],
    [
      '429 with Retry-After',
      answer(429, list('CMN-301', 'Request rate exceeded'), { 'retry-after': '60' }),
      {
        name: 'RateLimited',
        retryAfter: 60,
        retryAt: NOW + 60_000,
        sent: true,
        trace: { errorCode: 'CMN-301' },
      },
    ],
    ['429 without anything', answer(429, ''), { name: 'RateLimited', retryAfter: 30 }],
    ['429 with garbage', answer(429, '', { 'retry-after': 'soon' }), { name: 'RateLimited', retryAfter: 30 }],
    [
      '429 for a year',
      answer(429, '', { 'retry-after': '31536000' }),
      { name: 'RateLimited', retryAfter: 600 },
    ],
    ['429 for no time', answer(429, '', { 'retry-after': '0' }), { name: 'RateLimited', retryAfter: 1 }],
    [
      '429 with a date, read by the clock of whoever wrote it',
      answer(429, '', {
        'retry-after': 'Wed, 04 Mar 2026 16:00:45 GMT',
        date: 'Wed, 04 Mar 2026 16:00:00 GMT', // 40 minutes ahead of ours
      }),
      { name: 'RateLimited', retryAfter: 45 },
    ],
    [
      '500',
      answer(500, list('CMN-203', 'Internal error')),
      { name: 'UpstreamUnavailable', sent: true, message: 'Internal error', trace: { status: 500 } },
    ],
    ['502 from a proxy', answer(502, '<html>'), { name: 'UpstreamUnavailable', sent: true }],
    ['302', answer(302, '', { location: 'https://elsewhere' }), { name: 'UpstreamBadResponse' }],
    ['400 with a list of nothing', answer(400, { errors: [] }), { name: 'BadUserInput' }],
    ['400 with a list of null', answer(400, { errors: [null] }), { name: 'BadUserInput' }],
    [
      '400 with numbers for texts',
      answer(400, { errors: [{ errorCode: 1, message: 2 }] }),
      { name: 'BadUserInput' },
    ],
  ];
  for (const [name, given, failure] of cells) {
    test(`${name} is ${failure.name}.`, () => {
      expect(failureOfAnswer(given)).toMatchObject(failure);
    });
  }

  test('200 that is no JSON says what it is instead.', () => {
    expect(
      unreadable('RingCentral', answer(200, ' <!doctype html>'), traceOf(answer(200, ' <!doctype html>'))),
    ).toMatchObject({
      name: 'UpstreamBadResponse',
      message: 'RingCentral answered a web page instead of a call.',
      trace: { status: 200, upstreamRequestId: 'rc-7' },
    });
  });
});

test('A message repeats no token, no address and no phone number, and is not endless.', () => {
  const said =
    'Number +12025550147 of Bearer AAAA.bbb-ccc at https://platform.ringcentral.com/restapi/v1.0/account/701000004 ';
  const { message } = failureOfAnswer(answer(400, list('CMN-101', said + 'x'.repeat(1_000))));
  expect(message).not.toMatch(/\d{4}|AAAA|https?:/);
  expect(message).toMatch(/^Number .* of Bearer \[redacted\] at … x+$/);
  expect(message.length).toBeLessThanOrEqual(300);
});

test('The penalty of a 429 is what it asks for, or 30 seconds.', () => {
  expect(penaltyOf(answer(429, '', { 'retry-after': '7' }))).toBe(7_000);
  expect(penaltyOf(answer(429, ''))).toBe(30_000);
});
