/** What is not for everybody: the metrics, simulated calls, and RingCentral's time. */
import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createGateway, type Gateway } from '../../src/gateway.ts';
import { createReach } from '../../src/server/reach.ts';
import { createSimulator } from '../../src/simulator/server.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { FAST_PATH } from '../support/fast-path.ts';

async function open(environment: Record<string, string> = {}): Promise<Gateway> {
  const config = readConfig({ PORT: '0', FAST_PATH, DRAIN_SECONDS: '1', ...environment });
  const gateway = await createGateway(config, { log: createLog('silent') });
  onTestFinished(() => gateway.stop());
  return gateway;
}

interface Answered {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Sending {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** Asks with any `Host`, which fetch does not let anybody choose. */
async function send(url: string, { method = 'GET', headers = {}, body }: Sending = {}): Promise<Answered> {
  const sending = request(url, { method, headers });
  sending.end(body);
  const [response] = (await once(sending, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

const at = (gateway: Gateway, path: string) => new URL(path, gateway.url).href;
const asked = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: '{"query":"{ __typename }"}',
};
const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };

describe('The metrics', () => {
  const production = { NODE_ENV: 'production', SIMULATOR: 'on' };

  test('are with everything else, unless it is production', async () => {
    const gateway = await open();
    expect(gateway.metricsUrl).toBeNull();
    expect((await send(at(gateway, '/metrics'))).body).toContain('gateway_graphql_in_flight 0');
  });

  test('are in production on a port of their own, and on no other', async () => {
    const gateway = await open({ ...production, METRICS_PORT: '0' });
    expect((await send(at(gateway, '/metrics'))).status).toBe(404);
    expect(gateway.metricsUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    const { status, headers, body } = await send(gateway.metricsUrl ?? '');
    expect([status, headers['content-type']]).toEqual([200, expect.stringContaining('version=0.0.4')]);
    expect(body).toContain('gateway_graphql_in_flight 0');
  });

  test('are nowhere in production without such a port', async () => {
    const gateway = await open(production);
    expect((await send(at(gateway, '/metrics'))).status).toBe(404);
    expect(gateway.metricsUrl).toBeNull();
  });

  test('have nothing beside them on their port, and are only read', async () => {
    const { metricsUrl } = await open({ METRICS_PORT: '0' });
    const url = metricsUrl ?? '';
    for (const path of ['/', '/graphql', '/healthz', '/metrics/']) {
      expect((await send(new URL(path, url).href)).status).toBe(404);
    }
    const { status, headers } = await send(url, { method: 'POST' });
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
  });

  test('go with the gateway, also where somebody holds on to their port', async () => {
    const gateway = await open({ METRICS_PORT: '0' });
    const holding = request(gateway.metricsUrl ?? '', { method: 'POST', headers: { 'content-length': '5' } });
    holding.write('x');
    const [response] = (await once(holding, 'response')) as [IncomingMessage];
    response.resume();
    const cut = once(holding, 'close');
    holding.on('error', () => {});
    await gateway.stop();
    await cut;
    await expect(send(gateway.metricsUrl ?? '')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('stop the start where their port is taken, and leave nothing behind', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    await expect(open({ METRICS_PORT: String(port) })).rejects.toMatchObject({ code: 'EADDRINUSE', port });
    taken.close();
  });

  test('cannot have the port of the gateway', () => {
    expect(() => readConfig({ PORT: '4000', METRICS_PORT: '4000' })).toThrow(
      'METRICS_PORT: read "4000", which is PORT; allowed is another one.',
    );
  });
});

test('Every answer forbids to guess what it is', async () => {
  const gateway = await open({ METRICS_PORT: '0' });
  const { simulatorUrl } = gateway;
  const answers = await Promise.all([
    ...['/', '/graphql', '/healthz', '/readyz', '/metrics', '/nothing'].map((path) =>
      send(at(gateway, path)),
    ),
    send(gateway.url, asked),
    send(gateway.url, { ...asked, body: '{' }),
    send(gateway.url, { method: 'PUT' }),
    send(gateway.url, { method: 'OPTIONS' }),
    send(gateway.url, { headers: { accept: 'text/html' } }),
    send(gateway.url, { ...asked, headers: { ...asked.headers, accept: 'text/event-stream' } }),
    send(gateway.url, { headers: { host: 'evil.example' } }),
    send(gateway.metricsUrl ?? ''),
    send(`${simulatorUrl}/simulator/calls`),
    send(`${simulatorUrl}/restapi/v1.0/account/~/extension/~`),
  ]);
  expect(answers.map(({ headers }) => headers['x-content-type-options'])).toEqual(
    answers.map(() => 'nosniff'),
  );
});

describe('Simulated calls', () => {
  const evil = { host: 'evil.example:4000' };

  test('are not for a page whose own name resolves to this machine', async () => {
    const gateway = await open();
    const refused = {
      status: 421,
      body: expect.stringContaining('this gateway answers only to localhost'),
    };
    expect(await send(gateway.url, { ...asked, headers: { ...asked.headers, ...evil } })).toMatchObject(
      refused,
    );
    for (const path of ['/graphql?query={me}', '/graphql', '/', '/metrics', '/healthz']) {
      expect(await send(at(gateway, path), { headers: evil })).toMatchObject(refused);
    }
    expect((await send(gateway.url, { headers: { ...evil, ...upgrade } })).status).toBe(421);
  });

  test('are for whoever means this machine, or a host of CORS_ORIGINS', async () => {
    const gateway = await open({ CORS_ORIGINS: 'https://desk.example.com' });
    for (const host of ['localhost:4000', '127.0.0.1', '[::1]:4000', 'desk.example.com']) {
      const answer = await send(gateway.url, { ...asked, headers: { ...asked.headers, host } });
      expect([host, answer.status]).toEqual([host, 200]);
    }
  });

  test('are not steered by such a page either', async () => {
    const simulator = await createSimulator({ story: false });
    onTestFinished(() => simulator.stop());
    const call = { method: 'POST', body: '{"kind":"inbound","from":"+12025550147","to":"101"}' };
    const url = `${simulator.url}/simulator/calls`;
    expect(await send(url, { ...call, headers: evil })).toMatchObject({
      status: 421,
      body: expect.stringContaining('The simulator is asked as localhost, not as evil.example:4000'),
    });
    expect(simulator.calls()).toEqual([]);
    expect((await send(url, { ...call, headers: { host: 'localhost:4010' } })).status).toBeLessThan(300);
  });

  test('alone are kept so: with RingCentral a gateway has any name, and tokens', async () => {
    const simulator = await createSimulator({ story: false });
    onTestFinished(() => simulator.stop());
    const gateway = await open({ RINGCENTRAL_SERVER_URL: simulator.url });
    expect((await send(at(gateway, '/healthz'), { headers: evil })).status).toBe(200);
  });
});

describe('Whether RingCentral can be reached', () => {
  /** A server that counts who comes, and says nothing. */
  async function countingServer() {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.on('error', () => {}).resume();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}`, connections: () => connections, close: () => server.close() };
  }

  test('is looked at once a second, however many ask', async () => {
    const server = await countingServer();
    const gateway = await open({ RINGCENTRAL_SERVER_URL: server.url });
    // On this machine it asks once whether that is a simulator.
    await expect.poll(server.connections).toBeGreaterThan(0);
    const before = server.connections();
    const startedAt = performance.now();
    for (let round = 0; round < 10; round += 1) {
      const answers = await Promise.all(Array.from({ length: 30 }, () => send(at(gateway, '/readyz'))));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    }
    const seconds = (performance.now() - startedAt) / 1_000;
    expect(server.connections() - before).toBeLessThanOrEqual(1 + seconds);
  });

  test('is looked at anew when what was seen is a second old', async () => {
    const server = await countingServer();
    let now = 0;
    const reach = createReach(server.url, () => now);
    expect(await Promise.all([reach(), reach(), reach()])).toEqual([true, true, true]);
    now = 999;
    expect(await reach()).toBe(true);
    await expect.poll(server.connections).toBe(1);
    now = 1_000;
    expect(await reach()).toBe(true);
    await expect.poll(server.connections).toBe(2);
    server.close();
    now = 1_999;
    expect(await reach()).toBe(true);
    now = 2_000;
    expect(await reach()).toBe(false);
  });
});
