/** The session of all gateways with RingCentral, step by step. */
import { describe, expect, test } from 'vitest';
import { UpstreamUnavailable } from '../../schema/failures.ts';
import {
  beatRenewal,
  claimToken,
  failRenewal,
  layDown,
  nextSetback,
  RENEWAL_HOLD,
  type SessionRecord,
  type SharedToken,
} from '../../src/ringcentral/session-record.ts';

const token = (id: string, obtainedAt = 0): SharedToken => ({
  id,
  sealed: '…',
  obtainedAt,
  renewAt: obtainedAt + 80_000,
  expiresAt: obtainedAt + 100_000,
});
const LIVE: SessionRecord = { token: token('a'), renewal: null, setback: null };
const one = { id: 'one', unfit: 'a' };
const other = { id: 'other', unfit: 'a' };

describe('The session of all gateways', () => {
  test('is had by whoever asks, as long as it is good', () => {
    expect(claimToken(LIVE, { id: 'one', unfit: null }, 79_999).claim).toEqual({
      kind: 'live',
      token: token('a'),
    });
    expect(claimToken(LIVE, { id: 'one', unfit: null }, 80_000).claim.kind).toBe('mine');
    expect(claimToken(null, { id: 'one', unfit: null }, 0).claim.kind).toBe('mine');
  });

  test('is renewed by one, until it tells or is not heard of any more', () => {
    const { next, claim } = claimToken(LIVE, one, 0);
    expect(claim).toEqual({ kind: 'mine', token: token('a'), setback: null });
    expect(claimToken(next, other, RENEWAL_HOLD - 1).claim.kind).toBe('renewing');
    expect(claimToken(beatRenewal(next, 'one', 5_000), other, RENEWAL_HOLD).claim.kind).toBe('renewing');
    const taken = claimToken(next, other, RENEWAL_HOLD);
    expect(taken.claim.kind).toBe('mine');
    // Who was late has no say in it.
    expect(beatRenewal(taken.next, 'one', RENEWAL_HOLD)).toBeNull();
    expect(failRenewal(taken.next, 'one', null)).toBeNull();
    const told = layDown(taken.next, token('b', 10_000), 'other', 10_000);
    expect(told).toEqual({ token: token('b', 10_000), renewal: null, setback: null });
    expect(claimToken(told, one, 10_000).claim.kind).toBe('live');
  });

  test('is left alone by all after a refusal, and the silence grows', () => {
    const refusal = new UpstreamUnavailable('No.', true, { status: 400 });
    const { next } = claimToken(LIVE, one, 0);
    const first = nextSetback(null, refusal, 0);
    expect(first).toEqual({ status: 'refused', problem: 'No.', times: 1, until: 60_000 });
    const failed = failRenewal(next, 'one', first);
    expect(claimToken(failed, other, 59_999).claim).toEqual({ kind: 'quiet', setback: first });
    expect(claimToken(failed, other, 60_000).claim).toMatchObject({ kind: 'mine', setback: first });
    expect(nextSetback(first, refusal, 60_000)).toMatchObject({ times: 2, until: 180_000 });
  });

  test('is the newest of those that gateways had while they were apart', () => {
    expect(layDown(LIVE, token('b', 1_000), '', 2_000)?.token?.id).toBe('b');
    expect(layDown({ ...LIVE, token: token('b', 1_000) }, token('a'), '', 2_000)).toBeNull();
    expect(layDown(LIVE, token('a'), '', 2_000)).toBeNull();
    expect(layDown(null, token('a'), '', 2_000)?.token?.id).toBe('a');
    // One that is over gives way to any.
    expect(layDown({ ...LIVE, token: token('b', 1_000) }, token('c'), '', 101_000)?.token?.id).toBe('c');
  });
});
