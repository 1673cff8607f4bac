/** JSON as RingCentral sends it, from what the simulator knows. */
import type {
  WireActiveCall,
  WireDevice,
  WireError,
  WireExtension,
  WireForwardingNumber,
  WirePage,
  WireParty,
  WirePresence,
  WireRecording,
  WireSession,
} from '../ringcentral/wire.ts';
import { ACCOUNT_ID, BRAND_ID, type Device, type Extension, type ForwardingNumber } from './account.ts';
import type { Call, Endpoint, Party, Recording } from './call.ts';
import type { Refusal } from './refusals.ts';

/** A session with what the simulator always tells of it. */
export interface SessionBody extends WireSession {
  id: string;
  parties: PartyBody[];
}

export interface PartyBody extends WireParty {
  id: string;
}

/** A session; `call-out` and `conference` wrap it, `readCallSessionStatus` does not. */
export function sessionBody(call: Call): SessionBody {
  return {
    // Whole seconds, although the field has room for more.
    creationTime: `${new Date(call.createdAt).toISOString().slice(0, 19)}Z`,
    id: call.id,
    origin: { type: call.origin },
    parties: call.parties.map(partyBody),
    ...(call.voiceCallToken === null ? {} : { voiceCallToken: call.voiceCallToken }),
  };
}

/** A party. A phone outside the account has no owner and no account. */
export function partyBody(party: Party): PartyBody {
  return {
    ...ownership(party),
    attributes: party.queueCall ? { queueCall: true } : {},
    ...reducedPartyBody(party),
    ...(party.conferenceRole === null ? {} : { conferenceRole: party.conferenceRole }),
    ...(party.recordings.length === 0
      ? {}
      : { recordings: party.recordings.map(({ id, active }) => ({ id, active })) }),
  };
}

/** What `forward` and `reply` answer: no account, no extension, no attributes. */
export function reducedPartyBody(party: Party): PartyBody {
  const owner = ownership(party);
  return {
    direction: party.direction,
    from: party.from,
    id: party.id,
    muted: party.muted,
    ...(owner === null ? {} : { owner }),
    standAlone: party.standAlone,
    status: {
      code: party.code,
      ...(party.reason === null ? {} : { reason: party.reason }),
      ...(party.parkData === null ? {} : { parkData: party.parkData }),
      ...(party.peer === null || party.code !== 'Gone' ? {} : { peerId: party.peer }),
    },
    to: party.to,
    ...(party.parkData ? { park: { id: party.parkData } } : {}),
  };
}

/** What the two ways to supervise answer: no attributes and no brand. */
export function supervisorBody(party: Party): PartyBody {
  const owner = { accountId: ACCOUNT_ID, extensionId: party.extensionId ?? '' };
  return { ...reducedPartyBody(party), ...owner, owner };
}

export function recordingBody(recording: Recording): WireRecording {
  return { ...recording, view: 'Party' };
}

export function extensionBody(extension: Extension, origin: string): WireExtension {
  const [firstName = '', lastName = ''] = extension.name.split(' ');
  return {
    uri: extensionUri(extension, origin),
    id: Number(extension.id),
    account: { id: ACCOUNT_ID, uri: accountUri(origin) },
    extensionNumber: extension.number,
    name: extension.name,
    contact: { firstName, lastName, email: `${firstName.toLowerCase()}@example.com` },
    type: extension.type,
    status: 'Enabled',
  };
}

/** A user's presence. `activeCalls` is there when it was asked for and there is a call. */
export function presenceBody(
  extension: Extension,
  calls: readonly Call[],
  wants: { readonly detailedTelephonyState: boolean; readonly sipData: boolean },
  origin: string,
): WirePresence {
  const entries = ownCalls(extension, calls).map(([call, party]) =>
    activeCallBody(call, party, wants.sipData),
  );
  const statuses = entries.map((entry) => entry.telephonyStatus);
  const telephonyStatus = TELEPHONY_STATUSES.find((status) => statuses.includes(status)) ?? 'NoCall';
  const talks = telephonyStatus === 'CallConnected' || telephonyStatus === 'OnHold';
  return {
    uri: `${extensionUri(extension, origin)}/presence`,
    extension: {
      uri: extensionUri(extension, origin),
      id: Number(extension.id),
      extensionNumber: extension.number,
    },
    presenceStatus: talks ? 'Busy' : 'Available',
    telephonyStatus,
    userStatus: 'Available',
    meetingStatus: 'Disconnected',
    dndStatus: 'TakeAllCalls',
    allowSeeMyPresence: true,
    ringOnMonitoredCall: false,
    pickUpCallsOnHold: false,
    ...(wants.detailedTelephonyState && entries.length > 0 ? { activeCalls: entries } : {}),
  };
}

/** The records of the call log for calls that go on: connected ones only. */
export function activeCallRecords(
  extension: Extension,
  calls: readonly Call[],
  now: number,
  origin: string,
): Record<string, unknown>[] {
  const connected = ownCalls(extension, calls).filter(
    ([, { code }]) => code === 'Answered' || code === 'Hold',
  );
  return connected.map(([call, party]) => ({
    uri: `${extensionUri(extension, origin)}/call-log/${call.legacyId}?view=Simple`,
    id: `log${call.legacyId}`,
    sessionId: call.legacyId,
    telephonySessionId: call.id,
    partyId: party.id,
    startTime: new Date(call.createdAt).toISOString(),
    duration: Math.max(0, Math.round((now - call.createdAt) / 1_000)),
    type: 'Voice',
    internalType: 'Local',
    direction: party.direction,
    action: 'Phone Call',
    result: 'In Progress',
    to: party.to,
    from: party.from,
    extension: { uri: extensionUri(extension, origin), id: Number(extension.id) },
  }));
}

export function deviceBody(device: Device, extension: Extension, origin: string): WireDevice {
  return {
    uri: `${accountUri(origin)}/device/${device.id}`,
    id: device.id,
    type: device.type,
    sku: device.type === 'HardPhone' ? 'HP-56' : 'DV-1',
    name: device.name,
    status: device.status,
    extension: {
      uri: extensionUri(extension, origin),
      id: Number(extension.id),
      extensionNumber: extension.number,
    },
    phoneLines: [
      {
        lineType: 'Standalone',
        emergencyAddress: { required: true, localOnly: false },
        phoneInfo: {
          id: Number(`3${device.id.slice(-7)}`),
          phoneNumber: extension.directNumber,
          paymentType: 'Local',
          type: 'VoiceFax',
          usageType: 'DirectNumber',
          country: { uri: `${origin}/restapi/v1.0/dictionary/country/1`, id: '1', name: 'United States' },
        },
      },
    ],
    linePooling: device.type === 'SoftPhone' ? 'Host' : 'None',
  };
}

export function forwardingNumberBody(
  number: ForwardingNumber,
  extension: Extension,
  origin: string,
): WireForwardingNumber {
  return {
    uri: `${extensionUri(extension, origin)}/forwarding-number/${number.id}`,
    ...number,
    features: [...number.features],
  };
}

/** One page of a list; `path` is what was asked, without its query. */
export function pageBody<Item>(
  all: readonly Item[],
  { page, perPage }: { readonly page: number; readonly perPage: number },
  uri: string,
): WirePage<Item> & Required<Pick<WirePage<Item>, 'records' | 'paging' | 'navigation'>> {
  const totalPages = Math.max(1, Math.ceil(all.length / perPage));
  const start = (page - 1) * perPage;
  const records = all.slice(start, start + perPage);
  const link = (to: number) => ({ uri: `${uri}?page=${to}&perPage=${perPage}` });
  return {
    uri: link(page).uri,
    records,
    paging: {
      page,
      totalPages,
      perPage,
      totalElements: all.length,
      pageStart: start,
      pageEnd: Math.max(start, start + records.length - 1),
    },
    navigation: {
      firstPage: link(1),
      ...(page < totalPages ? { nextPage: link(page + 1) } : {}),
      ...(page > 1 ? { previousPage: link(page - 1) } : {}),
      lastPage: link(totalPages),
    },
  };
}

/** An error. Those of the whole platform repeat their first entry at the top level, as they always did. */
export function errorBody({ errorCode, message, details }: Refusal): WireError {
  const entry = { errorCode, message, ...details };
  return /^(CMN-[14]|SUB-)/.test(errorCode) ? { ...entry, errors: [entry] } : { errors: [entry] };
}

/** The best status of several calls wins. */
const TELEPHONY_STATUSES = ['CallConnected', 'Ringing', 'OnHold', 'ParkedCall'];

/** The calls a user is in, with the user's own party; whoever left or went to the voicemail is not in it. */
function ownCalls(extension: Extension, calls: readonly Call[]): (readonly [Call, Party])[] {
  return calls.flatMap((call) =>
    call.parties
      .filter((party) => party.extensionId === extension.id && telephonyStatusOf(party) !== 'NoCall')
      .map((party) => [call, party] as const),
  );
}

function activeCallBody(call: Call, party: Party, sipData: boolean): WireActiveCall {
  return {
    id: `call${call.legacyId}`,
    direction: party.direction,
    queueCall: party.queueCall,
    from: party.from.phoneNumber,
    ...named('fromName', party.from),
    to: party.to.phoneNumber,
    ...named('toName', party.to),
    telephonyStatus: telephonyStatusOf(party),
    ...(sipData ? { sipData: sipDataOf(call, party) } : {}),
    sessionId: call.origin === 'Conference' ? '0' : call.legacyId,
    // Presence writes the offset without a colon.
    startTime: new Date(call.createdAt).toISOString().replace('Z', '+0000'),
    partyId: party.id,
    telephonySessionId: call.id,
  };
}

function sipDataOf({ legacyId }: Call, { from, to }: Party): Record<string, string> {
  const uri = ({ phoneNumber }: Endpoint) => `sip:${phoneNumber}@10.1.2.3:5070`;
  return { toTag: 't7a1', fromTag: `10.1.2.3-5070-${legacyId}`, remoteUri: uri(from), localUri: uri(to) };
}

function telephonyStatusOf({ code }: Party): string {
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

function named<Name extends string>(field: Name, { name }: Endpoint): { readonly [Key in Name]?: string } {
  return name === undefined ? {} : ({ [field]: name } as { readonly [Key in Name]?: string });
}

function ownership({ extensionId }: Party) {
  return extensionId === null ? null : { accountId: ACCOUNT_ID, extensionId, brandId: BRAND_ID };
}

function accountUri(origin: string): string {
  return `${origin}/restapi/v1.0/account/${ACCOUNT_ID}`;
}

function extensionUri(extension: Extension, origin: string): string {
  return `${accountUri(origin)}/extension/${extension.id}`;
}
