/**
 * The sockets of channels: heartbeats, pings, subscriptions, events, and the troubles that a network has.
 *
 * ```text
 *   upgrade ──no such channel──► 401
 *      └──► open ──cut──► lost                          the channel waits for another socket
 *            │  ▲
 *     freeze │  │ thaw                                  half-open: nothing in, nothing out
 *            ▼  │
 *           frozen
 *
 *   open ──another socket, evicted, expired, token revoked──► told why, closed
 *   open ──closing──► socket_closing, and closed a while after
 * ```
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { Journal } from '../../journal.ts';
import type { Centre } from '../centre.ts';
import type { Channel, ChannelEnd, Channels, Line } from './channels.ts';
import { judgeTopics } from './operations.ts';

/** What can be done to the sockets and channels of a user, or of everybody. */
export const CHANNEL_TROUBLES = ['cut', 'freeze', 'thaw', 'closing', 'evict'] as const;
export type ChannelTrouble = (typeof CHANNEL_TROUBLES)[number];

/** Of a channel, as the controls show it. */
export interface ChannelFacts {
  readonly id: string;
  /** The handle of whoever has it. */
  readonly user: string;
  readonly topics: readonly string[];
  readonly isConnected: boolean;
  readonly expires: string;
}

export interface ChannelSockets {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Does something to the channels of a user (by handle), or to all; answers how many it hit. */
  trouble(kind: ChannelTrouble, user?: string): number;
  list(): readonly ChannelFacts[];
  stop(): void;
}

/** Where they connect: `/channels/streaming-…`. */
export const CHANNEL_PATH = '/channels/';

const MAX_FRAME = 1_048_576; // 1 MiB
const GOING_AWAY = 1001;
const NORMAL = 1000;

interface Connection {
  readonly channel: Channel;
  readonly socket: WebSocket;
  frozen: boolean;
}

export function createChannelSockets(centre: Centre, channels: Channels, journal: Journal): ChannelSockets {
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME, perMessageDeflate: false });
  const connections = new Set<Connection>();

  return {
    upgrade(request, socket, head) {
      socket.on('error', () => socket.destroy());
      const path = (request.url ?? '/').split('?')[0] ?? '';
      const channel = channels.find(path.slice(CHANNEL_PATH.length));
      const entry = journal.add({
        ...{ method: 'GET', path, query: '', operationId: 'connectChannel', held: true, ended: null },
        ...{ viewer: channel?.owner.person.handle ?? null, started: centre.now() },
        status: channel === undefined ? 401 : 101,
      });
      socket.once('close', () => {
        entry.ended = centre.now();
      });
      if (channel === undefined) {
        socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, (opened) => open(opened, channel));
    },
    trouble(kind, user) {
      const hit = channels.all().filter(({ owner }) => user === undefined || owner.person.handle === user);
      for (const channel of hit) befall(channel, kind);
      return hit.length;
    },
    list: () =>
      channels.all().map(({ id, owner, topics, line, expires }) => ({
        ...{ id, user: owner.person.handle, topics: [...topics.keys()], isConnected: line !== null },
        expires: new Date(expires).toISOString(),
      })),
    stop() {
      for (const { socket } of connections) socket.terminate();
    },
  };

  function open(socket: WebSocket, channel: Channel): void {
    const connection: Connection = { channel, socket, frozen: false };
    const line: Line = {
      send(message) {
        if (!connection.frozen) socket.send(JSON.stringify(message));
      },
      end: (reason) => end(connection, reason),
    };
    channel.line?.end('replaced');
    channel.line = line;
    connections.add(connection);
    const heartbeats = setInterval(
      () => line.send(metadata('WebSocket Heartbeat')),
      centre.settings().genesysHeartbeat,
    ).unref();
    socket.on('error', () => socket.terminate());
    socket.on('message', (data) => hear(connection, data));
    socket.once('close', () => {
      clearInterval(heartbeats);
      connections.delete(connection);
      if (channel.line === line) channel.line = null;
    });
  }

  function hear({ channel, frozen }: Connection, data: RawData): void {
    if (frozen) return;
    const message = readMessage(String(data));
    const correlation = message.correlationId === undefined ? {} : { correlationId: message.correlationId };
    if (message.message === 'ping') {
      channel.line?.send(metadata('pong'));
    } else if (message.message === 'subscribe' || message.message === 'unsubscribe') {
      channel.line?.send({ ...changeTopics(channel, message), ...correlation });
    } else {
      channel.line?.send({ result: '400', status: 'error', message: 'Unknown message', ...correlation });
    }
  }

  function changeTopics(channel: Channel, { message, topics }: ClientMessage): object {
    if (!Array.isArray(topics) || !topics.every((one): one is string => typeof one === 'string')) {
      return { result: '400', status: 'error', message: 'The topics are missing' };
    }
    if (message === 'unsubscribe') {
      channels.subscribe(channel, new Map([...channel.topics].filter(([id]) => !topics.includes(id))));
      return { result: '200', status: 'unsubscribed' };
    }
    const verdicts = judgeTopics(topics, channel);
    const rejected = verdicts.find(({ state }) => state === 'Rejected');
    const wanted = new Map([
      ...channel.topics,
      ...verdicts.map(({ id, interests }) => [id, interests] as const),
    ]);
    const isTooMuch = wanted.size > centre.settings().genesysTopicLimit;
    if (rejected !== undefined || isTooMuch) {
      const why = rejected?.rejectionReason ?? 'Too many subscriptions';
      return { result: '400', status: 'failure', message: why };
    }
    channels.subscribe(channel, wanted);
    return { result: '200', status: 'subscribed' };
  }

  function end({ channel, socket, frozen }: Connection, reason: ChannelEnd): void {
    if (reason === 'reset') {
      socket.terminate();
      return;
    }
    if (frozen) return;
    if (reason === 'gone')
      socket.send(JSON.stringify({ result: '404', status: 'error', message: 'Channel not found' }));
    if (reason === 'tokenRevoked') {
      const { owner, id } = channel;
      const eventBody = {
        ...{ channelId: id, systemTopicType: 'token_revoked', reason: 'user_tokens_revoked' },
        ...{
          userId: owner.person.id,
          oauthClientId: owner.app,
          message: 'The token of this channel was revoked',
        },
      };
      socket.send(JSON.stringify({ topicName: 'v2.system.token_revoked', version: '2', eventBody }));
    }
    socket.close(reason === 'replaced' ? NORMAL : GOING_AWAY);
  }

  function befall(channel: Channel, kind: ChannelTrouble): void {
    if (kind === 'evict') {
      channels.end(channel, 'gone');
      return;
    }
    for (const connection of connections) {
      if (connection.channel === channel) befallSocket(connection, kind);
    }
  }

  function befallSocket(connection: Connection, kind: Exclude<ChannelTrouble, 'evict'>): void {
    const { socket, channel } = connection;
    switch (kind) {
      case 'cut':
        channel.line = null;
        socket.terminate();
        break;
      case 'freeze':
      case 'thaw':
        connection.frozen = kind === 'freeze';
        break;
      case 'closing': {
        const eventBody = { message: 'The connection will be closed shortly, reconnect to the same address' };
        const message = { topicName: 'v2.system.socket_closing', version: '2', eventBody };
        channel.line?.send({ ...message, metadata: { CorrelationId: randomUUID() } });
        centre.later(centre.settings().genesysClosingTime, () => socket.close(GOING_AWAY));
        break;
      }
    }
  }
}

interface ClientMessage {
  readonly message?: unknown;
  readonly topics?: unknown;
  readonly correlationId?: unknown;
}

function readMessage(text: string): ClientMessage {
  try {
    const message: unknown = JSON.parse(text);
    return typeof message === 'object' && message !== null ? message : {};
  } catch {
    return {};
  }
}

function metadata(message: string): object {
  return { topicName: 'channel.metadata', eventBody: { message } };
}
