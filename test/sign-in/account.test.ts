import { describe, expect, test } from 'vitest';
import {
  type Account,
  caughtUp,
  claim,
  endOf,
  lifetimeOf,
  livingIn,
  lost,
  MOST_SESSIONS,
  refused,
  renamed,
  renewed,
  SESSION_TIMES,
  type Session,
  seen,
  signIn,
  signOut,
  withoutEnded,
} from '../../src/sign-in/account.ts';
import type { Tokens } from '../../src/sign-in/authorization-server.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 2, 4);
const USER = {
  viewerId: '1/101',
  accountId: '1',
  extensionId: '101',
  extensionNumber: '101',
  name: 'Iris Vance',
};

function tokens(name: string, more: Partial<Tokens> = {}): Tokens {
  return {
    accessToken: `access ${name}`,
    refreshToken: `refresh ${name}`,
    life: HOUR,
    refreshLife: 30 * DAY,
    sessionLife: null,
    ownerId: '101',
    ...more,
  };
}

function session(publicId: string, at = START): Session {
  return { publicId, key: `key ${publicId}`, begunAt: at, seenAt: at, userAgent: null };
}

function account(...names: string[]): Account {
  return names.reduce<Account | null>(
    (before, name) => signIn(before, entry(name), START).account,
    null,
  ) as Account;
}

function entry(name: string, more: Partial<Tokens> = {}, at = START) {
  return { user: USER, tokens: tokens(name, more), session: session(name, at), instead: null };
}

describe('A session that moves to another cookie', () => {
  test('is the same but for that', () => {
    const next = { publicId: 'desk', key: 'key new' };
    expect(
      renamed(account('desk', 'phone'), 'desk', next)
        .sessions.map(({ key }) => key)
        .sort(),
    ).toEqual(['key new', 'key phone']);
  });

  test('stands for the one whose public id it takes', () => {
    const next = { publicId: 'desk', key: 'key new' };
    const { sessions } = renamed(account('desk', 'phone'), 'phone', next);
    expect(sessions).toEqual([expect.objectContaining(next)]);
  });

  test('is none where it has ended', () => {
    const before = account('desk');
    expect(renamed(before, 'phone', { publicId: 'phone', key: 'key new' })).toBe(before);
  });
});

describe('Signing in', () => {
  test('makes an account of nobody', () => {
    expect(signIn(null, entry('desk'), START)).toEqual({
      account: {
        user: USER,
        grant: {
          accessToken: 'access desk',
          refreshToken: 'refresh desk',
          renewAt: START + 59 * MINUTE,
          expiresAt: START + HOUR,
          endsAt: START + 30 * DAY,
          signInId: 'key desk',
          version: 1,
        },
        renewing: null,
        sessions: [session('desk')],
      },
      returned: null,
    });
  });

  test('once more takes the newest tokens for all, and gives those before back', () => {
    const first = account('desk');
    const { account: both, returned } = signIn(first, entry('phone'), START + 1);
    expect(both.sessions.map(({ publicId }) => publicId)).toEqual(['desk', 'phone']);
    expect(both.grant).toMatchObject({ accessToken: 'access phone', signInId: 'key phone', version: 2 });
    expect(returned).toBe(first.grant);
  });

  test('in the same browser replaces its session', () => {
    const { account: next } = signIn(account('old', 'phone'), { ...entry('new'), instead: 'old' }, START);
    expect(next.sessions.map(({ publicId }) => publicId)).toEqual(['phone', 'new']);
  });

  test('in one browser more than are allowed ends the eldest', () => {
    const names = Array.from({ length: MOST_SESSIONS + 2 }, (_, index) => `${index}`);
    expect(account(...names).sessions.map(({ publicId }) => publicId)).toEqual(names.slice(2));
  });
});

describe('Signing out', () => {
  test('leaves the others their tokens, and the last gives them back', () => {
    const both = account('desk', 'phone');
    const one = signOut(both, 'desk');
    expect(one.account?.sessions).toEqual([session('phone')]);
    expect(one.returned).toBe(null);
    expect(signOut(one.account, 'phone')).toEqual({ account: null, returned: both.grant });
  });

  test('of a session that is not there changes nothing', () => {
    const one = account('desk');
    expect(signOut(one, 'phone').account).toBe(one);
    expect(signOut(null, 'phone')).toEqual({ account: null, returned: null });
  });
});

describe('A session', () => {
  test('ends when it is not used, and not later than in a week', () => {
    let one = account('desk');
    const end = (known: Account) => endOf(known.sessions[0] ?? session('none'), known, SESSION_TIMES);
    expect(end(one)).toBe(START + 8 * HOUR);
    one = seen(one, 'desk', START + 5 * HOUR);
    expect(end(one)).toBe(START + 13 * HOUR);
    one = seen(one, 'desk', START + 7 * DAY - HOUR);
    expect(end(one)).toBe(START + 7 * DAY);
  });

  test('ends with tokens that cannot be renewed, and with a sign-in that RingCentral ends', () => {
    const bare = signIn(null, entry('desk', { refreshToken: null, refreshLife: null }), START).account;
    expect(endOf(session('desk'), bare, SESSION_TIMES)).toBe(START + HOUR);
    const bounded = signIn(null, entry('desk', { sessionLife: 2 * HOUR }), START).account;
    expect(endOf(session('desk'), bounded, SESSION_TIMES)).toBe(START + 2 * HOUR);
  });

  test('that has ended is not among the living, and an account without any is kept for its grant', () => {
    const one = account('desk');
    expect(livingIn(one, SESSION_TIMES, START + 8 * HOUR - 1)).toHaveLength(1);
    expect(livingIn(one, SESSION_TIMES, START + 8 * HOUR)).toHaveLength(0);
    expect(withoutEnded(one, SESSION_TIMES, START)).toBe(one);
    const empty = withoutEnded(one, SESSION_TIMES, START + 8 * HOUR);
    expect(empty.sessions).toEqual([]);
    expect(lifetimeOf(empty, SESSION_TIMES, START)).toBe(30 * DAY);
  });
});

describe('Renewing', () => {
  const BY = { by: 'one', version: 1 };
  const claimed = () => {
    const claiming = claim(account('desk'), BY, SESSION_TIMES, START);
    if (claiming.kind !== 'claimed') throw new Error(claiming.kind);
    return claiming.account;
  };

  test('is done by one gateway, for so long', () => {
    const held = claimed();
    const other = { by: 'other', version: 1 };
    expect(claim(held, other, SESSION_TIMES, START + 10_000)).toEqual({ kind: 'underway', left: 20_000 });
    expect(claim(held, BY, SESSION_TIMES, START + 10_000).kind).toBe('claimed');
    // It is gone: the next one asks with the same refresh token, and is given the same tokens.
    const next = claim(held, other, SESSION_TIMES, START + 30_000);
    expect(next).toMatchObject({ kind: 'claimed', account: { grant: { refreshToken: 'refresh desk' } } });
  });

  test('is needless where there are newer tokens, and impossible where they cannot be renewed', () => {
    expect(claim(account('desk', 'phone'), BY, SESSION_TIMES, START).kind).toBe('renewed');
    const bare = signIn(null, entry('desk', { refreshToken: null }), START).account;
    expect(claim(bare, BY, SESSION_TIMES, START).kind).toBe('impossible');
  });

  test('brings the next tokens of the same sign-in, and lets the next gateway in', () => {
    const next = renewed(claimed(), 1, tokens('next'), START + HOUR);
    expect(next).toMatchObject({
      renewing: null,
      grant: { accessToken: 'access next', refreshToken: 'refresh next', signInId: 'key desk', version: 2 },
    });
    expect(renewed(next, 1, tokens('late'), START + HOUR)).toBe(next);
    // An app that is given no new refresh token keeps the one that it has.
    const kept = renewed(claimed(), 1, tokens('next', { refreshToken: null }), START + HOUR);
    expect(kept.grant.refreshToken).toBe('refresh desk');
  });

  test('without an answer leaves all as it was, for whoever is next', () => {
    expect(lost(claimed(), 'one')).toEqual(account('desk'));
    const held = claimed();
    expect(lost(held, 'other')).toBe(held);
  });

  test('that is refused ends all, but not a later sign-in', () => {
    expect(refused(claimed(), 1)).toBe(null);
    const later = account('desk', 'phone');
    expect(refused(later, 1)).toBe(later);
  });

  test('that one gateway did apart from the others is told when they are together again', () => {
    const shared = account('desk');
    const local = renewed(shared, 1, tokens('next'), START + HOUR);
    expect(caughtUp(shared, local).grant).toBe(local.grant);
    expect(caughtUp(local, shared)).toBe(local);
    const later = account('desk', 'phone');
    expect(caughtUp(later, renewed(local, 2, tokens('third'), START)).grant).toBe(later.grant);
  });
});
