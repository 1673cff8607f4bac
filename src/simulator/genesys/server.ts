/** A small Genesys Cloud: its login and whatever of its API signing in needs, at one address. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGenesysLogin, type GenesysAnswer } from './login.ts';

export interface GenesysSimulatorOptions {
  /** 0: a free one. */
  readonly port?: number;
  /** Seconds that a token lives, as it is set for a client. */
  readonly tokenLife?: number;
}

/** A request that came, for tests to look at. */
export interface GenesysRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

export interface GenesysSimulator extends AsyncDisposable {
  /** Like `http://127.0.0.1:4020`. */
  readonly url: string;
  /** The latest, oldest first. */
  requests(): readonly GenesysRequest[];
  /** From the next token on. */
  setTokenLife(seconds: number): void;
  stop(): Promise<void>;
}

const DAY = 86_400; // seconds
const MOST_REQUESTS = 1_000;
const LARGEST_BODY = 65_536; // bytes

/** Starts it. */
export async function createGenesysSimulator(
  options: GenesysSimulatorOptions = {},
): Promise<GenesysSimulator> {
  let tokenLife = options.tokenLife ?? DAY;
  const login = createGenesysLogin({ tokenLife: () => tokenLife });
  const requests: GenesysRequest[] = [];
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    requests: () => requests,
    setTokenLife(seconds) {
      tokenLife = seconds;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '/', headers } = request;
    const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
    const body = await bodyOf(request);
    requests.push({ method, path: pathname, authorization: headers.authorization, body });
    if (requests.length > MOST_REQUESTS) requests.shift();
    const form = new URLSearchParams(body);
    const params = new URLSearchParams([...searchParams, ...form]);
    write(response, answer(method, pathname, { params, form, authorization: headers.authorization }));
  }

  function answer(
    method: string,
    path: string,
    asked: {
      readonly params: URLSearchParams;
      readonly form: URLSearchParams;
      readonly authorization: string | undefined;
    },
  ): GenesysAnswer {
    const now = Date.now();
    if (path === '/oauth/authorize') return login.authorize(asked.params, asked.form, now);
    if (method === 'POST' && path === '/oauth/token') {
      return login.token(asked.form, asked.authorization, now);
    }
    const token = /^Bearer (.+)$/i.exec(asked.authorization ?? '')?.[1] ?? '';
    const person = login.signedIn(token, now)?.person;
    if (person == null) return refusal(401, 'bad.credentials', 'Invalid login credentials.');
    if (method === 'GET' && path === '/api/v2/users/me') return { status: 200, body: person };
    if (method === 'DELETE' && path === '/api/v2/tokens/me') {
      login.end(token);
      return { status: 200 };
    }
    return refusal(404, 'not.found', 'There is nothing of this kind here.');
  }

  function stop(): Promise<void> {
    return new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }
}

function refusal(status: number, code: string, message: string): GenesysAnswer {
  return { status, body: { message, code, status, messageParams: {}, details: [], errors: [] } };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw new RangeError('The body is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function write(response: ServerResponse, { status, headers, body }: GenesysAnswer): void {
  const isJson = typeof body === 'object';
  response.writeHead(status, { ...(isJson && { 'content-type': 'application/json' }), ...headers });
  response.end(isJson ? JSON.stringify(body) : body);
}
