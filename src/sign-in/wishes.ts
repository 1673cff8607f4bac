/** What a page wants that sends its browser to sign in: read and checked whole, before anything is begun. */
import { readReturnTo } from './places.ts';
import { type Reply, wrong } from './replies.ts';
import { SYSTEMS, type System } from './systems.ts';

export interface Wish {
  readonly system: System;
  /** Where the browser goes afterwards, whole. */
  readonly returnTo: string;
  readonly display: string | null;
  readonly prompt: string | null;
  readonly loginHint: string | null;
}

/** What is allowed here. */
export interface Allowed {
  /** The origin at which this browser finds the gateway. */
  readonly own: string;
  readonly corsOrigins: readonly string[];
  /** Where a browser goes that did not say where. */
  readonly home: string;
  /** Those that can be signed in to; the first is meant where none is named. */
  readonly systems: readonly string[];
}

/** RingCentral's words for `prompt`; `none` stands alone. */
const PROMPT = /^(none|(login|sso|consent)( (login|sso|consent)){0,2})$/;
const DISPLAYS: readonly (string | null)[] = ['page', 'popup', 'touch', 'mobile', null];
/** A telephone number or an address, as people write them. */
const LOGIN_HINT = /^[\p{L}\p{N} +*#@._-]{1,128}$/u;

/** Reads it; a reply says what is wrong, and what is allowed. */
export function readWish(query: URLSearchParams, { own, corsOrigins, home, systems }: Allowed): Wish | Reply {
  const display = query.get('display');
  const prompt = query.get('prompt');
  const loginHint = query.get('login_hint');
  const wanted = query.get('with') ?? systems[0];
  const system = SYSTEMS.find((one) => one === wanted && systems.includes(one));
  const returnTo = readReturnTo(query.get('returnTo') ?? home, own, corsOrigins);
  if (system === undefined) {
    return wrong('with', `allowed is ${systems.join(' or ')}: nobody can sign in to another system here`);
  }
  if (returnTo === null) {
    return wrong(
      'returnTo',
      'allowed is a path of this origin, like /desk, or an address of an origin of CORS_ORIGINS',
    );
  }
  if (prompt !== null && !PROMPT.test(prompt)) {
    return wrong('prompt', 'allowed is login, sso, consent or several of them, or none');
  }
  if (loginHint !== null && !LOGIN_HINT.test(loginHint)) {
    return wrong('login_hint', 'allowed is a telephone number or an address, up to 128 characters');
  }
  if (!DISPLAYS.includes(display)) return wrong('display', 'allowed is page, popup, touch or mobile');
  return { system, returnTo, display, prompt, loginHint };
}
