import { describe, expect, test } from 'vitest';
import { isOfAllowedPage, ownOrigin, readReturnTo } from '../../src/sign-in/places.ts';

const OWN = 'https://calls.example.com';
const DESK = 'https://desk.example.com';

describe('Where a browser goes after signing in', () => {
  test.each([
    ['/', `${OWN}/`],
    ['/desk?tab=2#calls', `${OWN}/desk?tab=2#calls`],
    ['/a/../b', `${OWN}/b`],
    ['/my%20page', `${OWN}/my%20page`],
    [`${OWN}/desk`, `${OWN}/desk`],
    [`${DESK}/calls`, `${DESK}/calls`],
    ['/?to=https://evil.example', `${OWN}/?to=https://evil.example`],
  ])('may be %s', (text, place) => {
    expect(readReturnTo(text, OWN, [DESK])).toBe(place);
  });

  test.each([
    'https://evil.example',
    'https://evil.example/desk',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    ' //evil.example',
    '\u0000//evil.example',
    'https:evil.example',
    'https:/evil.example',
    'HTTPS://EVIL.EXAMPLE',
    'javascript:alert(1)',
    'data:text/html,hello',
    'https://calls.example.com@evil.example',
    'https://me:word@calls.example.com/',
    'https://calls.example.com.evil.example',
    'https://calls.example.com:8443/',
    'http://calls.example.com/',
    'https://desk.example.com.evil.example',
    'https://evil.example\\@calls.example.com',
    'evil.example',
    'desk',
    '',
    '\u200b//evil.example',
    `/${'a'.repeat(1_024)}`,
    // More as an address than any cookie has room for.
    `/${'字'.repeat(1_000)}`,
  ])('may not be %j', (text) => {
    expect(readReturnTo(text, OWN, [DESK])).toBe(null);
  });

  test('is an address of ours whatever a path holds', () => {
    for (const path of ['/..//evil.example', '/%2f/evil.example', '/.//evil.example', '/%5cevil.example']) {
      expect(new URL(readReturnTo(path, OWN, []) ?? '').origin).toBe(OWN);
    }
  });
});

describe('Where a browser finds the gateway', () => {
  const own = (host: string, publicUrl: string | null = null, listening = 'http://127.0.0.1:4000') =>
    ownOrigin({ host }, { publicUrl, listening });

  test('is what the setting says, whatever the request says', () => {
    expect(own('evil.example', OWN)).toBe(OWN);
  });

  test('is without a setting the name that this machine was called by', () => {
    expect(own('localhost:4000')).toBe('http://localhost:4000');
    expect(own('127.0.0.1:4000')).toBe('http://127.0.0.1:4000');
    expect(own('[::1]:8080')).toBe('http://[::1]:8080');
  });

  test('is never the name of another machine', () => {
    expect(own('evil.example')).toBe('http://127.0.0.1:4000');
    expect(own('localhost.evil.example')).toBe('http://127.0.0.1:4000');
    expect(own('localhost:4000', null, 'http://10.0.0.1:4000')).toBe('http://10.0.0.1:4000');
  });
});

describe('A page that may show a cookie', () => {
  test.each([
    ['of this origin', { origin: OWN }, true],
    ['of an origin of CORS_ORIGINS', { origin: DESK }, true],
    ['of this origin, by a GET that names none', { 'sec-fetch-site': 'same-origin' }, true],
    ['of another origin', { origin: 'https://evil.example' }, false],
    ['of another origin that begins the same', { origin: `${OWN}.evil.example` }, false],
    ['of this host without https', { origin: 'http://calls.example.com' }, false],
    ['of no origin, as in a sandbox', { origin: 'null' }, false],
    ['of a neighbour, by a GET', { 'sec-fetch-site': 'same-site' }, false],
    ['of a stranger, by a GET', { 'sec-fetch-site': 'cross-site' }, false],
    [
      'of a foreign origin, whatever else is said',
      { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
      false,
    ],
    ['of nobody: a bookmark', { 'sec-fetch-site': 'none' }, false],
    ['of nobody: a program', {}, false],
  ])('%s', (_what, headers, may) => {
    expect(isOfAllowedPage(headers, [OWN, DESK])).toBe(may);
  });
});
