/** What RingCentral answers about sockets and over them, in the words of `listening.ts` and of HTTP; odd shapes are left out. */
import { Forbidden } from '../../../schema/failures.ts';
import type { RawAnswer } from '../../upstream/failures.ts';
import { asSocketUrl, asText } from '../../upstream/values.ts';
import type { WireError, WireSocketToken, WireSubscription } from '../wire.ts';
import type { ListeningInput } from './listening.ts';
import type { SocketAnswer } from './socket.ts';

const QUOTA_FULL = 'SUB-505';
/** Where sockets are, when the answer with the token does not say. */
const USUAL_ADDRESS = 'wss://ws-api.ringcentral.com/ws';

/**
 * The address of a socket in an answer to `authWsToken`; with a `wsc` it brings back what was lost.
 * @throws {Forbidden} where there is none, or none to be used.
 */
export function addressIn(body: unknown, serverUrl: string, wsc: string | null): string {
  const { uri = USUAL_ADDRESS, ws_access_token: token } = (body ?? {}) as WireSocketToken;
  const url = asSocketUrl(uri, serverUrl);
  if (url === null || typeof token !== 'string') throw noAddress();
  url.searchParams.set('access_token', token);
  if (wsc !== null) url.searchParams.set('wsc', wsc);
  return url.href;
}

/** Why a subscription was not granted. */
export function refusalIn(answer: SocketAnswer): ListeningInput {
  const off = isSuccess(answer) ? disabledIn(answer) : null;
  if (off !== null) return { kind: 'denied', reason: `RingCentral does not grant ${off}.` };
  const { errorCode, message, errors } = (answer.body ?? {}) as WireError;
  const [first] = entriesOf(errors);
  const code = asText(errorCode) ?? asText(first?.errorCode);
  if (code === QUOTA_FULL) return { kind: 'full' };
  const why = asText(message) ?? asText(first?.message) ?? '';
  const reason = `RingCentral refused the subscription: ${code ?? answer.status} ${why}`;
  if (answer.status === 429 || answer.status >= 500 || answer.status === 0) {
    return { kind: 'failed', notBefore: Date.now() + 30_000, reason };
  }
  return { kind: 'denied', reason: reason.trim() };
}

/** The first filter that was answered as disabled; null when all are granted. */
export function disabledIn({ body }: SocketAnswer): string | null {
  const [off] = entriesOf((body as WireSubscription | null)?.disabledFilters);
  return off === undefined
    ? null
    : `${asText(off.filter) ?? 'a filter'} (${asText(off.reason) ?? 'no reason given'})`;
}

/** The objects of what should be a list of them. */
export function entriesOf<Entry extends object>(list: readonly Entry[] | undefined): readonly Entry[] {
  return Array.isArray(list) ? list.filter((entry) => typeof entry === 'object' && entry !== null) : [];
}

/** An answer over the socket, as one over HTTP: there the names of headers are in lower case. */
export function asRaw({ status, headers }: SocketAnswer): RawAnswer {
  const lower = Object.entries(headers).map(
    ([name, value]) => [name.toLowerCase(), asText(value) ?? ''] as const,
  );
  return { status, headers: Object.fromEntries(lower), text: '', receivedAt: Date.now() };
}

/** True for a status of 200 to 299. */
export function isSuccess({ status }: SocketAnswer): boolean {
  return status >= 200 && status < 300;
}

function noAddress(): Forbidden {
  return new Forbidden('RingCentral answered no address for notifications.', undefined);
}
