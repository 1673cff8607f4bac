/** A proxy before the simulator that lets requests through, and does with sockets what the proxies of companies do. */
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { keepIn } from './ports.ts';

/**
 * - `through`: the socket opens, also one that was kept waiting; `waiting`: it waits until then
 * - a number: it is answered with this status; `dropped`: the connection ends without a word
 * - `swallowed`: it opens, and nothing comes through it
 */
export type SocketWay = 'through' | 'waiting' | 'dropped' | 'swallowed' | 200 | 400 | 502;

export interface SocketRoad extends AsyncDisposable {
  /** What a gateway takes for RingCentral's server URL. */
  readonly url: string;
  /** How many sockets were tried. */
  tries(): number;
  /** Where it leads; until it is told, requests wait. */
  leadTo(simulatorUrl: string): void;
  sockets(way: SocketWay): void;
}

/** Builds one; it leads nowhere yet. */
export async function openSocketRoad(first: SocketWay = 'through'): Promise<SocketRoad> {
  let way = first;
  let tries = 0;
  const open = new Set<Socket>();
  const waiting: (() => void)[] = [];
  let lead: (url: URL) => void = () => {};
  const target = new Promise<URL>((resolve) => {
    lead = resolve;
  });
  const server = createServer(forward);
  server.on('upgrade', (request, near: Socket, head: Buffer) => {
    tries += 1;
    keepIn(open, near);
    void target.then((there) => take(there, request, near, head));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    tries: () => tries,
    leadTo: (simulatorUrl) => lead(new URL(simulatorUrl)),
    sockets(next) {
      way = next;
      if (next === 'through') for (const pass of waiting.splice(0)) pass();
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { hostname, port, host } = await target;
    const { method, url: path, headers } = request;
    const further = ask({ hostname, port, method, path, headers: { ...headers, host } }, (answer) => {
      const { 'content-length': _length, ...rest } = answer.headers;
      // Sockets come this way too.
      const isToken = path === '/restapi/oauth/wstoken';
      response.writeHead(answer.statusCode ?? 502, isToken ? rest : answer.headers);
      if (!isToken) {
        answer.pipe(response);
        return;
      }
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () =>
        response.end(
          Buffer.concat(chunks)
            .toString()
            .replace(/ws:\/\/127\.0\.0\.1:\d+/, url.replace('http', 'ws')),
        ),
      );
    });
    further.on('error', () => response.destroy());
    response.on('close', () => further.destroy());
    request.pipe(further);
  }

  function take({ hostname, port }: URL, request: IncomingMessage, near: Socket, head: Buffer): void {
    if (way === 'waiting') {
      waiting.push(() => take(new URL(`http://${hostname}:${port}`), request, near, head));
      return;
    }
    if (way === 'dropped') {
      near.destroy();
      return;
    }
    if (typeof way === 'number') {
      near.end(`HTTP/1.1 ${way} So it is\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno`);
      return;
    }
    const isSwallowed = way === 'swallowed';
    const far = keepIn(open, connect(Number(port), hostname));
    const lines = Array.from({ length: request.rawHeaders.length / 2 }, (_, index) => {
      const [name, value] = request.rawHeaders.slice(2 * index, 2 * index + 2);
      return `${name}: ${value}`;
    });
    far.write(`${request.method} ${request.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    far.write(head);
    if (isSwallowed) far.once('data', (answer: Buffer) => near.write(firstAnswer(answer)));
    else far.pipe(near);
    near.pipe(far);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  }
}

/** The yes to an upgrade, without what stands behind it. */
function firstAnswer(data: Buffer): Buffer {
  return data.subarray(0, data.indexOf('\r\n\r\n') + 4);
}
