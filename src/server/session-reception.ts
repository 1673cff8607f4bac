/** The reception of whoever signed in here: who a cookie says that they are at each phone system. */
import type { IncomingHttpHeaders } from 'node:http';
import { Forbidden, SignInRequired, Unauthenticated } from '../../schema/failures.ts';
import type { ConversationProvider } from '../../schema/genesys/provider.ts';
import type { CallProvider } from '../../schema/provider.ts';
import { readCookie, SESSION_COOKIE } from '../sign-in/cookies.ts';
import { isOfAllowedPage } from '../sign-in/places.ts';
import { alone, both, isOff, type ReceptionParts, type Refusal } from './reception.ts';
import { NO_SECOND_IDENTITY, type SecondIdentity, secondByCookie, secondByToken } from './second-identity.ts';
import type { SessionGatekeeper, SystemSessions } from './visitor.ts';

/** Where browsers sign in. Null: to this one they cannot. */
export interface SessionReceptionParts {
  readonly ringCentral: SystemSessions<CallProvider> | null;
  readonly genesys: SystemSessions<ConversationProvider> | null;
  /** The same phone systems by token. */
  readonly byToken: ReceptionParts;
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
      if (anyCall === null) return alone(other, byToken.ringCentral === null ? isOff : isNotSignedIn);
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

const isNotSignedIn: Refusal = () =>
  new Unauthenticated('Sign in to RingCentral at /auth/sign-in.', { system: 'ringcentral' });
