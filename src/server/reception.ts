/**
 * The reception: who a caller is at each phone system, by what they show.
 *
 * ```text
 *   RingCentral alone        Authorization ────────────────► who they are
 *   Genesys Cloud alone      Authorization, or X-Genesys-… ─► who they are
 *   both    Authorization, or played ─► who they are, refused at the door where that is refused
 *                                        └─ X-Genesys-… ─► who they are there too, asked for when it is needed
 *           X-Genesys-… alone ────────► who they are; RingCentral's fields say that they are nobody there
 * ```
 */
import type { IncomingHttpHeaders } from 'node:http';
import { absentCalls } from '../../schema/absent.ts';
import { Forbidden, NotConfigured, SignInRequired, Unauthenticated } from '../../schema/failures.ts';
import type { ConversationProvider } from '../../schema/genesys/provider.ts';
import type { CallProvider } from '../../schema/provider.ts';
import { readCookie, SESSION_COOKIE } from '../sign-in/cookies.ts';
import { isOfAllowedPage } from '../sign-in/places.ts';
import { NO_SECOND_IDENTITY, type SecondIdentity, secondByCookie, secondByToken } from './second-identity.ts';
import type {
  Gatekeeper,
  SessionGatekeeper,
  Shown,
  SystemGatekeeper,
  SystemSessions,
  SystemVisitor,
  Visitor,
} from './visitor.ts';

/** One phone system that is on. */
export interface Entrance<Provider> {
  readonly gatekeeper: SystemGatekeeper<Provider>;
  /** Whoever shows nothing is somebody all the same: it is played. */
  readonly takesAnybody: boolean;
}

/** Null: it is off. One of them is on. */
export interface ReceptionParts {
  readonly ringCentral: Entrance<CallProvider> | null;
  readonly genesys: Entrance<ConversationProvider> | null;
}

/** Makes it. */
export function createReception({ ringCentral, genesys }: ReceptionParts): Gatekeeper {
  const stop = () => {
    ringCentral?.gatekeeper.stop?.();
    genesys?.gatekeeper.stop?.();
  };
  if (genesys === null) {
    const { gatekeeper } = on(ringCentral);
    return {
      recognise: ({ authorization }) => gatekeeper.recognise(authorization),
      admit: ({ authorization }, knock) => gatekeeper.admit(authorization, knock),
      stop,
    };
  }
  if (ringCentral === null) {
    const { gatekeeper } = genesys;
    return {
      recognise: (shown) => gatekeeper.recognise(eitherOf(shown)),
      admit: async (shown, knock) => alone(await gatekeeper.admit(eitherOf(shown), knock), isOff),
      stop,
    };
  }

  return {
    recognise: (shown) =>
      isGenesysOnly(shown)
        ? genesys.gatekeeper.recognise(shown.genesysAuthorization)
        : ringCentral.gatekeeper.recognise(shown.authorization),
    async admit(shown, knock) {
      const { authorization, genesysAuthorization } = shown;
      if (isGenesysOnly(shown)) {
        return alone(await genesys.gatekeeper.admit(genesysAuthorization, knock), isNotShown);
      }
      const first = await ringCentral.gatekeeper.admit(authorization, knock);
      if (genesysAuthorization === null && !genesys.takesAnybody) return both(first, NO_SECOND_IDENTITY);
      return both(first, secondByToken(genesys.gatekeeper, genesysAuthorization, knock?.address ?? ''));
    },
    stop,
  };

  function isGenesysOnly({ authorization, genesysAuthorization }: Shown): boolean {
    return authorization === null && genesysAuthorization !== null && ringCentral?.takesAnybody === false;
  }
}

/** Where browsers sign in. Null: to this one they cannot. */
export interface SessionReceptionParts {
  readonly ringCentral: SystemSessions<CallProvider> | null;
  readonly genesys: SystemSessions<ConversationProvider> | null;
  /** The same phone systems by token. */
  readonly byToken: ReceptionParts;
  /** What somebody of Genesys Cloud alone may know and do of their own sessions. */
  readonly browsersOf: (visitor: SystemVisitor<ConversationProvider>, cookie: string) => Browsers;
  /** The origins whose pages may show a cookie. */
  readonly originsFor: (headers: IncomingHttpHeaders) => readonly string[];
}

/** Makes the one for whoever signed in here. */
export function createSessionReception(parts: SessionReceptionParts): SessionGatekeeper {
  const { ringCentral, genesys, byToken } = parts;
  const anyCall = byToken.ringCentral?.takesAnybody ? byToken.ringCentral.gatekeeper : null;
  const anyConversation = byToken.genesys?.takesAnybody ? byToken.genesys.gatekeeper : null;
  const isGenesysOn = byToken.genesys !== null;

  return {
    read(headers) {
      const shown = readCookie(headers.cookie, SESSION_COOKIE);
      if (shown.kind === 'none') return null;
      if (!isOfAllowedPage(headers, parts.originsFor(headers))) {
        throw new Forbidden(
          'By cookie only pages of this origin and those of CORS_ORIGINS may ask; a program shows a token instead.',
        );
      }
      if (shown.kind === 'several') throw new SignInRequired('Two cookies say who you are; sign in again.');
      return shown.value;
    },

    recognise: (cookie) =>
      (ringCentral === null ? genesys?.known(cookie) : ringCentral.known(cookie))?.viewerId ?? null,

    async admit(cookie) {
      const first = ringCentral && (ringCentral.known(cookie) ?? (await ringCentral.find(cookie)));
      if (first !== null) return isGenesysOn ? both(first, secondOf(cookie)) : first;
      const other = genesys && (genesys.known(cookie) ?? (await genesys.find(cookie)));
      if (other === null) {
        throw new SignInRequired('Nobody is signed in here (any more); sign in again.');
      }
      if (anyCall === null) {
        return alone(
          other,
          byToken.ringCentral === null ? isOff : isNotSignedIn,
          parts.browsersOf(other, cookie),
        );
      }
      return both(await anyCall.admit(null), secondOf(cookie));
    },
  };

  function secondOf(cookie: string): SecondIdentity {
    if (genesys !== null) {
      return secondByCookie(genesys, cookie, anyConversation && (() => anyConversation.admit(null)));
    }
    return anyConversation === null ? NO_SECOND_IDENTITY : secondByToken(anyConversation, null, '');
  }
}

/** Somebody at both. What is theirs is counted, and their sockets live, by who they are at RingCentral. */
function both(first: SystemVisitor<CallProvider>, second: SecondIdentity): Visitor {
  return {
    ...first,
    genesys: (visit) => second.provider(visit),
    get sharedAs() {
      return `${first.viewerId}\n${second.name()}`;
    },
  };
}

const alones = new WeakMap<SystemVisitor<ConversationProvider>, Map<Refusal, Visitor>>();

/** Somebody at Genesys Cloud, and nobody at RingCentral, for this reason; the same visitor for the same one. */
function alone(visitor: SystemVisitor<ConversationProvider>, refusal: Refusal, browsers?: Browsers): Visitor {
  const known = alones.get(visitor) ?? new Map<Refusal, Visitor>();
  alones.set(visitor, known);
  const calls = absentCalls(refusal, browsers);
  const made = known.get(refusal) ?? {
    ...visitor,
    provider: () => calls,
    genesys: (visit) => visitor.provider(visit),
  };
  known.set(refusal, made);
  return made;
}

/** Why somebody is nobody at RingCentral. */
type Refusal = Parameters<typeof absentCalls>[0];
type Browsers = Parameters<typeof absentCalls>[1];

const isOff: Refusal = () => new NotConfigured('ringcentral');

const isNotShown: Refusal = () =>
  new Unauthenticated('Show a token of RingCentral: "Authorization: Bearer <token>".', OF_RINGCENTRAL);

const isNotSignedIn: Refusal = () =>
  new Unauthenticated('Sign in to RingCentral at /auth/sign-in.', OF_RINGCENTRAL);

const OF_RINGCENTRAL = { system: 'ringcentral' } as const;

/** Where Genesys Cloud is alone, both headers are for it. */
function eitherOf({ authorization, genesysAuthorization }: Shown): string | null {
  return genesysAuthorization ?? authorization;
}

function on<Value>(system: Value | null): Value {
  if (system === null) throw new TypeError('One of the phone systems is on.');
  return system;
}
