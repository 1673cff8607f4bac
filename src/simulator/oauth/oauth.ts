/** Signing in, as a whole: what browsers and apps are answered at the addresses of OAuth. */
import type { WireToken } from '../../ringcentral/wire.ts';
import { extensionByNumber } from '../account.ts';
import type { Extension } from '../company/extension.ts';
import { doubledIn } from '../forms.ts';
import type { Settings } from '../settings.ts';
import { PAGE_HEADERS } from '../sign-in-sheet.ts';
import { type App, TokenRefusal } from './apps.ts';
import { backWithCode, backWithError, judge, type SignInRequest, type SignInRules } from './authorize.ts';
import { createCodes } from './codes.ts';
import { createLogins } from './logins.ts';
import { askingPage, refusalPage } from './pages.ts';
import { createSessions, type SessionRules, type Sessions, userNamed } from './sessions.ts';

export interface OAuth extends Pick<Sessions, 'signedIn' | 'endsAt' | 'onEnd' | 'revoke' | 'reset'> {
  /** Whom a request for a token is about, where its form tells. */
  userOf(form: URLSearchParams): Extension | undefined;
  /**
   * Answers a request for a token.
   * @throws {TokenRefusal} when it is not granted.
   */
  grant(form: URLSearchParams, app: App, at: Moment): WireToken;
  /** Answers a browser: with a page, or the way back to the app. */
  authorize(visit: Visit, at: Moment): PageAnswer;
}

/** When something is asked, and what is settled then. */
export interface Moment {
  readonly settings: Settings;
  readonly now: number;
}

/** A browser at the sign-in page. */
export interface Visit {
  /** What the app has asked for, wherever it stands: in the address, or in the form. */
  readonly params: URLSearchParams;
  /** The form: nothing else is somebody's answer, which is `extension` or `deny`. */
  readonly form: URLSearchParams;
  readonly cookies: string | undefined;
  /** Where this server is, like `http://127.0.0.1:4010`. */
  readonly origin: string;
}

export interface PageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** HTML; missing where the browser is sent on. */
  readonly body?: string;
}

export function createOAuth(): OAuth {
  const sessions = createSessions();
  const codes = createCodes<Extension>();
  const logins = createLogins();

  return {
    signedIn: sessions.signedIn,
    endsAt: sessions.endsAt,
    onEnd: sessions.onEnd,
    revoke: sessions.revoke,

    grant(form, app, { settings, now }) {
      const grantType = form.get('grant_type');
      const rules = rulesOf(form, settings);
      const clientId = app.id;
      const endpointId = endpointOf(form);
      switch (grantType) {
        case 'authorization_code': {
          const extension = codes.redeem(form, app, now);
          return sessions.open({ extension, clientId }, rules, now, endpointId);
        }
        case JWT_BEARER: {
          const extension = userNamed('sim-jwt-', form.get('assertion') ?? '');
          if (extension === undefined) {
            throw new TokenRefusal(400, 'invalid_grant', 'OAU-118', 'JWT assertion is invalid');
          }
          return sessions.open({ extension, clientId }, rules, now, endpointId);
        }
        case 'refresh_token':
          return sessions.refresh(form.get('refresh_token') ?? '', clientId, rules, now);
        default: {
          const message = `Grant type [${grantType}] is not available here: there are ${GRANT_TYPES.join(', ')}`;
          throw new TokenRefusal(400, 'unsupported_grant_type', 'OAU-250', message);
        }
      }
    },

    userOf(form) {
      const token = form.get('refresh_token') ?? form.get('token') ?? '';
      return (
        userNamed('sim-jwt-', form.get('assertion') ?? '') ??
        codes.peek(form.get('code') ?? '')?.who ??
        sessions.ownerOf(token)
      );
    },

    authorize({ params, form, cookies, origin }, { settings, now }) {
      const answers = { extension: form.get('extension'), deny: form.get('deny') };
      const asked = new URLSearchParams([...params].filter(([name]) => !Object.hasOwn(answers, name)));
      const rules = signInRulesOf(settings, origin);
      const login = logins.of(cookies);
      const verdict = judge(asked, login, rules);

      const admit = (extension: Extension, { clientId, redirectUri, challenge }: SignInRequest) => {
        const lifetime = settings.codeTtl;
        const code = codes.issue({ who: extension, clientId, redirectUri, challenge }, lifetime, now);
        const cookie = logins.note(cookies, extension, clientId);
        return sendBack(backWithCode(asked, rules, { code, lifetime }), { 'Set-Cookie': cookie });
      };

      switch (verdict.do) {
        case 'keep':
          return { status: 400, headers: PAGE_HEADERS(), body: refusalPage(verdict.refusal) };
        case 'sendBack':
          return sendBack(verdict.to);
        case 'admit':
          return admit(verdict.login.extension, verdict.request);
        case 'ask': {
          const { request } = verdict;
          if (answers.deny !== null) {
            return sendBack(backWithError(asked, rules, 'access_denied', 'User denied access'));
          }
          const extension = extensionByNumber(answers.extension ?? '');
          if (extension?.type === 'User' && extension.status === 'Enabled') return admit(extension, request);
          const problem =
            answers.extension === null ? null : `Nobody can sign in as extension ${answers.extension}.`;
          const body = askingPage({ request, params: asked, known: login?.extension, problem });
          return { status: problem === null ? 200 : 400, headers: PAGE_HEADERS(), body };
        }
      }
    },

    reset() {
      sessions.reset();
      codes.reset();
      logins.reset();
    },
  };
}

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** Every way to tokens. */
export const GRANT_TYPES = ['authorization_code', 'refresh_token', JWT_BEARER] as const;

function sendBack(to: string, headers: Readonly<Record<string, string>> = {}): PageAnswer {
  return { status: 302, headers: { Location: to, 'Cache-Control': 'no-store', ...headers } };
}

/** Whose name the way back bears; RingCentral documents none. */
function signInRulesOf({ redirectUris, authorizeError, issuer }: Settings, origin: string): SignInRules {
  const name = { none: null, own: origin, other: 'https://another-issuer.invalid' }[issuer];
  return { redirectUris, authorizeError, issuer: name };
}

/**
 * How long the tokens live: as the app wishes, within RingCentral's bounds, and never longer than is set here.
 * @throws {TokenRefusal} 400 for a wish beyond them.
 */
function rulesOf(form: URLSearchParams, settings: Settings): SessionRules {
  const access = wish(form, 'access_token_ttl', 600, 3_600);
  const refresh = wish(form, 'refresh_token_ttl', 1, 2_592_000);
  return {
    accessTtl: Math.min(access ?? settings.tokenTtl, settings.tokenTtl),
    refreshTtl: settings.refreshTokens ? (refresh ?? settings.refreshTokenTtl) : null,
    sessionTtl: settings.sessionTtl,
    sessionLimit: settings.sessionLimit,
  };
}

/** @throws {TokenRefusal} 400 for a name that is too long to be kept. */
function endpointOf(form: URLSearchParams): string {
  const endpointId = form.get('endpoint_id') ?? '';
  if (endpointId.length <= LONGEST_ENDPOINT_ID) return endpointId;
  const message = `Parameter [endpoint_id] must be no longer than ${LONGEST_ENDPOINT_ID} letters`;
  throw new TokenRefusal(400, 'invalid_request', 'OAU-101', message);
}

const LONGEST_ENDPOINT_ID = 255;

function wish(form: URLSearchParams, name: string, least: number, most: number): number | null {
  const text = form.get(name);
  if (text === null) return null;
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (seconds >= least && seconds <= most) return seconds;
  const message = `Parameter [${name}] is [${text.slice(0, 50)}], but must be from ${least} to ${most}`;
  throw new TokenRefusal(400, 'invalid_request', 'OAU-101', message);
}

/** What of a request for a token can be ordered to go wrong: `refresh_token`, beside the name of the operation. */
export function grantOf(form: URLSearchParams): string | undefined {
  return GRANT_TYPES.find((grantType) => grantType === form.get('grant_type'));
}

/** A form must say each thing once. */
export function refuseDoubles(form: URLSearchParams): void {
  const doubled = doubledIn(form);
  if (doubled !== undefined) {
    throw new TokenRefusal(400, 'invalid_request', 'OAU-111', `Parameter [${doubled}] is given twice`);
  }
}
