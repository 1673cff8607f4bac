import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type FaultOrder, readFaults, spendFault } from '../../src/simulator/faults.ts';
import { REQUESTS } from '../../src/simulator/platform.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { type Client, clientOf, eventually, inbound, partyPath, startQuiet } from './support.ts';

let simulator: Simulator;
let iris: Client;

beforeAll(async () => {
  simulator = await startQuiet();
  iris = clientOf(simulator);
});
beforeEach(() => simulator.reset());
afterAll(() => simulator?.stop());

const HOLD = {
  operationId: 'holdCallParty',
  method: 'POST',
  path: '/restapi/v1.0/account/~/telephony/sessions/s-1/parties/p-1/hold',
  viewer: '101',
};
const UNHOLD = { ...HOLD, operationId: 'unholdCallParty', path: HOLD.path.replace('/hold', '/unhold') };

describe('a fault hits', () => {
  test.each([
    ['holdCallParty', true, false],
    ['hold', true, false],
    ['parties', true, true],
    ['POST /…/hold', true, false],
    ['/parties/', true, true],
    ['PATCH /…/parties/', false, false],
    ['/sessions/s-1/…/hold', true, false],
    ['s-1', true, true],
    ['POST /restapi/v1.0/account/~/telephony/sessions/s-1/parties/p-1/hold', true, false],
    ['0/account/~/telephony/sessions/s-1/parties/p-1/…ol', true, true],
    ['getToken', false, false],
  ])('%s: hold %s, unhold %s', (match, hold, unhold) => {
    const faults = readFaults([{ match, do: 'hang' }], REQUESTS);
    expect(spendFault(faults, HOLD).fault !== null).toBe(hold);
    expect(spendFault(faults, UNHOLD).fault !== null).toBe(unhold);
  });

  test('as often as ordered, after those it spares, and only who was meant', () => {
    let faults = readFaults([{ match: 'hold', do: 'hang', times: 2, after: 1, viewer: '101' }], REQUESTS);
    const hits = ['101', '102', '101', '101', '101'].map((viewer) => {
      const { fault, left } = spendFault(faults, { ...HOLD, viewer });
      faults = left;
      return fault !== null;
    });
    expect(hits).toEqual([false, false, true, true, false]);
    expect(faults).toEqual([]);
    const always = readFaults([{ match: 'hold', do: 'hang', times: null }], REQUESTS);
    expect(spendFault(always, HOLD).left).toEqual(always);
  });

  test.each([
    [{ match: 'hold', do: 'explode' }, 'do'],
    [{ do: 'hang' }, 'match'],
    [{ match: 'hold', do: 'hang', times: -1 }, 'times'],
    [{ match: 'hold', do: 'hang', often: 1 }, 'often'],
    [{ match: 'hold', do: 'hang', times: 1.5 }, 'times'],
    [{ match: 'hold', do: 'hang', viewer: 101 }, 'viewer'],
    [{ match: 'hold', do: 'status', status: '503' }, 'status'],
    [{ match: 'hold', do: 'status', status: 99 }, 'status'],
    [{ match: 'hold', do: 'html', apply: 'yes' }, 'apply'],
    [{ match: 'hold', do: 'hang', status: 503 }, 'status'],
    [{ match: 7, do: 'hang' }, 'match'],
    [{ match: 'old', do: 'hang' }, 'match'],
    [{ match: 'holdParty', do: 'hang' }, 'match'],
    [{ match: 'GET /…/hold', do: 'hang' }, 'match'],
    [{ match: '/sessions/…/holds', do: 'hang' }, 'match'],
    [{ match: `/${'…'.repeat(500)}hold`, do: 'hang' }, 'match'],
  ])('never, when the order %j is wrong', (order, parameterName) => {
    expect(() => readFaults([order], REQUESTS)).toThrow(
      expect.objectContaining({ status: 400, details: { parameterName } }),
    );
  });
});

/** Orders a trouble for the next hold of an answered call, and holds it. */
async function holdWith(fault: Omit<FaultOrder, 'match'>, init?: RequestInit) {
  const session = inbound(simulator);
  simulator.orderFaults([{ match: 'hold', ...fault }]);
  const path = partyPath(session, 2);
  const answer = fetch(`${simulator.url}/restapi/v1.0/account/~${path}/hold`, {
    method: 'POST',
    headers: { authorization: 'Bearer sim-101' },
    ...init,
  });
  const code = async () => (await iris('GET', path)).body.status?.code;
  return { answer, code };
}

describe('the trouble', () => {
  test('status: an error in RingCentral’s words, and nothing done', async () => {
    const { answer, code } = await holdWith({ do: 'status', status: 503, retryAfter: 7 });
    const response = await answer;
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('7');
    expect(await response.json()).toEqual({
      errors: [{ errorCode: 'CMN-201', message: 'Service Temporary Unavailable' }],
    });
    expect(await code()).toBe('Answered');
    expect(simulator.faults()).toEqual([]);
    expect(simulator.requests()[0]).toMatchObject({ status: 503, fault: 'status' });
  });

  test('status with a body of one’s own', async () => {
    const { answer } = await holdWith({ do: 'status', status: 418, body: { any: 'thing' } });
    expect(await (await answer).json()).toEqual({ any: 'thing' });
  });

  test('applyThenStatus: done, and an error all the same', async () => {
    const { answer, code } = await holdWith({ do: 'applyThenStatus', status: 500 });
    expect((await answer).status).toBe(500);
    expect(await code()).toBe('Hold');
  });

  test('reset: the connection breaks, and nothing is done', async () => {
    const { answer, code } = await holdWith({ do: 'reset' });
    await expect(answer).rejects.toThrow('fetch failed');
    expect(await code()).toBe('Answered');
    expect(simulator.requests()[0]).toMatchObject({ status: null, fault: 'reset' });
  });

  test('resetAfterApply: done, and the connection breaks', async () => {
    const { answer, code } = await holdWith({ do: 'resetAfterApply' });
    await expect(answer).rejects.toThrow('fetch failed');
    expect(await code()).toBe('Hold');
  });

  test('truncate: done, and half the JSON', async () => {
    const { answer, code } = await holdWith({ do: 'truncate' });
    const text = await (await answer).text();
    expect(text).toMatch(/^\{"accountId"/);
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
    expect(await code()).toBe('Hold');
  });

  test('html: the page of a proxy, done only when ordered so', async () => {
    const without = await holdWith({ do: 'html' });
    const response = await without.answer;
    expect(response.status).toBe(502);
    expect(response.headers.get('content-type')).toBe('text/html');
    expect(await response.text()).toMatch(/^<html>/);
    expect(await without.code()).toBe('Answered');
    const applied = await holdWith({ do: 'html', status: 200, apply: true });
    expect((await applied.answer).status).toBe(200);
    expect(await applied.code()).toBe('Hold');
  });

  test('delay: done and answered later', async () => {
    const { answer, code } = await holdWith({ do: 'delay', delay: 20 });
    expect((await answer).status).toBe(200);
    expect(await code()).toBe('Hold');
  });

  test('applyThenDelay: done at once, and whoever has no patience does not know', async () => {
    const leaving = new AbortController();
    const { answer, code } = await holdWith(
      { do: 'applyThenDelay', delay: 60_000 },
      { signal: leaving.signal },
    );
    const failed = expect(answer).rejects.toThrow();
    await eventually(code).toBe('Hold');
    leaving.abort();
    await failed;
  });

  test('hang: no answer, until the client leaves', async () => {
    const leaving = new AbortController();
    const { answer, code } = await holdWith({ do: 'hang' }, { signal: leaving.signal });
    const failed = expect(answer).rejects.toThrow();
    await eventually(() => simulator.requests()[0]?.fault).toBe('hang');
    leaving.abort();
    await failed;
    expect(await code()).toBe('Answered');
    await eventually(() => simulator.requests()[0]?.ended).not.toBeNull();
  });

  test('drip: done, and the answer comes a byte at a time', async () => {
    const { answer, code } = await holdWith({ do: 'drip', delay: 1 });
    const response = await answer;
    expect(await code()).toBe('Hold');
    expect(await response.json()).toMatchObject({ status: { code: 'Hold' } });
  });
});
