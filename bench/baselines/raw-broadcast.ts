/**
 * The ceiling of a fan-out with `ws`: one long poll upstream, and one prebuilt string to every socket that
 * listens on `/<session>?viewer=<n>`. No GraphQL, no protocol, nobody is anybody; the string is what a
 * GraphQL gateway would send.
 */
import { createServer } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import type { WireParty, WireSession } from '../../src/ringcentral/wire.ts';
import { CHANGING_PARTY } from '../calls.ts';
import { createPoller } from './poller.ts';

const audiences = new Map<string, { sockets: Set<WebSocket>; frame: Promise<string> }>();
const poller = createPoller(process.env.UPSTREAM ?? '');
const server = createServer((_, response) => response.end());

new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket, request) => {
  const path = request.url ?? '';
  const audience = audiences.get(path) ?? opened(path);
  audience.sockets.add(socket);
  socket.on('close', () => audience.sockets.delete(socket));
  void audience.frame.then((frame) => socket.send(frame));
});
server.listen(Number(process.env.PORT), '127.0.0.1');

function opened(path: string) {
  const { pathname, searchParams } = new URL(path, 'http://gateway');
  const authorization = `Bearer viewer-${searchParams.get('viewer')}`;
  const sockets = new Set<WebSocket>();
  const frame = new Promise<string>((resolve) => {
    poller.follow(pathname.slice(1), authorization, (session) => {
      const next = frameOf(session);
      audience.frame = Promise.resolve(next);
      resolve(next);
      for (const socket of sockets) socket.send(next);
    });
  });
  const audience = { sockets, frame };
  audiences.set(path, audience);
  return audience;
}

function frameOf(session: WireSession): string {
  const party: WireParty = session.parties?.[CHANGING_PARTY - 1] ?? {};
  const callPartyUpdated = {
    id: party.id,
    direction: party.direction?.toUpperCase(),
    muted: party.muted,
    status: { code: party.status?.code?.toUpperCase() },
    from: { phoneNumber: party.from?.phoneNumber, name: party.from?.name },
    to: { phoneNumber: party.to?.phoneNumber, name: party.to?.name },
    observedAt: new Date().toISOString(),
  };
  return JSON.stringify({ id: '0', type: 'next', payload: { data: { callPartyUpdated } } });
}
