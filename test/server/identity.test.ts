import { describe, expect, test } from 'vitest';
import { RateLimited, UpstreamBadResponse, UpstreamUnavailable } from '../../schema/failures.ts';
import { eventually, openHouse } from './house.ts';

const FAILURES = {
  away: () => new UpstreamUnavailable('RingCentral did not answer.', true),
  limited: () => new RateLimited('Wait.', { retryAfter: 12.3, retryAt: 1, sent: false }),
  garbled: () => new UpstreamBadResponse('Not its API.'),
  defect: () => new Error('Oops'),
};

describe('A caller whom the gatekeeper does not know', () => {
  test.each(['application/json', 'application/graphql-response+json', 'text/event-stream'])(
    'gets 401 before anything runs, accepting %s',
    async (accept) => {
      await using house = await openHouse();
      const response = await house.ask('subscription { count(to: 1) }', {
        headers: { authorization: 'Bearer nobody', accept, 'x-request-id': 'r-1' },
      });

      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect(response.headers.get('content-type')).toContain(
        accept === 'text/event-stream' ? 'json' : accept,
      );
      expect(await response.json()).toEqual({
        errors: [{ message: 'Show a token.', extensions: { code: 'UNAUTHENTICATED', requestId: 'r-1' } }],
      });
      expect(house.ran.fields).toBe(0);
      expect(house.visits).toEqual([]);
    },
  );

  test('gets 401 even for a request that could not be read', async () => {
    await using house = await openHouse();
    expect((await house.ask('{', { headers: { authorization: 'Basic eDp5' } })).status).toBe(401);
  });

  test('has the socket closed with 4403, which clients try again with fresh parameters', async () => {
    await using house = await openHouse();
    const peer = await house.connect({ params: { authorization: 'Bearer nobody' } });

    expect(await peer.closed).toEqual({ code: 4403, reason: 'Forbidden: Show a token.' });
    expect(house.ran.fields).toBe(0);
  });
});

describe('While RingCentral cannot tell who a caller is', () => {
  test.each([
    ['away', 503, null, 'UPSTREAM_UNAVAILABLE'],
    ['limited', 429, '13', 'RATE_LIMITED'],
    ['garbled', 502, null, 'UPSTREAM_BAD_RESPONSE'],
    ['defect', 500, null, 'INTERNAL_SERVER_ERROR'],
  ])('HTTP says so, and a socket is closed with 1013: %s', async (who, status, retryAfter, code) => {
    await using house = await openHouse({ failures: FAILURES });

    const response = await house.ask('{ me }', { headers: { authorization: `Bearer ${who}` } });
    expect(response.status).toBe(status);
    expect(response.headers.get('retry-after')).toBe(retryAfter);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code } }] });

    const peer = await house.connect({ params: { authorization: `Bearer ${who}` } });
    expect(await peer.closed).toEqual({ code: 1013, reason: 'Try again later' });
  });
});

describe('A WebSocket names its caller', () => {
  const QUERY = { type: 'subscribe', id: '1', payload: { query: '{ me }' } };

  test.each([
    ['connectionParams.authorization', { params: { authorization: 'Bearer ann' } }],
    ['connectionParams.Authorization', { params: { Authorization: 'Bearer ann' } }],
    ['connectionParams.headers', { params: { headers: { AUTHORIZATION: 'Bearer ann' } } }],
    [
      'connectionParams before its headers',
      { params: { authorization: 'Bearer ann', headers: { authorization: 'Bearer bob' } } },
    ],
    ['the header of the upgrade', { headers: { authorization: 'Bearer ann' } }],
    [
      'connectionParams before the header',
      { params: { authorization: 'Bearer ann' }, headers: { authorization: 'Bearer bob' } },
    ],
  ])('by %s', async (_how, options) => {
    await using house = await openHouse();
    const peer = await house.connect(options);
    peer.send(QUERY);

    expect((await peer.until(({ type }) => type === 'next')).payload).toEqual({ data: { me: 'ann' } });
    expect(house.shown).toEqual(['Bearer ann']);
  });

  test('or is nobody, when it says nothing', async () => {
    await using house = await openHouse();
    await house.connect({ params: { authorization: null, headers: {}, language: 'de' } });
    expect(house.shown).toEqual([null]);
  });
});

describe('When a token expires', () => {
  test('the sockets of its viewer are closed with 4403, and nobody else’s', async () => {
    await using house = await openHouse();
    const ann = await house.connect({ params: { authorization: 'Bearer ann' } });
    const alsoAnn = await house.connect({ params: { authorization: 'Bearer ann' } });
    const bob = await house.connect({ params: { authorization: 'Bearer bob' } });
    ann.send({ type: 'subscribe', id: '1', payload: { query: 'subscription { events }' } });
    await ann.until(({ type }) => type === 'next');

    house.expire('ann');

    const expired = {
      code: 4403,
      reason: 'Forbidden: the token has expired or was revoked, connect with a fresh one',
    };
    expect(await ann.closed).toEqual(expired);
    expect(await alsoAnn.closed).toEqual(expired);
    await eventually(() => house.streams).toMatchObject({ open: 0, droppedAtEnd: [true] });
    bob.send({ type: 'subscribe', id: '1', payload: { query: '{ me }' } });
    expect((await bob.until(({ type }) => type === 'next')).payload).toEqual({ data: { me: 'bob' } });
  });

  test('its event streams are cut, so that the client comes back and hears 401', async () => {
    await using house = await openHouse();
    const response = await house.ask('subscription { events }', {
      headers: { authorization: 'Bearer ann', accept: 'text/event-stream' },
    });
    const reader = response.body?.getReader();
    await reader?.read();

    house.expire('ann');

    await expect(
      (async () => {
        for (let reads = 0; reads < 100; reads += 1) if ((await reader?.read())?.done) return 'ended';
        return 'still open';
      })(),
    ).rejects.toThrow();
    await eventually(() => house.streams).toMatchObject({ open: 0, droppedAtEnd: [true] });
  });

  test('a graphql-ws client goes on by itself with a fresh one', async () => {
    await using house = await openHouse();
    const tokens = ['Bearer ann', 'Bearer anew'];
    const client = house.client({
      retryAttempts: 3,
      retryWait: async () => {},
      connectionParams: () => ({ authorization: tokens.shift() }),
    });
    const stream = client.iterate({ query: 'subscription { events }' });
    expect((await stream.next()).value).toEqual({ data: { events: 'first' } });

    house.expire('ann');

    expect((await stream.next()).value).toEqual({ data: { events: 'first' } });
    expect(house.shown).toEqual(['Bearer ann', 'Bearer anew']);
  });
});
