/** From one state of a call to the next: the events that RingCentral would send. Pure. */
import { isDeepStrictEqual } from 'node:util';
import type { WireEventParty, WireSessionEvent } from '../../ringcentral/wire.ts';
import { ACCOUNT_ID, extensionById } from '../account.ts';
import type { Call, Party } from '../call.ts';

/** One change of one party, before anybody is told. */
export interface PartyEvent {
  /** Whose party it is; null for a phone outside the account. */
  readonly extensionId: string | null;
  readonly body: WireSessionEvent;
}

/** What a call does not tell of its events itself. */
export interface EventFacts {
  /** Of the first of them. */
  readonly sequence: number;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The older numeric id of any call, as events have it. */
  readonly legacyId: (sessionId: string) => string;
}

/** The sequence of the first event of a call. */
export const FIRST_SEQUENCE = 2;

/**
 * What changed from `before` (null: there was no such call) to `after`, one event for each party.
 *
 * ```ts
 * eventsBetween(ringing, answered, { sequence: 5, … }) // [{ sequence: 5, … caller Answered }, { sequence: 6, … callee Answered }]
 * ```
 */
export function eventsBetween(
  before: Call | null,
  after: Call,
  { sequence, at, legacyId }: EventFacts,
): PartyEvent[] {
  const known = new Map(before?.parties.map((party) => [party.id, party]));
  const changed = after.parties.filter((party) => !isDeepStrictEqual(known.get(party.id), party));
  return changed.map((party, index) => ({
    extensionId: party.extensionId,
    body: {
      sequence: sequence + index,
      sessionId: legacyId(after.id),
      telephonySessionId: after.id,
      serverId: '10.1.2.3.TAM',
      eventTime: new Date(at).toISOString(),
      parties: [eventParty(party, known.get(party.id), legacyId)],
      origin: { type: after.origin },
    },
  }));
}

/** A conference has no numeric id of its own. */
export function legacyIdOf(call: Pick<Call, 'origin' | 'legacyId'> | undefined): string {
  return call === undefined || call.origin === 'Conference' ? '0' : call.legacyId;
}

function eventParty(
  party: Party,
  before: Party | undefined,
  legacyId: EventFacts['legacyId'],
): WireEventParty {
  const { extensionId, queueCall, recordings, conferenceRole, parkData, peer } = party;
  return {
    accountId: ACCOUNT_ID,
    ...(extensionId === null ? {} : { extensionId }),
    id: party.id,
    direction: party.direction,
    to: party.to,
    from: party.from,
    ...(recordings.length === 0 ? {} : { recordings: recordings.map(({ id, active }) => ({ id, active })) }),
    status: {
      code: party.code,
      ...(party.reason === null ? {} : { reason: party.reason }),
      ...(parkData === null ? {} : { parkData }),
      // Events name the other call by both of its ids, and REST by the newer one alone.
      ...(peer === null || party.code !== 'Gone'
        ? {}
        : {
            peerId: {
              telephonySessionId: peer.sessionId,
              sessionId: legacyId(peer.sessionId),
              partyId: peer.partyId,
            },
          }),
      rcc: false,
    },
    park: parkData ? { id: parkData } : {},
    missedCall: isMissed(party, before),
    standAlone: party.standAlone,
    muted: party.muted,
    ...(queueCall ? { queueCall, uiCallInfo: queueInfo(party) } : {}),
    ...(conferenceRole === null ? {} : { conferenceRole }),
  };
}

function queueInfo({ from, to }: Party): NonNullable<WireEventParty['uiCallInfo']> {
  const queue = to.extensionId === undefined ? undefined : extensionById(to.extensionId);
  const name = queue?.name ?? to.name ?? to.phoneNumber;
  // The name of a queue stands before that of the caller.
  const caller = from.name?.replace(`${name} - `, '') ?? from.phoneNumber;
  return {
    primary: { type: 'QueueName', value: name },
    additional: { type: caller === from.phoneNumber ? 'CallerIdNumber' : 'CallerIdName', value: caller },
  };
}

/** Rang, and nobody answered: also while the caller talks to the voicemail. */
function isMissed(party: Party, before: Party | undefined): boolean {
  if (party.direction !== 'Inbound' || before === undefined) return false;
  if (party.code === 'VoiceMail') return true;
  const rang = before.code === 'Setup' || before.code === 'Proceeding' || before.code === 'VoiceMail';
  return rang && party.code === 'Disconnected' && party.reason === null;
}
