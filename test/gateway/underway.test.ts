/** How many requests to a RingCentral that allows any number are under way at once. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createGateway } from '../../src/gateway.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { FAST_PATH } from '../support/fast-path.ts';

const ANSWERING = 20; // milliseconds

/** Knows everybody and no call, takes its time, and counts who waits. */
async function openRingCentral() {
  const seen = { underWay: 0, most: 0, connections: 0, reads: 0, commands: 0 };
  const server = createServer((request, response) => {
    const isCall = request.url?.includes('/telephony/') === true;
    seen.underWay += 1;
    seen.most = Math.max(seen.most, seen.underWay);
    if (isCall) seen[request.method === 'GET' ? 'reads' : 'commands'] += 1;
    request.resume();
    setTimeout(() => {
      seen.underWay -= 1;
      const headers = {
        'content-type': 'application/json',
        'x-rate-limit-group': 'light',
        'x-rate-limit-limit': '100000',
        'x-rate-limit-remaining': '99999',
        'x-rate-limit-window': '60',
      };
      const id = request.headers.authorization?.includes('one') ? 1 : 2;
      const extension = { id, extensionNumber: `10${id}`, account: { id: '9' } };
      response.writeHead(isCall ? 404 : 200, headers);
      response.end(JSON.stringify(isCall ? { errorCode: 'CMN-102', message: 'None.' } : extension));
    }, ANSWERING);
  });
  server.on('connection', () => {
    seen.connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

async function openHouse() {
  const ringCentral = await openRingCentral();
  const config = readConfig({
    PORT: '0',
    RINGCENTRAL_SERVER_URL: ringCentral.url,
    UPSTREAM_TIMEOUT: '120',
    DRAIN_SECONDS: '0',
    FAST_PATH,
  });
  const gateway = await createGateway(config, { log: createLog('silent') });
  onTestFinished(() => gateway.stop());
  const ask = async (query: string, variables: object = {}, token = 'one') => {
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as { data?: Record<string, unknown>; errors?: unknown };
  };
  for (const token of ['one', 'two']) await ask('{ viewer { name } }', {}, token);
  ringCentral.seen.most = 0;
  return { ...ringCentral, ask };
}

const idsFrom = (name: string) => Array.from({ length: 100 }, (_, index) => `s-${name}-${index}`);

describe('Where RingCentral names a high limit,', () => {
  test('one operation of two thousand reads has no more than thirty-two of them under way, and gets them all.', async () => {
    const { ask, seen } = await openHouse();
    const names = Array.from({ length: 20 }, (_, index) => `v${index}`);
    const query = `query (${names.map((name) => `$${name}: [ID!]!`).join(' ')}) { ${names.map((name) => `${name}: callSessions(ids: $${name}) { id }`).join(' ')} }`;
    const { data, errors } = await ask(query, Object.fromEntries(names.map((name) => [name, idsFrom(name)])));
    expect(errors).toBe(undefined);
    expect(data).toEqual(Object.fromEntries(names.map((name) => [name, Array(100).fill(null)])));
    expect(seen.reads).toBe(2_000);
    expect(seen.most).toBe(32);
    expect(seen.connections).toBeLessThan(64);
  });

  test('one user has no more than sixty-four; their commands and other users are served meanwhile.', async () => {
    const { ask, seen } = await openHouse();
    const order: string[] = [];
    const query = 'query ($ids: [ID!]!) { callSessions(ids: $ids) { id } }';
    const attack = Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        await ask(query, { ids: idsFrom(`of-${index}`) });
        order.push('attack');
      }),
    );
    while (seen.reads < 64) await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([
      ask('mutation { dropCallSession(input: { sessionId: "s-1" }) { outcome } }').then(({ data }) => {
        expect(data).toEqual({ dropCallSession: { outcome: 'NOT_APPLIED' } });
        order.push('command');
      }),
      ask('{ callSession(id: "s-2") { id } }', {}, 'two').then(({ data }) => {
        expect(data).toEqual({ callSession: null });
        order.push('other');
      }),
    ]);
    await attack;
    expect(seen.commands).toBe(1);
    expect(order.indexOf('command')).toBeLessThan(6);
    expect(order.indexOf('other')).toBeLessThan(6);
    // Sixty-four reads, a command and the other user.
    expect(seen.most).toBeGreaterThan(32);
    expect(seen.most).toBeLessThanOrEqual(66);
  });
});
