/** The metrics on a port of their own, for a gateway whose other port is everybody's. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from '../telemetry/metrics.ts';

export interface MetricsDoor {
  /** Where they are read, like `http://127.0.0.1:9464/metrics`. */
  readonly url: string;
  /** Cuts whoever still reads, and closes. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface MetricsDoorParts {
  readonly metrics: Metrics;
  readonly host: string;
  /** 0 picks one. */
  readonly port: number;
}

const SLOWEST_REQUEST = 5_000; // 5 seconds

/** Opens the door; rejects when the address cannot be had. */
export async function createMetricsDoor({ metrics, host, port }: MetricsDoorParts): Promise<MetricsDoor> {
  const server = createServer({ requestTimeout: SLOWEST_REQUEST }, (request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.on('upgrade', (_request, socket) => void socket.destroy());
  server.listen(port, host);
  await once(server, 'listening');
  const { port: taken } = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;

  async function answer({ method, url }: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('x-content-type-options', 'nosniff');
    if (url?.split('?', 1)[0] !== '/metrics') {
      response.writeHead(404).end();
    } else if (method !== 'GET' && method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
    } else {
      await tellMetrics(metrics, response);
    }
  }

  async function stop(): Promise<void> {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  return { url: `http://${name}:${taken}/metrics`, stop, [Symbol.asyncDispose]: stop };
}

/** Answers with all metrics, in the words of Prometheus. */
export async function tellMetrics({ registry }: Metrics, response: ServerResponse): Promise<void> {
  const text = await registry.metrics();
  response.writeHead(200, { 'content-type': registry.contentType, 'cache-control': 'no-store' }).end(text);
}
