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
import {
  asEnum,
  asFlag,
  asNumber,
  asText,
  asTime,
  entriesOf,
  ifObject,
  type LeftOut,
  listOf,
  objectOf,
  ofAnotherShape,
  textsOf,
  unnoted,
} from '../upstream/values.ts';
import type {
  WireActiveCall,
  WireDevice,
  WireExtension,
  WireForwardingNumber,
  WirePage,
  WirePresence,
} from './wire.ts';

/** The calls in a presence answer; the field is missing, not empty, when there is none. */
export function toActiveCalls(
  body: unknown,
  observedAt: number,
  leftOut: LeftOut = unnoted,
): readonly ActiveCall[] {
  const wire = objectOf<WirePresence>(body, 'a presence');
  return entriesOf<WireActiveCall, ActiveCall>(wire.activeCalls, 'active call', leftOut, (call) =>
    toActiveCall(call, observedAt),
  );
}

/** Who the token belongs to; what the body leaves out, its own address may tell. */
export function toViewer(body: unknown): Viewer {
  const wire = objectOf<WireExtension>(body, 'an extension');
  const uri = asText(wire.uri) ?? '';
  const account = ifObject<NonNullable<WireExtension['account']>, string | null>(wire.account, ({ id }) =>
    asText(id),
  );
  const accountId = account ?? /\/account\/(\d+)/.exec(uri)?.[1];
  const extensionId = asText(wire.id) ?? /\/extension\/(\d+)/.exec(uri)?.[1];
  if (accountId === undefined || extensionId === undefined) throw ofAnotherShape('an extension');
  return { accountId, extensionId, extensionNumber: asText(wire.extensionNumber), name: asText(wire.name) };
}

/** The records of a list of devices, each once. */
export function toDevices(records: unknown, leftOut: LeftOut = unnoted): readonly Device[] {
  return eachOnce(entriesOf(records, 'device', leftOut, toDevice));
}

/** The records of a list of forwarding numbers, each once. */
export function toForwardingNumbers(
  records: unknown,
  leftOut: LeftOut = unnoted,
): readonly ForwardingNumber[] {
  return eachOnce(entriesOf(records, 'forwarding number', leftOut, toForwardingNumber));
}

/** Each record once: a list that changes between two of its pages shows one on both. */
export function eachOnce<Item extends { readonly id: string }>(items: readonly Item[]): readonly Item[] {
  return [...new Map(items.map((item) => [item.id, item])).values()];
}

function toDevice(wire: WireDevice): Device | null {
  const id = asText(wire.id);
  if (id === null) return null;
  return {
    id,
    type: asEnum(DEVICE_TYPES, wire.type),
    rawType: asText(wire.type),
    name: asText(wire.name),
    status: asEnum(DEVICE_STATUSES, wire.status),
    model: ifObject<NonNullable<WireDevice['model']>, string | null>(wire.model, ({ name }) => asText(name)),
    serial: asText(wire.serial),
    computerName: asText(wire.computerName),
    linePooling: asEnum(LINE_POOLINGS, wire.linePooling),
    phoneNumbers: textsOf(listOf(wire.phoneLines).map(numberOfLine)),
  };
}

function numberOfLine(line: unknown): unknown {
  return ifObject<WirePhoneLine, unknown>(line, ({ phoneInfo }) =>
    ifObject<NonNullable<WirePhoneLine['phoneInfo']>, unknown>(phoneInfo, ({ phoneNumber }) => phoneNumber),
  );
}

type WirePhoneLine = NonNullable<WireDevice['phoneLines']>[number];

function toForwardingNumber(wire: WireForwardingNumber): ForwardingNumber | null {
  const id = asText(wire.id);
  if (id === null) return null;
  return {
    id,
    phoneNumber: asText(wire.phoneNumber),
    label: asText(wire.label),
    type: asEnum(FORWARDING_NUMBER_TYPES, wire.type),
    rawType: asText(wire.type),
    features: listOf(wire.features).flatMap((feature) => asEnum(FORWARDING_NUMBER_FEATURES, feature) ?? []),
    flipNumber: asText(wire.flipNumber),
  };
}

/** One page of a list, and whether another follows. */
export function toPage(body: unknown): { records: readonly unknown[]; hasNext: boolean } {
  const { records, paging } = objectOf<WirePage<unknown>>(body, 'a list');
  const hasNext = ifObject<NonNullable<WirePage<unknown>['paging']>, boolean>(
    paging,
    ({ page, totalPages }) => (asNumber(page) ?? 1) < (asNumber(totalPages) ?? 1),
  );
  return { records: listOf(records), hasNext: hasNext === true };
}

/** An entry without the ids that every operation wants is of no use to anybody. */
function toActiveCall(wire: WireActiveCall, observedAt: number): ActiveCall | null {
  const sessionId = asText(wire.telephonySessionId);
  const partyId = asText(wire.partyId);
  if (sessionId === null || partyId === null) return null;
  const telephonyStatus = asText(wire.telephonyStatus);
  return {
    presenceId: asText(wire.id),
    sessionId,
    partyId,
    legacySessionId: asText(wire.sessionId),
    direction: asEnum(DIRECTIONS, wire.direction),
    from: asText(wire.from),
    fromName: asText(wire.fromName),
    to: asText(wire.to),
    toName: asText(wire.toName),
    telephonyStatus: asEnum(TELEPHONY_STATUSES, telephonyStatus) ?? 'UNKNOWN',
    rawTelephonyStatus: telephonyStatus ?? '',
    startTime: asTime(wire.startTime),
    queueCall: asFlag(wire.queueCall),
    onBehalfOf: asText(wire.onBehalfOf),
    terminationType: asText(wire.terminationType),
    observedAt,
  };
}
