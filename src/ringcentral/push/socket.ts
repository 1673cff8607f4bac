/**
 * One socket to RingCentral: opened with a token, kept alive by heartbeats, asked and answered, and lost once.
 *
 * ```text
 *   connect ──► details ──► open ──30 s of silence──► heartbeat ──echo──► open
 *      │                      │                          └──10 s without one──► lost
 *      └──15 s, error─► fails └──close, error, Error frame──► lost
 * ```
 */
import { WebSocket } from 'ws';
import { asText } from '../../upstream/values.ts';
import type { WireConnectionDetails, WireError, WireNotification } from '../wire.ts';
import { heartbeatFrame, readFrame, requestFrame } from './frames.ts';

/** An answer to a request over the socket. */
export interface SocketAnswer {
  readonly status: number;
  /** Names as they came. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** What a socket tells, each in the moment in which it is read. */
export interface SocketEvents {
  /** The first frame: the connection can be used. */
  readonly onOpen: (details: WireConnectionDetails) => void;
  readonly onNotification: (notification: WireNotification, receivedAt: number) => void;
  /** It is gone, or never opened; told once. */
  readonly onLost: (why: Loss) => void;
}

export interface Loss {
  readonly opened: boolean;
  readonly error: WireError | null;
  /** In words, without the address: that has the token in it. */
  readonly reason: string;
}

export interface PushSocket {
  /** What brings its session back after a loss: the newest that it was told. */
  readonly wsc: string | null;
  readonly details: WireConnectionDetails | null;
  /**
   * Asks something; `onAnswer` is called as the answer is read, before anything that comes after it. Null: there was no
   * answer in time, or it was not yet open, or is no more.
   */
  request(
    ask: { readonly method: string; readonly path: string; readonly body?: object },
    onAnswer: (answer: SocketAnswer | null) => void,
  ): void;
  /** Hangs up; nothing is told any more. */
  close(): void;
}

/** Times in milliseconds; other numbers are for tests. */
export interface SocketTimes {
  /** For the details. */
  readonly opening: number;
  /** For an answer. */
  readonly answer: number;
  /** Without a frame, until a sign of life is asked for. */
  readonly silence: number;
  /** For that sign. */
  readonly echo: number;
}

export const SOCKET_TIMES: SocketTimes = {
  opening: 15_000, // 15 seconds
  answer: 15_000, // 15 seconds
  silence: 30_000, // 30 seconds
  echo: 10_000, // 10 seconds
};

const LARGEST_FRAME = 8 * 1_048_576; // 8 MiB
/** RingCentral allows ten. */
const MOST_REQUESTS = 10;

/** Opens a socket. `url` has its token in it and is told to nobody. */
export function openSocket(url: string, events: SocketEvents, times: SocketTimes = SOCKET_TIMES): PushSocket {
  const socket = new WebSocket(url, {
    handshakeTimeout: times.opening,
    maxPayload: LARGEST_FRAME,
    perMessageDeflate: false,
    followRedirects: false,
  });
  const asked = new Map<
    string,
    { readonly tell: (answer: SocketAnswer | null) => void; timer: NodeJS.Timeout }
  >();
  let details: WireConnectionDetails | null = null;
  let wsc: { readonly token: string; readonly sequence: number } | null = null;
  let heardAt = performance.now();
  let isOver = false;
  let alarm = setTimeout(() => lose('It did not open in time.'), times.opening);

  socket.on('message', (data) => {
    if (isOver) return;
    try {
      hear(String(data));
    } catch {
      // Whatever stands in a frame, it must not end the process.
      lose('It told something that cannot be understood.');
    }
  });
  socket.on('close', (code) => lose(`It was closed with ${code}.`));
  socket.on('error', (error) => lose(reasonOf(error)));

  return {
    get wsc() {
      return wsc?.token ?? null;
    },
    get details() {
      return details;
    },
    request({ method, path, body }, onAnswer) {
      // While a session is brought back there is a socket that nothing can be asked of yet.
      if (isOver || details === null || asked.size >= MOST_REQUESTS) {
        onAnswer(null);
        return;
      }
      const { messageId, text } = requestFrame(method, path, body);
      const timer = setTimeout(() => answered(messageId, null), times.answer);
      // Waited for before it is sent: an answer may be faster than the sending.
      asked.set(messageId, { tell: onAnswer, timer });
      socket.send(text);
    },
    close() {
      end();
      socket.close();
      // A peer that does not answer the goodbye must not keep it.
      setTimeout(() => socket.terminate(), times.echo).unref();
    },
  };

  function hear(text: string): void {
    heardAt = performance.now();
    const frame = readFrame(text);
    if (frame.type === 'unknown') return;
    const isNew = frame.type === 'details' && frame.details?.recoveryState !== undefined;
    const { token, sequence = 0 } = frame.meta.wsc ?? {};
    if (typeof token === 'string' && (wsc === null || isNew || sequence > wsc.sequence))
      wsc = { token, sequence };
    switch (frame.type) {
      case 'details':
        // They may come again, with or without a body.
        if (details === null) opened(frame.details ?? {});
        break;
      case 'answer':
        answered(frame.meta.messageId ?? '', {
          status: frame.meta.status ?? 0,
          headers: frame.meta.headers ?? {},
          body: frame.body,
        });
        break;
      case 'notification':
        events.onNotification(frame.notification, Date.now());
        break;
      case 'error':
        lose(`RingCentral ended it with ${asText(frame.error.errorCode) ?? 'an error'}.`, frame.error);
        break;
    }
  }

  function opened(told: WireConnectionDetails): void {
    details = told;
    clearTimeout(alarm);
    alarm = setTimeout(listenForLife, times.silence);
    events.onOpen(told);
  }

  /** A socket that is only half open looks like a quiet one: it is asked for a sign of life. */
  function listenForLife(): void {
    const silence = performance.now() - heardAt;
    if (silence < times.silence) {
      alarm = setTimeout(listenForLife, times.silence - silence);
      return;
    }
    const askedAt = performance.now();
    socket.send(heartbeatFrame());
    alarm = setTimeout(() => {
      if (heardAt < askedAt) lose('It gives no sign of life.');
      else listenForLife();
    }, times.echo);
  }

  function answered(messageId: string, answer: SocketAnswer | null): void {
    const waiting = asked.get(messageId);
    if (waiting === undefined) return;
    asked.delete(messageId);
    clearTimeout(waiting.timer);
    waiting.tell(answer);
  }

  function lose(reason: string, error: WireError | null = null): void {
    if (isOver) return;
    const loss = { opened: details !== null, error, reason };
    end();
    socket.terminate();
    events.onLost(loss);
  }

  function end(): void {
    isOver = true;
    clearTimeout(alarm);
    for (const messageId of [...asked.keys()]) answered(messageId, null);
  }
}

/** The message of a failed handshake names the address, and that names the token. */
function reasonOf(error: Error & { readonly code?: string }): string {
  const status = /^Unexpected server response: (\d{3})$/.exec(error.message)?.[1];
  return status === undefined ? `It failed: ${error.code ?? error.name}.` : `It was answered ${status}.`;
}
