/** A client of RingCentral's notifications that knows nothing but frames. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type {
  WireConnectionDetails,
  WireFrame,
  WireNotification,
  WireSessionEvent,
  WireSubscription,
} from '../../src/ringcentral/wire.ts';
import type { Simulator } from '../../src/simulator/server.ts';

export const OWN_CALLS = '/restapi/v1.0/account/~/extension/~/telephony/sessions';
export const ALL_CALLS = '/restapi/v1.0/account/~/telephony/sessions';

export interface PushClient {
  readonly details: WireConnectionDetails;
  /** The newest. */
  wsc(): string;
  readonly frames: readonly WireFrame[];
  /** What was heard of calls, in order of arrival. */
  events(): WireSessionEvent[];
  request(method: string, path: string, body?: unknown): Promise<WireFrame>;
  subscribe(...filters: string[]): Promise<WireSubscription>;
  send(frame: unknown): void;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  close(): void;
  [Symbol.dispose](): void;
}

export async function socketToken(simulator: Simulator, token = 'sim-101'): Promise<string> {
  const response = await fetch(`${simulator.url}/restapi/oauth/wstoken`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  const body = (await response.json()) as { uri: string; ws_access_token: string };
  return `${body.uri}?access_token=${encodeURIComponent(body.ws_access_token)}`;
}

/** Connects; resolves with the first frame. */
export async function connectPush(
  simulator: Simulator,
  { token = 'sim-101', wsc, url }: { token?: string; wsc?: string; url?: string } = {},
): Promise<PushClient> {
  const address = url ?? (await socketToken(simulator, token));
  const socket = new WebSocket(wsc === undefined ? address : `${address}&wsc=${encodeURIComponent(wsc)}`);
  const frames: WireFrame[] = [];
  const waiting = new Map<string, (frame: WireFrame) => void>();
  let newest = { token: '', sequence: -1 };
  let count = 0;
  const opened = new Promise<WireFrame>((resolve, reject) => {
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data)) as WireFrame;
      frames.push(frame);
      const [{ type, messageId = '', wsc: given }] = frame;
      if (type === 'ConnectionDetails') resolve(frame);
      if (given !== undefined && (type === 'ConnectionDetails' || (given.sequence ?? 0) > newest.sequence)) {
        newest = { token: given.token ?? '', sequence: given.sequence ?? 0 };
      }
      if (type === 'ClientRequest' || type === 'Heartbeat') waiting.get(messageId)?.(frame);
    });
    socket.once('error', reject);
    socket.once('close', (code, reason) => reject(new Error(`closed with ${code} ${reason}`)));
  });
  const closed = once(socket, 'close').then(([code, reason]) => ({ code, reason: String(reason) }));
  closed.catch(() => {});
  const [, details] = await opened;

  const send = (frame: unknown) => socket.send(JSON.stringify(frame));
  const answered = (frame: WireFrame) => {
    const [{ messageId = '' }] = frame;
    return new Promise<WireFrame>((resolve) => {
      waiting.set(messageId, resolve);
      send(frame);
    });
  };
  const client: PushClient = {
    details: details as WireConnectionDetails,
    wsc: () => newest.token,
    frames,
    events: () =>
      frames
        .filter(([{ type }]) => type === 'ServerNotification')
        .map(([, body]) => body as WireNotification)
        .filter(({ event }) => event?.includes('/telephony/sessions'))
        .map(({ body }) => body as WireSessionEvent),
    request(method, path, body) {
      count += 1;
      const meta = { type: 'ClientRequest', messageId: `request-${count}`, method, path };
      return answered(body === undefined ? [meta] : [meta, body]);
    },
    async subscribe(...eventFilters) {
      const deliveryMode = { transportType: 'WebSocket' };
      const [meta, body] = await client.request('POST', '/restapi/v1.0/subscription', {
        eventFilters,
        deliveryMode,
      });
      if (meta.status !== 200) throw new Error(JSON.stringify(body));
      return body as WireSubscription;
    },
    send,
    closed,
    close: () => socket.close(),
    [Symbol.dispose]: () => socket.terminate(),
  };
  return client;
}

/** `2 p-…-1 Answered` without the long part of the id: what happened, in one line each. */
export function told(events: readonly WireSessionEvent[]): string[] {
  return events.map(({ sequence, parties: [party] = [] }) =>
    [sequence, party?.id?.split('-').at(-1), party?.status?.code].join(' '),
  );
}
