/**
 * One request on the wire, from leaving to the whole answer: nothing of it outlasts its time, whatever comes back.
 *
 * ```text
 *   leaves ──► connected ──► heads ──► body ──► the whole answer
 *      │           │           ├─ 101, or news without end ──► NotAnAnswer
 *      │           │           │         └─ grows too large ──► AnswerTooLarge
 *      └───────────┴───────────┴─────────┴─ time is up ───────► NoAnswerInTime
 * ```
 */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { got, type RequestFunction } from 'got';
import type { Content } from './checks.ts';
import { AnswerTooLarge, NoAnswerInTime, NotAnAnswer, type RawAnswer } from './failures.ts';

/** A request with everything decided. */
export interface Departure {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  /** Null: the content says who asks. */
  readonly authorization: string | null;
  /** Null: nothing is said. */
  readonly content: Content | null;
  /** The type of answer that is asked for; missing: JSON. */
  readonly accept?: string | undefined;
  /** Milliseconds for everything, from leaving to the last byte of the answer. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
}

/** What carries requests. */
export interface Transport {
  /** @throws the errors of `failures.ts` and of got, for `failureOfError`. */
  exchange(departure: Departure): Promise<RawAnswer>;
  /** Closes the connections. */
  stop(): void;
}

/** No answer comes near this; 300 parties are about 300 kB. */
const LARGEST_ANSWER = 8 * 1_048_576; // 8 MiB

/** An idle connection is closed before the other side does it under a request's feet. */
const IDLE_CONNECTION = 15_000; // 15 seconds

/** Heads of the kind "still at it" (1xx) before an answer; honest servers send one or two. */
const MOST_INTERIM_HEADS = 16;

/** Only what is set here of the forty options that got hands over: Node copies all of them, three times for a request. */
const request: RequestFunction = (url, { agent, method, headers }) => {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return send(url, { agent, method, headers });
};

/** Makes it; `userAgent` names us. */
export function createTransport(userAgent: string): Transport {
  const agentOptions = { keepAlive: true, timeout: IDLE_CONNECTION, scheduling: 'lifo' } as const;
  const agent = { http: new HttpAgent(agentOptions), https: new HttpsAgent(agentOptions) };
  const client = got.extend({
    agent,
    request,
    headers: { accept: 'application/json', 'user-agent': userAgent, 'x-user-agent': userAgent },
    // Retries are decided elsewhere, and a redirect would carry the token to another address.
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
  });

  return {
    async exchange({ method, url, authorization, content, accept, timeout, signal }) {
      const stream = client.stream(url, {
        method,
        headers: {
          ...(authorization !== null && { authorization }),
          ...(accept !== undefined && { accept }),
          ...(content && { 'content-type': content.type }),
        },
        // Without a body got would wait for one to be piped in.
        ...(content && { body: content.text }),
        ...(signal && { signal }),
      });
      let ended: Error | null = null;
      const end = (error: Error) => {
        ended ??= error;
        stream.destroy(error);
      };
      // Not got's own limit, which ends with an upgrade: the connection is handed over then, and nobody takes it.
      const alarm = setTimeout(
        () => end(new NoAnswerInTime(stream.timings?.connect !== undefined)),
        Math.max(1, timeout),
      );
      let interimHeads = 0;
      stream.on('information', () => {
        interimHeads += 1;
        if (interimHeads > MOST_INTERIM_HEADS) end(new NotAnAnswer('announcements, and no answer'));
      });
      const switched = (connection: Duplex) => {
        connection.destroy();
        end(new NotAnAnswer('another protocol (101)'));
      };
      stream.once('upgrade', (_head: IncomingMessage, connection: Duplex) => switched(connection));
      stream.once('response', ({ statusCode, socket }) => {
        // Of a 101 that names no protocol Node makes an answer, and uses the connection again.
        if (statusCode === 101) switched(socket);
      });
      try {
        const chunks: Buffer[] = [];
        let size = 0;
        for await (const chunk of stream) {
          chunks.push(chunk);
          size += chunk.length;
          if (size > LARGEST_ANSWER) throw new AnswerTooLarge();
        }
        const { response } = stream;
        if (response === undefined) throw new TypeError('got ended a stream without an answer.');
        const { statusCode: status, headers } = response;
        return { status, headers, text: Buffer.concat(chunks).toString(), receivedAt: Date.now() };
      } catch (error) {
        // got wraps what it is ended with.
        throw ended ?? error;
      } finally {
        clearTimeout(alarm);
        stream.destroy(); // lets go of the signal too
      }
    },

    stop() {
      agent.http.destroy();
      agent.https.destroy();
    },
  };
}
