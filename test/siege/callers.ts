/** Callers of every kind: most ask as they should, some do not, and all may leave at any moment. */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GraphQLSchema } from 'graphql';
import type { Chance } from './chance.ts';
import { type Address, type Drawn, drawOperation, type Kind } from './documents.ts';
import { ODD_TEXTS, oddValue, spoilText } from './oddities.ts';

/** What a caller is given. */
export interface CallerParts {
  readonly schema: GraphQLSchema;
  /** The address of GraphQL. */
  readonly url: string;
  readonly chance: Chance;
  readonly token: string;
  readonly calls: readonly Address[];
  /** Is told everything that came back, and what for. */
  readonly heard: (answer: string, asked: string) => void;
}

type Action = (parts: CallerParts) => Promise<void>;

/** Nobody stays for longer. */
const LONGEST = 1_500; // milliseconds

/** Does one thing by chance; resolves when the caller has left. */
export async function call(parts: CallerParts): Promise<void> {
  await parts.chance.of(ACTIONS)(parts);
}

const post: Action = async (parts) => {
  const { chance } = parts;
  const drawn = draw(parts, chance.of(['query', 'query', 'mutation', 'subscription']));
  const text = JSON.stringify({ ...drawn, ...(chance.happens(0.1) && { extensions: oddValue(chance) }) });
  const body = chance.happens(0.1) ? spoilText(text, chance) : text;
  await fetched(parts, parts.url, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
};

const get: Action = async (parts) => {
  const { chance } = parts;
  const { query, variables, operationName } = draw(parts, chance.of(['query', 'mutation', 'subscription']));
  const search = new URLSearchParams({
    query: query.slice(0, 4_000),
    variables: chance.happens(0.3)
      ? spoilText('{"a":{"b":[1]}}', chance)
      : JSON.stringify(variables).slice(0, 4_000),
    ...(operationName !== undefined && { operationName: operationName }),
  });
  await fetched(parts, `${parts.url}?${search}`, { method: 'GET' });
};

const stream: Action = async (parts) => {
  const drawn = draw(parts, 'subscription');
  const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };
  await fetched(parts, parts.url, { method: 'POST', body: JSON.stringify(drawn), headers });
};

/** Bytes that resemble HTTP, in pieces, and a hang-up at any of them. */
const bytes: Action = async (parts) => {
  const { chance, token } = parts;
  const body = JSON.stringify(draw(parts, 'query'));
  const length = chance.of([Buffer.byteLength(body), Buffer.byteLength(body), 0, 5, 1e12, -1]);
  const method = chance.of([
    'POST',
    'POST',
    'GET',
    'PUT',
    'OPTIONS',
    'HEAD',
    'DELETE',
    'TRACE',
    'M-SEARCH',
    'po st',
  ]);
  const path = chance.of([
    '/graphql',
    '/graphql',
    '/graphql?',
    '//graphql',
    '/',
    '*',
    '/metrics',
    '/readyz',
    '/healthz',
    'http://x/graphql',
    '/%',
    '/graphql/../x',
  ]);
  const framing = chance.of([
    `Content-Length: ${length}`,
    'Transfer-Encoding: chunked',
    `Content-Length: ${length}\r\nTransfer-Encoding: chunked`,
    'X: y',
  ]);
  const more = chance.of([
    '',
    'Expect: 100-continue\r\n',
    'Connection: close\r\n',
    `X-Long: ${'x'.repeat(20_000)}\r\n`,
    'Content-Encoding: gzip\r\n',
    'Origin: null\r\n',
    'Accept: */*;q=x\r\n',
  ]);
  const request =
    `${method} ${path} HTTP/1.1\r\nHost: ${new URL(parts.url).host}\r\nAuthorization: Bearer ${token}\r\n` +
    `Content-Type: application/json\r\n${more}${framing}\r\n\r\n` +
    (framing.startsWith('Transfer')
      ? `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`
      : body);
  const sent = chance.happens(0.3) ? spoilText(request, chance) : request.repeat(1 + chance.whole(3));
  await sendPieces(parts, Buffer.from(sent), sent);
};

/** A WebSocket by hand: messages in any order, frames that are none, and an end at any moment. */
const socket: Action = async (parts) => {
  const { chance, token } = parts;
  const { host, pathname } = new URL(parts.url);
  const protocol = chance.of([
    'graphql-transport-ws',
    'graphql-transport-ws',
    'graphql-transport-ws',
    'graphql-ws',
    '',
  ]);
  const upgrade =
    `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    `Sec-WebSocket-Version: ${chance.happens(0.97) ? 13 : 8}\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n` +
    `${protocol === '' ? '' : `Sec-WebSocket-Protocol: ${protocol}\r\n`}\r\n`;
  const messages = Array.from({ length: chance.whole(12) }, () => message(parts));
  if (chance.happens(0.9))
    messages.unshift({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
  const texts = messages.map((one) => {
    const text = JSON.stringify(one);
    return chance.happens(0.06) ? spoilText(text, chance) : text;
  });
  const frames = texts.map((text) => frameOf(text, chance));
  await sendPieces(parts, Buffer.concat([Buffer.from(upgrade), ...frames]), texts.join('\n'));
};

const ACTIONS: readonly Action[] = [post, post, post, get, stream, bytes, socket, socket, socket];

function message(parts: CallerParts): unknown {
  const { chance, token } = parts;
  const id = chance.happens(0.9) ? chance.of(['1', '2', '3', '4']) : chance.of(ODD_TEXTS);
  return chance.of<() => unknown>([
    () => ({ type: 'subscribe', id, payload: draw(parts, 'subscription') }),
    () => ({ type: 'subscribe', id, payload: draw(parts, 'subscription') }),
    () => ({ type: 'subscribe', id, payload: draw(parts, chance.of(['query', 'mutation'])) }),
    () => ({ type: 'subscribe', id, payload: oddValue(chance) }),
    () => ({ type: 'complete', id }),
    () => ({ type: 'complete', id }),
    () => ({ type: 'ping', payload: chance.happens(0.5) ? {} : oddValue(chance) }),
    () => ({ type: 'pong' }),
    () => ({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }),
    () => ({
      type: chance.of(['next', 'error', 'connection_ack', 'start', '__proto__', '']),
      id,
      payload: {},
    }),
    () => oddValue(chance),
  ])();
}

function draw({ schema, chance, calls }: CallerParts, kind: Kind): Drawn {
  return drawOperation(kind, { schema, chance, calls });
}

async function fetched({ chance, token, heard }: CallerParts, url: string, init: RequestInit): Promise<void> {
  const authorization = chance.happens(0.95)
    ? `Bearer ${token}`
    : chance.of(['Bearer', 'Basic x', `Bearer ${'x'.repeat(9_000)}`, 'bearer  x y']);
  const leaving = AbortSignal.timeout(chance.happens(0.3) ? chance.whole(400) : LONGEST);
  let answer = '';
  try {
    const response = await fetch(url, {
      ...init,
      headers: { ...init.headers, authorization },
      signal: leaving,
    });
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? [])
      answer += decoder.decode(chunk as Uint8Array, { stream: true });
  } catch {
    // Whoever leaves, or is cut off, has heard what was said before.
  }
  heard(answer, `${init.method} ${url} ${init.body ?? ''}`);
}

/** Sends bytes in pieces, listens for a while, and ends the connection in one way or another. */
function sendPieces({ url, chance, heard }: CallerParts, all: Buffer, asked: string): Promise<void> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const connection = connect({ host: hostname, port: Number(port) });
    let answer = '';
    connection.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    connection.on('error', () => {});
    connection.once('close', () => {
      heard(answer, asked);
      resolve();
    });
    const end = chance.of([
      () => connection.end(),
      () => connection.destroy(),
      () => connection.resetAndDestroy(),
    ]);
    const stays = chance.happens(0.3) ? chance.whole(300) : chance.whole(LONGEST / 2);
    const speak = async () => {
      for (let at = 0; at < all.length && !connection.destroyed; ) {
        const size = chance.happens(0.5) ? all.length : 1 + chance.whole(400);
        connection.write(all.subarray(at, at + size));
        at += size;
        if (chance.happens(0.3)) await sleep(chance.whole(20));
        if (chance.happens(0.02)) break;
      }
      await sleep(stays);
      end();
      // An end that the other side does not answer is one all the same.
      await sleep(LONGEST / 2);
      connection.destroy();
    };
    void speak();
  });
}

const TEXT = 0x1;

/** Clients must mask; a mask of zeros leaves the bytes as they are. */
function frameOf(text: string, chance: Chance): Buffer {
  const body = Buffer.from(text);
  const opcode = chance.happens(0.95) ? TEXT : chance.whole(16);
  const last = chance.happens(0.97) ? 0x80 : 0;
  const masked = chance.happens(0.98) ? 0x80 : 0;
  const head = body.length > 65_535 ? 10 : body.length > 125 ? 4 : 2;
  const frame = Buffer.alloc(head + (masked ? 4 : 0));
  frame[0] = last | opcode | (chance.happens(0.01) ? 0x40 : 0);
  frame[1] = masked | (head === 10 ? 127 : head === 4 ? 126 : body.length);
  if (head === 4) frame.writeUInt16BE(body.length, 2);
  if (head === 10) frame.writeBigUInt64BE(BigInt(body.length), 2);
  return Buffer.concat([frame, body]);
}
