/** A graphql-ws client whose `callEvents` go on after a broken connection where they left off. */
import { type Client, type ClientOptions, createClient } from 'graphql-ws';

const LONGEST_WAIT = 10_000; // 10 seconds: the gateway keeps what was missed for 60

/** `token` is asked for at every connection: after a 4403 the next one brings a fresh token. */
export function createLiveClient(
  url: string,
  token: () => string | Promise<string>,
  options: Partial<ClientOptions> = {},
): Client {
  const client = createClient({
    url,
    connectionParams: async () => ({ authorization: `Bearer ${await token()}` }),
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: (retries) => wait(Math.min(500 * 2 ** retries, LONGEST_WAIT) * (0.5 + Math.random() / 2)),
    ...options,
  });
  return {
    ...client,
    subscribe(payload, sink) {
      // graphql-ws sends this very object again when it reconnects, so the cursor in it is kept up to date.
      const variables: Record<string, unknown> = { ...payload.variables };
      return client.subscribe<never, never>(
        { ...payload, variables },
        {
          next(result) {
            const { callEvents } = (result.data ?? {}) as { callEvents?: { cursor?: string } };
            if (callEvents?.cursor !== undefined) variables.after = callEvents.cursor;
            sink.next(result);
          },
          error: (reason) => sink.error(reason),
          complete: () => sink.complete(),
        },
      );
    },
  };
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
