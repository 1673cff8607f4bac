/** How long the doors wait for a client, in milliseconds. */
export interface Patience {
  /** For the headers of a request. */
  readonly headers: number;
  /** For a whole request. */
  readonly request: number;
  /** Between two requests of one connection. */
  readonly keepAlive: number;
  /** For the first message of a WebSocket (4408 when it does not come). */
  readonly connectionInit: number;
  /** Between two pings of a WebSocket; without a pong by the next one the peer is taken for dead. */
  readonly ping: number;
  /** For the closing of a WebSocket to be answered. */
  readonly close: number;
  /** For a reader that takes next to nothing of what was written. */
  readonly reading: number;
}

export const PATIENCE: Patience = {
  headers: 10_000, // 10 seconds
  request: 30_000, // 30 seconds
  keepAlive: 65_000, // 65 seconds, longer than the 60 of most load balancers, so that they hang up first
  connectionInit: 5_000, // 5 seconds
  ping: 12_000, // 12 seconds
  close: 5_000, // 5 seconds
  reading: 24_000, // 24 seconds, two pings
};
