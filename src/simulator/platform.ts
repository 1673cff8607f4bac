/** The way of a request through the platform: route, identity, rate limit, ordered trouble, operation, answer. */
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { errorBody } from './bodies.ts';
import { appliesAnyway, type Fault, type Faults, type Matchable } from './faults.ts';
import type { Body } from './fields.ts';
import { type Asking, contentTypeOf, type Incoming, noteRequest, type Resolved } from './incoming.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { TokenRefusal } from './oauth/apps.ts';
import { OAUTH_REQUESTS, resolveOAuth } from './oauth/door.ts';
import type { OAuth } from './oauth/oauth.ts';
import type { SignedIn } from './oauth/sessions.ts';
import type { Answer } from './operation.ts';
import type { Subscriptions } from './push/subscriptions.ts';
import type { SocketTokens } from './push/tokens.ts';
import type { RateGroup, RateLimits, RateRules } from './rate-limits.ts';
import { Refusal } from './refusals.ts';
import { decoded, type Reply, readable, splitUrl } from './replies.ts';
import { findOperation, OPERATIONS, perform } from './routes.ts';
import type { Settings } from './settings.ts';
import type { Switchboard } from './switchboard.ts';

export interface Platform {
  answer(incoming: Incoming): Promise<Reply>;
}

interface Parts {
  readonly board: Switchboard;
  readonly subscriptions: Subscriptions;
  readonly socketTokens: SocketTokens;
  readonly oauth: OAuth;
  readonly rateLimits: RateLimits;
  readonly journal: Journal;
  readonly faults: Faults;
  /** An operation is about to be done; the id of the session is empty where it has none. */
  readonly expect: (operationId: string, sessionId: string) => void;
}

export function createPlatform(parts: Parts): Platform {
  const { board, oauth, rateLimits, journal, faults, subscriptions, socketTokens, expect } = parts;

  /** What stands behind a request: whose rate bucket it is, and what to do when it may pass. */
  function resolve(incoming: Incoming, path: string, query: URLSearchParams, entry: JournalEntry): Resolved {
    const { method, headers, body } = incoming;
    const moment = () => ({ settings: board.settings, now: board.now() });
    const signingIn = resolveOAuth(incoming, { path, query }, { oauth, moment });
    if (signingIn !== null) return signingIn;
    if (method === 'POST' && path === '/restapi/oauth/wstoken' && board.settings.push !== 'missing') {
      return {
        operationId: 'authWsToken',
        group: 'auth',
        conflictUnlisted: false,
        identify: () => asking(oauth.signedIn(headers.authorization, board.now())),
        perform: ({ signedIn }) => ({
          status: 200,
          body: socketTokens.issue(known(signedIn), incoming.origin),
        }),
      };
    }
    const found = findOperation(method, path.slice(1).split('/').map(decoded));
    if (found === null) throw new Refusal(404, 'CMN-120', 'Invalid URI');
    const { operation, params } = found;
    return {
      operationId: operation.operationId,
      group: operation.group,
      conflictUnlisted: operation.conflictUnlisted ?? false,
      identify: () => asking(incoming.socket?.owner ?? oauth.signedIn(headers.authorization, board.now())),
      perform(asking) {
        const signedIn = known(asking.signedIn);
        const viewer = signedIn.extension;
        const { origin, signal, socket = null } = incoming;
        const insists = board.settings.contentType === 'insist';
        const json = method === 'GET' ? {} : jsonBody(headers, body, insists);
        // Reads come between commands at any time, from whoever watches.
        if (method !== 'GET') expect(operation.operationId, params.telephonySessionId ?? '');
        const holding = () => {
          entry.held = true;
        };
        return perform(operation, {
          ...{ board, viewer, signedIn, subscriptions, socket, params, query, origin, signal, holding },
          accept: headers.accept ?? '',
          body: json,
        });
      },
    };
  }

  return {
    async answer(incoming) {
      const { method, url } = incoming;
      const { path, query } = splitUrl(url);
      const entry = journal.add({
        method,
        path,
        query,
        operationId: null,
        viewer: null,
        started: board.now(),
        ended: null,
        status: null,
        held: false,
      });
      const { journalBodies } = board.settings;
      if (journalBodies) noteRequest(entry, incoming);

      const headers: Record<string, string> = { RCRequestId: randomUUID() };
      let trouble: Fault | null = null;
      const reply = (answer: Answer): Reply => {
        if (journalBodies && answer.body !== undefined) entry.responseBody = answer.body;
        const broken = answer.breaks === true ? BROKEN : trouble;
        const own = { ...headers, ...answer.headers };
        return {
          ...{ status: answer.status, headers: own, body: answer.body, trouble: broken, entry },
          errorBody: (status) => troubleBody(status, entry.operationId),
        };
      };

      let resolved: Resolved | undefined;
      try {
        resolved = resolve(incoming, path, new URLSearchParams(query), entry);
        entry.operationId = resolved.operationId;
        const asking = resolved.identify();
        entry.viewer = asking.signedIn?.extension.number ?? null;

        const verdict = asking.user === null ? null : countRequest(asking.user, resolved.group, headers);
        if (verdict !== null) return reply(verdict);

        const fault = faults.spend({
          operationId: resolved.operationId,
          method,
          path,
          viewer: entry.viewer ?? asking.about ?? null,
          grant: resolved.grant,
        });
        trouble = fault;
        if (fault !== null) entry.fault = fault.do;
        if (fault?.do === 'delay') await board.pause(fault.delay);
        if (fault !== null && !appliesAnyway(fault)) return reply({ status: fault.status ?? 503 });
        return reply(await resolved.perform(asking));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const unlisted = error.status === 409 && resolved?.conflictUnlisted === true;
        return reply({
          status: unlisted ? board.settings.unlistedConflict : error.status,
          body: bodyOf(error),
        });
      }
    },
  };

  /** Counts a request and writes the headers that tell so; answers it when it is one too many. */
  function countRequest(user: string, group: RateGroup, headers: Record<string, string>): Answer | null {
    const rules = rulesOf(group, board.settings);
    const verdict = rateLimits.take(user, group, rules, board.now());
    if (verdict === null) return null;
    headers['X-Rate-Limit-Group'] = group;
    headers['X-Rate-Limit-Limit'] = String(rules.limit);
    headers['X-Rate-Limit-Remaining'] = String(verdict.remaining);
    headers['X-Rate-Limit-Window'] = String(board.settings.rateWindow);
    if (verdict.allowed) return null;
    headers['Retry-After'] = String(verdict.retryAfter);
    return { status: 429, body: bodyOf(new Refusal(429, 'CMN-301', 'Request rate exceeded')) };
  }
}

/** A connection that breaks without having been ordered to. */
const BROKEN: Fault = { match: '', times: 1, after: 0, do: 'reset', delay: 0, apply: true };

/**
 * Reads a JSON object; an empty body is an empty object.
 * @throws {Refusal} 415 for another content type, 400 for what is no JSON object. Without a body the type matters only
 * where the platform `insists` on it.
 */
export function jsonBody(headers: IncomingHttpHeaders, body: string, insists: boolean): Body {
  if ((insists || body !== '') && contentTypeOf(headers) !== 'application/json') {
    // As it was seen on the wire: https://github.com/ringcentral/ringcentral-extensible/issues/59
    throw new Refusal(415, 'TAS-114', 'Unsupported content-type. Accept: application/json');
  }
  if (body === '') return {};
  const value = readable(body);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Body;
  throw new Refusal(400, 'CMN-103', 'JSON cannot be parsed');
}

function asking(signedIn: SignedIn): Asking {
  return { user: signedIn.extension.id, signedIn };
}

function known(signedIn: SignedIn | null): SignedIn {
  if (signedIn === null) throw new Refusal(401, 'OAU-136', 'Extension not found');
  return signedIn;
}

/** Every request that there is. */
export const REQUESTS: readonly Matchable[] = [
  ...OPERATIONS,
  ...OAUTH_REQUESTS,
  { operationId: 'authWsToken', method: 'POST', path: '/restapi/oauth/wstoken' },
];

function rulesOf(group: RateGroup, settings: Settings): RateRules {
  return {
    limit: settings[`${group}Limit`],
    window: settings.rateWindow * 1_000,
    penalty: settings.penalty * 1_000,
  };
}

function bodyOf(refusal: Refusal): unknown {
  if (!(refusal instanceof TokenRefusal)) return errorBody(refusal);
  return { error: refusal.error, error_description: refusal.message, ...errorBody(refusal) };
}

/** What RingCentral says with a status, where the order does not say it. */
const ERRORS: Readonly<Record<number, readonly [errorCode: string, message: string]>> = {
  400: ['CMN-101', 'Parameter value is invalid.'],
  401: ['OAU-128', 'Access token expired.'],
  403: ['CMN-401', 'In order to call this API endpoint, application needs to have [CallControl] permission'],
  404: ['CMN-102', 'Resource for parameter [telephonySessionId] is not found'],
  409: ['TAS-102', 'Incorrect State [WrongState]'],
  429: ['CMN-301', 'Request rate exceeded'],
  500: ['CMN-203', 'Internal server error'],
  503: ['CMN-201', 'Service Temporary Unavailable'],
};

function troubleBody(status: number, operationId: string | null): unknown {
  if (operationId === 'getToken' && status === 400) return TOKEN_NOT_FOUND;
  const [errorCode, message] = ERRORS[status] ?? ['CMN-203', 'Internal server error'];
  return errorBody(new Refusal(status, errorCode, message));
}

/** A request for a token is refused in the words of OAuth. */
const TOKEN_NOT_FOUND = {
  error: 'invalid_grant',
  error_description: 'Token not found',
  errors: [{ errorCode: 'OAU-213', message: 'Token not found' }],
};
