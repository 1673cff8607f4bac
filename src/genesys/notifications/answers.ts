/** What Genesys Cloud answers about channels; odd shapes are left out. */
import { Forbidden } from '../../../schema/failures.ts';
import type { Setback } from '../../upstream/setbacks.ts';
import { asSocketUrl, asText, asTime, ifObject, listOf } from '../../upstream/values.ts';
import type { Wire } from '../values.ts';
import type { Channel } from './listening.ts';

/** A channel, and when it ends unless its topics are set again (epoch milliseconds; null: nobody says). */
export interface GivenChannel extends Channel {
  readonly expires: number | null;
}

/**
 * The channel in an answer that made one.
 * @throws {Forbidden} where there is none, or its address is of no use.
 */
export function channelIn(body: unknown, apiUrl: string): GivenChannel {
  const { id, connectUri, expires } = ifObject<Wire, Wire>(body, (wire) => wire as Wire) ?? {};
  const [known, address] = [asText(id), asText(connectUri)];
  if (known === null || address === null || asSocketUrl(address, apiUrl) === null) {
    throw new Forbidden('Genesys Cloud answered no address for notifications.');
  }
  return { id: known, connectUri: address, expires: asTime(expires) };
}

/** Why one of the topics is not told; null: all of them are. */
export function refusalIn(body: unknown): Setback | null {
  const { entities } = ifObject<Wire, Wire>(body, (wire) => wire as Wire) ?? {};
  for (const entity of listOf(entities)) {
    const topic = ifObject<Wire, Wire>(entity, (wire) => wire as Wire) ?? {};
    if (asText(topic.state)?.toLowerCase() !== 'rejected') continue;
    const missing = listOf(topic.missingPermissions).flatMap((one) => asText(one) ?? []);
    const why = missing.length > 0 ? `missing ${missing.join(', ')}` : asText(topic.rejectionReason);
    return {
      kind: 'denied',
      reason: `Genesys Cloud does not tell of the user's calls: ${why ?? 'no reason given'}.`,
    };
  }
  return null;
}
