/**
 * What a notification tells of a call, laid over what is known of it.
 *
 * Keys come and go between notifications, so that a missing one says nothing; only `status` is always whole.
 */
import {
  type CallParty,
  type CallRecording,
  type CallSession,
  completedEnd,
  ORIGIN_TYPES,
} from '../../../schema/model.ts';
import {
  asEnum,
  asFlag,
  asNumber,
  asText,
  asTime,
  ifObject,
  type LeftOut,
  listOf,
} from '../../upstream/values.ts';
import { toParty } from '../translate.ts';
import type { WireEventParty, WireNotification, WireSessionEvent } from '../wire.ts';

/** One party's news. */
export interface SessionNews {
  readonly sessionId: string;
  /** The older numeric id, as presence has it. */
  readonly legacySessionId: string | null;
  readonly partyId: string;
  /** Whose party it is; null for a phone outside the account. */
  readonly extensionId: string | null;
  /** Counts the changes of one call over all its parties. */
  readonly sequence: number;
  /** RingCentral's time of the change, epoch milliseconds; null where it told none. */
  readonly eventTime: number | null;
  /** When it arrived, by this machine's clock. */
  readonly receivedAt: number;
  readonly session: Pick<CallSession, 'originType' | 'rawOriginType'> | null;
  /** The party after the news, laid over what is known of it; null: nothing is. */
  party(known: CallParty | null): CallParty;
}

/** True when a notification is about a call; others are about presence. */
export function isAboutCalls({ event }: WireNotification): boolean {
  return typeof event === 'string' && event.includes('/telephony/sessions');
}

/** What the body of a notification tells, party by party; empty where it cannot be read, and never an exception. */
export function readSessionNews(body: unknown, receivedAt: number, leftOut: LeftOut): readonly SessionNews[] {
  const wire = ifObject<WireSessionEvent, WireSessionEvent>(body, (event) => event) ?? {};
  const sessionId = asText(wire.telephonySessionId);
  const sequence = asNumber(wire.sequence);
  if (sessionId === null || sequence === null) return [];
  const origin = ifObject<NonNullable<WireSessionEvent['origin']>, string | null>(wire.origin, ({ type }) =>
    asText(type),
  );
  const eventTime = asTime(wire.eventTime);
  const session =
    origin === null ? null : { originType: asEnum(ORIGIN_TYPES, origin), rawOriginType: origin };
  return listOf(wire.parties).flatMap((entry) => {
    const party = ifObject<WireEventParty, WireEventParty>(entry, (known) => known);
    const partyId = asText(party?.id);
    if (party === null || partyId === null) {
      leftOut('party');
      return [];
    }
    const told = toParty(party, sessionId, receivedAt, { leftOut });
    return [
      {
        ...{ sessionId, partyId, sequence, eventTime, receivedAt, session },
        extensionId: told.extensionId,
        legacySessionId: asText(wire.sessionId),
        party: (known: CallParty | null) => laidOver(known, told, party),
      },
    ];
  });
}

/** What a notification may leave out: the fields of a party that have the same name on the wire. */
const MAY_BE_MISSING = [
  'accountId',
  'extensionId',
  'muted',
  'standAlone',
  'park',
  'from',
  'to',
  'owner',
  'direction',
  'conferenceRole',
  'ringOutRole',
  'ringMeRole',
  'recordings',
  'metadata',
] as const satisfies readonly (keyof CallParty & keyof WireEventParty)[];

function laidOver(known: CallParty | null, told: CallParty, wire: WireEventParty): CallParty {
  const queueCall = asFlag(wire.queueCall);
  const attributes =
    queueCall === null
      ? (known?.attributes ?? null)
      : { emergencyCallback: null, ...known?.attributes, queueCall };
  if (known === null) return { ...told, attributes };
  const missing = MAY_BE_MISSING.filter((name) => wire[name] === undefined);
  return {
    ...told,
    attributes,
    from: completedEnd(known.from, told.from),
    to: completedEnd(known.to, told.to),
    recordings: told.recordings.map((recording) => recordingOf(known.recordings, recording)),
    ...Object.fromEntries(missing.map((name) => [name, known[name]])),
  };
}

/** Notifications tell of a recording whether it runs, and nothing else. */
function recordingOf(known: readonly CallRecording[], told: CallRecording): CallRecording {
  const same = known.find(({ id }) => id === told.id);
  return { ...told, mode: told.mode ?? same?.mode ?? null, view: told.view ?? same?.view ?? null };
}
