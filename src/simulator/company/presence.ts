/** What extensions are doing, as RingCentral tells it: in answers, and in notifications. */
import type { WireActiveCall, WirePresence } from '../../ringcentral/wire.ts';
import { extensionUri } from '../bodies.ts';
import type { Call, Endpoint, Party } from '../call.ts';
import type { Switchboard } from '../switchboard.ts';
import type { Extension } from './extension.ts';
import { type Status, takesOwnCalls } from './staff.ts';

/** Presence with what only some of its readers know of. */
export interface PresenceBody extends WirePresence {
  message?: string;
}

/** Presence as notifications tell it. */
export interface PresenceEventBody extends PresenceBody {
  /** A number from an extension filter, and text from that of the account. */
  extensionId: string | number;
  sequence: number;
  totalActiveCalls?: number;
}

/** How much of it somebody wants to know. */
export interface PresenceWants {
  readonly detailedTelephonyState: boolean;
  readonly sipData: boolean;
}

/** A call of an extension, and its own party in it. */
export type OwnCall = readonly [Call, Party];

type Knows = Pick<Switchboard, 'staff' | 'calls' | 'callsOf'>;

/** Notifications tell no more calls than these, the latest. */
const MOST_TOLD = 7;

/** The presence of an extension. `activeCalls` is there when it was asked for and there is a call. */
export function presenceBody(
  extension: Extension,
  board: Knows,
  wants: PresenceWants,
  origin: string,
): PresenceBody {
  const uri = extensionUri(extension, origin);
  const own = ownCalls(extension, board);
  const calls = own.map((one) => activeCallBody(extension, one, wants.sipData, '+0000'));
  return {
    uri: `${uri}/presence`,
    extension: { uri, id: Number(extension.id), extensionNumber: extension.number },
    ...statusBody(extension, own, board.staff.statusOf(extension.id)),
    ...(wants.detailedTelephonyState && calls.length > 0 ? { activeCalls: calls } : {}),
  };
}

/** One of the list of the whole account: queues and park locations have no calls in it. */
export function listedPresenceBody(
  extension: Extension,
  board: Knows,
  wants: PresenceWants,
  origin: string,
): PresenceBody {
  const { telephonyStatus, activeCalls, ...rest } = presenceBody(extension, board, wants, origin);
  if (extension.type !== 'User') return rest;
  return { ...rest, telephonyStatus: telephonyStatus ?? 'NoCall', ...(activeCalls && { activeCalls }) };
}

/** What a notification tells. Calls that have just ended are told once more, as over. */
export function presenceEventBody(
  extension: Extension,
  board: Knows,
  { sequence, ended }: { readonly sequence: number; readonly ended: readonly OwnCall[] },
): PresenceEventBody {
  const own = ownCalls(extension, board);
  const told = own.slice(-MOST_TOLD);
  const over = ended.slice(0, MOST_TOLD - told.length);
  return {
    extensionId: Number(extension.id),
    ...statusBody(extension, own, board.staff.statusOf(extension.id)),
    activeCalls: [
      ...told.map((one) => activeCallBody(extension, one, false, 'Z')),
      ...over.map((one) => ({
        ...activeCallBody(extension, one, false, 'Z'),
        telephonyStatus: 'NoCall',
        terminationType: 'final',
      })),
    ],
    sequence,
    totalActiveCalls: own.length,
  };
}

/** The same without calls, for whoever did not ask for them. */
export function withoutCalls(body: PresenceEventBody): PresenceEventBody {
  const { activeCalls: _activeCalls, totalActiveCalls: _totalActiveCalls, ...brief } = body;
  return brief;
}

/** The calls of an extension that go on, the oldest first. Whoever left or went to the voicemail is not in it. */
export function ownCalls(extension: Extension, board: Knows): OwnCall[] {
  const isParked = extension.type === 'ParkLocation';
  return (isParked ? board.calls() : board.callsOf(extension.id)).flatMap((call) =>
    call.parties
      .filter((party) => (isParked ? isInParkLocation(party) : party.extensionId === extension.id))
      .filter((party) => telephonyStatusOf(party) !== 'NoCall')
      .map((party) => [call, party] as const),
  );
}

/** Waits in the one park location. */
export function isInParkLocation({ code, reason }: Party): boolean {
  return code === 'Parked' && reason === 'ParkLocation';
}

export function telephonyStatusOf({ code }: Party): string {
  switch (code) {
    case 'Setup':
    case 'Proceeding':
      return 'Ringing';
    case 'Answered':
      return 'CallConnected';
    case 'Hold':
      return 'OnHold';
    case 'Parked':
      return 'ParkedCall';
    default:
      return 'NoCall';
  }
}

/** The calls of an extension in one word: the best status of several wins. */
export function telephonyStatusAmong(own: readonly OwnCall[]): string {
  const statuses = own.map(([, party]) => telephonyStatusOf(party));
  return TELEPHONY_STATUSES.find((status) => statuses.includes(status)) ?? 'NoCall';
}

const TELEPHONY_STATUSES = ['CallConnected', 'Ringing', 'OnHold', 'ParkedCall'];

/** What RingCentral makes of somebody's own status and their calls. */
export function presenceStatusOf(extension: Extension, own: readonly OwnCall[], status: Status): string {
  if (extension.type !== 'User' || status.userStatus === 'Offline') return 'Offline';
  const talks = ['CallConnected', 'OnHold'].includes(telephonyStatusAmong(own));
  return talks || status.userStatus === 'Busy' || !takesOwnCalls(status) ? 'Busy' : 'Available';
}

function statusBody(extension: Extension, own: readonly OwnCall[], status: Status): PresenceBody {
  const { userStatus, dndStatus, message, ...switches } = status;
  return {
    presenceStatus: presenceStatusOf(extension, own, status),
    // Nobody is on the phone where everybody waits.
    ...(extension.type === 'Department' ? {} : { telephonyStatus: telephonyStatusAmong(own) }),
    userStatus,
    meetingStatus: 'Disconnected',
    dndStatus,
    ...(message === null ? {} : { message }),
    ...switches,
  };
}

function activeCallBody(
  extension: Extension,
  [call, party]: OwnCall,
  sipData: boolean,
  zone: '+0000' | 'Z',
): WireActiveCall {
  return {
    id: `call${call.legacyId}`,
    direction: party.direction,
    queueCall: party.queueCall,
    from: party.from.phoneNumber,
    ...named('fromName', party.from),
    to: extension.type === 'ParkLocation' ? extension.number : party.to.phoneNumber,
    ...named('toName', party.to),
    telephonyStatus: telephonyStatusOf(party),
    ...(sipData ? { sipData: sipDataOf(call, party) } : {}),
    sessionId: call.origin === 'Conference' ? '0' : call.legacyId,
    // Answers write the offset without a colon.
    startTime: new Date(call.createdAt).toISOString().replace('Z', zone),
    partyId: party.id,
    telephonySessionId: call.id,
  };
}

function sipDataOf({ legacyId }: Call, { from, to }: Party): Record<string, string> {
  const uri = ({ phoneNumber }: Endpoint) => `sip:${phoneNumber}@10.1.2.3:5070`;
  return { toTag: 't7a1', fromTag: `10.1.2.3-5070-${legacyId}`, remoteUri: uri(from), localUri: uri(to) };
}

function named<Name extends string>(field: Name, { name }: Endpoint): { readonly [Key in Name]?: string } {
  return name === undefined ? {} : ({ [field]: name } as { readonly [Key in Name]?: string });
}
