/**
 * The lean upstream as Genesys Cloud: the same calls, as conversations of four participants, of whom the one that changes is the
 * agent who asks. What it leaves out, no work of the benchmark meets: lists, commands, permissions.
 *
 * ```text
 *   POST channel ──► PUT subscriptions ──► socket ──► an event, the whole conversation, for each change
 * ```
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import {
  type CallState,
  CHANGING_PARTY,
  conversationId,
  conversationNumber,
  markerText,
  PARTIES,
} from './calls.ts';

export interface GenesysUpstream {
  /** Answers a request below `/api/v2/`; `stateOf` says how a call is. */
  answer(
    viewer: string,
    method: string,
    url: string,
    stateOf: (session: number) => CallState,
  ): { readonly status: number; readonly body: string };
  /** True for a socket that is a channel's: then it is taken. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  /** Tells each channel of this viewer that a call has changed. */
  tell(viewer: string, session: number, state: CallState): void;
}

/** Where its operations are. */
export const GENESYS_PATH = '/api/v2/';

const SOCKETS = '/channels/';
const CONVERSATION = /^\/api\/v2\/conversations\/calls\/([^/?]+)$/;
const LIFE = 86_400_000; // one day

/** Makes it, for the upstream that listens on `port`. */
export function createGenesysUpstream(port: number): GenesysUpstream {
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  /** By viewer. */
  const channels = new Map<string, Set<WebSocket>>();
  let numbers = 0;

  return {
    answer(viewer, method, url, stateOf) {
      const [path = ''] = url.split('?');
      if (path === '/api/v2/users/me') {
        return ok(`{"id":"user-${viewer}","name":"Viewer ${viewer}","organization":{"id":"bench"}}`);
      }
      if (url === '/api/v2/notifications/channels') {
        numbers += 1;
        const connectUri = `ws://127.0.0.1:${port}${SOCKETS}${viewer}/${numbers}`;
        const expires = new Date(Date.now() + LIFE).toISOString();
        return ok(JSON.stringify({ id: `channel-${numbers}`, connectUri, expires }));
      }
      if (url.startsWith('/api/v2/notifications/channels/')) {
        return ok(
          method === 'DELETE' ? '{}' : `{"entities":[{"id":"${topicOf(viewer)}","state":"Permitted"}]}`,
        );
      }
      if (path === '/api/v2/conversations/calls') {
        return ok('{"entities":[],"total":0}');
      }
      const session = conversationNumber(decodeURIComponent(CONVERSATION.exec(url)?.[1] ?? ''));
      if (session === null) return { status: 404, body: '{"status":404,"code":"not.found"}' };
      return ok(conversationJson(session, stateOf(session), viewer));
    },

    upgrade(request, socket, head) {
      const [viewer = ''] = (request.url ?? '').slice(SOCKETS.length).split('/');
      if (request.url?.startsWith(SOCKETS) !== true) return false;
      server.handleUpgrade(request, socket, head, (opened) => {
        const ofViewer = channels.get(viewer) ?? new Set();
        channels.set(viewer, ofViewer.add(opened));
        opened.on('error', () => opened.terminate());
        opened.on('close', () => ofViewer.delete(opened));
        opened.on('message', () =>
          opened.send('{"topicName":"channel.metadata","eventBody":{"message":"pong"}}'),
        );
      });
      return true;
    },

    tell(viewer, session, state) {
      const sockets = channels.get(viewer);
      if (sockets === undefined) return;
      const body = conversationJson(session, state, viewer);
      const event = `{"topicName":"${topicOf(viewer)}","version":"2","eventBody":${body},"metadata":{"CorrelationId":"bench"}}`;
      for (const socket of sockets) socket.send(event);
    },
  };
}

function topicOf(viewer: string): string {
  return `v2.users.user-${viewer}.conversations.calls`;
}

function ok(body: string): { readonly status: number; readonly body: string } {
  return { status: 200, body };
}

/** A conversation as a read shows it; the participant that changes is of the user `viewer`. */
function conversationJson(session: number, state: CallState, viewer: string): string {
  const participants = PARTIES.map((party) => participantJson(session, party, state, viewer)).join(',');
  return `{"id":"${conversationId(session)}","participants":[${participants}],"otherMediaUris":[],"recordingState":"none","securePause":false,"divisions":[]}`;
}

function participantJson(session: number, party: number, state: CallState, viewer: string): string {
  const { changedAt, heldAt, muted = false } = state;
  const isChanging = party === CHANGING_PARTY;
  const name = isChanging ? markerText({ session, changedAt }) : `"Agent ${party}"`;
  const user = isChanging ? `user-${viewer}` : `agent-${party}`;
  // Held again and again: of two events the time of the hold tells which is the later one.
  const held = isChanging && heldAt !== undefined;
  const hold = held ? `"startHoldTime":"${new Date(heldAt).toISOString()}",` : '';
  return (
    `{"id":"${conversationId(session).slice(0, -1)}${party}","name":${name},"address":"tel:+1202555011${party}",` +
    `"startTime":"2026-03-04T15:31:12.000Z","connectedTime":"2026-03-04T15:31:14.000Z",${hold}` +
    `"purpose":"agent","state":"connected","direction":"inbound","held":${held},"muted":${isChanging && muted},` +
    `"confined":false,"recording":false,"recordingState":"none","wrapupRequired":false,"mediaRoles":["full"],` +
    `"user":{"id":"${user}"},"queue":{"id":"queue-1"},"ani":"tel:+12025550147","dnis":"tel:+1202555011${party}",` +
    `"attributes":{},"provider":"Edge"}`
  );
}
