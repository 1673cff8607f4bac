/** How a read that was held open ends without a call, which says nothing of whether RingCentral is well. */
import { RequestError, TimeoutError } from 'got';
import { CallControlFailure, UpstreamBadResponse } from '../../schema/failures.ts';
import { HoldEnded } from '../live/source.ts';
import type { UpstreamAnswer } from '../upstream/hearing.ts';

/** A long poll may be over without news: nobody documents how that is told. */
const NOTHING_NEW = 304;

/** What says that somebody lost patience: the server, or a proxy before it (524 is Cloudflare's). */
const CUTS: ReadonlySet<number> = new Set([408, 502, 504, 524]);

/** The end of a held read that failed, where it can be one; null where the failure is a failure. */
export function endOfHold(error: unknown): HoldEnded | null {
  if (!(error instanceof CallControlFailure)) return null;
  const { status } = error.trace;
  if (status === NOTHING_NEW) return new HoldEnded('nothingNew', error);
  const isCut = status !== undefined && CUTS.has(status);
  return isCut || isBroken(error.cause) ? new HoldEnded('cut', error) : null;
}

/** The same of a success without a body, such as 204. */
export function nothingNew({ status }: UpstreamAnswer): HoldEnded {
  const failure = new UpstreamBadResponse('RingCentral answered nothing instead of a call.', { status });
  return new HoldEnded('nothingNew', failure);
}

/** The connection stood, and broke. That nobody answered in time is another matter: nothing is known then. */
function isBroken(cause: unknown): boolean {
  return (
    cause instanceof RequestError && !(cause instanceof TimeoutError) && cause.timings?.connect !== undefined
  );
}
