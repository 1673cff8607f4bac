/** Which requests for GraphQL are taken at all, whoever sends them: what they are, not what they ask. */
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { BadUserInput, Forbidden } from '../../schema/failures.ts';
import type { Config } from '../config.ts';
import { isFromForeignPage } from './origins.ts';

/** A request that is refused for what it is, not for what it asks. */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;

  constructor(status: number, cause: BadUserInput | Forbidden, headers: OutgoingHttpHeaders = {}) {
    super(cause.message, { cause });
    this.status = status;
    this.headers = headers;
  }
}

/** Refuses, before anybody is asked who they are, what a browser may send for a page of somebody else. */
export function checkForm(request: IncomingMessage, { corsOrigins, maxBodyBytes }: Config): void {
  const { method, headers } = request;
  if (method === 'GET') {
    if (isFromForeignPage(headers, corsOrigins)) {
      throw new Refusal(
        403,
        new Forbidden('Pages of this origin may not ask here; allowed are those of CORS_ORIGINS.'),
      );
    }
    checkParameters(request.url ?? '');
    return;
  }
  if (method !== 'POST') {
    throw new Refusal(405, new BadUserInput('GraphQL is asked with GET or POST.'), {
      allow: 'GET, POST, OPTIONS',
    });
  }
  if (!JSON_TYPE.test(headers['content-type'] ?? '')) {
    throw new Refusal(415, new BadUserInput('The body is taken as application/json only.'), {
      'accept-post': 'application/json',
    });
  }
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity') {
    throw new Refusal(415, new BadUserInput('The body is taken uncompressed only.'), {
      'accept-encoding': 'identity',
    });
  }
  if (Number(headers['content-length'] ?? 0) > maxBodyBytes) throw tooLarge(maxBodyBytes);
}

/** Refuses a GET whose parameters cannot be read; the rest of them is looked at as that of a POST is. */
function checkParameters(url: string): void {
  const start = url.indexOf('?');
  if (start === -1) return;
  const parameters = new URLSearchParams(url.slice(start));
  for (const name of ['variables', 'extensions']) {
    const text = parameters.get(name);
    if (text && !isJson(text)) throw new Refusal(400, new BadUserInput(`"${name}" is not JSON.`, name));
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const JSON_TYPE = /^application\/(graphql\+)?json *(;|$)/i;

/** Its body is longer than what is read. */
export function tooLarge(maxBytes: number): Refusal {
  return new Refusal(
    413,
    new BadUserInput(`The body is larger than ${maxBytes} bytes, which is as much as is read.`),
  );
}
