/** Clients that do not read, before a gateway with little memory, in a process of its own. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { createSimulator, type Simulator } from '../../src/simulator/server.ts';
import { until } from '../support/gateway.ts';
import { type GatewayProcess, startGateway } from '../support/process.ts';

const MIB = 1_048_576;

/** Of the heap; what is not a JavaScript value is beside it. */
const LITTLE = '--max-old-space-size=128';

function openSimulator(): Promise<Simulator> {
  const settings = { lightLimit: 0, mediumLimit: 0, heavyLimit: 0, authLimit: 0 };
  return createSimulator({ story: false, settings });
}

/** A query of few values whose answer has nearly four million bytes, because of the names that somebody gave the parties. */
function longAnswer(simulator: Simulator): string {
  const { id = '' } = simulator.startCall({ kind: 'inbound', to: '101', state: 'Answered' });
  const name = 'x'.repeat(70_000);
  simulator.switchboard.change(id, (call) => ({
    ...call,
    parties: call.parties.map((party) => ({
      ...party,
      from: { ...party.from, name },
      to: { ...party.to, name },
    })),
  }));
  const names = Array.from({ length: 14 }, (_, index) => `f${index}: from { name } t${index}: to { name }`);
  return `{ callSession(id: "${id}") { parties { ${names.join(' ')} } } }`;
}

/** A user with nothing to do with it. */
async function askAsOther({ url }: GatewayProcess): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer sim-102' },
    body: JSON.stringify({ query: '{ viewer { extensionNumber } }' }),
  });
  return response.json();
}

async function reading({ url }: GatewayProcess, series: string): Promise<number> {
  const text = await (await fetch(url.replace('/graphql', '/metrics'))).text();
  const value = text.split('\n').find((line) => line.startsWith(`${series} `));
  return Number(value?.split(' ')[1] ?? Number.NaN);
}

/** Forty-eight answers over eight WebSockets that do not read are more than the process has memory for. */
test('Queries on WebSockets that do not read kill nobody.', async () => {
  await using simulator = await openSimulator();
  const query = longAnswer(simulator);
  await using gateway = await startGateway({
    RINGCENTRAL_SERVER_URL: simulator.url,
    NODE_OPTIONS: LITTLE,
  });
  const sockets = Array.from({ length: 8 }, () => {
    const socket = new WebSocket(gateway.url.replace('http', 'ws'), 'graphql-transport-ws');
    onTestFinished(() => socket.terminate());
    return socket.on('error', () => {});
  });
  await Promise.all(
    sockets.map(async (socket) => {
      await once(socket, 'open');
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer sim-101' } }));
      await once(socket, 'message');
      socket.pause();
    }),
  );
  for (let turn = 0; turn < 6; turn += 1) {
    for (const [index, socket] of sockets.entries()) {
      socket.send(JSON.stringify({ type: 'subscribe', id: `${index}-${turn}`, payload: { query } }));
    }
    const answered = await askAsOther(gateway);
    expect(answered).toEqual({ data: { viewer: { extensionNumber: '102' } } });
  }
  await until(async () => (await reading(gateway, 'gateway_readers_cut_total{reason="share"}')) > 0);
  await until(async () => (await reading(gateway, 'gateway_graphql_in_flight')) === 0);
  expect(await reading(gateway, 'gateway_unread_bytes{of="viewers"}')).toBeLessThanOrEqual(32 * MIB);
  expect(await askAsOther(gateway)).toEqual({ data: { viewer: { extensionNumber: '102' } } });
});

test('Requests over HTTP whose answers nobody reads hold a bounded amount, and their ends are cut.', async () => {
  await using simulator = await openSimulator();
  const query = longAnswer(simulator);
  await using gateway = await startGateway({
    RINGCENTRAL_SERVER_URL: simulator.url,
    NODE_OPTIONS: LITTLE,
  });
  const body = JSON.stringify({ query });
  const request =
    'POST /graphql HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer sim-101\r\ncontent-type: application/json\r\n' +
    `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  const { hostname, port } = new URL(gateway.url);
  for (let client = 0; client < 8; client += 1) {
    const socket = connect({ host: hostname, port: Number(port) }).on('error', () => {});
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
    socket.write(request.repeat(6));
    expect(await askAsOther(gateway)).toEqual({ data: { viewer: { extensionNumber: '102' } } });
  }
  await until(async () => (await reading(gateway, 'gateway_readers_cut_total{reason="share"}')) > 0);
  await until(async () => (await reading(gateway, 'gateway_graphql_in_flight')) === 0);
  expect(await reading(gateway, 'gateway_unread_bytes{of="viewers"}')).toBeLessThanOrEqual(32 * MIB);
  // Once nobody holds them any more, what was cut is collected.
  await until(async () => {
    await askAsOther(gateway);
    return (await reading(gateway, 'nodejs_external_memory_bytes')) < 64 * MIB;
  });
});
