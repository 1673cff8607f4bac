/** Whoever stands at the door, once known. */
import type { CallSession } from '../../schema/model.ts';
import type { CallProvider, Visit } from '../../schema/provider.ts';

export type { Visit };

/** A caller that has been let in. */
export interface Visitor {
  /** Scope of everything kept for this caller: watches, cursors, idempotency keys, limits. Never shown to a client. */
  readonly viewerId: string;
  /** Aborts when RingCentral refuses the caller's token: open sockets close with 4403 then. */
  readonly expired: AbortSignal;
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

/** Decides who comes in. */
export interface Gatekeeper {
  /**
   * Admits a caller by the value of its `Authorization` header (or of `connectionParams.authorization`).
   * @throws {Unauthenticated} when it is missing, malformed or refused; the failures of a read when RingCentral cannot tell.
   */
  admit(authorization: string | null): Promise<Visitor>;
  /** Looks after nobody any more. */
  stop?(): void;
}
