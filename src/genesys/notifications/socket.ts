/**
 * The socket of one channel: opened by its address, listened to, and lost once.
 *
 * ```text
 *   connect ──► open ──35 s of silence──► ping ──anything──► open
 *      │          │                         └──10 s without──► lost
 *      │          └──close, error──► lost
 *      ├──401, 404──► the channel is gone
 *      └──15 s, error──► fails
 * ```
 */
import { WebSocket } from 'ws';
import { PING, readMessage } from './messages.ts';

/** What a socket tells, each in the moment in which it is read. */
export interface ChannelEvents {
  readonly onOpen: () => void;
  readonly onEvent: (topic: string, body: unknown, receivedAt: number) => void;
  /** The server closes it soon. */
  readonly onClosing: () => void;
  /** It is gone, or never opened; told once. */
  readonly onLost: (why: ChannelLoss) => void;
}

export interface ChannelLoss {
  /** The channel is gone with it. */
  readonly isGone: boolean;
  /** In words, without the address: that opens the channel. */
  readonly reason: string;
}

export interface ChannelSocket {
  /** Hangs up; nothing is told any more. */
  close(): void;
}

/** Times in milliseconds; other numbers are for tests. */
export interface ChannelSocketTimes {
  /** For the connection. */
  readonly opening: number;
  /** Without a message, until a sign of life is asked for: heartbeats come every 30 seconds. */
  readonly silence: number;
  /** For that sign. */
  readonly pong: number;
}

export const CHANNEL_SOCKET_TIMES: ChannelSocketTimes = {
  opening: 15_000, // 15 seconds
  silence: 35_000, // 35 seconds
  pong: 10_000, // 10 seconds
};

const LARGEST_MESSAGE = 8 * 1_048_576; // 8 MiB

/** Opens it. */
export function openChannelSocket(
  connectUri: string,
  events: ChannelEvents,
  times: ChannelSocketTimes = CHANNEL_SOCKET_TIMES,
): ChannelSocket {
  const socket = new WebSocket(connectUri, {
    handshakeTimeout: times.opening,
    maxPayload: LARGEST_MESSAGE,
    perMessageDeflate: false,
    followRedirects: false,
  });
  let heardAt = performance.now();
  let isOver = false;
  let alarm = setTimeout(() => lose('It did not open in time.'), times.opening);

  socket.on('open', () => {
    if (isOver) return;
    clearTimeout(alarm);
    heardAt = performance.now();
    alarm = setTimeout(listenForLife, times.silence);
    events.onOpen();
  });
  socket.on('message', (data) => {
    if (isOver) return;
    heardAt = performance.now();
    try {
      hear(String(data));
    } catch {
      // Whatever stands in a message, it must not end the process.
      lose('It told something that cannot be understood.');
    }
  });
  socket.on('close', (code) => lose(`It was closed with ${code}.`));
  socket.on('error', (error) => {
    const status = /^Unexpected server response: (\d{3})$/.exec(error.message)?.[1];
    // The message of a failed handshake may name the address.
    if (status === undefined) lose(`It failed: ${(error as NodeJS.ErrnoException).code ?? error.name}.`);
    else lose(`It was answered ${status}.`, GONE.has(status));
  });

  return {
    close() {
      end();
      socket.close();
      // A peer that does not answer the goodbye must not keep it.
      setTimeout(() => socket.terminate(), times.pong).unref();
    },
  };

  function hear(text: string): void {
    const message = readMessage(text);
    switch (message.type) {
      case 'event':
        events.onEvent(message.topic, message.body, Date.now());
        break;
      case 'closing':
        events.onClosing();
        break;
      case 'gone':
        lose(message.reason, true);
        break;
    }
  }

  /** A socket that is only half open looks like a quiet one: it is asked for a sign of life. */
  function listenForLife(): void {
    const silence = performance.now() - heardAt;
    if (silence < times.silence) {
      alarm = setTimeout(listenForLife, times.silence - silence);
      return;
    }
    const askedAt = performance.now();
    socket.send(PING);
    alarm = setTimeout(() => {
      if (heardAt < askedAt) lose('It gives no sign of life.');
      else listenForLife();
    }, times.pong);
  }

  function lose(reason: string, isGone = false): void {
    if (isOver) return;
    end();
    socket.terminate();
    events.onLost({ isGone, reason });
  }

  function end(): void {
    isOver = true;
    clearTimeout(alarm);
  }
}

/** The answers to whoever comes to a channel that is no more, or whose token is. */
const GONE: ReadonlySet<string> = new Set(['401', '403', '404', '410']);
