/** Whatever stands in a frame or an answer about sockets: it denies or ends a socket, and nothing else. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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
