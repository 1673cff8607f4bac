/** Whatever stands in a frame or an answer about sockets, and whenever one is asked: it denies or ends a socket, and nothing else. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { openSocket } from '../../../src/ringcentral/push/socket.ts';

const ODD = [
  'no JSON',
  '[]',
  '[null]',
  '[{"type":"ConnectionDetails","wsc":7},{"recoveryState":{},"creationTime":[]}]',
  '[{"type":"ConnectionDetails","wsc":{"token":{},"sequence":"x"}}]',
  '[{"type":"ClientRequest","messageId":{},"headers":7,"status":{}},[]]',
  '[{"type":"ServerNotification"},{"body":{"parties":7,"sequence":{}},"event":{},"subscriptionId":[]}]',
  '[{"type":"Error"},7]',
  `[${'['.repeat(20_000)}${']'.repeat(20_000)}]`,
];

test.for(ODD)('A socket that hears %s is lost, or goes on', async (frame) => {
  const server = createServer().listen(0, '127.0.0.1');
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => {
    socket.send(frame);
    socket.close();
  });
  onTestFinished(() => {
    for (const client of sockets.clients) client.terminate();
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const lost = await new Promise((resolve) =>
    openSocket(`ws://127.0.0.1:${port}`, { onOpen() {}, onNotification() {}, onLost: resolve }),
  );
  expect(lost).toMatchObject({ reason: expect.any(String) });
});

test('A socket that is not open yet is asked nothing, and says so', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  // Whoever comes waits for ever.
  const comers: Duplex[] = [];
  server.on('upgrade', (_request, comer) => comers.push(comer));
  onTestFinished(() => {
    for (const comer of comers) comer.destroy();
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const socket = openSocket(`ws://127.0.0.1:${port}`, { onOpen() {}, onNotification() {}, onLost() {} });
  const ask = () => new Promise((resolve) => socket.request({ method: 'GET', path: '/' }, resolve));
  expect(await ask()).toBeNull();
  await expect.poll(() => comers).toHaveLength(1);
  expect(await ask()).toBeNull();
  socket.close();
});
