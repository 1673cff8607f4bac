/**
 * The notifications of the lean RingCentral: a token, a socket, one subscription for each, and a frame to every socket of
 * whoever a change concerns. What it leaves out, no work of the benchmark meets: filters, recovery, quotas.
 *
 * ```text
 *   token ──► connect ──► ConnectionDetails ──► POST subscription ──► ServerNotification … ──► DELETE, or gone
 * ```
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { WireFrameMeta } from '../src/ringcentral/wire.ts';

export interface Push {
  /** The answer to a request for a token of this viewer. */
  tokenFor(viewer: string): string;
  /** Takes a request for a socket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Sends the body of an event, in JSON, to each socket with a subscription of this viewer. */
  tell(viewer: string, body: string): void;
}

interface Connection {
  readonly socket: WebSocket;
  readonly viewer: string;
  subscriptionId: string | null;
}

const PATH = '/ws';
const LIFE = 86_400; // seconds
const CALLS = '/restapi/v1.0/account/701000004/extension/';

/** Makes it, for the upstream that listens on `port`. */
export function createPush(port: number): Push {
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  /** By viewer. */
  const connections = new Map<string, Set<Connection>>();
  let numbers = 0;

  return {
    tokenFor: (viewer) =>
      JSON.stringify({
        uri: `ws://127.0.0.1:${port}${PATH}`,
        ws_access_token: `socket-${viewer}`,
        expires_in: 60,
      }),
    upgrade(request, socket, head) {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://upstream');
      const viewer = /^socket-(\d+)$/.exec(searchParams.get('access_token') ?? '')?.[1];
      if (pathname !== PATH || viewer === undefined) {
        socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, (opened) => open(opened, viewer));
    },
    tell(viewer, body) {
      for (const { socket, subscriptionId } of connections.get(viewer) ?? []) {
        if (subscriptionId === null) continue;
        numbers += 1;
        const uuid = `bench-event-${numbers}`;
        socket.send(
          `[{"type":"ServerNotification","messageId":"${uuid}","status":200,"headers":{"RCRequestId":"${uuid}"}},` +
            `{"uuid":"${uuid}","event":"${CALLS}${viewer}/telephony/sessions","timestamp":"${new Date().toISOString()}",` +
            `"subscriptionId":"${subscriptionId}","ownerId":"${viewer}","body":${body}}]`,
        );
      }
    },
  };

  function open(socket: WebSocket, viewer: string): void {
    const connection: Connection = { socket, viewer, subscriptionId: null };
    const ofViewer = connections.get(viewer) ?? new Set();
    connections.set(viewer, ofViewer.add(connection));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => ofViewer.delete(connection));
    socket.on('message', (data: RawData) => hear(connection, String(data)));
    numbers += 1;
    const messageId = `bench-socket-${numbers}`;
    send(
      socket,
      { type: 'ConnectionDetails', messageId, status: 200, wsc: { token: messageId, sequence: 1 } },
      {
        creationTime: new Date().toISOString().replace('Z', '+0000'),
        maxConnectionsPerSession: 50,
        recoveryBufferSize: 100,
        recoveryTimeout: 180,
        idleTimeout: 1_800,
        absoluteTimeout: LIFE,
        maxActiveRequests: 10,
      },
    );
  }

  function hear(connection: Connection, text: string): void {
    const [meta, body] = JSON.parse(text) as [WireFrameMeta, { readonly eventFilters?: readonly string[] }?];
    const { socket } = connection;
    const messageId = meta.messageId ?? '';
    if (meta.type === 'Heartbeat') {
      send(socket, { type: 'Heartbeat', messageId });
    } else if (meta.method === 'DELETE') {
      connection.subscriptionId = null;
      send(socket, { type: 'ClientRequest', messageId, status: 204 });
    } else if (meta.method === 'POST' || meta.method === 'PUT') {
      numbers += 1;
      connection.subscriptionId ??= `bench-subscription-${numbers}`;
      send(
        socket,
        { type: 'ClientRequest', messageId, status: 200 },
        subscriptionOf(connection.subscriptionId, body?.eventFilters ?? []),
      );
    } else {
      send(socket, { type: 'ClientRequest', messageId, status: 404 }, { errorCode: 'CMN-102' });
    }
  }
}

function subscriptionOf(id: string, eventFilters: readonly string[]): object {
  const now = Date.now();
  return {
    uri: `/restapi/v1.0/subscription/${id}`,
    id,
    creationTime: new Date(now).toISOString(),
    status: 'Active',
    eventFilters,
    expirationTime: new Date(now + LIFE * 1_000).toISOString(),
    expiresIn: LIFE - 1,
    deliveryMode: { transportType: 'WebSocket', encryption: false },
  };
}

function send(socket: WebSocket, meta: WireFrameMeta, body?: object): void {
  socket.send(JSON.stringify(body === undefined ? [meta] : [meta, body]));
}
