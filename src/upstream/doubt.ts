/** What a failure says of a command that was sent: whether it may have been done all the same. */
import {
  type CallControlFailure,
  RateLimited,
  UpstreamBadResponse,
  UpstreamUnavailable,
} from '../../schema/failures.ts';

/** True when the phone system may have done what was asked, although it did not say so. */
export function isAmbiguous(error: CallControlFailure): boolean {
  return error instanceof UpstreamUnavailable ? error.sent : error instanceof UpstreamBadResponse;
}

/** False where the phone system was not asked, or must not be asked again now. */
export function wasAnswered(error: CallControlFailure): boolean {
  return error.trace.status !== undefined && !(error instanceof RateLimited);
}

/** The failure of a command of which nobody knows whether it was applied. */
export function inDoubtBecause(error: CallControlFailure, doubt: string): UpstreamUnavailable {
  return new UpstreamUnavailable(
    `${error.message} Whether the command was applied is unknown: ${doubt}.`,
    true,
    error.trace,
    { cause: error },
  );
}
