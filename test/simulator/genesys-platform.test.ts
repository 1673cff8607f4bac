/** What Genesys Cloud keeps around every request: tokens, limits, ids, types, and the troubles that tests order. */
import { describe, expect, test } from 'vitest';
import { createSimulator } from '../../src/simulator/server.ts';
import { answerProblemsOf } from './genesys-published.ts';
import { ADA, BEN, clientOf, startStill, statesOf, talking } from './genesys-support.ts';
import { eventually } from './support.ts';

describe('A request', () => {
  test('is refused without a token, with one that is none, and for what is not there', async () => {
    await using simulator = await startStill({ journalBodies: true });
    const bare = await fetch(`${simulator.url}/api/v2/conversations/calls`);
    expect([bare.status, await bare.json()]).toMatchObject([
      401,
      { code: 'authentication.required', status: 401 },
    ]);
    const wrong = await clientOf(simulator, 'made-up')('GET', '/conversations/calls');
    expect([wrong.status, wrong.body.code]).toEqual([401, 'bad.credentials']);
    const lost = await clientOf(simulator)('GET', '/conversations/somewhere/else');
    expect([lost.status, lost.body.code]).toEqual([404, 'not.found']);
    expect(simulator.requests().flatMap(answerProblemsOf)).toEqual([]);
  });

  test('of an app without a user is refused where a user is needed, and the app signs in by its secret', async () => {
    await using simulator = await startStill();
    const authorization = `Basic ${btoa('any:secret')}`;
    const body = new URLSearchParams({ grant_type: 'client_credentials' });
    const response = await fetch(`${simulator.url}/oauth/token`, {
      method: 'POST',
      headers: { authorization },
      body,
    });
    const { access_token: token, refresh_token: refresh } = (await response.json()) as Record<string, string>;
    expect(refresh).toBeUndefined();
    const answer = await clientOf(simulator, token)('GET', '/conversations/calls');
    expect([answer.status, answer.body.code]).toEqual([400, 'not.a.user']);
  });

  test('has a correlation id and tells what is left of the limit; one too many has to wait, and costs nothing', async () => {
    let now = Date.now();
    await using simulator = await createSimulator({
      settings: { story: false, genesysRateLimit: 2 },
      now: () => now,
    });
    const ask = clientOf(simulator);
    const limits = async () => {
      const { status, headers, body } = await ask('GET', '/conversations/calls');
      const told = ['count', 'allowed', 'reset'].map((name) => headers.get(`inin-ratelimit-${name}`));
      expect(headers.get('inin-correlation-id')).toMatch(/^[\da-f-]{36}$/);
      return [status, ...told, headers.get('retry-after'), body.code];
    };
    expect(await limits()).toEqual([200, '1', '2', '60', null, undefined]);
    now += 20_000;
    expect(await limits()).toEqual([200, '2', '2', '40', null, undefined]);
    expect(await limits()).toEqual([429, '2', '2', '40', '40', 'too.many.requests.retry.after']);
    expect((await clientOf(simulator, 'gsim-ben')('GET', '/conversations/calls')).status).toBe(200);
    now += 40_000;
    expect(await limits()).toEqual([200, '1', '2', '60', null, undefined]);
  });

  test('beyond those of a day waits until midnight', async () => {
    const noon = Date.parse('2026-11-28T12:00:00Z');
    await using simulator = await createSimulator({
      settings: { story: false, genesysDailyLimit: 1 },
      now: () => noon,
    });
    const ask = clientOf(simulator);
    await ask('GET', '/conversations/calls');
    const { status, headers } = await ask('GET', '/conversations/calls');
    expect([status, headers.get('retry-after')]).toEqual([429, '43200']);
  });

  test('with a body of another type, or one that is no JSON, is refused', async () => {
    await using simulator = await startStill();
    const send = async (type: string, body: string) => {
      const headers = { authorization: 'Bearer gsim-ada', 'content-type': type };
      const answer = await fetch(`${simulator.url}/api/v2/conversations/calls`, {
        method: 'POST',
        headers,
        body,
      });
      return [answer.status, ((await answer.json()) as { code: string }).code];
    };
    expect(await send('text/plain', '{}')).toEqual([415, 'unsupported.media.type']);
    expect(await send('application/json', '{')).toEqual([400, 'bad.request']);
  });

  test('for a stranger’s conversation is answered 404, or 403 where that is set; a supervisor sees it', async () => {
    await using simulator = await startStill();
    const call = talking(simulator);
    const ben = clientOf(simulator, 'gsim-ben');
    expect((await ben('GET', call.path)).body.code).toBe('conversation.error.conversation.not.found');
    simulator.configure({ genesysStranger: 403 });
    expect((await ben('GET', call.path)).body.code).toBe('not.authorized');
    expect((await clientOf(simulator, 'gsim-cleo')('GET', call.path)).status).toBe(200);
  });

  test('names users, queues and whatever else a conversation points to, one by one or many at once', async () => {
    await using simulator = await startStill({ journalBodies: true });
    const ask = clientOf(simulator);
    const names = async (path: string) => {
      const { body } = await ask('GET', path);
      return body.entities?.map(({ name }) => name) ?? [body.name ?? body.firstName];
    };
    expect(await names(`/users?id=${ADA}&id=${BEN}&id=none`)).toEqual(['Ada Lind', 'Ben Okoro']);
    expect(await names(`/users/${BEN}`)).toEqual(['Ben Okoro']);
    expect(await names('/routing/queues')).toEqual(['Support', 'Sales', 'Feedback']);
    expect(await names('/routing/queues/7b1f0c52-6d3a-4e98-8a41-c0de00000202')).toEqual(['Sales']);
    expect(await names('/routing/wrapupcodes')).toEqual(['Solved', 'Call back', 'Wrong number']);
    expect(await names('/externalcontacts/contacts/c047ac70-0000-4000-8000-000000000401')).toEqual(['Mara']);
    expect(await names('/externalcontacts/organizations/0c4a0000-0000-4000-8000-000000000451')).toEqual([
      'Holt & Wren',
    ]);
    expect(await names('/teams/7ea30000-0000-4000-8000-000000000501')).toEqual(['Day shift']);
    expect(await names('/groups')).toEqual(['Front office']);
    expect(await names('/routing/skills')).toEqual(['Billing']);
    expect((await ask('GET', '/users/nobody')).body.code).toBe('resource.not.found');
    expect(simulator.requests().flatMap(answerProblemsOf)).toEqual([]);
  });
});

describe('A trouble that was ordered', () => {
  const hold = { match: 'patchConversationsCallParticipant' } as const;

  test('hits an operation by name, and one user by their short name, in the words of Genesys Cloud', async () => {
    await using simulator = await startStill();
    const call = talking(simulator);
    simulator.orderFaults([{ ...hold, do: 'status', status: 429, retryAfter: 7, viewer: 'ada' }]);
    const refused = await clientOf(simulator)('PATCH', call.at('agent'), { held: true });
    expect([refused.status, refused.headers.get('retry-after'), refused.body]).toMatchObject([
      429,
      '7',
      { code: 'too.many.requests.retry.after', contextId: refused.headers.get('inin-correlation-id') },
    ]);
    expect(simulator.requests().at(-1)).toMatchObject({
      ...{ operationId: 'patchConversationsCallParticipant', viewer: 'ada', status: 429, fault: 'status' },
    });
    expect(statesOf((await clientOf(simulator)('GET', call.path)).body).at(-1)).toBe('agent connected');
  });

  test('loses the answer of a command that is done all the same', async () => {
    await using simulator = await startStill();
    const call = talking(simulator);
    simulator.orderFaults([{ ...hold, do: 'resetAfterApply' }]);
    await expect(clientOf(simulator)('PATCH', call.at('agent'), { held: true })).rejects.toThrow();
    expect(statesOf((await clientOf(simulator)('GET', call.path)).body).at(-1)).toBe('agent connected held');
  });

  test('lets a command be accepted and done a little later, or never', async () => {
    await using simulator = await startStill({ genesysCommandDelay: 20 });
    const ask = clientOf(simulator);
    const call = talking(simulator);
    expect((await ask('PATCH', call.at('agent'), { held: true })).status).toBe(202);
    await eventually(() => statesOf(simulator.genesys.conversations()[0] as never).at(-1)).toBe(
      'agent connected held',
    );
    simulator.configure({ genesysCommandDelay: null });
    expect((await ask('PATCH', call.at('agent'), { held: false })).status).toBe(202);
    simulator.configure({ genesysCommandDelay: 0 });
    expect((await ask('PATCH', call.at('agent'), { muted: true })).status).toBe(202);
    expect(statesOf((await ask('GET', call.path)).body).at(-1)).toBe('agent connected held muted');
  });

  test('is refused where it could hit nothing', async () => {
    await using simulator = await startStill();
    expect(() => simulator.orderFaults([{ match: 'patchConversationsCal', do: 'hang' }])).toThrow(
      'fits no request',
    );
    expect(() => simulator.orderFaults([{ ...hold, do: 'hang', viewer: 'nobody' }])).toThrow(
      'must be one of',
    );
  });
});

describe('The controls of Genesys Cloud', () => {
  test('over HTTP start a conversation, move whoever takes part, list, and say what is wrong with an order', async () => {
    await using simulator = await startStill();
    const ask = clientOf(simulator);
    const order = { kind: 'inbound', to: 'ben', queue: 'Sales', state: 'alerting', attributes: { a: '1' } };
    const { status, body } = await ask('POST', '/simulator/genesys/conversations', order);
    expect([status, statesOf(body).at(-1), body.participants.at(-1)?.user?.id]).toEqual([
      201,
      'agent alerting',
      BEN,
    ]);
    const path = `/simulator/genesys/conversations/${body.id}/participants/${body.participants.at(-1)?.id}`;
    const moved = await ask('POST', path, {
      state: 'parked',
      documentId: 'd',
      startTime: '2026-01-01T00:00:00.000Z',
    });
    expect([moved.status, moved.body.participants.at(-1)]).toMatchObject([
      200,
      { state: 'parked', documentId: 'd', startTime: '2026-01-01T00:00:00.000Z' },
    ]);
    const { body: all } = await ask('GET', '/simulator/genesys/conversations');
    expect(all).toMatchObject([{ id: body.id }]);
    for (const [wrong, says] of [
      [{ kind: 'odd' }, 'must be one of'],
      [{ kind: 'inbound', to: 'nobody' }, 'which is nobody'],
      [{ kind: 'inbound', colour: 'red' }, 'There is no field colour'],
      [{ kind: 'conference', to: Array(50).fill('+12025550148').join() }, 'room for 50 participants'],
    ] as const) {
      const refused = await ask('POST', '/simulator/genesys/conversations', wrong);
      expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining(says)]);
    }
    expect(simulator.genesys.conversations()).toHaveLength(1);
    const full = { kind: 'conference', to: Array(49).fill('+12025550148').join() };
    const meeting = await ask('POST', '/simulator/genesys/conversations', full);
    expect([meeting.status, meeting.body.participants.length]).toEqual([201, 50]);
    const lost = await ask('POST', `/simulator/genesys/conversations/x/participants/y`, {});
    expect([lost.status, lost.body.code]).toEqual([404, 'conversation.error.conversation.not.found']);
    // Whoever declines leaves the customer in the queue.
    const left = await ask('POST', path, { leave: 'client' });
    expect(statesOf(left.body)).toEqual([
      ...['customer connected', 'ivr terminated', 'acd connected', 'agent terminated'],
    ]);
  });

  test('are put back by a reset: conversations, tokens, limits, channels, settings and troubles', async () => {
    await using simulator = await startStill({ genesysRateLimit: 1 });
    const ask = clientOf(simulator);
    talking(simulator);
    simulator.genesys.revoke('gsim-ben');
    await ask('GET', '/conversations/calls');
    simulator.reset();
    expect([(await ask('GET', '/conversations/calls')).body.entities]).toEqual([[]]);
    expect((await clientOf(simulator, 'gsim-ben')('GET', '/users/me')).body.name).toBe('Ben Okoro');
    expect((await clientOf(simulator, 'gsim-12345')('GET', '/users/me')).body.name).toBe('Agent 12345');
  });
});
