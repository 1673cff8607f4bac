import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Unauthenticated } from '../../schema/failures.ts';
import type { Viewer } from '../../schema/model.ts';
import { createLooks } from '../../src/account/looks.ts';
import { createAccountLists } from '../../src/ringcentral/account/lists.ts';
import type { CallControl } from '../../src/ringcentral/call-control.ts';
import { createPassThroughGatekeeper } from '../../src/server/gatekeeper.ts';
import type { GatekeeperParts } from '../../src/server/people.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import type { Caller } from '../../src/upstream/caller.ts';
import { createIdempotencyKeys } from '../../src/upstream/idempotency.ts';

const IRIS: Viewer = { accountId: '1', extensionId: '101', extensionNumber: '101', name: 'Iris' };

/** A RingCentral where every token is one of Iris, until it is refused. */
function house(fallbackToken: string | null = null) {
  const dead = new Set<string>();
  const notify = vi.fn();
  const ask = async (caller: Caller) => {
    const token = await caller.accessToken();
    for (let times = 0; dead.has(token); times += 1) {
      const again = times === 0 && (await caller.refused(token, 'OAU-128', performance.now()));
      if (!again) throw new Unauthenticated('Access token expired.');
    }
  };
  const readExtension = async (caller: Caller) => {
    await ask(caller);
    return IRIS;
  };
  const listDevices = async (caller: Caller) => {
    await ask(caller);
    return [];
  };
  const parts = {
    callControl: { readExtension, listDevices } as unknown as CallControl,
    accounts: { put: () => () => {}, at: () => null } as unknown as GatekeeperParts['accounts'],
    // Nobody asks for an account here.
    accountClient: {} as GatekeeperParts['accountClient'],
    accountLists: createAccountLists(),
    looks: createLooks(),
    hub: { desk: () => ({}), notify } as unknown as GatekeeperParts['hub'],
    budget: { allowed: () => ({ limit: 50, length: 60_000 }), leaveBehind: () => {} },
    keys: createIdempotencyKeys(),
    push: null,
    metrics: createMetrics(),
  };
  const gatekeeper = createPassThroughGatekeeper(parts, fallbackToken);
  const admit = (token: string) => gatekeeper.admit(`Bearer ${token}`);
  const use = async (token: string) => (await admit(token)).provider({ requestId: 'r' }).devices();
  return { gatekeeper, admit, use, dead, notify };
}

describe('A token of a caller', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const MINUTE = 60_000;

  test('is told to end, five minutes before the longest life of one is over, and once.', async () => {
    const { admit, notify } = house();
    const visitor = await admit('a');
    await vi.advanceTimersByTimeAsync(30 * MINUTE);
    expect(await admit('a')).toBe(visitor);
    await vi.advanceTimersByTimeAsync(25 * MINUTE - 1);
    expect(notify).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await vi.advanceTimersByTimeAsync(300 * MINUTE);
    expect(notify.mock.calls).toEqual([
      [
        'TOKEN_EXPIRING',
        'A token of yours has ended by then at the latest: reconnect with a fresh one and your cursor.',
        Date.UTC(2026, 0, 1, 1),
        '1/101',
      ],
    ]);
  });

  test('that was refused before is not told to end.', async () => {
    const { use, dead, notify } = house();
    await use('a');
    dead.add('a');
    await expect(use('a')).rejects.toBeInstanceOf(Unauthenticated);
    await vi.advanceTimersByTimeAsync(120 * MINUTE);
    expect(notify).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('Whoever shows no token, where that is allowed, is not told that it ends.', async () => {
  vi.useFakeTimers();
  try {
    const { gatekeeper, notify } = house('sim-101');
    await gatekeeper.admit(null);
    await vi.advanceTimersByTimeAsync(7_200_000); // 2 hours
    expect(notify).not.toHaveBeenCalled();
  } finally {
    vi.useRealTimers();
  }
});
