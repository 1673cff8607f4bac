/** What a failed command leaves open. Pure. */
import {
  type CallControlFailure,
  RateLimited,
  UpstreamBadResponse,
  UpstreamUnavailable,
} from '../../schema/failures.ts';

/** True when RingCentral may have done what was asked, although it did not say so. */
export function isAmbiguous(error: CallControlFailure): boolean {
  return error instanceof UpstreamUnavailable ? error.sent : error instanceof UpstreamBadResponse;
}

/** False where RingCentral was not asked, or must not be asked again now. */
export function answeredByRingCentral(error: CallControlFailure): boolean {
  return error.trace.status !== undefined && !(error instanceof RateLimited);
}

/** The failure of a command of which nothing that is seen decides what became of it; `doubt` says why. */
export function inDoubtBecause(error: CallControlFailure, doubt: string): UpstreamUnavailable {
  return new UpstreamUnavailable(
    `${error.message} Whether the command was applied is unknown: ${doubt}.`,
    true,
    error.trace,
    { cause: error },
  );
}
