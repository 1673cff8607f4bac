/** graphql-sse for live calls, for where no WebSocket gets through. Each subscription is a request of its own. */
import { type Client, createClient, NetworkError } from 'graphql-sse';

const LONGEST_WAIT = 10_000; // 10 seconds between two tries: the gateway keeps what was missed for 60
const PATIENCE = 30_000; // after 30 seconds of silence it is left: the gateway says something every 12

/** `token` is asked for at every request. Null: whoever signed in with this browser is known by its cookie. */
export function createSseClient(
  url: string,
  token: () => string | null | Promise<string | null>,
  patience = PATIENCE,
): Pick<Client, 'subscribe' | 'dispose'> {
  const client = createClient({
    url,
    async headers() {
      try {
        const shown = await token();
        return shown === null ? BY_COOKIE : { authorization: `Bearer ${shown}` };
      } catch (error) {
        // Whoever gives the tokens may be away as well: this is tried again.
        throw new NetworkError(String(error));
      }
    },
    retryAttempts: Number.POSITIVE_INFINITY,
    retry(retries) {
      const longest = Math.min(500 * 2 ** retries, LONGEST_WAIT);
      return new Promise((resolve) => setTimeout(resolve, longest * (0.5 + Math.random() / 2)));
    },
    fetchFn: impatientFetch(patience),
  });
  return {
    dispose: client.dispose,
    subscribe(request, sink, on) {
      // graphql-sse sends this very object again when it comes back, so the cursor in it is kept up to date.
      const variables: Record<string, unknown> = { ...request.variables };
      const next: typeof sink.next = (result) => {
        const [event] = Object.values(result.data ?? {}) as ({ cursor?: string } | null)[];
        if (event?.cursor) variables.after = event.cursor;
        sink.next(result);
      };
      const { error, complete } = sink;
      return client.subscribe({ ...request, variables }, { next, error, complete }, on);
    },
  };
}

/** A header that no form of another page can send. */
const BY_COOKIE = { 'x-requested-with': 'graphql-sse' };

/** A gateway that hangs does not say so, nor does a network that is gone after a laptop's sleep. */
function impatientFetch(patience: number): typeof fetch {
  return async (input, init) => {
    const silence = new AbortController();
    const signal = AbortSignal.any([silence.signal, ...(init?.signal ? [init.signal] : [])]);
    let deadline = setTimeout(() => silence.abort(), patience);
    signal.addEventListener('abort', () => clearTimeout(deadline));
    const isByCookie = new Headers(init?.headers).has('x-requested-with');
    const credentials = isByCookie ? 'include' : 'same-origin';
    const response = await fetch(input, { ...init, signal, credentials });
    const listening = new TransformStream({
      transform(chunk, controller) {
        clearTimeout(deadline);
        deadline = setTimeout(() => silence.abort(), patience);
        controller.enqueue(chunk);
      },
      flush: () => clearTimeout(deadline),
    });
    return new Response(response.body?.pipeThrough(listening) ?? null, response);
  };
}
