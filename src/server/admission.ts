/**
 * Who may stay at a socket, from `connection_init` until the token ends.
 *
 * ```text
 *   asked ── no token, or none that can be read ──────────────── 4401  clients give up: the next try would be the same
 *     │   ├─ a token that is refused ─────────────────────────── 4403 ┐
 *     │   └─ RingCentral cannot tell: an error ───────────────── 1013 │ clients come back, with a fresh token
 *     ▼                                                               │
 *   admitted ── its token is refused from now on ─────────────── 4403 ┘
 * ```
 */
import { CloseCode } from 'graphql-ws';
import { Forbidden, SignInRequired, Unauthenticated } from '../../schema/failures.ts';
import { NOTHING_SHOWN, type ParameterName, readCredentials, unauthorizedReason } from './credentials.ts';
import type { NoteRefusal } from './refusals.ts';
import type { Seat } from './seat.ts';
import type { Gatekeeper, Knock, SessionGatekeeper, Visitor } from './visitor.ts';

export interface AdmissionParts {
  readonly gatekeeper: Gatekeeper;
  /** Null: nobody signs in here. */
  readonly sessions: SessionGatekeeper | null;
  readonly noteRefusal: NoteRefusal;
}

export interface Admission {
  /**
   * Gives the seat its visitor; false when it was closed instead.
   * @throws what kept the gatekeeper from telling who it is.
   */
  admit(seat: Seat, params: Readonly<Record<string, unknown>> | undefined): Promise<boolean>;
  /** The seat is empty. */
  left(seat: Seat): void;
}

const EXPIRED = 'Forbidden: the token has expired or was revoked, connect with a fresh one';

/** For the log, which cuts off whatever stands behind the word. */
const mendOf = (name: ParameterName) =>
  `The client is to send connectionParams.${name}: "Bearer", a space and its token.`;

/** Makes it; one for all sockets. */
export function createAdmission({ gatekeeper, sessions, noteRefusal }: AdmissionParts): Admission {
  /** The seats of whoever showed the same token, to be closed together when it expires. */
  const holders = new WeakMap<AbortSignal, Set<Seat>>();

  return {
    async admit(seat, params) {
      const credentials = readCredentials(params, seat.shown);
      // Nobody looks at the token again.
      seat.shown = NOTHING_SHOWN;
      const { cookie } = seat;
      seat.cookie = null;
      if (credentials.kind === 'unreadable') {
        return refuseUnread(seat, credentials.read, credentials.name);
      }
      try {
        const { kind } = credentials;
        if (kind === 'none' && cookie instanceof Error) throw cookie;
        const visitor =
          kind === 'none' && typeof cookie === 'string' && sessions !== null
            ? await sessions.admit(cookie)
            : await gatekeeper.admit(kind === 'none' ? NOTHING_SHOWN : credentials.shown, knockOf(seat));
        if (visitor.expired.aborted) return refuse(seat, visitor.farewell ?? EXPIRED);
        seat.visitor = visitor;
        watchExpiry(visitor, seat);
        return true;
      } catch (error) {
        // Nobody is there any more to be told.
        if (!seat.isOpen) return false;
        const isRefusal = [Unauthenticated, SignInRequired, Forbidden].some((kind) => error instanceof kind);
        if (!isRefusal || !(error instanceof Error)) throw error;
        if (credentials.kind === 'none' && cookie === null) return refuseUnread(seat, 'no token');
        return refuse(seat, `Forbidden: ${error.message}`);
      }
    },
    left(seat) {
      if (seat.visitor !== null) holders.get(seat.visitor.expired)?.delete(seat);
    },
  };

  function refuseUnread(seat: Seat, read: string, name: ParameterName = 'authorization'): false {
    if (seat.isOpen) noteRefusal({ code: CloseCode.Unauthorized, read }, mendOf(name));
    seat.close(CloseCode.Unauthorized, unauthorizedReason(read, name));
    return false;
  }

  function refuse(seat: Seat, reason: string): false {
    seat.close(CloseCode.Forbidden, reason);
    return false;
  }

  function watchExpiry({ expired, farewell = EXPIRED }: Visitor, seat: Seat): void {
    if (!seat.isOpen) return;
    const seats = holders.get(expired) ?? new Set();
    seats.add(seat);
    if (holders.has(expired)) return;
    holders.set(expired, seats);
    const expire = () => {
      for (const holder of seats) holder.close(CloseCode.Forbidden, farewell);
    };
    expired.addEventListener('abort', expire, { once: true });
  }
}

/** Lazy: most tokens are known, and nobody waits for them. */
function knockOf(seat: Seat): Knock {
  return {
    address: seat.address,
    get signal() {
      return seat.left;
    },
  };
}
