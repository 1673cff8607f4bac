/** Whoever stands at the door, once known. */
import type { CallProvider } from '../../schema/provider.ts';

/** What the door tells the provider about the operation it is for. */
export interface Visit {
  /** One id from the door to the upstream request, in every log line and error. */
  readonly requestId: string;
  /** Aborts when the client has left: reads stop, commands already sent go on. */
  readonly signal?: AbortSignal | undefined;
  /** Asked when a subscription ends: true when its connection broke and the client may come back with a cursor. */
  readonly dropped?: (() => boolean) | undefined;
}

/** A caller that has been let in. */
export interface Visitor {
  /** Scope of everything kept for this caller: watches, cursors, idempotency keys, limits. Never shown to a client. */
  readonly viewerId: string;
  /** Aborts when RingCentral refuses the caller's token: open sockets close with 4403 then. */
  readonly expired: AbortSignal;
  /** A provider for one operation. */
  provider(visit: Visit): CallProvider;
}

/** Decides who comes in. */
export interface Gatekeeper {
  /**
   * Admits a caller by the value of its `Authorization` header (or of `connectionParams.authorization`).
   * @throws {Unauthenticated} when it is missing, malformed or refused; the failures of a read when RingCentral cannot tell.
   */
  admit(authorization: string | null): Promise<Visitor>;
}
