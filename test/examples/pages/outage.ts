/** A page with nothing on it but a client of the README that watches a call. */
import { createLiveClient } from '../../../examples/live-client.ts';
import { createSseClient } from '../../../examples/sse.ts';
import type { Watcher } from '../../support/outage.ts';

const PATIENCE = 1_000; // 1 second

const heard = { events: [] as unknown[], failures: [] as unknown[], tries: 0 };

const clients: Record<string, (origin: string) => Watcher> = {
  'graphql-ws': (origin) =>
    createLiveClient(`${origin.replace('http', 'ws')}/graphql`, () => 'sim-101', {
      keepAlive: PATIENCE,
      on: { connecting: () => void heard.tries++ },
    }),
  'graphql-sse': (origin) =>
    createSseClient(
      `${origin}/graphql`,
      () => {
        heard.tries += 1;
        return 'sim-101';
      },
      PATIENCE,
    ),
};

function start(name: string, origin: string, query: string, sessionId: string): void {
  clients[name]?.(origin).subscribe(
    { query, variables: { sessionId } },
    {
      next: ({ data }) => void heard.events.push((data as { callEvents: unknown }).callEvents),
      error: (reason) => void heard.failures.push(String(reason)),
      complete: () => void heard.failures.push('complete'),
    },
  );
}

Object.assign(globalThis, { heard, start });
