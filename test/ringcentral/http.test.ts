import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  BadUserInput,
  CallNotFound,
  RateLimited,
  Unauthenticated,
  UpstreamBadResponse,
  UpstreamUnavailable,
  WrongCallState,
} from '../../schema/failures.ts';
import { OPERATIONS } from '../../src/ringcentral/operations.ts';
import type { Upstream, UpstreamRequest } from '../../src/upstream/http.ts';
import { callerWith, countOf, json, type Script, scriptedServer, upstreamTo } from './support.ts';

const ids = { telephonySessionId: 's-1', partyId: 'p-1-2' };
const read: UpstreamRequest = { operation: OPERATIONS.readCallSessionStatus, ids, lane: 'query' };
const poll: UpstreamRequest = { ...read, lane: 'poll' };
const hold: UpstreamRequest = { operation: OPERATIONS.holdCallParty, ids, lane: 'command' };
const drop: UpstreamRequest = { operation: OPERATIONS.deleteCallSession, ids, lane: 'command' };
const conference: UpstreamRequest = { operation: OPERATIONS.createConferenceCallSession, lane: 'command' };
const update: UpstreamRequest = {
  operation: OPERATIONS.updateCallParty,
  ids,
  body: { party: { muted: true } },
  lane: 'command',
};

const refused = (upstream: Upstream, request: UpstreamRequest) =>
  upstream.send(callerWith('t'), request).then(
    () => expect.fail('it was answered'),
    (error: unknown) => error,
  );

const RATE = {
  'X-Rate-Limit-Group': 'light',
  'X-Rate-Limit-Limit': '50',
  'X-Rate-Limit-Remaining': '49',
  'X-Rate-Limit-Window': '60',
};

describe('an answer', () => {
  test('comes with its body, its times, its id, and RingCentral’s clock.', async () => {
    const server = await scriptedServer((response) =>
      json(response, 200, { id: 's-1' }, { date: 'Wed, 04 Mar 2026 15:20:01 GMT', ...RATE }),
    );
    const { upstream } = upstreamTo(server.url);
    const before = Date.now();
    const answer = await upstream.send(callerWith('secret'), { ...read, query: { timeout: '30' } });
    expect(answer).toMatchObject({
      status: 200,
      body: { id: 's-1' },
      upstreamRequestId: 'rc-1',
      upstreamDate: Date.parse('2026-03-04T15:20:01Z'),
    });
    expect(answer.sentAt).toBeGreaterThanOrEqual(before);
    expect(answer.receivedAt).toBeGreaterThanOrEqual(answer.sentAt);
    expect(server.arrivals).toMatchObject([
      {
        method: 'GET',
        url: '/restapi/v1.0/account/~/telephony/sessions/s-1?timeout=30',
        body: '',
        headers: {
          authorization: 'Bearer secret',
          accept: 'application/json',
          'x-user-agent': 'gateway-test/1.0',
        },
      },
    ]);
    expect(server.arrivals[0]?.headers).not.toHaveProperty('content-type');
  });

  test('may be compressed, empty, or 204.', async () => {
    const server = await scriptedServer((response, { method }) => {
      if (method === 'GET') {
        response.writeHead(200, { 'content-encoding': 'gzip' });
        response.end(gzipSync('{"id":"s-1"}'));
      } else {
        response.writeHead(method === 'DELETE' ? 204 : 200).end();
      }
    });
    const { upstream } = upstreamTo(server.url);
    const caller = callerWith('t');
    expect((await upstream.send(caller, read)).body).toEqual({ id: 's-1' });
    expect((await upstream.send(caller, hold)).body).toBeNull();
    expect(await upstream.send(caller, drop)).toMatchObject({ status: 204, body: null });
  });

  test('leaves the connection open for the next request.', async () => {
    const server = await scriptedServer((response) => json(response, 200, { id: 's-1' }));
    const { upstream } = upstreamTo(server.url);
    for (let count = 0; count < 5; count += 1) await upstream.send(callerWith('t'), read);
    await upstream.send(callerWith('t'), hold);
    expect(server.connections()).toBe(1);
  });

  test('counts in the metrics by operation, status and lane.', async () => {
    const server = await scriptedServer((response) => json(response, 200, {}));
    const { upstream, metrics } = upstreamTo(server.url);
    await upstream.send(callerWith('t'), read);
    const labels = { operation: 'readCallSessionStatus', status: '200', lane: 'query' };
    expect(await countOf(metrics, 'upstreamRequests', labels)).toBe(1);
  });
});

describe('a command', () => {
  test('carries its body, also with DELETE, and says that it is JSON, also when it has none.', async () => {
    const server = await scriptedServer((response) => json(response, 200, {}));
    const { upstream } = upstreamTo(server.url);
    const keep = { operation: OPERATIONS.deleteCallParty, ids, body: { keepConferenceAlive: true } };
    await upstream.send(callerWith('t'), update);
    await upstream.send(callerWith('t'), { ...keep, lane: 'command' });
    await upstream.send(callerWith('t'), hold);
    await upstream.send(callerWith('t'), drop);
    // RingCentral's own SDK sends this one so.
    await upstream.send(callerWith('t'), conference);
    expect(
      server.arrivals.map(({ method, body, headers }) => [
        method,
        body,
        headers['content-type'],
        headers['content-length'],
      ]),
    ).toEqual([
      ['PATCH', '{"party":{"muted":true}}', 'application/json', '24'],
      ['DELETE', '{"keepConferenceAlive":true}', 'application/json', '28'],
      ['POST', '', 'application/json', '0'],
      ['DELETE', '', 'application/json', '0'],
      ['POST', '{}', 'application/json', '2'],
    ]);
  });

  const ambiguous: Record<string, Script> = {
    'a reset before any answer': (response) => response.socket?.resetAndDestroy(),
    'a reset in the middle of the answer': (response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"id":');
      setImmediate(() => response.socket?.resetAndDestroy());
    },
    'a 500': (response) => json(response, 500, { errors: [{ errorCode: 'CMN-203' }] }),
    'a 503 with Retry-After': (response) => json(response, 503, {}, { 'retry-after': '0' }),
    'a web page': (response) => response.writeHead(200).end('<html>Sorry</html>'),
    'truncated JSON': (response) => response.writeHead(200).end('{"id":"p-'),
  };
  for (const [name, script] of Object.entries(ambiguous)) {
    for (const request of [hold, drop, update]) {
      test(`is sent once: ${request.operation.method} after ${name}.`, async () => {
        const server = await scriptedServer(script);
        const { upstream } = upstreamTo(server.url);
        const error = await refused(upstream, request);
        if (error instanceof UpstreamUnavailable) expect(error.sent).toBe(true);
        else expect(error).toBeInstanceOf(UpstreamBadResponse);
        expect(server.arrivals).toHaveLength(1);
      });
    }
  }

  test('is sent once when the answer never comes, and is in doubt then.', async () => {
    const server = await scriptedServer(() => {});
    const { upstream, metrics } = upstreamTo(server.url, { timeout: 1_000 });
    const error = await refused(upstream, hold);
    expect(error).toMatchObject({ name: 'UpstreamUnavailable', sent: true });
    expect(server.arrivals).toHaveLength(1);
    const labels = { operation: 'holdCallParty', status: 'timeout', lane: 'command' };
    expect(await countOf(metrics, 'upstreamRequests', labels)).toBe(1);
  });

  test('on a connection that the other side just closed is in doubt, and not sent again.', async () => {
    const server = await scriptedServer((response, _, arrivals) => {
      if (arrivals.length === 1) json(response, 200, {});
      else response.socket?.destroy();
    });
    const { upstream } = upstreamTo(server.url);
    await upstream.send(callerWith('t'), hold);
    expect(await refused(upstream, hold)).toMatchObject({ name: 'UpstreamUnavailable', sent: true });
    expect(server.arrivals).toHaveLength(2);
    expect(server.connections()).toBe(1);
  });

  test('certainly did nothing when the connection is refused.', async () => {
    const { upstream } = upstreamTo('http://127.0.0.1:1');
    expect(await refused(upstream, hold)).toMatchObject({ name: 'UpstreamUnavailable', sent: false });
  });

  test('is sent once more after a 401, when there is a fresh token.', async () => {
    const server = await scriptedServer((response, { headers }) =>
      headers.authorization === 'Bearer new'
        ? json(response, 200, { id: 'p-1-2' })
        : json(response, 401, { errors: [{ errorCode: 'OAU-128', message: 'Access token expired.' }] }),
    );
    const { upstream } = upstreamTo(server.url);
    expect((await upstream.send(callerWith('old', 'new'), hold)).body).toEqual({ id: 'p-1-2' });
    expect(server.arrivals).toHaveLength(2);
  });

  test('is Unauthenticated when other tokens are refused too, of which it tries five, or there is none.', async () => {
    const server = await scriptedServer((response) =>
      json(response, 401, { errors: [{ errorCode: 'OAU-128', message: 'Access token expired.' }] }),
    );
    const { upstream } = upstreamTo(server.url);
    const many = callerWith('a', 'b', 'c', 'd', 'e', 'f');
    await expect(upstream.send(many, hold)).rejects.toBeInstanceOf(Unauthenticated);
    expect(server.arrivals.map(({ headers }) => headers.authorization)).toEqual(
      ['a', 'b', 'c', 'd', 'e'].map((token) => `Bearer ${token}`),
    );
    await expect(upstream.send(callerWith('a'), hold)).rejects.toThrow('Access token expired.');
    expect(server.arrivals).toHaveLength(6);
  });

  test('with a body that is not valid never leaves.', async () => {
    const server = await scriptedServer((response) => json(response, 200, {}));
    const { upstream } = upstreamTo(server.url);
    const call = { operation: OPERATIONS.answerCallParty, ids, body: { deviceId: '' } };
    const error = await refused(upstream, { ...call, lane: 'command' });
    expect(error).toBeInstanceOf(BadUserInput);
    expect(error).toMatchObject({ parameterName: 'deviceId' });
    expect(server.arrivals).toHaveLength(0);
  });
});

describe('a read', () => {
  const passing: Record<string, Script> = {
    'a 503': (response) => json(response, 503, {}),
    'a 502 web page': (response) => response.writeHead(502).end('<html></html>'),
    'a reset': (response) => response.socket?.resetAndDestroy(),
    'an answer that breaks off': (response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{');
      setImmediate(() => response.socket?.destroy());
    },
    'a compressed answer that breaks off': (response) => {
      const whole = gzipSync(JSON.stringify({ id: 'x'.repeat(1_000) }));
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': String(whole.length) });
      response.write(whole.subarray(0, 10));
      setImmediate(() => response.socket?.destroy());
    },
  };
  for (const [name, script] of Object.entries(passing)) {
    test(`is made again after ${name}.`, async () => {
      const server = await scriptedServer((response, arrival, arrivals) =>
        arrivals.length === 1 ? script(response, arrival, arrivals) : json(response, 200, { id: 's-1' }),
      );
      const { upstream, metrics } = upstreamTo(server.url);
      expect((await upstream.send(callerWith('t'), read)).body).toEqual({ id: 's-1' });
      expect(server.arrivals).toHaveLength(2);
      const retries = await countOf(metrics, 'upstreamRetries', { operation: 'readCallSessionStatus' });
      expect(retries).toBe(1);
    });
  }

  test('that hangs is made again inside its deadline.', async () => {
    const server = await scriptedServer((response, _, arrivals) => {
      if (arrivals.length > 1) json(response, 200, { id: 's-1' });
    });
    const { upstream } = upstreamTo(server.url, { timeout: 4_000 });
    expect((await upstream.send(callerWith('t'), read)).body).toEqual({ id: 's-1' });
    expect(server.arrivals).toHaveLength(2);
  });

  test('gives up after two more tries.', async () => {
    const server = await scriptedServer((response) => json(response, 500, {}));
    const { upstream } = upstreamTo(server.url);
    expect(await refused(upstream, read)).toMatchObject({
      name: 'UpstreamUnavailable',
      trace: { status: 500 },
    });
    expect(server.arrivals).toHaveLength(3);
  });

  test('tells what went wrong first, when there is no budget for a second try.', async () => {
    const server = await scriptedServer((response) =>
      json(response, 503, {}, { ...RATE, 'X-Rate-Limit-Limit': '1', 'X-Rate-Limit-Remaining': '0' }),
    );
    const { upstream } = upstreamTo(server.url);
    expect(await refused(upstream, read)).toMatchObject({
      name: 'UpstreamUnavailable',
      trace: { status: 503 },
    });
    expect(server.arrivals).toHaveLength(1);
  });

  test('causes no more retries than a fifth of the reads, when everything fails.', async () => {
    const server = await scriptedServer((response) => json(response, 503, {}, { 'X-Rate-Limit-Limit': '0' }));
    const { upstream } = upstreamTo(server.url);
    const reads = Array.from({ length: 40 }, () => refused(upstream, read));
    for (const error of await Promise.all(reads)) expect(error).toBeInstanceOf(UpstreamUnavailable);
    // Ten retries were saved up; forty reads pay for eight, as far as the purse has room for them.
    expect(server.arrivals.length).toBeLessThanOrEqual(40 + 18);
  });

  test('in the poll lane is not made again here: its watch decides when.', async () => {
    const server = await scriptedServer((response) => json(response, 503, {}));
    const { upstream } = upstreamTo(server.url);
    await refused(upstream, poll);
    expect(server.arrivals).toHaveLength(1);
  });

  const final: readonly [string, Script, unknown][] = [
    ['a web page', (response) => response.writeHead(200).end('<html></html>'), UpstreamBadResponse],
    ['truncated JSON', (response) => response.writeHead(200).end('{"id":'), UpstreamBadResponse],
    ['a redirect', (response) => response.writeHead(302, { location: '/x' }).end(), UpstreamBadResponse],
    ['a 404', (response) => json(response, 404, { errors: [{ errorCode: 'CMN-102' }] }), CallNotFound],
    ['a 409', (response) => json(response, 409, { errors: [{ errorCode: 'TAS-102' }] }), WrongCallState],
  ];
  for (const [name, script, failure] of final) {
    test(`is not made again after ${name}.`, async () => {
      const server = await scriptedServer(script);
      const { upstream } = upstreamTo(server.url);
      expect(await refused(upstream, read)).toBeInstanceOf(failure);
      expect(server.arrivals).toHaveLength(1);
    });
  }

  test('of something unknown answers null when that is asked for.', async () => {
    const server = await scriptedServer((response) =>
      json(response, 404, { errors: [{ errorCode: 'CMN-102', parameterName: 'telephonySessionId' }] }),
    );
    const { upstream } = upstreamTo(server.url);
    const answer = await upstream.send(callerWith('t'), { ...read, orNull: true });
    expect(answer).toMatchObject({ status: 404, body: null });
  });

  test('stops when whoever asked has left.', async () => {
    const server = await scriptedServer(() => {});
    const { upstream, metrics } = upstreamTo(server.url);
    const leaving = new AbortController();
    const reading = refused(upstream, { ...read, signal: leaving.signal });
    await server.arrived(1);
    leaving.abort(new Error('left'));
    expect(await reading).toEqual(new Error('left'));
    expect(server.arrivals).toHaveLength(1);
    const labels = { operation: 'readCallSessionStatus', status: 'aborted', lane: 'query' };
    expect(await countOf(metrics, 'upstreamRequests', labels)).toBe(1);
  });

  test('does not swallow an answer without end, compressed or not.', async () => {
    const bomb = gzipSync(Buffer.alloc(9 * 1_048_576));
    const server = await scriptedServer((response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });
    const { upstream } = upstreamTo(server.url);
    expect(await refused(upstream, read)).toBeInstanceOf(UpstreamBadResponse);
    expect(server.arrivals).toHaveLength(1);
  });
});

describe('a 429', () => {
  const penalty: Script = (response) =>
    json(response, 429, { errors: [{ errorCode: 'CMN-301' }] }, { ...RATE, 'retry-after': '60' });

  test('is told, and silences the group of that user at once.', async () => {
    const server = await scriptedServer(penalty);
    const { upstream, metrics } = upstreamTo(server.url);
    expect(await refused(upstream, read)).toMatchObject({ name: 'RateLimited', sent: true, retryAfter: 60 });
    for (const request of [read, hold]) {
      const error = await refused(upstream, request);
      expect(error).toBeInstanceOf(RateLimited);
      expect(error).toMatchObject({ sent: false });
    }
    expect(server.arrivals).toHaveLength(1);
    expect(await countOf(metrics, 'penalties', { group: 'Light' })).toBe(1);
  });

  test('does not concern another user, nor another group.', async () => {
    const server = await scriptedServer((response, arrival, arrivals) =>
      arrivals.length === 1 ? penalty(response, arrival, arrivals) : json(response, 201, {}),
    );
    const { upstream } = upstreamTo(server.url);
    await refused(upstream, read);
    expect((await upstream.send(callerWith('t'), conference)).status).toBe(201);
    expect((await upstream.send({ ...callerWith('t'), bucket: 'other' }, hold)).status).toBe(201);
  });

  test('without a limit in its headers speaks for every group.', async () => {
    const server = await scriptedServer((response) => json(response, 429, {}));
    const { upstream } = upstreamTo(server.url);
    expect(await refused(upstream, read)).toMatchObject({ retryAfter: 30 });
    expect(await refused(upstream, conference)).toMatchObject({ name: 'RateLimited', sent: false });
    expect(server.arrivals).toHaveLength(1);
  });

  test('that comes in while a token is fetched keeps the request at home.', async () => {
    const server = await scriptedServer(penalty);
    const { upstream } = upstreamTo(server.url);
    let give: (token: string) => void = () => {};
    const slow = {
      ...callerWith('t'),
      accessToken: () => new Promise<string>((resolve) => (give = resolve)),
    };
    const waiting = upstream.send(slow, hold).catch((error: unknown) => error);
    await refused(upstream, read);
    give('t');
    expect(await waiting).toMatchObject({ name: 'RateLimited', sent: false });
    expect(server.arrivals).toHaveLength(1);
  });
});
