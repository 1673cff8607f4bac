/**
 * The apps that users sign in to, and how each proves that it is itself. Every id is the id of an app, but `unknown`; every
 * secret is right, but `wrong`. An app without a secret is a public one: it names itself in the form.
 */
import { Refusal } from '../refusals.ts';

/** A refused request for a token: OAuth's own error beside RingCentral's. */
export class TokenRefusal extends Refusal {
  override name = 'TokenRefusal';
  readonly error: string;

  constructor(status: number, error: string, errorCode: string, message: string) {
    super(status, errorCode, message);
    this.error = error;
  }
}

/** An app that has proved to be itself, as far as it can. */
export interface App {
  readonly id: string;
  /** It has shown no secret, so a code is worth nothing to it without a proof of its own (PKCE). */
  readonly isPublic: boolean;
}

/** The id that is nobody's. */
const UNKNOWN = 'unknown';

const LONGEST_ID = 255; // letters
const LONGEST_ADDRESS = 2_000; // letters

/** Whether there is an app of this id. */
export function isApp(id: string): boolean {
  return id !== '' && id !== UNKNOWN && id.length <= LONGEST_ID;
}

/**
 * The app that asks for a token, or ends one: known by Basic authorization, or, where it has no secret, by the form.
 * @throws {TokenRefusal} 401.
 */
export function appOf(authorization: string | undefined, form: URLSearchParams): App {
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1];
  const [id, secret] =
    basic === undefined
      ? [form.get('client_id') ?? '', '']
      : splitOnce(Buffer.from(basic, 'base64').toString('utf8')).map(unescaped);
  // RingCentral's document knows a secret in the header and signed assertions, and no secret in the form.
  if (!isApp(id ?? '') || secret === 'wrong' || form.has('client_secret')) {
    throw new TokenRefusal(401, 'invalid_client', 'OAU-146', 'Invalid client credentials');
  }
  return { id: id ?? '', isPublic: basic === undefined };
}

/**
 * Whether a redirect address is one that the app has registered: letter by letter. Where none is registered every
 * address on this very machine is, so that nothing needs to be set for a gateway that is tried out.
 */
export function isRegistered(uri: string, registered: readonly string[] | null): boolean {
  if (registered !== null) return registered.includes(uri);
  if (uri.length > LONGEST_ADDRESS || !URL.canParse(uri) || uri.includes('#')) return false;
  const { protocol, hostname, username, password } = new URL(uri);
  const isLocal = LOCAL.has(hostname) || hostname.endsWith('.localhost');
  return /^https?:$/.test(protocol) && isLocal && `${username}${password}` === '';
}

const LOCAL: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

function splitOnce(text: string): [string, string] {
  const colon = text.indexOf(':');
  return colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
}

/** Both halves are form-encoded before they are joined: https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    // A secret with a percent sign, from a client that encodes nothing.
    return text;
  }
}
