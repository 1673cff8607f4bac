/** Between RingCentral's JSON and what belongs to a user: who they are, their calls, devices and numbers. */
import {
  type ActiveCall,
  DEVICE_STATUSES,
  DEVICE_TYPES,
  type Device,
  DIRECTIONS,
  FORWARDING_NUMBER_FEATURES,
  FORWARDING_NUMBER_TYPES,
  type ForwardingNumber,
  LINE_POOLINGS,
  TELEPHONY_STATUSES,
  type Viewer,
} from '../../schema/model.ts';
import { asFlag, asText, idOf, listOf, objectOf, ofAnotherShape, toEnum, toId, toTime } from './values.ts';
import type {
  WireActiveCall,
  WireDevice,
  WireExtension,
  WireForwardingNumber,
  WirePresence,
} from './wire.ts';

/** The calls in a presence answer; the field is missing, not empty, when there is none. */
export function toActiveCalls(body: unknown): ActiveCall[] {
  const wire = objectOf<WirePresence>(body, 'a presence');
  return listOf(wire.activeCalls).flatMap((call) => toActiveCall(call) ?? []);
}

/** Who the token belongs to. */
export function toViewer(body: unknown): Viewer {
  const wire = objectOf<WireExtension>(body, 'an extension');
  const accountId = toId(wire.account?.id) ?? /\/account\/(\d+)/.exec(asText(wire.uri) ?? '')?.[1];
  if (accountId === undefined) throw ofAnotherShape('an extension');
  return {
    accountId,
    extensionId: idOf(wire.id, 'an extension'),
    extensionNumber: asText(wire.extensionNumber),
    name: asText(wire.name),
  };
}

export function toDevice(wire: WireDevice): Device {
  return {
    id: idOf(wire.id, 'a device'),
    type: toEnum(DEVICE_TYPES, wire.type),
    rawType: asText(wire.type),
    name: asText(wire.name),
    status: toEnum(DEVICE_STATUSES, wire.status),
    model: asText(wire.model?.name),
    serial: asText(wire.serial),
    computerName: asText(wire.computerName),
    linePooling: toEnum(LINE_POOLINGS, wire.linePooling),
    phoneNumbers: listOf(wire.phoneLines).flatMap((line) => asText(line.phoneInfo?.phoneNumber) ?? []),
  };
}

export function toForwardingNumber(wire: WireForwardingNumber): ForwardingNumber {
  return {
    id: idOf(wire.id, 'a forwarding number'),
    phoneNumber: asText(wire.phoneNumber),
    label: asText(wire.label),
    type: toEnum(FORWARDING_NUMBER_TYPES, wire.type),
    rawType: asText(wire.type),
    features: listOf(wire.features).flatMap((feature) => toEnum(FORWARDING_NUMBER_FEATURES, feature) ?? []),
    flipNumber: asText(wire.flipNumber),
  };
}

/** One page of a list, and whether another follows. */
export function toPage<Record>(body: unknown): { records: readonly Record[]; hasNext: boolean } {
  const page = objectOf<{ records?: Record[]; paging?: { page?: number; totalPages?: number } }>(
    body,
    'a list',
  );
  const { page: number = 1, totalPages = 1 } = page.paging ?? {};
  return { records: listOf(page.records), hasNext: number < totalPages };
}

/** An entry without the ids that every operation wants is of no use to anybody. */
function toActiveCall(wire: WireActiveCall): ActiveCall | null {
  const sessionId = asText(wire.telephonySessionId);
  const partyId = asText(wire.partyId);
  if (sessionId === null || partyId === null) return null;
  const telephonyStatus = asText(wire.telephonyStatus);
  return {
    id: asText(wire.id),
    sessionId,
    partyId,
    legacySessionId: toId(wire.sessionId),
    direction: toEnum(DIRECTIONS, wire.direction),
    from: asText(wire.from),
    fromName: asText(wire.fromName),
    to: asText(wire.to),
    toName: asText(wire.toName),
    telephonyStatus: toEnum(TELEPHONY_STATUSES, telephonyStatus) ?? 'UNKNOWN',
    rawTelephonyStatus: telephonyStatus ?? '',
    startTime: toTime(wire.startTime),
    queueCall: asFlag(wire.queueCall),
    onBehalfOf: toId(wire.onBehalfOf),
    terminationType: asText(wire.terminationType),
  };
}
