/** Who somebody is at RingCentral and at Genesys Cloud: by which token, what of the one not being anybody at the other. */
import { describe, expect, test } from 'vitest';
import { until } from '../support/gateway.ts';
import { BOTH, callUser, openGenesysHouse, subscribed, USERS } from '../support/genesys-house.ts';

const WHO = '{ viewer { name genesysUser { name } } }';

/** The codes of the errors, by their paths, and what they say of a phone system. */
function told(errors: Awaited<ReturnType<Awaited<ReturnType<typeof openGenesysHouse>>['ask']>>['errors']) {
  return errors?.map(({ path, extensions: { code, system } }) => [path?.join('.'), code, system]);
}

/** How a socket was closed. */
function closing(client: ReturnType<Awaited<ReturnType<typeof openGenesysHouse>>['socket']>) {
  let code: number | null = null;
  client.on('closed', (event) => {
    code = (event as { code: number }).code;
  });
  return () => code;
}

describe('With both phone systems', () => {
  test('a caller shows a token of each, and is both; neither token is shown to the other.', async () => {
    await using house = await openGenesysHouse();
    const { data, errors } = await house.ask(WHO, { ringCentral: 'sim-102', genesys: 'gsim-ben' });
    expect(errors).toBe(undefined);
    expect(data.viewer).toEqual({ name: 'Tomas Reed', genesysUser: { name: 'Ben Okoro' } });
    const viewers = house.simulator
      .requests()
      .map(({ path, viewer }) => [path.startsWith('/api/v2'), viewer]);
    expect(viewers).toEqual(
      expect.arrayContaining([
        [false, '102'],
        [true, 'ben'],
      ]),
    );
    expect(viewers.some(([isGenesys, viewer]) => viewer === (isGenesys ? '102' : 'ben'))).toBe(false);
  });

  test('without a token of Genesys Cloud its fields say so, and the rest is answered.', async () => {
    await using house = await openGenesysHouse();
    const { data, errors, status } = await house.ask(WHO, { ringCentral: 'sim-101' });
    expect(status).toBe(200);
    expect(data.viewer).toEqual({ name: expect.any(String), genesysUser: null });
    expect(told(errors)).toEqual([['viewer.genesysUser', 'UNAUTHENTICATED', 'genesys']]);
    expect(errors?.[0]?.message).toContain('X-Genesys-Authorization');
  });

  test('without a token of RingCentral its fields say so, and Genesys Cloud answers.', async () => {
    await using house = await openGenesysHouse();
    const { data, errors } = await house.ask(WHO, { genesys: 'gsim-ada' });
    expect(data.viewer).toEqual({ name: null, genesysUser: { name: 'Ada Lind' } });
    expect(told(errors)).toEqual([['viewer.name', 'UNAUTHENTICATED', 'ringcentral']]);
  });

  test('without any token nobody comes in.', async () => {
    await using house = await openGenesysHouse();
    const { status, errors } = await house.ask(WHO, {});
    expect([status, errors?.[0]?.extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
  });

  test.each([
    ['that Genesys Cloud refuses', 'gsim-nobody', /./],
    ['that is none', 'a b', /^X-Genesys-Authorization: read something else, allowed is "Bearer <token>"\.$/],
  ])('a token %s is an error of its own fields alone.', async (_which, genesys, message) => {
    await using house = await openGenesysHouse();
    for (const _again of [1, 2]) {
      const { data, errors, status } = await house.ask(WHO, { ringCentral: 'sim-101', genesys });
      expect([status, data.viewer.name]).toEqual([200, expect.any(String)]);
      expect(told(errors)).toEqual([['viewer.genesysUser', 'UNAUTHENTICATED', 'genesys']]);
      expect(errors?.[0]?.message).toMatch(message);
    }
  });

  test('a token that RingCentral refuses lets nobody in, whoever they are at Genesys Cloud.', async () => {
    await using house = await openGenesysHouse();
    const { status, errors } = await house.ask(WHO, { ringCentral: 'nobody', genesys: 'gsim-ada' });
    expect([status, errors?.[0]?.extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
  });

  test('a token of Genesys Cloud that comes in the place of the other is told its own place.', async () => {
    await using house = await openGenesysHouse();
    const message =
      /^RingCentral takes no such token; .* in X-Genesys-Authorization or genesysAuthorization: ./;
    for (const _again of [1, 2]) {
      const { status, errors } = await house.ask(WHO, { ringCentral: 'gsim-ada' });
      expect([status, errors?.[0]?.extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
      expect(errors?.[0]?.message).toMatch(message);
    }
    const client = house.socket({ ringCentral: 'gsim-ada' });
    const closed = new Promise<unknown>((resolve) => client.on('closed', resolve));
    subscribed(client, 'subscription { conversations { id } }');
    expect(await closed).toMatchObject({
      code: 4403,
      reason: expect.stringMatching(/^Forbidden: .* in X-Genesys-Authorization or genesysAuthorization/),
    });
    // Whoever shows that too has meant what they showed.
    const both = await house.ask(WHO, { ringCentral: 'nobody', genesys: 'gsim-ada' });
    expect(both.errors?.[0]?.message).not.toContain('X-Genesys-Authorization');
  });

  test('whoever asks nothing of Genesys Cloud does not wait for it.', async () => {
    await using house = await openGenesysHouse();
    house.simulator.orderFaults([{ match: 'getUsersMe', times: null, do: 'hang' }]);
    const { data } = await house.ask('{ viewer { name } }', BOTH);
    expect(data.viewer.name).toEqual(expect.any(String));
    expect(house.simulator.requests().some(({ operationId }) => operationId === 'getUsersMe')).toBe(false);
  });

  test('a socket says who somebody is at each, also as headers.', async () => {
    await using house = await openGenesysHouse();
    const { id } = callUser(house, 'ben');
    const subscription = `subscription { callMediaParticipantUpdated(conversationId: "${id}") { id } }`;
    for (const connectionParams of [
      { authorization: 'Bearer sim-101', genesysAuthorization: 'Bearer gsim-ben' },
      { Authorization: 'Bearer sim-101', 'X-Genesys-Authorization': 'Bearer gsim-ben' },
      { headers: { authorization: 'Bearer sim-101', 'x-genesys-authorization': 'Bearer gsim-ben' } },
      { genesysAuthorization: 'Bearer gsim-ben' },
    ]) {
      const client = house.socket({}, { connectionParams });
      const { heard } = subscribed(client, subscription);
      await until(() => heard().length > 0);
      await client.dispose();
    }
  });

  test('a socket that shows something else for a token of Genesys Cloud is told what to show.', async () => {
    await using house = await openGenesysHouse();
    const client = house.socket(
      {},
      {
        connectionParams: { authorization: 'Bearer sim-101', genesysAuthorization: 'gsim-ada' },
      },
    );
    const reason = new Promise<unknown>((resolve) => client.on('closed', resolve));
    subscribed(client, 'subscription { activeCalls { sessionId } }');
    expect(await reason).toMatchObject({
      code: 4401,
      reason: expect.stringContaining('connectionParams: { genesysAuthorization: "Bearer <token>" }'),
    });
  });

  test('a dead token of Genesys Cloud ends its streams with that error, and nothing else.', async () => {
    await using house = await openGenesysHouse({ gateway: { genesys: { tokens: { check: 200 } } } });
    const { id } = callUser(house);
    const client = house.socket();
    const code = closing(client);
    const calls = subscribed(client, 'subscription { activeCalls { sessionId } }');
    const events = subscribed(
      client,
      `subscription { conversationEvents(conversationId: "${id}") { __typename } }`,
    );
    const list = subscribed(client, 'subscription { conversations { id } }');
    await until(() => calls.heard().length > 0 && events.heard().length > 0 && list.heard().length > 0);
    house.simulator.genesys.revoke('gsim-ada');
    await until(() => events.ended() !== null && list.ended() !== null);
    for (const stream of [events, list]) {
      expect(stream.ended()).toBe('error');
      expect(stream.error()?.extensions).toMatchObject({ code: 'UNAUTHENTICATED', system: 'genesys' });
    }
    expect([calls.ended(), code()]).toEqual([null, null]);
    house.simulator.startCall({ kind: 'inbound', from: '+12025550147', to: '101' });
    await until(() => calls.heard().length > 1);
    // And a new one begins with the error.
    const late = subscribed(client, 'subscription { conversations { id } }');
    await until(() => late.error());
    expect(late.error()?.extensions).toMatchObject({ code: 'UNAUTHENTICATED', system: 'genesys' });
  });

  test('what one is told of an event is not told to another with the same one of the two users.', async () => {
    await using house = await openGenesysHouse();
    const { id } = callUser(house, 'ada');
    // Who somebody is at RingCentral stands beside the same conversation.
    const query = `subscription { conversationEvents(conversationId: "${id}") {
      ... on CallMediaParticipantChange { participant { id held availableActions { action } } } __typename } }`;
    const streams = ['sim-101', 'sim-102'].map((ringCentral) =>
      subscribed(house.socket({ ringCentral, genesys: 'gsim-ada' }), query),
    );
    await until(() => streams.every(({ heard }) => heard().length > 0));
    const lists = ['gsim-ada', 'gsim-ben'].map((genesys) =>
      subscribed(house.socket({ ringCentral: 'sim-101', genesys }), 'subscription { conversations { id } }'),
    );
    await until(() => lists.every(({ heard }) => heard().length > 0));
    const [ofAda, ofBen] = lists.map(({ heard }) => heard()[0].conversations);
    expect([ofAda, ofBen]).toEqual([[{ id }], []]);
    const other = callUser(house, 'ben');
    await until(() => lists[1]?.heard().at(-1).conversations.length === 1);
    expect(lists[1]?.heard().at(-1).conversations).toEqual([{ id: other.id }]);
    expect(lists[0]?.heard().flatMap(({ conversations }) => conversations)).toEqual([{ id }]);
  });

  test('two tokens of one user share the watch, and one key is one command.', async () => {
    await using house = await openGenesysHouse();
    const { id, participantId } = callUser(house, 'ada');
    const hold = `mutation { holdCallMediaParticipant(input: {
      conversationId: "${id}", participantId: "${participantId}", idempotencyKey: "k" }) { outcome replayed } }`;
    const answers = [];
    for (const ringCentral of ['sim-101', 'sim-102']) {
      answers.push(
        (await house.ask(hold, { ringCentral, genesys: 'gsim-ada' })).data.holdCallMediaParticipant,
      );
    }
    expect(answers).toEqual([
      { outcome: 'APPLIED', replayed: false },
      { outcome: 'APPLIED', replayed: true },
    ]);
  });

  test('a page of another origin may send both tokens.', async () => {
    const origin = 'https://desk.example.com';
    await using house = await openGenesysHouse({ environment: { CORS_ORIGINS: origin } });
    const response = await fetch(house.gateway.url, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization, x-genesys-authorization',
      },
    });
    const allowed = response.headers.get('access-control-allow-headers')?.split(', ');
    expect(allowed).toEqual(expect.arrayContaining(['authorization', 'x-genesys-authorization']));
  });
});

describe('With Genesys Cloud alone', () => {
  test.each([
    ['Authorization', 'authorization'],
    ['X-Genesys-Authorization', 'x-genesys-authorization'],
  ])('a caller shows its token in %s, and RingCentral is off.', async (_name, header) => {
    await using house = await openGenesysHouse({ on: 'genesys' });
    const response = await fetch(house.gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [header]: 'Bearer gsim-ada' },
      body: JSON.stringify({ query: '{ viewer { name activeCalls { sessionId } genesysUser { id } } }' }),
    });
    const { data, errors } = (await response.json()) as Awaited<ReturnType<typeof house.ask>>;
    expect(data.viewer).toEqual({ name: null, activeCalls: null, genesysUser: { id: USERS.ada } });
    expect(told(errors)).toEqual([
      ['viewer.name', 'NOT_CONFIGURED', 'ringcentral'],
      ['viewer.activeCalls', 'NOT_CONFIGURED', 'ringcentral'],
    ]);
  });

  test('a stream and a command of RingCentral say that it is off.', async () => {
    await using house = await openGenesysHouse({ on: 'genesys' });
    const stream = subscribed(
      house.socket({ ringCentral: 'gsim-ada' }),
      'subscription { activeCalls { sessionId } }',
    );
    await until(() => stream.error());
    expect(stream.error()?.extensions).toMatchObject({ code: 'NOT_CONFIGURED', system: 'ringcentral' });
    const { errors } = await house.ask(
      'mutation { holdCallParty(input: { sessionId: "s", partyId: "p" }) { outcome } }',
      { ringCentral: 'gsim-ada' },
    );
    expect(told(errors)).toEqual([['holdCallParty', 'NOT_CONFIGURED', 'ringcentral']]);
  });

  test('whoever shows no token, or one that is refused, does not come in.', async () => {
    await using house = await openGenesysHouse({ on: 'genesys' });
    for (const tokens of [{}, { ringCentral: 'gsim-nobody' }, { genesys: 'gsim-nobody' }]) {
      const { status, errors } = await house.ask(WHO, tokens);
      expect([status, errors?.[0]?.extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
    }
  });

  test('a dead token closes its sockets with 4403.', async () => {
    await using house = await openGenesysHouse({
      on: 'genesys',
      gateway: { genesys: { tokens: { check: 200 } } },
    });
    const client = house.socket({ ringCentral: 'gsim-ada' });
    const code = closing(client);
    const { heard } = subscribed(client, 'subscription { conversations { id } }');
    await until(() => heard().length > 0);
    house.simulator.genesys.revoke('gsim-ada');
    await until(() => code() !== null);
    expect(code()).toBe(4403);
  });
});

describe('With RingCentral alone', () => {
  test('fields, streams and commands of Genesys Cloud say that it is off.', async () => {
    await using house = await openGenesysHouse({ on: 'ringcentral' });
    const { data, errors } = await house.ask(WHO, BOTH);
    expect(data.viewer).toEqual({ name: expect.any(String), genesysUser: null });
    expect(told(errors)).toEqual([['viewer.genesysUser', 'NOT_CONFIGURED', 'genesys']]);
    const stream = subscribed(house.socket(), 'subscription { conversations { id } }');
    await until(() => stream.error());
    expect(stream.error()?.extensions).toMatchObject({ code: 'NOT_CONFIGURED', system: 'genesys' });
  });
});

describe('Without any setting', () => {
  test('a caller without a token is extension 101 and the simulated agent; with one, whoever it is of.', async () => {
    await using house = await openGenesysHouse({ on: 'none' });
    const nobody = await house.ask(WHO, {});
    expect(nobody.errors).toBe(undefined);
    expect(nobody.data.viewer).toEqual({ name: expect.any(String), genesysUser: { name: 'Ada Lind' } });
    const ben = await house.ask(WHO, { genesys: 'gsim-ben' });
    expect(ben.data.viewer).toEqual({ ...nobody.data.viewer, genesysUser: { name: 'Ben Okoro' } });
    const tomas = await house.ask(WHO, { ringCentral: 'sim-102' });
    expect(tomas.data.viewer).toEqual({ name: 'Tomas Reed', genesysUser: { name: 'Ada Lind' } });
    const stream = subscribed(house.socket({}), 'subscription { conversations { id } }');
    await until(() => stream.heard().length > 0);
  });
});
