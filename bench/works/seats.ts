/** Seats of an audience: at a GraphQL server, at the raw broadcast, or right before the upstream. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { WireSocketToken } from '../../src/ringcentral/wire.ts';
import type { TakeSeat } from '../audience.ts';
import { readMarker, sessionId, tokenOf } from '../calls.ts';
import type { Contestant, Upstream } from '../contestants.ts';
import { getRequest, isTrue, openConnection, postRequest } from '../http-load.ts';
import { SELECTIONS, sessionPath, watch, watchConversation } from '../operations.ts';
import { waitUntil } from '../waiting.ts';
import { openSocket } from '../websocket.ts';

/**
 * Has each viewer read one call, as a screen does before it subscribes: from the answer the gateway learns how
 * much that viewer may ask. Before it knows, it believes in fifty a minute.
 */
export async function introduce({ server, dialect }: Contestant, viewers: readonly number[]): Promise<void> {
  const connection = await openConnection(server.port);
  for (const viewer of viewers) {
    const { request, expects } = dialect.read(viewer, 0);
    const answer = await connection.send(request);
    if (!isTrue(answer, expects)) throw new Error(`Viewer ${viewer} was answered ${answer.body.toString()}`);
  }
  connection.close();
}

const QUIET = 1_000; // milliseconds
/** Thousands of calls that are looked at once more, on a busy machine. */
const QUIET_WITHIN = 300_000; // 5 minutes

/**
 * Whoever has just sat down may still have questions: waits until nobody asks the upstream anything. Who never stops asking
 * has a fault, which no number may hide.
 */
export async function untilQuiet(
  upstream: Pick<Upstream, 'counts'>,
  { every = QUIET, within = QUIET_WITHIN } = {},
): Promise<void> {
  let before = -1;
  let last = 0;
  const isQuiet = async () => {
    const { reads, polls } = await upstream.counts();
    last = reads + polls - before;
    before += last;
    return last === 0;
  };
  const missing = () => `the upstream is still asked: ${last} requests more since the last look`;
  await waitUntil(isQuiet, { within, every, missing });
}

export interface Place {
  readonly sessions: readonly number[];
  readonly take: TakeSeat;
}

/** One socket of one viewer at a GraphQL server, with a subscription for each session. */
export function seatAt(
  { server }: Contestant,
  viewer: number,
  sessions: readonly number[],
  selection: string = SELECTIONS[0],
): Place {
  const operations = sessions.map((session) => watch(session, selection));
  return {
    sessions,
    take: (watcher) => openSocket({ port: server.port, path: '/graphql', viewer, operations, ...watcher }),
  };
}

/** The same for a conversation of Genesys Cloud. */
export function seatAtConversation({ server }: Contestant, viewer: number, session: number): Place {
  const operations = [watchConversation(session)];
  return {
    sessions: [session],
    take: (watcher) => openSocket({ port: server.port, path: '/graphql', viewer, operations, ...watcher }),
  };
}

/** One socket at the raw broadcast, which sends without being asked. */
export function seatAtBroadcast({ server }: Contestant, viewer: number, session: number): Place {
  const path = `/${sessionId(session)}?viewer=${viewer}`;
  return {
    sessions: [session],
    take: (watcher) => openSocket({ port: server.port, path, viewer, operations: [], ...watcher }),
  };
}

/** A socket of one's own for a viewer's notifications, right before an upstream that sends them. */
export function seatAtNotifications({ port }: Upstream, viewer: number, sessions: readonly number[]): Place {
  return {
    sessions,
    async take({ onMarker, onFailure }) {
      const connection = await openConnection(port);
      const { body } = await connection.send(postRequest('/restapi/oauth/wstoken', tokenOf(viewer)));
      const { uri, ws_access_token: token } = JSON.parse(body.toString()) as WireSocketToken;
      const socket = new WebSocket(`${uri}?access_token=${token}`, { perMessageDeflate: false });
      let closed = false;
      socket.on('error', onFailure);
      socket.on('close', () => {
        if (!closed) onFailure(new Error('The upstream closed a socket'));
      });
      const heard = () => once(socket, 'message');
      await heard();
      const subscribed = heard();
      socket.send(
        '[{"type":"ClientRequest","messageId":"1","method":"POST","path":"/restapi/v1.0/subscription"},{}]',
      );
      await subscribed;
      socket.on('message', (data: Buffer) => {
        const marker = readMarker(data);
        if (marker !== null) onMarker(marker);
      });
      for (const session of sessions) {
        const answer = await connection.send(getRequest(sessionPath(session), tokenOf(viewer)));
        const marker = readMarker(answer.body);
        if (marker !== null) onMarker(marker);
      }
      connection.close();
      return {
        close() {
          closed = true;
          socket.terminate();
        },
      };
    },
  };
}

/** A long poll of one's own: nothing stands between it and the upstream. */
export function seatAtUpstream({ port }: Upstream, viewer: number, session: number): Place {
  return {
    sessions: [session],
    async take({ onMarker, onFailure }) {
      const connection = await openConnection(port, 0);
      let closed = false;
      const follow = async () => {
        let path = sessionPath(session);
        while (!closed) {
          const { head, body } = await connection.send(getRequest(path, tokenOf(viewer)));
          const marker = readMarker(body);
          if (marker !== null) onMarker(marker);
          const since = /\r\nx-changed-at: *(\d+)/i.exec(head)?.[1] ?? '0';
          path = `${sessionPath(session)}?timestamp=${since}&timeout=300`;
        }
      };
      follow().catch((error: Error) => {
        if (!closed) onFailure(error);
      });
      return {
        close() {
          closed = true;
          connection.close();
        },
      };
    },
  };
}
