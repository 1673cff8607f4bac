/** A page with nothing on it but the client of the README. */
import { createLiveClient } from '../../../examples/live-client.ts';

const heard = { events: [] as unknown[], failures: [] as unknown[], tries: 0 };

function start(url: string, query: string, sessionId: string): void {
  const client = createLiveClient(url, () => 'sim-101', {
    keepAlive: 1_000, // 1 second
    on: { connecting: () => void heard.tries++ },
  });
  client.subscribe(
    { query, variables: { sessionId } },
    {
      next: ({ data }) => void heard.events.push(data?.callEvents),
      error: (reason) => void heard.failures.push(String(reason)),
      complete: () => void heard.events.push('complete'),
    },
  );
}

Object.assign(globalThis, { heard, start });
