/** Whoever stands at the door, once known. */
import type { IncomingHttpHeaders } from 'node:http';
import type { ConversationProvider } from '../../schema/genesys/provider.ts';
import type { CallProvider, Visit } from '../../schema/provider.ts';

export type { Visit };

/** A caller as one phone system knows them. */
export interface SystemVisitor<Provider> {
  /** Scope of everything kept for this caller: watches, cursors, idempotency keys, limits. Never shown to a client. */
  readonly viewerId: string;
  /** Aborts when the phone system refuses the caller's token. */
  readonly expired: AbortSignal;
  /** Why open sockets are closed then, where that is not their token. */
  readonly farewell?: string;
  /**
   * A call as it is held now, where that is what asking would answer; undefined where it would have to be asked for.
   * The same state is the same object.
   */
  currentCall?(callId: string): object | undefined;
  /** To be called when the caller opens a stream; answers how to close it. What streams is shown by the caller's token. */
  stay?(): () => void;
  /** What they may know and do of the browsers in which they are signed in; missing where the provider tells. */
  readonly browsers?: Pick<CallProvider, 'signInSessions' | 'endSignInSession'>;
  /** A provider for one operation. */
  provider(visit: Visit): Provider;
}

/** What a phone system shows to a person, however they came in. */
export type SystemView<Provider> = Pick<SystemVisitor<Provider>, 'currentCall' | 'browsers' | 'provider'>;

/** A caller that has been let in. When it is `expired`, open sockets close with 4403. */
export interface Visitor extends SystemVisitor<CallProvider> {
  /** Who they are at Genesys Cloud, for one operation; missing where that is off. */
  genesys?(visit: Visit): ConversationProvider;
  /** As `currentCall` of a conversation there. */
  currentConversation?(conversationId: string): object | undefined;
  /** Names whoever is told the same, where that takes more than the `viewerId`: who they are at every phone system. */
  readonly sharedAs?: string;
}

/** Whoever knocks, as far as they are seen before they are known. */
export interface Knock {
  /** Where they come from: those of one address stand in one line. */
  readonly address: string;
  /** Aborts when they have left: nobody is asked about them then. Looked at only where they have to wait. */
  readonly signal: AbortSignal;
}

/** What a caller shows of who they are, each as the value of a header; null: nothing. */
export interface Shown {
  /** `Authorization`, or `connectionParams.authorization`. */
  readonly authorization: string | null;
  /** `X-Genesys-Authorization`, or `connectionParams.genesysAuthorization`. */
  readonly genesysAuthorization: string | null;
}

/** Decides who comes in. */
export interface Gatekeeper {
  /**
   * The viewer of what is shown where nobody has to be asked; null: somebody has to be.
   * @throws {Unauthenticated} when it is certain that `admit` would refuse.
   */
  recognise?(shown: Shown): string | null;
  /**
   * Admits a caller by what they show.
   * @throws {Unauthenticated} when it is missing, malformed or refused; {Overloaded} when too many strangers knock; the
   * failures of a read when the phone system cannot tell; the reason of the signal.
   */
  admit(shown: Shown, knock?: Knock): Promise<Visitor>;
  /** Looks after nobody any more. */
  stop?(): void;
}

/** Decides who comes in to one phone system, by the one header that is for it. */
export interface SystemGatekeeper<Provider> {
  recognise(authorization: string | null): string | null;
  /** The visitor where nobody has to be asked; null: somebody has to be. Throws as `recognise` does. */
  known(authorization: string | null): SystemVisitor<Provider> | null;
  admit(authorization: string | null, knock?: Knock): Promise<SystemVisitor<Provider>>;
  stop?(): void;
}

/** What an upgrade request shows of a session: a cookie, or why it is not looked at; null: nothing. */
export type ShownSession = string | Error | null;

/** Lets in whoever signed in here, by what their browser shows. */
export interface SessionGatekeeper {
  /**
   * The cookie of a request that shows no token; null: it shows none.
   * @throws {Forbidden} when the page that shows it may not; {SignInRequired} when it cannot be read.
   */
  read(headers: IncomingHttpHeaders): string | null;
  /** The viewer of a cookie where nobody has to be asked; null: somebody has to. */
  recognise(cookie: string): string | null;
  /** @throws {SignInRequired} when its session has ended; {UpstreamUnavailable} when that cannot be looked up now. */
  admit(cookie: string): Promise<Visitor>;
}

/** Whoever signed in here, as one phone system knows them. */
export interface SystemSessions<Provider> {
  /** Where nobody has to be asked; undefined: somebody has to be. */
  known(cookie: string): SystemVisitor<Provider> | undefined;
  /** Null: they are not signed in to it (any more). @throws {UpstreamUnavailable} when that cannot be looked up now. */
  find(cookie: string): Promise<SystemVisitor<Provider> | null>;
}

/** The one call that a query is about, by its field. */
interface AskedCall {
  readonly field: 'callSession' | 'callConversation';
  readonly id: string;
}

/** The state of a call that the answer to a visitor is made of, where it is held; the same one is the same object. */
export function currentCallOf(visitor: Visitor, call: AskedCall | null): object | undefined {
  if (call === null) return undefined;
  return call.field === 'callSession'
    ? visitor.currentCall?.(call.id)
    : visitor.currentConversation?.(call.id);
}

/** Names whoever is answered the same about a call. */
export function readerOf({ viewerId, sharedAs = viewerId }: Visitor, call: AskedCall | null): string {
  return call?.field === 'callConversation' ? sharedAs : viewerId;
}
