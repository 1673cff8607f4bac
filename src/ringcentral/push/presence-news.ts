/**
 * What a notification tells of what an extension does, laid over what is known of it: keys that are missing say nothing.
 */
import type { Presence } from '../../../schema/account/model.ts';
import type { PresenceNews } from '../../account/source.ts';
import { asNumber, ifObject, type LeftOut } from '../../upstream/values.ts';
import { toPresence } from '../account/presence.ts';
import type { WireNotification, WirePresence } from '../wire.ts';

interface WirePresenceEvent extends WirePresence {
  readonly sequence?: unknown;
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
