/** JSON as RingCentral sends it, from what the simulator knows. */
import type {
  WireDevice,
  WireError,
  WireExtension,
  WireForwardingNumber,
  WirePage,
  WireParty,
  WireRecording,
  WireSession,
} from '../ringcentral/wire.ts';
import { ACCOUNT_ID, BRAND_ID } from './account.ts';
import type { Call, Party, Recording } from './call.ts';
import { contactOf, type Device, type Extension, type ForwardingNumber } from './company/extension.ts';
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
  return {
    uri: extensionUri(extension, origin),
    id: Number(extension.id),
    account: { id: ACCOUNT_ID, uri: accountUri(origin) },
    extensionNumber: extension.number,
    name: extension.name,
    contact: contactOf(extension),
    type: extension.type,
    status: extension.status,
  };
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

function ownership({ extensionId }: Party) {
  return extensionId === null ? null : { accountId: ACCOUNT_ID, extensionId, brandId: BRAND_ID };
}

/** Where the account is. */
export function accountUri(origin: string): string {
  return `${origin}/restapi/v1.0/account/${ACCOUNT_ID}`;
}

/** Where an extension is. */
export function extensionUri({ id }: Pick<Extension, 'id'>, origin: string): string {
  return `${accountUri(origin)}/extension/${id}`;
}
