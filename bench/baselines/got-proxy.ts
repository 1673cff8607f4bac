/** The ceiling of a cold read through got: one upstream request for each request, its answer passed on. */
import { Agent, createServer } from 'node:http';
import { got } from 'got';

const upstream = got.extend({
  prefixUrl: process.env.UPSTREAM ?? '',
  agent: { http: new Agent({ keepAlive: true }) },
  retry: { limit: 0 },
  throwHttpErrors: false,
});

createServer((request, response) => {
  request.resume();
  void upstream((request.url ?? '/').slice(1), {
    method: request.method === 'POST' ? 'POST' : 'GET',
    headers: { authorization: request.headers.authorization },
  }).then(
    ({ statusCode, body }) => {
      response.writeHead(statusCode, {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(body),
      });
      response.end(body);
    },
    () => response.writeHead(502).end(),
  );
}).listen(Number(process.env.PORT), '127.0.0.1');
