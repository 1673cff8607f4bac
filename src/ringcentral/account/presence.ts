/** Between RingCentral's JSON and what extensions do. */
import {
  DND_STATUSES,
  PRESENCE_STATUSES,
  type Presence,
  USER_STATUSES,
} from '../../../schema/account/model.ts';
import { TELEPHONY_STATUSES } from '../../../schema/model.ts';
import type { PresenceNews } from '../../account/source.ts';
import { asEnum, asNumber, asText, ifObject, type LeftOut, unnoted } from '../values.ts';
import { toActiveCalls } from '../viewer.ts';
import type { WireNotification, WirePresence } from '../wire.ts';

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

/** True when a notification is about what an extension does. */
export function isAboutPresence({ event }: WireNotification): boolean {
  return typeof event === 'string' && /\/presence(\?|$)/.test(event) && !event.includes('/call-queues/');
}

/** What the body of a notification tells; null where it cannot be read. Keys that are missing say nothing. */
export function readPresenceNews(body: unknown, receivedAt: number, leftOut: LeftOut): PresenceNews | null {
  const wire = ifObject<WirePresenceEvent, WirePresenceEvent>(body, (event) => event);
  const told = toPresence(body, receivedAt, { leftOut });
  if (wire === null || told === null) return null;
  return {
    extensionId: told.extensionId,
    sequence: asNumber(wire.sequence),
    receivedAt,
    presence(known) {
      if (known === null) return told;
      return {
        ...told,
        ...(wire.presenceStatus === undefined && pick(known, 'presenceStatus', 'rawPresenceStatus')),
        ...(wire.telephonyStatus === undefined && pick(known, 'telephonyStatus', 'rawTelephonyStatus')),
        ...(wire.userStatus === undefined && pick(known, 'userStatus', 'rawUserStatus')),
        ...(wire.dndStatus === undefined && pick(known, 'dndStatus', 'rawDndStatus')),
        ...(wire.message === undefined && pick(known, 'message')),
        ...(wire.activeCalls === undefined && callsBeside(known, told)),
        observedAt: Math.max(receivedAt, known.observedAt + 1),
      };
    },
  };
}

/** Without a list the calls are as they were, unless there is none any more. */
function callsBeside(known: Presence, told: Presence): Partial<Presence> {
  return told.telephonyStatus === 'NO_CALL'
    ? { activeCalls: [], totalActiveCalls: told.totalActiveCalls ?? 0 }
    : { activeCalls: known.activeCalls, totalActiveCalls: told.totalActiveCalls ?? known.totalActiveCalls };
}

function pick<Name extends keyof Presence>(known: Presence, ...names: readonly Name[]): Pick<Presence, Name> {
  return Object.fromEntries(names.map((name) => [name, known[name]])) as Pick<Presence, Name>;
}

function ownerOf({ extensionId, extension, uri }: Partial<WirePresenceEvent>): string | null {
  const id = ifObject<NonNullable<WirePresence['extension']>, string | null>(extension, (one) =>
    asText(one.id),
  );
  return asText(extensionId) ?? id ?? /\/extension\/(\d+)\/presence/.exec(asText(uri) ?? '')?.[1] ?? null;
}
