/** Whether anybody is still at the other end of a socket: each is asked again and again, and one that says nothing is cut. */
import type { WebSocket } from 'ws';

/** Whoever is asked. */
export interface Asked {
  readonly socket: WebSocket;
  /** Ends it at once. */
  cut(): void;
}

export interface Heartbeat {
  /** Its other side has answered, or it is closed. */
  settle(socket: WebSocket): void;
  stop(): void;
}

/** Begins to ask; `interval` in milliseconds is also the time for an answer. */
export function createHeartbeat(everybody: () => Iterable<Asked>, interval: number): Heartbeat {
  const unanswered = new Set<WebSocket>();
  const asking = setInterval(askAll, interval).unref();

  return {
    settle: (socket) => void unanswered.delete(socket),
    stop: () => clearInterval(asking),
  };

  function askAll(): void {
    for (const asked of everybody()) {
      const { socket } = asked;
      if (unanswered.has(socket)) {
        asked.cut();
        continue;
      }
      // Also those whose other side said goodbye and stays.
      unanswered.add(socket);
      if (socket.readyState === socket.OPEN) socket.ping();
    }
  }
}
