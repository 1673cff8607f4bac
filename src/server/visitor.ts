/** Whoever stands at the door, once known. */
import type { IncomingHttpHeaders } from 'node:http';
import type { CallSession } from '../../schema/model.ts';
import type { CallProvider, Visit } from '../../schema/provider.ts';

export type { Visit };

/** A caller that has been let in. */
export interface Visitor {
  /** Scope of everything kept for this caller: watches, cursors, idempotency keys, limits. Never shown to a client. */
  readonly viewerId: string;
  /** Aborts when RingCentral refuses the caller's token: open sockets close with 4403 then. */
  readonly expired: AbortSignal;
  /** Why it closes them then, where that is not their token. */
  readonly farewell?: string;
  /**
   * A call as it is held now, where that is what asking would answer; undefined where it would have to be asked for.
   * The same state is the same object.
   */
  currentSession?(sessionId: string): CallSession | undefined;
  /** To be called when the caller opens a stream; answers how to close it. What streams is shown by the caller's token. */
  stay?(): () => void;
  /** A provider for one operation. */
  provider(visit: Visit): CallProvider;
}

/** Whoever knocks, as far as they are seen before they are known. */
export interface Knock {
  /** Where they come from: those of one address stand in one line. */
  readonly address: string;
  /** Aborts when they have left: nobody is asked about them then. Looked at only where they have to wait. */
  readonly signal: AbortSignal;
}

/** Decides who comes in. */
export interface Gatekeeper {
  /**
   * The viewer of an `Authorization` header where nobody has to be asked; null: RingCentral has to.
   * @throws {Unauthenticated} when it is certain that `admit` would refuse.
   */
  recognise?(authorization: string | null): string | null;
  /**
   * Admits a caller by the value of its `Authorization` header (or of `connectionParams.authorization`).
   * @throws {Unauthenticated} when it is missing, malformed or refused; {Overloaded} when too many strangers knock; the
   * failures of a read when RingCentral cannot tell; the reason of the signal.
   */
  admit(authorization: string | null, knock?: Knock): Promise<Visitor>;
  /** Looks after nobody any more. */
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
