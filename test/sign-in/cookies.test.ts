import { describe, expect, test } from 'vitest';
import { begin, challengeOf, readBegun, sealBegun, takeBegun } from '../../src/sign-in/begun.ts';
import { dropCookie, readCookie, SESSION_COOKIE, setCookie } from '../../src/sign-in/cookies.ts';
import { createSessionIds } from '../../src/sign-in/ids.ts';
import { createSealer, createSigner } from '../../src/sign-in/sealer.ts';

const [OLD, NEW] = ['an-old-secret-of-thirty-two-letters', 'a-new-secret-of-thirty-two-letters'];
const PLACE = {
  system: 'ringcentral' as const,
  redirectUri: 'https://calls.example.com/auth/callback',
  returnTo: 'https://calls.example.com/',
  opener: null,
};
const MINUTE = 60_000;

describe('A cookie', () => {
  test('is for this host alone, and for no script', () => {
    expect(setCookie(SESSION_COOKIE, 'a.b', { maxAge: 60 })).toBe(
      '__Host-session=a.b; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Lax',
    );
    expect(setCookie(SESSION_COOKIE, 'a.b', { maxAge: 60, isPartitioned: true })).toBe(
      '__Host-session=a.b; Max-Age=60; Path=/; HttpOnly; Secure; Partitioned; SameSite=None',
    );
    expect(dropCookie(SESSION_COOKIE)).toBe(
      '__Host-session=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax',
    );
  });

  test.each([
    ['a=b', { kind: 'none' }],
    ['__Host-session=a.b', { kind: 'one', value: 'a.b' }],
    ['x=1; __Host-session=a.b; y=2', { kind: 'one', value: 'a.b' }],
    ['x__Host-session=a.b', { kind: 'none' }],
    ['__host-session=a.b', { kind: 'none' }],
    ['__Host-session=a; __Host-session=b', { kind: 'several' }],
    ['__Host-session=a;__Host-session=a', { kind: 'several' }],
    ['__Host-session', { kind: 'none' }],
  ])('of %j is %j', (header, shown) => {
    expect(readCookie(header, SESSION_COOKIE)).toEqual(shown);
  });
});

describe('The id of a session', () => {
  const ids = (...secrets: string[]) => createSessionIds(createSigner(secrets, 'test'));

  test('is known again by its key, from which it cannot be made', () => {
    const { cookie, key } = ids(NEW).create();
    expect(ids(NEW).read(cookie)).toBe(key);
    expect(cookie).not.toContain(key);
    expect(ids(NEW).create().cookie).not.toBe(cookie);
  });

  test('is known while its secret is listed, and no longer', () => {
    const { cookie, key } = ids(OLD).create();
    expect(ids(NEW, OLD).read(cookie)).toBe(key);
    expect(ids(NEW).read(cookie)).toBe(null);
  });

  test('is nothing once it was changed, shortened, lengthened, or put together of two', () => {
    const [one, other] = [ids(NEW).create().cookie, ids(NEW).create().cookie];
    const changed = one.replace(/^./, (letter) => (letter === 'A' ? 'B' : 'A'));
    const mixed = `${one.split('.')[0]}.${other.split('.')[1]}`;
    for (const cookie of [changed, mixed, one.slice(1), `${one}A`, one.split('.')[0] ?? '', '', '.']) {
      expect(ids(NEW).read(cookie)).toBe(null);
    }
  });

  test('costs the same work whether it is known, made up, or signed with any of the secrets', () => {
    const signed: string[] = [];
    const real = createSigner([NEW, OLD], 'test');
    const watched = createSessionIds({
      sign: real.sign,
      isSigned(text, signature) {
        signed.push(text);
        return real.isSigned(text, signature);
      },
    });
    const cookies = [
      ids(NEW).create().cookie,
      ids(OLD).create().cookie,
      `${'A'.repeat(43)}.${'B'.repeat(43)}`,
    ];
    expect(cookies.map((cookie) => watched.read(cookie) !== null)).toEqual([true, true, false]);
    expect(signed).toHaveLength(3);
  });
});

describe('Sign-ins that were begun', () => {
  const sealer = createSealer([NEW], 'begun');

  test('come back from their cookie, and are taken out once', () => {
    const begun = begin(PLACE, 1_000);
    const { taken, rest } = takeBegun(readBegun(sealBegun([begun], sealer), sealer, 2_000), begun.state);
    expect(taken).toEqual(begun);
    expect(rest).toEqual([]);
    expect(takeBegun(rest, begun.state).taken).toBe(undefined);
  });

  test('show nothing of themselves in their cookie, and nothing of the proof to RingCentral', () => {
    const begun = begin(PLACE, 1_000);
    const sealed = Buffer.from(sealBegun([begun], sealer), 'base64').toString('latin1');
    expect(sealed).not.toContain(begun.verifier);
    expect(challengeOf(begun)).toMatch(/^[\w-]{43}$/);
    expect(challengeOf(begun)).not.toBe(begun.verifier);
  });

  test('are over after ten minutes', () => {
    const sealed = sealBegun([begin(PLACE, 0)], sealer);
    expect(readBegun(sealed, sealer, 10 * MINUTE - 1)).toHaveLength(1);
    expect(readBegun(sealed, sealer, 10 * MINUTE)).toHaveLength(0);
  });

  test('are four at most, and fit into a cookie however long their addresses are', () => {
    const place = { ...PLACE, returnTo: `https://calls.example.com/${'a'.repeat(1_000)}` };
    const small = Array.from({ length: 9 }, (_, at) => begin(PLACE, at));
    expect(readBegun(sealBegun(small, sealer), sealer, 10)).toEqual(small.slice(0, 4));
    const long = Array.from({ length: 9 }, (_, at) => begin(place, at));
    const sealed = sealBegun(long, sealer);
    expect(sealed.length).toBeLessThan(3_900);
    expect(readBegun(sealed, sealer, 10)).toEqual(long.slice(0, 2));
  });

  test('are none where the cookie was changed, was sealed for something else, or with a retired secret', () => {
    const sealed = sealBegun([begin(PLACE, 0)], sealer);
    const changed = `${sealed.slice(0, 40)}${sealed[40] === 'A' ? 'B' : 'A'}${sealed.slice(41)}`;
    expect(readBegun(changed, sealer, 1)).toEqual([]);
    expect(readBegun(sealed, createSealer([NEW], 'tickets'), 1)).toEqual([]);
    expect(readBegun(sealed, createSealer([OLD], 'begun'), 1)).toEqual([]);
    expect(readBegun(sealed, createSealer([OLD, NEW], 'begun'), 1)).toHaveLength(1);
    expect(readBegun('', sealer, 1)).toEqual([]);
  });
});
