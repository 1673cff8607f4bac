import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { WireSession } from '../../src/ringcentral/wire.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import {
  type Client,
  clientOf,
  codesOf,
  eventually,
  inbound,
  partyPath,
  sessionPath,
  startQuiet,
} from './support.ts';

let simulator: Simulator;
let iris: Client;

beforeAll(async () => {
  simulator = await startQuiet();
  iris = clientOf(simulator);
});
beforeEach(() => simulator.reset());
afterAll(() => simulator?.stop());

const FUTURE = new Date(Date.now() + 3_600_000).toISOString();
/** Longer than a test may take: whatever answers was woken. */
const LONG = 120; // 2 minutes, in seconds

const poll = (session: WireSession, timestamp: string | number, timeout: number, init?: RequestInit) =>
  iris('GET', `${sessionPath(session)}?timestamp=${timestamp}&timeout=${timeout}`, undefined, init);
const isHeld = () => simulator.requests().some(({ held, ended }) => held && ended === null);

describe('honoured', () => {
  test('a change wakes the request that waits for it, and only then it is answered', async () => {
    const session = inbound(simulator, 'Proceeding');
    const waiting = poll(session, FUTURE, LONG);
    await eventually(isHeld).toBe(true);
    await iris('PATCH', partyPath(session, 2), { muted: true });
    simulator.moveParty(session.id, `p-${session.id.slice(2)}-2`, { code: 'Answered' });
    const { status, body } = await waiting;
    expect(status).toBe(200);
    expect(codesOf(body)).toEqual(['Answered', 'Answered']);
    const [entry] = simulator.requests();
    expect(entry).toMatchObject({ operationId: 'readCallSessionStatus', status: 200, held: true });
  });

  test('a session that has changed since is answered at once, by ISO time and by milliseconds', async () => {
    const session = inbound(simulator);
    for (const since of ['2026-01-01T00:00:00.000Z', 1_700_000_000_000]) {
      expect((await poll(session, since, LONG)).status).toBe(200);
    }
    expect(simulator.requests().map(({ held }) => held)).toEqual([false, false]);
  });

  test('without a change it is answered as it is when the time is over', async () => {
    const { status, body } = await poll(inbound(simulator), FUTURE, 0.01);
    expect(status).toBe(200);
    expect(codesOf(body)).toEqual(['Answered', 'Answered']);
    expect(simulator.requests()[0]?.held).toBe(true);
  });

  test.each([204, 304, 408, 504] as const)(
    'it may end with %i when nothing is new, and tells a change as ever',
    async (status) => {
      simulator.configure({ longPollExpiry: status });
      const session = inbound(simulator);
      expect(await poll(session, FUTURE, 0.01)).toMatchObject({ status });
      const waiting = poll(session, FUTURE, LONG);
      await eventually(isHeld).toBe(true);
      await iris('PATCH', partyPath(session, 2), { muted: true });
      expect((await waiting).status).toBe(200);
    },
  );

  test.each([408, 502, 504] as const)('a proxy may lose patience with it, and says %i', async (status) => {
    simulator.configure({ longPollCutAfter: 10, longPollCutBy: status });
    expect(await poll(inbound(simulator), FUTURE, LONG)).toMatchObject({ status });
    expect(simulator.requests()[0]).toMatchObject({ held: true, status });
    // What ends by itself before that is not cut.
    expect(await poll(inbound(simulator), FUTURE, 0.001)).toMatchObject({ status: 200 });
  });

  test('a proxy may break the connection instead', async () => {
    simulator.configure({ longPollCutAfter: 10, longPollCutBy: 'reset' });
    await expect(poll(inbound(simulator), FUTURE, LONG)).rejects.toThrow();
    expect(simulator.requests()[0]).toMatchObject({ held: true, status: null });
  });

  test('a client that leaves is let go', async () => {
    const leaving = new AbortController();
    const waiting = poll(inbound(simulator), FUTURE, LONG, { signal: leaving.signal });
    await eventually(isHeld).toBe(true);
    leaving.abort();
    await expect(waiting).rejects.toThrow();
    await eventually(isHeld).toBe(false);
    expect(simulator.requests()[0]).toMatchObject({ held: true, status: null });
  });

  test('a held request counts once in the rate limit', async () => {
    simulator.configure({ lightLimit: 50 });
    const { headers } = await poll(inbound(simulator), FUTURE, 0.01);
    expect(headers.get('x-rate-limit-remaining')).toBe('49');
  });

  test('what is no time and no number of seconds is refused', async () => {
    const session = inbound(simulator);
    expect(await poll(session, 'yesterday', 1)).toMatchObject({
      status: 400,
      body: { parameterName: 'timestamp' },
    });
    expect(await poll(session, FUTURE, Number.NaN)).toMatchObject({
      status: 400,
      body: { parameterName: 'timeout' },
    });
    expect((await poll({ id: 's-nobody' }, FUTURE, LONG)).status).toBe(404);
  });

  test('a reset ends the wait, because the call is gone', async () => {
    const waiting = poll(inbound(simulator), FUTURE, LONG);
    await eventually(isHeld).toBe(true);
    simulator.reset();
    expect((await waiting).status).toBe(404);
  });
});

test('ignored: the request is answered at once, as if the parameters were not there', async () => {
  simulator.configure({ longPoll: 'ignore' });
  expect((await poll(inbound(simulator), FUTURE, LONG)).status).toBe(200);
  expect(simulator.requests()[0]?.held).toBe(false);
});

test('rejected: 400 names the parameter, and a plain read works', async () => {
  simulator.configure({ longPoll: 'reject' });
  const session = inbound(simulator);
  expect(await poll(session, FUTURE, LONG)).toMatchObject({
    status: 400,
    body: { errorCode: 'CMN-101', parameterName: 'timestamp' },
  });
  expect((await iris('GET', sessionPath(session))).status).toBe(200);
});

test('stopping ends held requests', async () => {
  const another = await startQuiet();
  const session = inbound(another);
  const waiting = clientOf(another)('GET', `${sessionPath(session)}?timestamp=${FUTURE}&timeout=${LONG}`);
  const failed = expect(waiting).rejects.toThrow();
  await eventually(() => another.requests().some(({ held }) => held)).toBe(true);
  await another.stop();
  await failed;
});
