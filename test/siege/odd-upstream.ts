/**
 * A RingCentral on its oddest day: the simulator's own answers, of which every second one is spoilt by chance.
 * Who shows an honest token is always answered honestly, so that it can be seen whether others' trouble reaches them.
 */
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Chance } from './chance.ts';
import { oddHeaders, oddValue, spoilText, spoilValue } from './oddities.ts';

export interface OddUpstream extends AsyncDisposable {
  readonly url: string;
  /** Requests whose answers have not ended yet, by what they were for and what was done to them. */
  open(): readonly string[];
  /** How often it was odd, by what it did. */
  readonly did: Readonly<Record<string, number>>;
  /** Is honest with everybody from now on. */
  calmDown(): void;
}

export interface OddUpstreamParts {
  /** Where the simulator is. */
  readonly behind: string;
  readonly chance: Chance;
  /** The token that the simulator knows for one that it does not; who is honest keeps theirs. */
  readonly known: (token: string) => { readonly token: string; readonly isHonest: boolean };
}

interface Reply {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
}

type Oddity = (response: ServerResponse, reply: Reply, chance: Chance) => void | Promise<void>;

const SPOILT = 0.5; // of all answers
const SPOILT_INTRODUCTIONS = 0.05; // of those that say whose a token is: behind them is everything else

/** Starts one. */
export async function createOddUpstream({ behind, chance, known }: OddUpstreamParts): Promise<OddUpstream> {
  const did: Record<string, number> = {};
  let calm = false;
  const open = new Map<ServerResponse, string>();
  const server = createServer((incoming, response) => {
    open.set(response, `${incoming.method} ${incoming.url}`);
    response.once('close', () => open.delete(response));
    answer(incoming, response).catch(() => response.destroy());
  });
  // An upgrade is what it is for any other request: nothing that was agreed upon.
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    // The controls of the simulator are none of RingCentral's.
    if (!incoming.url?.startsWith('/restapi/'))
      return send(response, { status: 404, headers: {}, body: '{}' });
    const shown = /^Bearer (.*)$/.exec(incoming.headers.authorization ?? '')?.[1] ?? '';
    const { token, isHonest } = known(shown);
    // Drawn before anything is waited for: what happens to the n-th request does not depend on the pace.
    const own = chance.named(chance.whole(1_000_000_000));
    const isIntroduction = /\/extension\/~(\?|$)/.test(incoming.url ?? '');
    const isOdd = own.happens(isIntroduction ? SPOILT_INTRODUCTIONS : SPOILT);
    const reply = await ask(incoming, response, token);
    const honest = { ...reply, body: namedAfter(shown, token, reply.body) };
    if (isHonest || calm || !isOdd) return send(response, honest);
    const [name, oddity] = own.of(ODDITIES);
    did[name] = (did[name] ?? 0) + 1;
    if (open.has(response)) open.set(response, `${name}: ${open.get(response)}`);
    await oddity(response, honest, own);
  }

  function ask(incoming: IncomingMessage, response: ServerResponse, token: string): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const { method = 'GET', url = '/', headers } = incoming;
      const forwarded = request(
        new URL(url, behind),
        { method, headers: { ...headers, host: new URL(behind).host, authorization: `Bearer ${token}` } },
        (answered) => {
          const chunks: Buffer[] = [];
          answered.on('data', (chunk: Buffer) => chunks.push(chunk));
          answered.once('error', reject);
          answered.once('end', () => {
            const {
              'transfer-encoding': _,
              'content-length': __,
              connection: ___,
              ...kept
            } = answered.headers;
            resolve({
              status: answered.statusCode ?? 500,
              headers: kept,
              body: String(Buffer.concat(chunks)),
            });
          });
        },
      );
      forwarded.once('error', reject);
      response.once('close', () => forwarded.destroy());
      incoming.once('error', reject);
      incoming.pipe(forwarded);
    });
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    // Node closes no response that waits behind one which was written past it, nor one whose reset came too late.
    open: () => [...open].filter(([{ req }]) => !req.socket.destroyed).map(([, what]) => what),
    did,
    calmDown() {
      calm = true;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Tokens that the simulator does not know stand for users of their own. */
function namedAfter(shown: string, token: string, body: string): string {
  if (shown === token) return body;
  const who = asJson(body);
  // Only who somebody is has an extension number.
  if (typeof who !== 'object' || who === null || !('extensionNumber' in who)) return body;
  return JSON.stringify({ ...who, id: 900_000_000 + Number(/\d+$/.exec(shown)?.[0] ?? 0) });
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, {
    ...headers,
    ...(status !== 204 && { 'content-length': Buffer.byteLength(body) }),
  });
  response.end(body);
}

const spoilBody: Oddity = (response, reply, chance) => {
  send(response, { ...reply, body: JSON.stringify(spoilValue(asJson(reply.body), chance)) });
};

const ODDITIES: readonly (readonly [string, Oddity])[] = [
  ['body', spoilBody],
  ['body', spoilBody],
  ['body', spoilBody],
  [
    'other body',
    (response, reply, chance) => send(response, { ...reply, body: JSON.stringify(oddValue(chance)) }),
  ],
  ['text', (response, reply, chance) => send(response, { ...reply, body: spoilText(reply.body, chance) })],
  [
    'bytes',
    (response, reply, chance) => {
      const bytes = Buffer.from(Array.from({ length: chance.whole(300) }, () => chance.whole(256)));
      response.writeHead(reply.status, { 'content-length': bytes.length }).end(bytes);
    },
  ],
  [
    'long body',
    (response, reply, chance) => {
      const parties = Array.from({ length: chance.of([50, 500]) }, (_, index) => ({
        id: `p-${index}`,
        status: {},
      }));
      send(response, {
        ...reply,
        body: JSON.stringify({ ...asObject(reply.body), parties, records: parties }),
      });
    },
  ],
  [
    'page',
    (response, _, chance) => {
      send(response, {
        status: chance.of([200, 401, 403, 404, 429, 500, 502, 503]),
        headers: { 'content-type': 'text/html', ...oddHeaders(chance) },
        body: '<html><body><h1>Bad Gateway</h1></body></html>',
      });
    },
  ],
  [
    'status',
    (response, reply, chance) => {
      const status = chance.of([
        201, 202, 204, 205, 206, 226, 300, 302, 304, 307, 400, 401, 403, 404, 405, 408, 409,
      ]);
      send(response, { ...reply, status, headers: { ...reply.headers, location: '/somewhere/else' } });
    },
  ],
  [
    'refusal',
    (response, _, chance) => {
      const refusal = {
        errorCode: chance.of(['CMN-102', 'TAS-102', 'OAU-213', 'CMN-301', '__proto__']),
        message: 'No.',
      };
      send(response, {
        status: chance.of([400, 401, 403, 404, 409, 410, 418, 422, 429, 451, 500, 503, 599]),
        headers: { 'content-type': 'application/json', ...oddHeaders(chance) },
        body: JSON.stringify(
          spoilValue({ ...refusal, errors: [{ ...refusal, parameterName: 'constructor' }] }, chance, 0.15),
        ),
      });
    },
  ],
  [
    'headers',
    (response, reply, chance) =>
      send(response, { ...reply, headers: { ...reply.headers, ...oddHeaders(chance) } }),
  ],
  [
    'late',
    async (response, reply, chance) => {
      await sleep(chance.whole(2_000));
      send(response, reply);
    },
  ],
  [
    'drip',
    async (response, { status, body }, chance) => {
      response.writeHead(status, { 'content-length': Buffer.byteLength(body) });
      for (let at = 0; at < body.length && !response.destroyed; at += 40) {
        response.write(body.slice(at, at + 40));
        await sleep(chance.whole(60));
      }
      response.end();
    },
  ],
  ['never', () => {}],
  ['reset', (response) => void response.socket?.resetAndDestroy()],
  [
    'half',
    (response, { status, body }) => {
      response.writeHead(status, { 'content-length': Buffer.byteLength(body) });
      response.write(body.slice(0, body.length / 2), () => response.socket?.resetAndDestroy());
    },
  ],
  [
    'wrong length',
    (response, { body }, chance) => {
      const length = Buffer.byteLength(body) + chance.of([-20, 20, 1e15]);
      response.socket?.end(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n${body}`);
    },
  ],
  [
    'encoding',
    (response, { body }, chance) => {
      response
        .writeHead(200, { 'content-encoding': chance.of(['gzip', 'br', 'deflate', 'rot13']) })
        .end(body);
    },
  ],
  [
    'no HTTP',
    (response, _, chance) => {
      const text = chance.of([
        '',
        '\r\n\r\n',
        'SSH-2.0-x\r\n',
        'HTTP/9.9 999 \r\n\r\n',
        'HTTP/1.1 200 OK\r\nA: \u0000\r\n\r\n',
      ]);
      response.socket?.end(text);
    },
  ],
  [
    'informs',
    (response, reply, chance) => {
      for (let times = chance.whole(40); times > 0; times -= 1) {
        response.socket?.write(`HTTP/1.1 ${chance.of([100, 102, 103])} Hm\r\nX-Hm: ${times}\r\n\r\n`);
      }
      send(response, reply);
    },
  ],
  [
    'other protocol',
    (response) => {
      response.socket?.write(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
      );
    },
  ],
];

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function asObject(text: string): object {
  const value = asJson(text);
  return typeof value === 'object' && value !== null ? value : {};
}
