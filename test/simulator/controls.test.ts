import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MOST_CONVERSATIONS } from '../../src/simulator/genesys/centre.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { DEFAULT_SETTINGS } from '../../src/simulator/settings.ts';
import { MOST_CALLS } from '../../src/simulator/switchboard.ts';
import { type Client, clientOf, codesOf, partyPath, sessionPath, startQuiet } from './support.ts';

let simulator: Simulator;
let iris: Client;

beforeAll(async () => {
  simulator = await startQuiet();
  iris = clientOf(simulator);
});
beforeEach(() => simulator.reset());
afterAll(() => simulator?.stop());

describe('POST /simulator/calls', () => {
  test.each([
    [{ kind: 'inbound' }, ['Answered', 'Proceeding']],
    [{ kind: 'inbound', from: '+12025550170', to: '102', state: 'Answered' }, ['Answered', 'Answered']],
    [{ kind: 'outbound', from: '101', to: '+12025550170' }, ['Proceeding', 'Proceeding']],
    [{ kind: 'outbound', state: 'Answered' }, ['Answered', 'Answered']],
    [{ kind: 'internal', from: '102', to: '101', state: 'Setup' }, ['Answered', 'Setup']],
    [{ kind: 'queue' }, ['Answered', 'Disconnected', 'Proceeding', 'Proceeding']],
    [{ kind: 'queue', state: 'Answered' }, ['Answered', 'Disconnected', 'Answered', 'Disconnected']],
    [{ kind: 'conference' }, ['Answered']],
  ])('%j starts with %j', async (order, codes) => {
    const { status, body } = await iris('POST', '/simulator/calls', order);
    expect(status).toBe(201);
    expect(body.id).toMatch(/^s-a010203[0-9a-f]{4}z[0-9a-f]{11}z[0-9a-f]+0000$/);
    expect(codesOf(body)).toEqual(codes);
    expect((await iris('GET', '/simulator/calls')).body).toEqual([body]);
    expect((await iris('GET', sessionPath(body))).body).toEqual(body);
  });

  test('people of the account see each other by their extension numbers', () => {
    const { parties = [] } = simulator.startCall({ kind: 'internal', from: '102', to: '101' });
    expect(parties.map(({ from, to }) => [from?.phoneNumber, to?.phoneNumber])).toEqual([
      ['102', '101'],
      ['102', '101'],
    ]);
  });

  test.each([
    [{}, 'kind'],
    [{ kind: 'telepathic' }, 'kind'],
    [{ kind: 'inbound', to: '999' }, 'to'],
    [{ kind: 'inbound', from: 'abc' }, 'from'],
    [{ kind: 'queue', to: '101' }, 'to'],
    [{ kind: 'conference', from: '200' }, 'from'],
  ])('%j is refused, naming %s', async (order, parameterName) => {
    expect(await iris('POST', '/simulator/calls', order)).toMatchObject({
      status: 400,
      body: { parameterName },
    });
  });
});

describe('POST /simulator/calls/{sessionId}/parties/{partyId}', () => {
  test('moves a party to any state, also to one that nobody has published', async () => {
    const session = simulator.startCall({ kind: 'inbound' });
    const path = `/simulator/calls/${session.id}/parties/p-${session.id.slice(2)}-2`;
    for (const code of ['Answered', 'Hold', 'VoiceMail', 'Levitating']) {
      expect((await iris('POST', path, { code, reason: 'Undefined' })).body.status).toEqual({
        code,
        reason: 'Undefined',
      });
    }
    expect(
      (await iris('POST', path, { code: 'Answered', muted: true, recording: 'Automatic' })).body,
    ).toMatchObject({
      status: { code: 'Answered' },
      muted: true,
      recordings: [{ active: true }],
    });
    expect(await iris('POST', path, { volume: 11 })).toMatchObject({
      status: 400,
      body: { parameterName: 'volume' },
    });
    expect((await iris('POST', `/simulator/calls/${session.id}/parties/p-nobody-1`, {})).status).toBe(404);
  });
});

describe('settings', () => {
  test('are merged, and a wrong one changes nothing', async () => {
    expect(
      (await iris('PUT', '/simulator/settings', { lightLimit: 7, longPoll: 'ignore' })).body,
    ).toMatchObject({ lightLimit: 7, longPoll: 'ignore' });
    expect(await iris('PUT', '/simulator/settings', { lightLimit: 8, colour: 'red' })).toMatchObject({
      status: 400,
      body: { parameterName: 'colour', message: expect.stringContaining('storyPace') },
    });
    expect(await iris('PUT', '/simulator/settings', { longPoll: 'maybe' })).toMatchObject({
      body: { message: 'Setting longPoll is "maybe", but must be one of honour, ignore, reject' },
    });
    expect((await iris('GET', '/simulator/settings')).body).toMatchObject({
      lightLimit: 7,
      longPoll: 'ignore',
    });
  });

  test('are those of the documents by default', async () => {
    await using plain = await startQuiet({ settings: DEFAULT_SETTINGS, story: false });
    expect(plain.settings()).toMatchObject({
      longPoll: 'honour',
      lightLimit: 50,
      mediumLimit: 40,
      heavyLimit: 10,
      authLimit: 5,
      rateWindow: 60,
      penalty: 60,
    });
  });
});

describe('the journal', () => {
  test('knows every request, who sent it and what became of it, and nothing of the controls', async () => {
    const session = simulator.startCall({ kind: 'inbound' });
    await clientOf(simulator, 'sim-102')('GET', `${sessionPath(session)}?timeout=0`);
    await iris('POST', `${partyPath(session, 2)}/hold`);
    await clientOf(simulator, 'stranger')('GET', '/nowhere');
    const { body } = await iris('GET', '/simulator/requests');
    expect(body).toEqual([
      {
        method: 'GET',
        path: `/restapi/v1.0/account/~${sessionPath(session)}`,
        query: 'timeout=0',
        operationId: 'readCallSessionStatus',
        viewer: '102',
        started: expect.any(Number),
        ended: expect.any(Number),
        status: 200,
        held: false,
      },
      expect.objectContaining({ operationId: 'holdCallParty', viewer: '101', status: 409 }),
      expect.objectContaining({ operationId: null, viewer: null, status: 404 }),
    ]);
    expect((await iris('DELETE', '/simulator/requests')).status).toBe(204);
    expect(simulator.requests()).toEqual([]);
  });

  test('keeps bodies when asked to', async () => {
    simulator.configure({ journalBodies: true });
    const session = simulator.startCall({ kind: 'inbound', state: 'Answered' });
    await iris('PATCH', partyPath(session, 2), { muted: true });
    expect(simulator.requests()[0]).toMatchObject({
      requestBody: { muted: true },
      responseBody: { muted: true },
    });
  });
});

test('faults are ordered, looked at, and replaced', async () => {
  const order = [{ match: 'hold', times: 2, do: 'status', status: 503 }];
  expect((await iris('PUT', '/simulator/faults', order)).body).toMatchObject(order);
  expect((await iris('GET', '/simulator/faults')).body).toMatchObject(order);
  expect((await iris('PUT', '/simulator/faults', [])).body).toEqual([]);
  expect((await iris('PUT', '/simulator/faults', {})).status).toBe(400);
});

test('a reset brings everything back, with some settings changed if one likes', async () => {
  const session = simulator.startCall({ kind: 'inbound' });
  simulator.configure({ longPoll: 'reject' });
  simulator.orderFaults([{ match: 'hold', do: 'hang' }]);
  await iris('POST', '/simulator/revoke', { token: 'sim-102' });
  await iris('GET', '/extension/~');
  expect(await iris('POST', '/simulator/reset', { colour: 'red' })).toMatchObject({ status: 400 });
  expect(simulator.calls()).toHaveLength(1);
  expect((await iris('POST', '/simulator/reset', { lightLimit: 9 })).status).toBe(204);
  expect(simulator.requests()).toEqual([]);
  expect(simulator.calls()).toEqual([]);
  expect(simulator.faults()).toEqual([]);
  expect(simulator.settings()).toMatchObject({ longPoll: 'honour', lightLimit: 9 });
  expect((await clientOf(simulator, 'sim-102')('GET', sessionPath(session))).status).toBe(404);
});

test('another control is 404 and lists those that there are', async () => {
  expect(await iris('GET', '/simulator/coffee')).toMatchObject({
    status: 404,
    body: { message: expect.stringContaining('PUT /simulator/settings'.replace('PUT', 'GET and PUT')) },
  });
  expect(await iris('PUT', '/simulator/settings', '{')).toMatchObject({
    status: 400,
    body: { errorCode: 'CMN-103' },
  });
});

test('five thousand calls and as many conversations are kept, and one more ends the oldest', async () => {
  const first = simulator.startCall({ kind: 'inbound', from: '+12025550171' }).id;
  const met = simulator.genesys.start({ kind: 'direct', to: '10000' }).id;
  for (let more = 1; more < MOST_CALLS; more += 1) {
    simulator.startCall({ kind: 'inbound', to: String(10_000 + more) });
  }
  for (let more = 1; more < MOST_CONVERSATIONS; more += 1) {
    simulator.genesys.start({ kind: 'direct', to: String(10_000 + more) });
  }
  expect([simulator.calls()[0]?.id, simulator.genesys.conversations()[0]?.id]).toEqual([first, met]);
  simulator.startCall({ kind: 'inbound' });
  simulator.genesys.start({ kind: 'direct' });
  expect(simulator.calls()[0]?.id).not.toBe(first);
  expect(simulator.genesys.conversations()[0]?.id).not.toBe(met);
  expect([simulator.calls().length, simulator.genesys.conversations().length]).toEqual([
    MOST_CALLS,
    MOST_CONVERSATIONS,
  ]);
});

describe('what stands in a body', () => {
  test.each<[method: string, path: string, body: unknown, parameterName: string, message: string]>([
    ['POST', 'calls', { kind: 'inbound', form: '+12025550170' }, 'form', 'there are kind, from, to, state'],
    ['POST', 'calls', { kind: 'inbound', from: 12025550170 }, 'from', 'is 12025550170, but must be a text'],
    ['POST', 'calls', { kind: 'telepathic' }, 'kind', '"telepathic", but must be one of inbound, outbound'],
    ['POST', 'calls', {}, 'kind', 'kind is missing, but must be one of inbound'],
    ['POST', 'calls', [], 'body', 'The body is [], but must be an object'],
    ['POST', 'calls/ID/parties/PARTY', { muted: 'yes' }, 'muted', '"yes", but must be true or false'],
    ['POST', 'calls/ID/parties/PARTY', { code: null }, 'code', 'null, but must be a text'],
    ['PUT', 'settings', { retention: '30' }, 'retention', '"30", but must be a number, 0 or more'],
    ['PUT', 'settings', 'null', 'body', 'The body is null, but must be an object'],
    ['PUT', 'faults', { match: 'hold' }, 'faults', '{"match":"hold"}, but must be a list'],
    [
      ...([
        'PUT',
        'faults',
        Array.from({ length: 101 }, () => ({ match: 'hold', do: 'hang' })),
        'faults',
      ] as const),
      'There are 101 faults, but must be no more than 100',
    ],
    ['PUT', 'faults', ['hold'], 'body', 'The body is "hold", but must be an object'],
    ['PUT', 'faults', [{ match: 'holdd', do: 'hang' }], 'match', '"holdd", which fits no request'],
    ['PUT', 'faults', [{ match: 'hold' }], 'do', 'do is missing, but must be one of status'],
    [
      'PUT',
      'faults',
      [{ match: 'hold', do: 'hang', delay: 5 }],
      'delay',
      'it is for delay, applyThenDelay, drip',
    ],
    ['DELETE', 'requests', { all: true }, 'all', 'nothing is read here'],
    ['POST', 'revoke', {}, 'token', 'token is missing'],
    ['POST', 'revoke', { token: 102 }, 'token', '102, but must be a text'],
    ['POST', 'reset', { stroy: false }, 'stroy', 'There is no setting stroy; there are story'],
    ['POST', 'reset', { story: 'off' }, 'story', '"off", but must be true or false'],
  ])(
    '%s %s %j is 400 and names %s, what was read and what is allowed',
    async (method, path, body, name, said) => {
      simulator.startCall({ kind: 'inbound' });
      const here = path.replace('ID', simulator.calls()[0]?.id ?? '').replace('PARTY', partyIdHere());
      expect(await iris(method, `/simulator/${here}`, body)).toMatchObject({
        status: 400,
        body: { errorCode: 'CMN-101', parameterName: name, message: expect.stringContaining(said) },
      });
      expect(simulator.calls()).toHaveLength(1);
      expect(simulator.faults()).toEqual([]);
    },
  );

  function partyIdHere(): string {
    return simulator.calls()[0]?.parties?.[0]?.id ?? '';
  }
});

test('a port that is taken is refused, and stopping twice is no harm', async () => {
  await expect(startQuiet({ port: Number(new URL(simulator.url).port) })).rejects.toThrow('EADDRINUSE');
  const another = await startQuiet();
  await another.stop();
  await another.stop();
  await expect(clientOf(another)('GET', '/extension/~')).rejects.toThrow();
});
