/** GraphQL over HTTP: one request at `/graphql`, its answer or its stream of server-sent events. */
import { once, setMaxListeners } from 'node:events';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { RateLimited } from '../../schema/failures.ts';
import type { Config } from '../config.ts';
import { orAborted } from '../or-aborted.ts';
import { RequestArrival } from './arrival.ts';
import type { BodyRooms } from './bodies.ts';
import { type ComingBody, readBody } from './coming-body.ts';
import type { Connections } from './connections.ts';
import { shownIn, showsNothing } from './credentials.ts';
import type { Crowd, Leave } from './crowd.ts';
import type { Guest } from './drain.ts';
import type { Pipeline } from './graphql.ts';
import { Leaving } from './leaving.ts';
import { codeOf, originOf, STATUS_OF_CODE } from './masking.ts';
import type { Observer, Operation } from './observe.ts';
import { corsHeaders, preflightHeaders, showsIntent } from './origins.ts';
import type { Patience } from './patience.ts';
import { checkForm, Refusal } from './request-form.ts';
import type { Gatekeeper, Knock, SessionGatekeeper, Visitor } from './visitor.ts';

export interface RequestParts {
  readonly config: Config;
  readonly pipeline: Pipeline;
  readonly gatekeeper: Gatekeeper;
  /** Null: nobody signs in here. */
  readonly sessions: SessionGatekeeper | null;
  readonly observer: Observer;
  readonly crowd: Crowd;
  readonly bodies: BodyRooms;
  readonly patience: Patience;
  readonly connections: Pick<Connections, 'claim' | 'wrote'>;
}

export interface RequestDoor {
  /** Answers one request; never rejects. */
  answer(request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void>;
  /** The open event streams. */
  guests(): readonly Guest[];
}

/** Makes the door for GraphQL requests. */
export function createRequestDoor(parts: RequestParts): RequestDoor {
  const { config, pipeline, gatekeeper, sessions, observer, crowd, bodies, patience, connections } = parts;
  const streams = new Set<Guest>();

  return {
    async answer(request, response, requestId) {
      if (config.corsOrigins.length > 0) response.setHeader('vary', 'origin, accept');
      if (request.method === 'OPTIONS') {
        const allowed = preflightHeaders(request.headers, config.corsOrigins, sessions !== null);
        response.writeHead(204, { allow: 'GET, POST, OPTIONS', ...allowed }).end();
        return;
      }
      setHeaders(response, corsHeaders(request.headers, config.corsOrigins, sessions !== null));
      const operation = observer.begin(requestId, request.headers);
      const leaving = new Leaving();
      response.once('close', () => {
        if (!response.writableFinished) leaving.leave();
      });
      try {
        await ask(request, response, operation, leaving);
      } catch (error) {
        if (response.headersSent || response.destroyed) {
          operation.ended('aborted');
          response.destroy();
        } else {
          refuse(error, request, response, operation);
        }
      }
    },
    guests: () => [...streams],
  };

  async function ask(
    request: IncomingMessage,
    response: ServerResponse,
    operation: Operation,
    leaving: Leaving,
  ): Promise<void> {
    checkForm(request, config);
    const address = request.socket.remoteAddress ?? '';
    const caller = read(request);
    // Whoever is refused without asking anybody is refused before anything is read.
    const known = caller.recognise();
    const coming = request.method === 'POST' ? takeIn(request, known, address, leaving) : null;
    let leave: Leave = () => {};
    try {
      const body = await coming?.whole;
      const admission = caller.admit({
        address,
        get signal() {
          return leaving.signal;
        },
      });
      const visitor = await (known === null ? orAborted(admission, leaving.signal) : admission);
      operation.admitted(visitor.viewerId);
      connections.claim(response, visitor.viewerId);
      leaving.throwIfLeft();
      leave = crowd.enter(visitor.viewerId);
      coming?.held.settle();
      const mayCommand = !caller.isCookie || showsIntent(request.headers);
      const arrival = new RequestArrival(visitor, operation, mayCommand, leaving);
      if (body !== undefined) {
        const fast = await operation.within(() => pipeline.answerFast(body, request.headers.accept, arrival));
        if (fast !== null) {
          sendText(response, 200, fast.text, { 'content-type': fast.contentType });
          return;
        }
      }
      const answer = await operation.within(() =>
        pipeline.fetch(
          `http://localhost/graphql${searchOf(request)}`,
          {
            method: request.method ?? 'GET',
            headers: pick(request, ['accept', 'content-type']),
            ...(body !== undefined && { body }),
          },
          arrival,
        ),
      );
      const isStream = answer.headers.get('content-type') === 'text/event-stream';
      if (isStream && answer.body !== null) {
        leave();
        coming?.held.close();
        await stream(answer, answer.body, response, visitor, leaving);
      } else {
        await send(answer, response);
        // A stream that this client would not take was begun all the same.
        if (answer.status === NOT_ACCEPTABLE) leaving.leave();
      }
    } finally {
      leave();
      coming?.held.close();
    }
  }

  /** What a request shows of whoever makes it: a token, which is used where there is one, or a cookie. */
  function read({ headers }: IncomingMessage): Caller {
    const shown = shownIn(headers);
    const cookie = showsNothing(shown) ? (sessions?.read(headers) ?? null) : null;
    if (sessions === null || cookie === null) {
      return {
        isCookie: false,
        recognise: () => gatekeeper.recognise?.(shown) ?? null,
        admit: (knock) => gatekeeper.admit(shown, knock),
      };
    }
    return {
      isCookie: true,
      recognise: () => sessions.recognise(cookie),
      admit: () => sessions.admit(cookie),
    };
  }

  /** Reads the body, counted as the viewer's, or as that of the address that strangers come from. */
  function takeIn(
    request: IncomingMessage,
    viewerId: string | null,
    address: string,
    leaving: Leaving,
  ): ComingBody {
    const room = viewerId === null ? bodies.strangers : bodies.viewers;
    return readBody(request, config.maxBodyBytes, (giveUp) =>
      room.open(viewerId ?? address, (error) => {
        giveUp(error);
        leaving.leave(error);
      }),
    );
  }

  /** Sends events as long as the client takes them, its token lives and nobody sends it away. */
  async function stream(
    answer: Response,
    body: ReadableStream<Uint8Array>,
    response: ServerResponse,
    { expired }: Visitor,
    leaving: Leaving,
  ): Promise<void> {
    // Cut, not ended: a client takes the end for the end of the call, and a cut for a reason to come back.
    const cut = () => {
      leaving.leave();
      response.destroy();
    };
    const guest: Guest = { idle: async () => {}, sendAway: cut };
    const reader = body.getReader();
    streams.add(guest);
    setMaxListeners(0, expired);
    // Not by a `signal` of the listener: Node ties that to what is listened to, and a token outlives its streams by far.
    expired.addEventListener('abort', cut, { once: true });
    const left = () => {
      expired.removeEventListener('abort', cut);
      void reader.cancel().catch(() => {});
    };
    leaving.signal.addEventListener('abort', left, { once: true });
    try {
      response.writeHead(answer.status, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      while (!leaving.hasLeft) {
        const { done, value } = await reader.read();
        if (done) break;
        if (response.write(value)) continue;
        connections.wrote(response);
        // Who takes nothing for the time of two pings is not there. No signal of its own for each wait: those of a slow
        // client would gather at that of its request.
        const impatience = setTimeout(cut, 2 * patience.ping);
        await once(response, 'drain', { signal: leaving.signal }).finally(() => clearTimeout(impatience));
      }
      response.end();
    } finally {
      streams.delete(guest);
      expired.removeEventListener('abort', cut);
    }
  }

  function refuse(
    error: unknown,
    request: IncomingMessage,
    response: ServerResponse,
    operation: Operation,
  ): void {
    const refusal = error instanceof Refusal ? error : null;
    const masked = pipeline.refuse(refusal?.cause ?? error, operation);
    const code = codeOf(masked);
    const origin = originOf(error);
    const body = Buffer.from(JSON.stringify({ errors: [masked] }));
    setHeaders(response, {
      ...refusal?.headers,
      ...(code === 'UNAUTHENTICATED' && { 'www-authenticate': 'Bearer' }),
      ...(origin instanceof RateLimited && { 'retry-after': String(Math.ceil(origin.retryAfter)) }),
      ...(code === 'OVERLOADED' && { 'retry-after': '1' }), // second
      'content-type': `${errorType(request)}; charset=utf-8`,
      'content-length': body.length,
      'cache-control': 'no-store',
    });
    // What was not read of the body is thrown away, and the connection with it.
    if (!request.complete) response.setHeader('connection', 'close');
    response.writeHead(refusal?.status ?? STATUS_OF_CODE[code]).end(body);
    request.resume();
  }
}

/** Whoever asks, before they are known. */
interface Caller {
  readonly isCookie: boolean;
  recognise(): string | null;
  admit(knock: Knock): Promise<Visitor>;
}

const NOT_ACCEPTABLE = 406;

async function send(answer: Response, response: ServerResponse): Promise<void> {
  const text = await answer.text();
  // How it travels is decided here, where all of it is known.
  const headers = [...answer.headers].filter(([name]) => !OF_THE_WAY.has(name.toLowerCase()));
  sendText(response, answer.status, text, Object.fromEntries(headers));
}

/** Headers about a connection, of which Yoga has none. */
const OF_THE_WAY: ReadonlySet<string> = new Set(['connection', 'transfer-encoding']);

function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: OutgoingHttpHeaders,
): void {
  const body = Buffer.from(text);
  setHeaders(response, { ...headers, 'content-length': body.length, 'cache-control': 'no-store' });
  response.writeHead(status).end(body);
}

/** What stands behind the path, with its question mark. */
function searchOf({ url = '' }: IncomingMessage): string {
  const start = url.indexOf('?');
  return start === -1 ? '' : url.slice(start);
}

function errorType({ headers: { accept } }: IncomingMessage): string {
  const type = 'application/graphql-response+json';
  return accept?.includes(type) ? type : 'application/json';
}

function pick(
  { headers }: IncomingMessage,
  names: readonly ('accept' | 'content-type')[],
): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
  );
}

function setHeaders(response: ServerResponse, headers: OutgoingHttpHeaders): void {
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) response.setHeader(name, value);
}
