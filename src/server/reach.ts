/** Whether the phone system can be reached, looked at once a second at most, however many ask. */
import { connect } from 'node:net';

/** Answers whether it can be reached now, or could a moment ago. */
export type Reach = () => Promise<boolean>;

const CONNECT_TIMEOUT = 2_000; // 2 seconds

/** What was seen is good for so long. */
const FRESHNESS = 1_000; // 1 second

/**
 * Makes the look at the server of `url`: a connection, and no request. Whoever asks while one is made waits for that one.
 */
export function createReach(url: string, clock: () => number = () => performance.now()): Reach {
  const { hostname, port, protocol } = new URL(url);
  const address = {
    host: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
    port: Number(port) || (protocol === 'https:' ? 443 : 80),
    timeout: CONNECT_TIMEOUT,
  };
  let latest: Promise<boolean> | null = null;
  /** Infinity while the look goes on. */
  let seenAt = Number.NEGATIVE_INFINITY;

  return () => {
    if (latest === null || clock() - seenAt >= FRESHNESS) {
      seenAt = Number.POSITIVE_INFINITY;
      latest = look().finally(() => {
        seenAt = clock();
      });
    }
    return latest;
  };

  function look(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(address);
      const tell = (answer: boolean) => () => {
        socket.destroy();
        resolve(answer);
      };
      socket.once('connect', tell(true)).once('error', tell(false)).once('timeout', tell(false));
    });
  }
}
