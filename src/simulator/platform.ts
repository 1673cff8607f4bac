/** The way of a request through the platform: route, identity, rate limit, ordered trouble, operation, answer. */
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { errorBody } from './bodies.ts';
import { appliesAnyway, type Fault, type Matchable, spendFault } from './faults.ts';
import type { Body } from './fields.ts';
import { type Asking, contentTypeOf, type Incoming, type Resolved } from './incoming.ts';
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
import { findOperation, OPERATIONS, perform } from './routes.ts';
import type { Settings } from './settings.ts';
import type { Switchboard } from './switchboard.ts';

/** What goes back over the wire, unless a trouble spoils it. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: no content. */
  readonly body: unknown;
  readonly trouble: Fault | null;
  /** To be completed when the reply is on its way. */
  readonly entry: JournalEntry;
}

export interface Platform {
  answer(incoming: Incoming): Promise<Reply>;
  /** What is left of the ordered troubles. */
  faults(): readonly Fault[];
  orderFaults(faults: readonly Fault[]): void;
}

interface Parts {
  readonly board: Switchboard;
  readonly subscriptions: Subscriptions;
  readonly socketTokens: SocketTokens;
  readonly oauth: OAuth;
  readonly rateLimits: RateLimits;
  readonly journal: Journal;
  /** An operation is about to be done; the id of the session is empty where it has none. */
  readonly expect: (operationId: string, sessionId: string) => void;
}

export function createPlatform(parts: Parts): Platform {
  const { board, oauth, rateLimits, journal, subscriptions, socketTokens, expect } = parts;
  let faults: readonly Fault[] = [];

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
      if (journalBodies && incoming.body !== '') entry.requestBody = readable(incoming.body);

      const headers: Record<string, string> = { RCRequestId: randomUUID() };
      let trouble: Fault | null = null;
      const reply = (answer: Answer): Reply => {
        if (journalBodies && answer.body !== undefined) entry.responseBody = answer.body;
        const broken = answer.breaks === true ? BROKEN : trouble;
        const own = { ...headers, ...answer.headers };
        return { status: answer.status, headers: own, body: answer.body, trouble: broken, entry };
      };

      let resolved: Resolved | undefined;
      try {
        resolved = resolve(incoming, path, new URLSearchParams(query), entry);
        entry.operationId = resolved.operationId;
        const asking = resolved.identify();
        entry.viewer = asking.signedIn?.extension.number ?? null;

        const verdict = asking.user === null ? null : countRequest(asking.user, resolved.group, headers);
        if (verdict !== null) return reply(verdict);

        const { fault, left } = spendFault(faults, {
          operationId: resolved.operationId,
          method,
          path,
          viewer: entry.viewer ?? asking.about ?? null,
          grant: resolved.grant,
        });
        faults = left;
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
    faults: () => faults,
    orderFaults(ordered) {
      faults = ordered;
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

/** Path and query of a URL as it was sent: nothing is normalised, so that a hostile id stays what it is. */
export function splitUrl(url: string): { readonly path: string; readonly query: string } {
  const mark = url.indexOf('?');
  return mark < 0 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark + 1) };
}

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

/** A part of a path without its percent-encoding. */
export function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // Not an encoding at all: no id looks like this, so nothing is found by it.
    return segment;
  }
}

/** The value of a JSON text, or the text itself. */
function readable(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
