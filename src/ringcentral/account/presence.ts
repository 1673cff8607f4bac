/** Between RingCentral's JSON and what extensions do. */
import {
  DND_STATUSES,
  PRESENCE_STATUSES,
  type Presence,
  USER_STATUSES,
} from '../../../schema/account/model.ts';
import { TELEPHONY_STATUSES } from '../../../schema/model.ts';
import { asEnum, asNumber, asText, ifObject, type LeftOut, unnoted } from '../../upstream/values.ts';
import { toActiveCalls } from '../viewer.ts';
import type { WirePresence } from '../wire.ts';

/** As notifications have it, beside what reads have. */
interface WirePresenceEvent extends WirePresence {
  readonly extensionId?: unknown;
  readonly sequence?: unknown;
}

/** What an extension does, as a read shows it; null where it does not say whose it is. */
export function toPresence(
  body: unknown,
  observedAt: number,
  { extensionId, leftOut = unnoted }: { readonly extensionId?: string | undefined; leftOut?: LeftOut } = {},
): Presence | null {
  return ifObject<WirePresenceEvent, Presence | null>(body, (wire) => {
    const owner = extensionId ?? ownerOf(wire);
    if (owner === null) return null;
    const activeCalls = toActiveCalls(wire, observedAt, leftOut);
    return {
      extensionId: owner,
      presenceStatus: asEnum(PRESENCE_STATUSES, wire.presenceStatus),
      rawPresenceStatus: asText(wire.presenceStatus),
      telephonyStatus: asEnum(TELEPHONY_STATUSES, wire.telephonyStatus),
      rawTelephonyStatus: asText(wire.telephonyStatus),
      userStatus: asEnum(USER_STATUSES, wire.userStatus),
      rawUserStatus: asText(wire.userStatus),
      dndStatus: asEnum(DND_STATUSES, wire.dndStatus),
      rawDndStatus: asText(wire.dndStatus),
      message: asText(wire.message),
      activeCalls: activeCalls.filter(({ terminationType }) => terminationType !== 'final'),
      totalActiveCalls: asNumber(wire.totalActiveCalls),
      observedAt,
    };
  });
}

function ownerOf({ extensionId, extension, uri }: Partial<WirePresenceEvent>): string | null {
  const id = ifObject<NonNullable<WirePresence['extension']>, string | null>(extension, (one) =>
    asText(one.id),
  );
  return asText(extensionId) ?? id ?? /\/extension\/(\d+)\/presence/.exec(asText(uri) ?? '')?.[1] ?? null;
}
