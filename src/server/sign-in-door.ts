/** The door of `/auth/…`: reads a request into its parts, and writes what is answered. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { corsHeaders, preflightHeaders } from './origins.ts';

/** A request, as its parts. */
export interface SignInAsked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly listening: string;
  body(): Promise<string>;
}

/** What stands behind it. */
export interface SignInRoom {
  answer(asked: SignInAsked): Promise<{
    readonly status: number;
    readonly headers: Readonly<Record<string, string | readonly string[]>>;
    readonly body: string;
  } | null>;
}

export interface SignInDoor {
  /** Answers; false: there is nothing at this path. */
  serve(request: IncomingMessage, response: ServerResponse, path: string): Promise<boolean>;
}

/** More than anybody has to say. */
const LONGEST_BODY = 16_384; // 16 KiB

/** Makes it. `listening` is known once the server listens. */
export function createSignInDoor(
  room: SignInRoom,
  corsOrigins: readonly string[],
  listening: () => string,
): SignInDoor {
  return {
    async serve(request, response, path) {
      if (!path.startsWith('/auth/')) return false;
      const { method = 'GET', headers, url = '' } = request;
      if (corsOrigins.length > 0) response.setHeader('vary', 'origin, accept');
      if (method === 'OPTIONS') {
        response.writeHead(204, preflightHeaders(headers, corsOrigins, true)).end();
        return true;
      }
      const start = url.indexOf('?');
      const query = new URLSearchParams(start === -1 ? '' : url.slice(start));
      const body = () => readAll(request);
      const reply = await room.answer({ method, path, query, headers, listening: listening(), body });
      if (reply === null) return false;
      const text = Buffer.from(reply.body);
      response.writeHead(reply.status, {
        ...corsHeaders(headers, corsOrigins, true),
        ...(reply.headers as Record<string, string | string[]>),
        'content-length': text.length,
        // What was not read is thrown away, and the connection with it.
        ...(!request.complete && method !== 'GET' && { connection: 'close' }),
      });
      response.end(text);
      request.resume();
      return true;
    },
  };
}

/** The body, as much as is read of one; nothing of a client that left meanwhile, whom nobody can answer. */
async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > LONGEST_BODY) break;
      chunks.push(chunk);
    }
  } catch {
    return '';
  }
  return Buffer.concat(chunks).toString();
}
