/** Seats of an audience: at a GraphQL server, at the raw broadcast, or right before the upstream. */
import type { TakeSeat } from '../audience.ts';
import { readMarker, sessionId, tokenOf } from '../calls.ts';
import type { Contestant, Upstream } from '../contestants.ts';
import { getRequest, isTrue, openConnection } from '../http-load.ts';
import { SELECTIONS, sessionPath, watch } from '../operations.ts';
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

/** One socket at the raw broadcast, which sends without being asked. */
export function seatAtBroadcast({ server }: Contestant, viewer: number, session: number): Place {
  const path = `/${sessionId(session)}?viewer=${viewer}`;
  return {
    sessions: [session],
    take: (watcher) => openSocket({ port: server.port, path, viewer, operations: [], ...watcher }),
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
