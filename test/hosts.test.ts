import { describe, expect, test } from 'vitest';
import { isMeant } from '../src/hosts.ts';

describe('A server on 127.0.0.1', () => {
  test.each([
    'localhost',
    'localhost:4000',
    'LOCALHOST:4000',
    'localhost.:4000',
    'desk.localhost:4000',
    '127.0.0.1',
    '127.0.0.1:4000',
    '127.1:4000',
    '127.255.0.9:1',
    '[::1]',
    '[::1]:4000',
    '[0:0:0:0:0:0:0:1]:4000',
    '[::ffff:127.0.0.1]:4000',
    undefined,
  ])('is meant by %s', (header) => {
    expect(isMeant(header, { host: '127.0.0.1' })).toBe(true);
  });

  test.each([
    'evil.example',
    'evil.example:4000',
    'localhost.evil.example',
    'evil-localhost:4000',
    '127.0.0.1.evil.example:4000',
    'evillocalhost',
    '10.0.0.1:4000',
    '0.0.0.0:4000',
    '[::2]:4000',
    '[::ffff:10.0.0.1]',
    'localhost@evil.example',
    'evil.example#localhost',
    'evil.example/localhost',
    'localhost\\@evil.example',
    'evil.example?localhost',
    'local host',
    'gateway:4000',
    '[::1',
    ':4000',
    '',
  ])('is not meant by %s', (header) => {
    expect(isMeant(header, { host: '127.0.0.1' })).toBe(false);
  });
});

test.each(['desk.example.com', 'desk.example.com.:4000', 'DESK.example.com'])(
  'A server is meant by its own name, and by those it trusts: %s',
  (header) => {
    expect(isMeant(header, { host: 'desk.example.com' })).toBe(true);
    expect(isMeant(header, { host: '127.0.0.1', trusted: ['desk.example.com'] })).toBe(true);
    expect(isMeant(header, { host: '127.0.0.1', trusted: ['example.com'] })).toBe(false);
  },
);

describe.each(['0.0.0.0', '::'])('A server on %s', (host) => {
  test.each(['10.0.0.1:4000', '[fe80::1]:4000', 'gateway:4000', 'localhost', '0.0.0.0:4000'])(
    'is meant by %s',
    (header) => {
      expect(isMeant(header, { host })).toBe(true);
    },
  );

  test.each(['evil.example:4000', 'gateway.evil.example'])('is not meant by %s', (header) => {
    expect(isMeant(header, { host })).toBe(false);
  });
});
