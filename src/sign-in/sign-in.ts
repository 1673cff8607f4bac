/**
 * Signing in from a browser: what is answered at `/auth/…`. It knows no socket and no stream: a request comes in as its
 * parts, an answer goes out as one.
 *
 * ```text
 *   GET /auth/sign-in ──► a sealed cookie, and off to RingCentral, or to another system (`with`)
 *   GET /auth/callback ─┬─ without that cookie, used before, another issuer ──► a page; nothing is changed
 *                       ├─ the system says no, or nothing ────────────────────► a page
 *                       └─ a code ──► tokens ──► whose? ──► a new session ──► its cookie, and back to the page
 *   GET /auth/session ──► who is signed in to which system, until when; 401
 *   POST /auth/session ──► a page of another site takes over what its window signed in to
 *   POST /auth/sign-out ──► the session ends, everywhere
 * ```
 */
import type { IncomingHttpHeaders } from 'node:http';
import { Apart } from '../commons/commons.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { SessionTimes, User } from './account.ts';
import { type AuthorizationServer, NOBODY_YET, type Tokens } from './authorization-server.ts';
import { BEGUN_LIFETIME, type Begun, begin, challengeOf, readBegun, sealBegun, takeBegun } from './begun.ts';
import { BEGUN_COOKIE, dropCookie, readCookie, SESSION_COOKIE, setCookie } from './cookies.ts';
import { objectIn } from './json.ts';
import { popupPage, problemPage, type WayIn } from './pages.ts';
import { isOfAllowedPage, ownOrigin } from './places.ts';
import { PROBLEMS, type ProblemCode, SignInProblem, wordsOf } from './problems.ts';
import { json, page, type Reply, redirect, refusal, withCookies } from './replies.ts';
import { createSealer } from './sealer.ts';
import type { Sessions } from './sessions.ts';
import { type OfEach, SYSTEM_NAMES, type System } from './systems.ts';
import { tellOf } from './telling.ts';
import { readWish } from './wishes.ts';

/** How to sign in to a system. */
export interface Entrance {
  readonly server: AuthorizationServer;
  /** Its page is shown at our own address, because it is only played. */
  readonly isShownHere: boolean;
  /**
   * Whose tokens these are.
   * @throws {SignInProblem}
   */
  readonly identify: (tokens: Tokens) => Promise<User>;
}

export interface SignInParts {
  readonly systems: OfEach<Entrance>;
  readonly sessions: Sessions;
  /** Seal what is given to browsers and comes back. */
  readonly secrets: readonly string[];
  /** Null: where it listens. */
  readonly publicUrl: string | null;
  readonly corsOrigins: readonly string[];
  readonly times: SessionTimes;
  /** Where a browser goes that did not say where. */
  readonly home: string;
  /** Codes that are tried: one that brings somebody in gives its try back. Anybody can make codes up. */
  readonly tries: { take(now: number): boolean; giveBack(): void };
  readonly metrics: Pick<Metrics, 'signIns'>;
  readonly log: Log;
}

/** A request, as its parts. */
export interface Asked {
  readonly method: string;
  /** Without a slash at its end. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Where the gateway listens, like `http://127.0.0.1:4000`. */
  readonly listening: string;
  /** Of a POST; nothing where its client left meanwhile. */
  body(): Promise<string>;
}

export interface SignIn {
  /** Answers a request for a path below `/auth/`; null: there is nothing there. */
  answer(asked: Asked): Promise<Reply | null>;
  /** The origin at which this browser finds the gateway, and the others whose pages may show a cookie. */
  originsFor(headers: IncomingHttpHeaders, listening: string): readonly string[];
}

/** How long what a window hands to the page that opened it may take. */
const TICKET_LIFETIME = 60_000; // 1 minute

/** Makes it. */
export function createSignIn(parts: SignInParts): SignIn {
  const { systems, sessions, secrets, publicUrl, corsOrigins, times, home, tries, metrics, log } = parts;
  const begunSealer = createSealer(secrets, 'begun sign-ins');
  const ticketSealer = createSealer(secrets, 'tickets');
  const [firstSystem = 'ringcentral'] = Object.keys(systems) as System[];
  /** By system and code. */
  const notedAt = new Map<string, number>();

  return { answer, originsFor };

  async function answer(asked: Asked): Promise<Reply | null> {
    const { method, path } = asked;
    const known = DOORS[path];
    if (known === undefined) return null;
    if (!known.includes(method)) {
      return json(405, refusal('METHOD_NOT_ALLOWED', `${path} is asked with ${known.join(' or ')}.`), {
        allow: known.join(', '),
      });
    }
    try {
      if (path === '/auth/sign-in') return beginSignIn(asked);
      if (path === '/auth/callback') return await endSignIn(asked);
      const problem = checkOrigin(asked);
      if (problem !== null) return problem;
      if (path === '/auth/sign-out') return await signOut(asked);
      return method === 'POST' ? await takeOver(asked) : await tell(asked);
    } catch (error) {
      if (!(error instanceof Apart)) throw error;
      return json(
        503,
        refusal('UPSTREAM_UNAVAILABLE', 'Sessions cannot be looked at now; try again in a moment.'),
        {
          'retry-after': '1',
        },
      );
    }
  }

  function beginSignIn({ query, headers, listening }: Asked): Reply {
    const own = ownOrigin(headers, { publicUrl, listening });
    const wish = readWish(query, { own, corsOrigins, home, systems: Object.keys(systems) });
    if ('status' in wish) return wish;
    const { system, returnTo, display, prompt, loginHint } = wish;
    const now = Date.now();
    const begun = begin(
      {
        ...{ system, redirectUri: `${own}/auth/callback`, returnTo },
        opener: display === 'popup' ? new URL(returnTo).origin : null,
      },
      now,
    );
    const { server, isShownHere } = entrance(system);
    const location = server.authorizeUrl({
      at: isShownHere ? own : null,
      ...{ redirectUri: begun.redirectUri, state: begun.state, challenge: challengeOf(begun) },
      ...{ prompt, loginHint, display },
    });
    return redirect(location, [begunCookie([begun, ...begunIn(headers, now)])]);
  }

  async function endSignIn(asked: Asked): Promise<Reply> {
    const { query, headers } = asked;
    const now = Date.now();
    const all = begunIn(headers, now);
    const { taken, rest } = takeBegun(all, query.get('state') ?? '');
    // Nothing of the browser is changed either: whoever sent it here shall not be able to.
    if (taken === undefined) return problem('NOT_BEGUN', null, asked);
    const cookies = [begunCookie(rest)];
    try {
      if (!(await sessions.useOnce(taken.state, BEGUN_LIFETIME)))
        return problem('ALREADY_USED', null, asked, [], taken);
      if (!tries.take(performance.now())) throw new SignInProblem('BUSY');
      const tokens = await entrance(taken.system).server.exchange(query, taken);
      tries.giveBack();
      const cookie = await sessionFor(taken.system, tokens, asked);
      metrics.signIns.inc({ result: 'SIGNED_IN' });
      return isOfAnotherOrigin(taken)
        ? popup(taken, cookies, sealTicket(cookie, taken, now))
        : done(taken, [...cookies, sessionCookie(cookie)]);
    } catch (error) {
      const { code, error: word } = asProblem(error);
      noteForOperator(code, word, taken.system);
      return problem(code, word, asked, cookies, taken);
    }
  }

  /** What was given is given back where nobody can have it. */
  async function sessionFor(system: System, tokens: Tokens, { headers }: Asked): Promise<string> {
    const { server, identify } = entrance(system);
    try {
      const shown = readCookie(headers.cookie, SESSION_COOKIE);
      return await sessions.begin({
        system,
        user: await identify(tokens),
        tokens,
        userAgent: headers['user-agent']?.slice(0, LONGEST_USER_AGENT) ?? null,
        cookieBefore: shown.kind === 'one' ? shown.value : null,
      });
    } catch (error) {
      await server.revoke(tokens.accessToken, `${NOBODY_YET}${tokens.ownerId}`);
      throw error;
    }
  }

  /** A page of another origin opened the window: what is set here may not be sent from there. */
  function isOfAnotherOrigin({ opener, redirectUri }: Begun): boolean {
    return opener !== null && opener !== new URL(redirectUri).origin;
  }

  function done(begun: Begun, cookies: readonly string[]): Reply {
    return begun.opener === null ? redirect(begun.returnTo, cookies) : popup(begun, cookies, null);
  }

  function popup({ opener }: Begun, cookies: readonly string[], ticket: string | null): Reply {
    const message = { type: 'signed-in', ...(ticket !== null && { ticket }) };
    return page(200, popupPage(opener ?? '', message), cookies);
  }

  function problem(
    code: ProblemCode,
    error: string | null,
    asked: Asked,
    cookies: readonly string[] = [],
    begun?: Begun,
  ): Reply {
    metrics.signIns.inc({ result: code });
    const system = begun?.system ?? firstSystem;
    const { status } = PROBLEMS[code];
    const { text, title } = wordsOf(code, system);
    const again = begun === undefined ? '/auth/sign-in' : beginAgain(begun);
    if (!wantsPage(asked)) {
      const told = { ...refusal(code, `${title}. ${text}`), ...(error !== null && { error }), signIn: again };
      return json(status, told, withCookies(cookies));
    }
    return page(status, problemPage(code, { system, error, again: waysIn(begun) }), cookies);
  }

  /** Back to the system that was tried; where nobody knows which that was, to each. */
  function waysIn(begun: Begun | undefined): readonly WayIn[] {
    const all = Object.keys(systems) as System[];
    const nameOf = (system: System) => (all.length > 1 ? SYSTEM_NAMES[system] : null);
    if (begun !== undefined) return [{ address: beginAgain(begun), name: nameOf(begun.system) }];
    return all.map((system) => ({ address: `/auth/sign-in?with=${system}`, name: nameOf(system) }));
  }

  /** What an operator can mend; one line a minute, because anybody can bring an error. */
  function noteForOperator(code: ProblemCode, error: string | null, system: System): void {
    const now = performance.now();
    const about = `${system} ${code}`;
    if (!OF_OPERATOR.has(code) || now - (notedAt.get(about) ?? Number.NEGATIVE_INFINITY) < QUIET) return;
    notedAt.set(about, now);
    log.warn({ code, error, system }, 'A browser could not be signed in');
  }

  async function tell({ headers }: Asked): Promise<Reply> {
    const shown = readCookie(headers.cookie, SESSION_COOKIE);
    if (shown.kind !== 'one') return notSignedIn();
    const told = await tellOf(shown.value, sessions, Object.keys(systems) as System[]);
    return told === null ? notSignedIn() : json(200, told);
  }

  /** The cookie is set for a page of another site, which keeps it for itself alone. */
  async function takeOver(asked: Asked): Promise<Reply> {
    const { headers } = asked;
    const given: unknown = objectIn(await asked.body()).ticket;
    const opened = typeof given === 'string' ? ticketSealer.open(given) : null;
    const ticket = objectIn(opened ?? '');
    const { cookie } = ticket;
    const isGood = ticket.opener === headers.origin && Date.now() - Number(ticket.at) < TICKET_LIFETIME;
    if (!isGood || typeof cookie !== 'string') return notSignedIn();
    if (!(await sessions.useOnce(`ticket ${cookie}`, TICKET_LIFETIME))) return notSignedIn();
    const before = readCookie(headers.cookie, SESSION_COOKIE);
    if (before.kind === 'one') await sessions.join(cookie, before.value);
    const isPartitioned = headers['sec-fetch-site'] === 'cross-site';
    return json(200, { signedIn: true }, withCookies([sessionCookie(cookie, isPartitioned)]));
  }

  async function signOut({ headers, body }: Asked): Promise<Reply> {
    // There is nothing in it; what is not read would cost the connection.
    await body();
    const shown = readCookie(headers.cookie, SESSION_COOKIE);
    const isPartitioned = headers['sec-fetch-site'] === 'cross-site';
    const cookies = withCookies([dropCookie(SESSION_COOKIE, isPartitioned)]);
    try {
      if (shown.kind === 'one') await sessions.end(shown.value);
    } catch (error) {
      if (!(error instanceof Apart)) throw error;
      // Nobody has its id any more, so that it ends by itself.
      return json(
        503,
        refusal('UPSTREAM_UNAVAILABLE', 'This browser is signed out; nobody else can be told now.'),
        cookies,
      );
    }
    return json(200, { signedIn: false }, cookies);
  }

  function entrance(system: System): Entrance {
    const known = systems[system];
    // What was begun before it was taken out of the settings.
    if (known === undefined) throw new SignInProblem('MISCONFIGURED');
    return known;
  }

  /** Only pages that may, and nothing that a form of another page can send. */
  function checkOrigin(asked: Asked): Reply | null {
    const { headers, method, listening } = asked;
    // A program that shows no cookie asks for nothing that is anybody's.
    const isNobody = method === 'GET' && headers.cookie === undefined && headers.origin === undefined;
    if (!isNobody && !isOfAllowedPage(headers, originsFor(headers, listening))) {
      return json(
        403,
        refusal('FORBIDDEN', 'Only pages of this origin, and those of CORS_ORIGINS, may ask here.'),
      );
    }
    if (method === 'POST' && !JSON_TYPE.test(headers['content-type'] ?? '')) {
      return json(415, refusal('BAD_USER_INPUT', 'The body is taken as application/json only.'), {
        'accept-post': 'application/json',
      });
    }
    return null;
  }

  function originsFor(headers: IncomingHttpHeaders, listening: string): readonly string[] {
    return [ownOrigin(headers, { publicUrl, listening }), ...corsOrigins];
  }

  function begunIn(headers: IncomingHttpHeaders, now: number): readonly Begun[] {
    const shown = readCookie(headers.cookie, BEGUN_COOKIE);
    return shown.kind === 'one' ? readBegun(shown.value, begunSealer, now) : [];
  }

  function begunCookie(begun: readonly Begun[]): string {
    if (begun.length === 0) return dropCookie(BEGUN_COOKIE);
    return setCookie(BEGUN_COOKIE, sealBegun(begun, begunSealer), { maxAge: BEGUN_LIFETIME / 1_000 });
  }

  function sessionCookie(cookie: string, isPartitioned = false): string {
    return setCookie(SESSION_COOKIE, cookie, { maxAge: Math.floor(times.absolute / 1_000), isPartitioned });
  }

  function sealTicket(cookie: string, { opener }: Begun, at: number): string {
    return ticketSealer.seal(JSON.stringify({ cookie, opener, at }));
  }
}

/** What is at which path, and how it is asked. */
const DOORS: { readonly [path: string]: readonly string[] } = {
  '/auth/sign-in': ['GET'],
  '/auth/callback': ['GET'],
  '/auth/session': ['GET', 'POST'],
  '/auth/sign-out': ['POST'],
};

const OF_OPERATOR: ReadonlySet<ProblemCode> = new Set(['MISCONFIGURED', 'UNAVAILABLE']);
const QUIET = 60_000; // 1 minute

/** The same sign-in once more. */
function beginAgain({ system, returnTo, opener }: Begun): string {
  const isSecond = system !== 'ringcentral';
  const query = new URLSearchParams({
    ...(isSecond && { with: system }),
    returnTo,
    ...(opener !== null && { display: 'popup' }),
  });
  return `/auth/sign-in?${query}`;
}

const LONGEST_USER_AGENT = 256; // characters

const JSON_TYPE = /^application\/json *(;|$)/i;

function asProblem(error: unknown): SignInProblem {
  if (error instanceof SignInProblem) return error;
  if (error instanceof Apart) return new SignInProblem('UNAVAILABLE', null, { cause: error });
  throw error;
}

function notSignedIn(): Reply {
  return json(401, {
    ...refusal('SIGN_IN_REQUIRED', 'Nobody is signed in here (any more).'),
    signIn: '/auth/sign-in',
  });
}

function wantsPage({ headers }: Asked): boolean {
  return headers.accept?.includes('text/html') === true;
}
