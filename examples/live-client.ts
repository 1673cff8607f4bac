/** A graphql-ws client that survives whatever happens to the connection, and goes on where it left off. */
import {
  type Client,
  type ClientOptions,
  createClient,
  MessageType,
  type SubscribePayload,
  TerminatedCloseEvent,
} from 'graphql-ws';

const LONGEST_WAIT = 10_000; // 10 seconds between two tries: the gateway keeps what was missed for 60
const PATIENCE = 10_000; // after 10 seconds of silence the gateway is asked, and after 10 more it is left

/** What is left to choose; on Node before 22 `webSocketImpl` must be the `WebSocket` of the package ws. */
export type LiveClientOptions = Pick<
  ClientOptions,
  'on' | 'webSocketImpl' | 'lazyCloseTimeout' | 'keepAlive'
>;

/**
 * `token` is asked for at every connection: after a 4403 the next one brings a fresh token. Null: whoever signed in with this
 * browser is known by its cookie.
 */
export function createLiveClient(
  url: string,
  token: () => string | null | Promise<string | null>,
  { webSocketImpl = WebSocket, keepAlive = PATIENCE, ...options }: LiveClientOptions = {},
): Client {
  /** What is subscribed on this connection. graphql-ws sends these very objects again on the next one. */
  const streams = new Map<string, SubscribePayload>();
  let socket: WebSocket | undefined;
  let deadline: ReturnType<typeof setTimeout> | undefined;
  let acceptedAt = Number.POSITIVE_INFINITY;
  let failures = 0;

  const client: Client = createClient({
    ...options,
    url,
    keepAlive,
    webSocketImpl: class extends (webSocketImpl as typeof WebSocket) {
      constructor(...address: ConstructorParameters<typeof WebSocket>) {
        super(...address);
        // graphql-ws listens no more to a socket that it left. On Node such an error would end the process.
        this.addEventListener('error', () => {});
      }
    },
    connectionParams: async () => {
      try {
        const shown = await token();
        return shown === null ? {} : { authorization: `Bearer ${shown}` };
      } catch {
        // Whoever gives the tokens may be away as well.
        client.terminate();
      }
    },
    retryAttempts: Number.POSITIVE_INFINITY,
    // A browser tells by an event that the gateway is away. An error is a mistake in this page or in the gateway.
    shouldRetry: (reason) => !(reason instanceof Error) || reason instanceof TerminatedCloseEvent,
    retryWait() {
      // A connection that was soon lost is a failure as well: a token that is refused again and again makes no hot loop.
      failures = performance.now() - acceptedAt > LONGEST_WAIT ? 0 : failures + 1;
      acceptedAt = Number.POSITIVE_INFINITY;
      const longest = Math.min(500 * 2 ** failures, LONGEST_WAIT);
      return new Promise((resolve) => setTimeout(resolve, longest * (0.5 + Math.random() / 2)));
    },
    jsonMessageReplacer(key, value) {
      if (key === '' && value.type === MessageType.Subscribe) streams.set(value.id, value.payload);
      if (key === '' && value.type === MessageType.Complete) streams.delete(value.id);
      return value;
    },
  });

  /** A gateway that hangs does not say so, nor does a network that is gone after a laptop's sleep. */
  function expectAnswer(): void {
    clearTimeout(deadline);
    deadline = setTimeout(() => {
      // What is on its way comes again on the next connection.
      if (socket) socket.onmessage = null;
      client.terminate();
    }, keepAlive);
  }

  client.on('connecting', () => {
    socket = undefined;
    streams.clear();
    expectAnswer();
  });
  client.on('opened', (opened) => {
    socket = opened as WebSocket;
  });
  client.on('connected', () => {
    acceptedAt = performance.now();
  });
  client.on('ping', (received) => {
    if (!received) expectAnswer();
  });
  client.on('closed', () => clearTimeout(deadline));
  client.on('message', (message) => {
    clearTimeout(deadline);
    if (message.type === MessageType.Error || message.type === MessageType.Complete)
      streams.delete(message.id);
    if (message.type !== MessageType.Next) return;
    const [event] = Object.values(message.payload.data ?? {}) as ({ cursor?: string } | null)[];
    const { variables } = streams.get(message.id) ?? {};
    if (variables && event?.cursor) variables.after = event.cursor;
  });

  return {
    ...client,
    subscribe: (payload, sink) => client.subscribe(ownCopy(payload), sink),
    iterate: (payload) => client.iterate(ownCopy(payload)),
    // A gateway that is away needs no goodbye.
    dispose: () => Promise.resolve(client.dispose()).catch(() => {}),
  };
}

/** So that the cursor is written into nobody else's variables. */
function ownCopy(payload: SubscribePayload): SubscribePayload {
  return { ...payload, variables: { ...payload.variables } };
}
