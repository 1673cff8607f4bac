/** The way of a request through Genesys Cloud: login or token, rate limit, permission, ordered trouble, operation, answer. */
import { randomUUID } from 'node:crypto';
import { appliesAnyway, type Faults, type Matchable } from '../faults.ts';
import { contentTypeOf, type Incoming, noteRequest } from '../incoming.ts';
import type { Journal, JournalEntry } from '../journal.ts';
import { decoded, type Reply, readable, splitUrl } from '../replies.ts';
import type { Centre } from './centre.ts';
import type { GenesysBody } from './fields.ts';
import type { GenesysLogin } from './login.ts';
import type { Channels } from './notifications/channels.ts';
import type { GenesysAnswer, GenesysOperation } from './operation.ts';
import { type GenesysPerson, personNamed } from './people.ts';
import type { GenesysRateLimits } from './rate-limits.ts';
import {
  badCredentials,
  badRequest,
  GenesysRefusal,
  genesysErrorBody,
  missingPermissions,
  noResource,
  notAUser,
  notFound,
} from './refusals.ts';
import { findGenesysOperation, GENESYS_OPERATIONS } from './routes.ts';

export interface GenesysPlatform {
  answer(incoming: Incoming): Reply | Promise<Reply>;
}

interface Parts {
  readonly centre: Centre;
  readonly channels: Channels;
  readonly login: GenesysLogin;
  readonly rateLimits: GenesysRateLimits;
  readonly journal: Journal;
  readonly faults: Faults;
  readonly journalBodies: () => boolean;
  /** A request for a conversation is about to be answered. */
  readonly expect: (operationId: string, conversationId: string) => void;
}

/** Whether a request is for Genesys Cloud: its API, or its login. */
export function isForGenesys(path: string): boolean {
  return path.startsWith('/api/v2/') || path.startsWith('/oauth/');
}

/** Every request that there is. */
export const GENESYS_REQUESTS: readonly Matchable[] = [
  ...GENESYS_OPERATIONS,
  { operationId: 'deleteTokensMe', method: 'DELETE', path: '/api/v2/tokens/me' },
  {
    ...{ operationId: 'postOauthToken', method: 'POST', path: '/oauth/token' },
    grants: ['authorization_code', 'refresh_token', 'client_credentials'],
  },
  { operationId: 'getOauthAuthorize', method: 'GET', path: '/oauth/authorize' },
];

/** What stands behind a request. */
interface Resolved {
  readonly operationId: string;
  readonly grant?: string | undefined;
  readonly viewer: GenesysPerson | null;
  /** Whose requests are counted with it; null: nobody's. */
  readonly bucket: string | null;
  perform(): GenesysAnswer;
}

export function createGenesysPlatform(parts: Parts): GenesysPlatform {
  const { centre, channels, login, rateLimits, journal, faults, journalBodies, expect } = parts;

  function resolve(incoming: Incoming, path: string, query: URLSearchParams, entry: JournalEntry): Resolved {
    const { method, headers, body } = incoming;
    const { authorization } = headers;
    const now = centre.now();
    if (path.startsWith('/oauth/')) {
      const form = new URLSearchParams(body);
      if (path === '/oauth/token' && method === 'POST') {
        const perform = () => login.token(form, authorization, now);
        const grant = form.get('grant_type') ?? undefined;
        return { operationId: 'postOauthToken', grant, viewer: null, bucket: null, perform };
      }
      if (path !== '/oauth/authorize') throw notFound();
      const perform = () => login.authorize(new URLSearchParams([...query, ...form]), form, now);
      return { operationId: 'getOauthAuthorize', viewer: null, bucket: null, perform };
    }

    const isEnd = method === 'DELETE' && path === '/api/v2/tokens/me';
    const found = isEnd ? null : findGenesysOperation(method, path.slice(1).split('/').map(decoded));
    if (!isEnd && found === null) throw notFound();
    entry.operationId = found?.operation.operationId ?? 'deleteTokensMe';
    const token = /^bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? '';
    if (token === '') {
      throw new GenesysRefusal(
        401,
        'authentication.required',
        'No authentication bearer token specified in authorization header.',
      );
    }
    const signedIn = login.signedIn(token, now);
    if (signedIn === undefined) throw badCredentials();
    const { person, app } = signedIn;
    const known = { viewer: person, bucket: `${person?.id ?? ''} ${app}` };
    if (found === null) {
      const perform = () => {
        login.end(token);
        return { status: 200 };
      };
      return { ...known, operationId: 'deleteTokensMe', perform };
    }
    const { operation, params } = found;
    return {
      ...known,
      operationId: operation.operationId,
      perform() {
        const viewer = actorOf(operation, person, params.userId);
        const { list, object } = bodyIn(incoming);
        if (params.conversationId !== undefined) expect(operation.operationId, params.conversationId);
        const { origin } = incoming;
        return operation.handle({
          ...{ centre, channels, viewer, app, token, params, query, origin, list, body: object },
        });
      },
    };
  }

  return {
    async answer(incoming) {
      const { method, url } = incoming;
      const { path, query } = splitUrl(url);
      const entry = journal.add({
        ...{ method, path, query, operationId: null, viewer: null, started: centre.now(), ended: null },
        ...{ status: null, held: false },
      });
      if (journalBodies()) noteRequest(entry, incoming);
      const correlationId = randomUUID();
      const headers: Record<string, string> = { 'ININ-Correlation-Id': correlationId };
      const errorBody = (status: number) =>
        genesysErrorBody({ status, ...(ERRORS[status] ?? ERRORS[500]), params: {} }, correlationId);
      const reply = (answer: GenesysAnswer, trouble: Reply['trouble'] = null): Reply => {
        const { status, body } = answer;
        if (journalBodies() && body !== undefined) entry.responseBody = body;
        return { status, headers: { ...headers, ...answer.headers }, body, trouble, entry, errorBody };
      };

      let trouble: Reply['trouble'] = null;
      try {
        const resolved = resolve(incoming, path, new URLSearchParams(query), entry);
        entry.operationId = resolved.operationId;
        entry.viewer = resolved.viewer?.handle ?? null;
        if (resolved.bucket !== null) countRequest(resolved.bucket, headers);
        const target = {
          operationId: resolved.operationId,
          method,
          path,
          viewer: entry.viewer,
          grant: resolved.grant,
        };
        trouble = faults.spend(target);
        if (trouble !== null) entry.fault = trouble.do;
        if (trouble?.do === 'delay') await centre.pause(trouble.delay);
        if (trouble !== null && !appliesAnyway(trouble))
          return reply({ status: trouble.status ?? 503 }, trouble);
        return reply(resolved.perform(), trouble);
      } catch (error) {
        if (!(error instanceof GenesysRefusal)) throw error;
        return reply({ status: error.status, body: genesysErrorBody(error, correlationId) }, trouble);
      }
    },
  };

  /** Counts a request and writes the headers that tell so. @throws {GenesysRefusal} 429 where it is one too many. */
  function countRequest(who: string, headers: Record<string, string>): void {
    const { genesysRateLimit: limit, genesysRateWindow, genesysDailyLimit: dailyLimit } = centre.settings();
    const verdict = rateLimits.take(
      who,
      { limit, window: genesysRateWindow * 1_000, dailyLimit },
      centre.now(),
    );
    if (limit > 0) {
      headers['inin-ratelimit-count'] = String(verdict.count);
      headers['inin-ratelimit-allowed'] = String(limit);
      headers['inin-ratelimit-reset'] = String(verdict.reset);
    }
    if (verdict.allowed) return;
    headers['Retry-After'] = String(verdict.retryAfter);
    throw new GenesysRefusal(
      429,
      'too.many.requests.retry.after',
      `Rate limit exceeded the maximum. Retry the request in [${verdict.retryAfter}] seconds`,
    );
  }
}

/**
 * Who acts: whoever is signed in, or the user whom an app acts for.
 * @throws {GenesysRefusal} 400 where a user is needed, 403 where they may not.
 */
function actorOf(
  operation: GenesysOperation,
  person: GenesysPerson | null,
  userId: string | undefined,
): GenesysPerson {
  const { permissions = [], forApps } = operation;
  if (person === null && forApps !== true) throw notAUser();
  const isAllowed = permissions.length === 0 || permissions.some((one) => person?.permissions.includes(one));
  if (person !== null && !isAllowed) throw missingPermissions(permissions);
  if (forApps !== true) {
    if (person === null) throw notAUser();
    return person;
  }
  const named = personNamed(userId ?? '');
  if (named === undefined) throw noResource('user');
  return named;
}

/** @throws {GenesysRefusal} 415 for another type, 400 for what is no JSON. */
function bodyIn({ body, headers }: Incoming): {
  readonly object: GenesysBody;
  readonly list: readonly unknown[] | null;
} {
  if (body === '') return { object: {}, list: null };
  if (contentTypeOf(headers) !== 'application/json') {
    throw new GenesysRefusal(
      415,
      'unsupported.media.type',
      'Unsupported Media Type - Unsupported or incorrect media type, such as an incorrect Content-Type value in the header.',
    );
  }
  const value = readable(body);
  if (Array.isArray(value)) return { object: {}, list: value };
  if (typeof value === 'object' && value !== null) return { object: value as GenesysBody, list: null };
  throw badRequest('The request could not be understood by the server due to malformed syntax.');
}

/** What is said with a status, where a trouble orders nothing else. */
const ERRORS: Readonly<Record<number, { readonly code: string; readonly message: string }>> & {
  readonly 500: { readonly code: string; readonly message: string };
} = {
  400: {
    code: 'bad.request',
    message: 'The request could not be understood by the server due to malformed syntax.',
  },
  401: { code: 'bad.credentials', message: 'Invalid login credentials.' },
  403: { code: 'not.authorized', message: 'You are not authorized to perform the requested action.' },
  404: { code: 'not.found', message: 'The requested resource was not found.' },
  429: { code: 'too.many.requests.retry.after', message: 'Rate limit exceeded the maximum.' },
  500: {
    code: 'internal.server.error',
    message: 'The server encountered an unexpected condition which prevented it from fulfilling the request.',
  },
  503: {
    code: 'service.unavailable',
    message:
      'Service Unavailable - The server is currently unavailable (because it is overloaded or down for maintenance).',
  },
  504: { code: 'request.timeout', message: 'The request timed out.' },
};
