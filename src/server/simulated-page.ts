/**
 * The sign-in pages of the simulator inside, at the address of the gateway: the simulator has a port of its own, which
 * nobody but this process may be able to reach, as in a container.
 */
import { request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';

/** Where they are, here and there: of RingCentral, and of Genesys Cloud. */
export const SIMULATED_PAGES: ReadonlySet<string> = new Set(['/restapi/oauth/authorize', '/oauth/authorize']);

/** What a page needs to know of a browser, and a browser of a page; everything else stays here. */
const TO_PAGE = ['accept', 'content-type', 'content-length', 'cookie'] as const;
const TO_BROWSER = [
  'cache-control',
  'content-security-policy',
  'content-type',
  'location',
  'referrer-policy',
  'set-cookie',
  'x-frame-options',
] as const;

/** Longer than the page ever takes. */
const PATIENCE = 10_000; // 10 seconds

/** Hands a request on to the simulator, and its answer back. */
export async function serveSimulatedPage(
  simulatorUrl: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = 'GET', url = '', headers } = request;
  const asking = ask(new URL(url, simulatorUrl), {
    method,
    headers: Object.fromEntries(TO_PAGE.flatMap((name) => (headers[name] ? [[name, headers[name]]] : []))),
    timeout: PATIENCE,
  });
  asking.on('timeout', () => asking.destroy(new Error('The page of the simulator did not answer.')));
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    asking.once('response', resolve).once('error', reject);
  });
  await Promise.all([
    pipeline(request, asking),
    answered.then((answer) => {
      const shown = TO_BROWSER.flatMap((name) =>
        answer.headers[name] ? [[name, answer.headers[name]]] : [],
      );
      response.writeHead(answer.statusCode ?? 502, Object.fromEntries(shown));
      return pipeline(answer, response);
    }),
  ]).catch(() => response.destroy());
}
