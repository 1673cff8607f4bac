/** What RingCentral answers over a socket, in the words of `listening.ts` and of HTTP; odd shapes are left out. */
import type { RawAnswer } from '../failures.ts';
import type { WireError, WireSubscription } from '../wire.ts';
import type { ListeningInput } from './listening.ts';
import type { SocketAnswer } from './socket.ts';

const QUOTA_FULL = 'SUB-505';

/** Why a subscription was not granted. */
export function refusalIn(answer: SocketAnswer): ListeningInput {
  const off = isSuccess(answer) ? disabledIn(answer) : null;
  if (off !== null) return { kind: 'denied', reason: `RingCentral does not grant ${off}.` };
  const { errorCode, message, errors } = (answer.body ?? {}) as WireError;
  const [first] = entriesOf(errors);
  const code = errorCode ?? first?.errorCode;
  if (code === QUOTA_FULL) return { kind: 'full' };
  const reason = `RingCentral refused the subscription: ${code ?? answer.status} ${message ?? first?.message ?? ''}`;
  if (answer.status === 429 || answer.status >= 500 || answer.status === 0) {
    return { kind: 'failed', notBefore: Date.now() + 30_000, reason };
  }
  return { kind: 'denied', reason: reason.trim() };
}

/** The first filter that was answered as disabled; null when all are granted. */
export function disabledIn({ body }: SocketAnswer): string | null {
  const [off] = entriesOf((body as WireSubscription | null)?.disabledFilters);
  return off === undefined ? null : `${off.filter ?? 'a filter'} (${off.reason ?? 'no reason given'})`;
}

/** The objects of what should be a list of them. */
export function entriesOf<Entry extends object>(list: readonly Entry[] | undefined): readonly Entry[] {
  return Array.isArray(list) ? list.filter((entry) => typeof entry === 'object' && entry !== null) : [];
}

/** An answer over the socket, as one over HTTP: there the names of headers are in lower case. */
export function asRaw({ status, headers }: SocketAnswer): RawAnswer {
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)] as const);
  return { status, headers: Object.fromEntries(lower), text: '', receivedAt: Date.now() };
}

/** True for a status of 200 to 299. */
export function isSuccess({ status }: SocketAnswer): boolean {
  return status >= 200 && status < 300;
}
