/** A participant of a call: what it is doing, where it is, and how it got there. */
import { addEnum, builder, CallParty, keyedBy, paragraphs, READS } from './builder.ts';
import { CallParticipant, Direction } from './call.ts';
import { loadParty } from './context.ts';
import {
  type CallEndpoint as CallEndpointModel,
  type CallRecording as CallRecordingModel,
  CONFERENCE_ROLES,
  type MobilePickupData as MobilePickupDataModel,
  PARTY_STATUS_CODES,
  PARTY_STATUS_REASONS,
  type PartyAddress as PartyAddressModel,
  type PartyAttributes as PartyAttributesModel,
  type PartyMetadata as PartyMetadataModel,
  type PartyOwner as PartyOwnerModel,
  type PartyStatus as PartyStatusModel,
  RECORDING_MODES,
  RECORDING_VIEWS,
  RING_ROLES,
} from './model.ts';

/** Also what a refused command finds instead. */
export const PartyStatusCode = addEnum('PartyStatusCode', PARTY_STATUS_CODES, {
  description: 'What a party is doing now.',
  values: {
    SETUP: 'RingCentral has the call and is setting this leg up; nothing rings yet.',
    PROCEEDING: 'Under way: an inbound party rings, an outbound one waits for the far end.',
    ANSWERED:
      'Connected. On the outbound party of a call to a RingCentral number it only means that call ' +
      'handling began (a greeting, a menu, a queue): whether a person answered shows on the inbound ' +
      'party.',
    DISCONNECTED:
      'Left the call for good: hung up, redirected, transferred away, or somebody else took the call. ' +
      'It never comes back to life.',
    GONE:
      'Moved to another session: `peerId` says where. In a conference a `GONE` participant is a ' +
      'live member who talks; count members until they are `DISCONNECTED`.',
    PARKED: 'Waits to be picked up. `parkData` says where.',
    HOLD: 'This party has put the others on hold: they stay `ANSWERED` and hear music.',
    VOICE_MAIL: 'The call went to voicemail.',
    FAX_RECEIVE: 'A fax is being received.',
    TDS: 'Published by RingCentral without an explanation.',
    VOICE_MAIL_SCREENING: 'The caller speaks to voicemail, and the callee can listen before deciding.',
    UNKNOWN: 'A code that RingCentral has not published: `rawCode` has its text.',
  },
});

const PartyStatusReason = addEnum('PartyStatusReason', PARTY_STATUS_REASONS, {
  description: 'Why a party has its status. A plain hang-up usually gives none.',
  values: {
    PICKUP: 'Picked up, by another phone or from where it was parked.',
    SUPERVISING: 'A supervisor is, or was, listening in.',
    TAKE_OVER: 'Another device or person took the call over.',
    TIMEOUT: 'It took too long.',
    BLIND_TRANSFER: 'Transferred or forwarded without asking the target first.',
    RCC_TRANSFER: 'Transferred by RingCentral call control.',
    ATTENDED_TRANSFER: 'Transferred after speaking with the target: two calls were bridged.',
    CALLER_INPUT_REDIRECT: 'The caller chose to go elsewhere, for example in a menu.',
    CALL_FLIP: 'Flipped to another phone of the same person.',
    PARK_LOCATION: 'Parked in a park location.',
    DTMF_TRANSFER: 'Transferred by keys pressed on a phone.',
    AGENT_ANSWERED: 'Another agent of the queue answered.',
    AGENT_DROPPED: 'The queue took the call away from this agent.',
    REJECTED: 'Rejected by the callee.',
    CANCELLED: 'The caller gave up before it was answered.',
    INTERNAL_ERROR: 'RingCentral failed.',
    NO_ANSWER: 'Nobody answered.',
    TARGET_BUSY: 'The callee is busy.',
    INVALID_NUMBER: 'There is no such number.',
    INTERNATIONAL_DISABLED: 'International calls are switched off for this user.',
    DESTINATION_BLOCKED: 'Calls to this number are blocked.',
    NOT_ENOUGH_FUNDS: 'The account has no credit left for this call.',
    NO_SUCH_USER: 'There is no such extension.',
    CALL_PARK: 'Parked.',
    CALL_REDIRECTED: 'Sent on to somebody else.',
    CALL_REPLIED: 'Answered with a message instead of a voice.',
    CALL_SWITCH: 'Switched to another device of the same person; the call goes on with another party.',
    CALL_FINISHED: 'The call ended.',
    CALL_DROPPED: 'The call was dropped.',
    VOICEMAIL: 'Went to voicemail.',
    UNKNOWN: 'A reason that RingCentral has not published: `rawReason` has its text.',
  },
});

const ConferenceRole = addEnum('ConferenceRole', CONFERENCE_ROLES, {
  description: "A party's role in a conference.",
  values: {
    HOST: 'Opened the conference. When the host leaves, it ends, unless it is kept alive.',
    PARTICIPANT: 'Was brought in.',
    UNKNOWN: 'A role that RingCentral has not published.',
  },
});

const RingRole = addEnum('RingRole', RING_ROLES, {
  description: "A party's role in a RingOut or RingMe call, where RingCentral calls both sides.",
  values: {
    INITIATOR: 'Asked for the call, and is rung first.',
    TARGET: 'Is rung once the initiator has answered.',
    UNKNOWN: 'A role that RingCentral has not published.',
  },
});

const RecordingMode = addEnum('RecordingMode', RECORDING_MODES, {
  description: 'Who decided to record.',
  values: {
    AUTOMATIC: 'A rule of the account. It cannot always be paused.',
    ON_DEMAND: 'A person, or a command.',
    UNKNOWN: 'A mode that RingCentral has not published.',
  },
});

const RecordingView = addEnum('RecordingView', RECORDING_VIEWS, {
  description: 'What is recorded.',
  values: {
    PARTY: 'One party.',
    SESSION: 'The whole call.',
    UNKNOWN: 'A view that RingCentral has not published.',
  },
});

/** Also where a party of a stream moved to. */
export const PartyAddress = builder.objectRef<PartyAddressModel>('PartyAddress').implement({
  description: 'The place of a party. A party id means something only inside its session.',
  fields: (t) => ({
    sessionId: t.exposeID('sessionId', { description: 'The session the party is in.' }),
    partyId: t.exposeID('partyId', { description: 'The party in that session.' }),
  }),
});

const MobilePickupData = builder.objectRef<MobilePickupDataModel>('MobilePickupData').implement({
  description:
    "Data with which RingCentral's own apps pick up a ringing call. Opaque: pass it on as it is. Only " +
    'there while a call rings in an app, and shortly after.',
  fields: (t) => ({
    ccMailboxes: t.exposeIDList('ccMailboxes', {
      description: 'Extensions that may pick the call up in an app.',
    }),
    to: t.exposeString('to', { nullable: true, description: 'Registration name at the SIP proxy.' }),
    sid: t.exposeString('sid', { nullable: true, description: 'Opaque.' }),
    srvLvl: t.exposeString('srvLvl', { nullable: true, description: 'Opaque.' }),
    srvLvlExt: t.exposeString('srvLvlExt', { nullable: true, description: 'Opaque.' }),
  }),
});

/** Also the status before a change in a stream. */
export const PartyStatus = builder.objectRef<PartyStatusModel>('PartyStatus').implement({
  description: 'What a party is doing now, and why.',
  fields: (t) => ({
    code: t.expose('code', { type: PartyStatusCode, description: 'What the party is doing.' }),
    rawCode: t.exposeString('rawCode', {
      description:
        'The code as RingCentral wrote it, for values this API does not know; empty when it wrote none.',
    }),
    reason: t.expose('reason', {
      type: PartyStatusReason,
      nullable: true,
      description: 'Why; null when RingCentral gives no reason, as after a plain hang-up.',
    }),
    rawReason: t.exposeString('rawReason', {
      nullable: true,
      description: 'The reason as RingCentral wrote it.',
    }),
    description: t.exposeString('description', {
      nullable: true,
      description: "RingCentral's own words on the status, if any.",
    }),
    parkData: t.exposeString('parkData', {
      nullable: true,
      description:
        'Where a parked call waits, like `*801`: dial it to pick the call up. Empty for a park location.',
    }),
    peerId: t.expose('peerId', {
      type: PartyAddress,
      nullable: true,
      description: 'Where a party that is `GONE` went. `CallParty.peer` is the party itself.',
    }),
    mobilePickupData: t.expose('mobilePickupData', {
      type: MobilePickupData,
      nullable: true,
      description: "Only for RingCentral's own apps.",
    }),
    rcc: t.exposeBoolean('rcc', {
      nullable: true,
      description: 'Whether RingCentral counts this as a conference call.',
    }),
  }),
});

const CallEndpoint = builder.objectRef<CallEndpointModel>('CallEndpoint').implement({
  description: 'One end of a call as the network knows it.',
  fields: (t) => ({
    phoneNumber: t.exposeString('phoneNumber', {
      nullable: true,
      description:
        'In E.164 format (`+12025550147`) for the public network, a bare extension number (`101`) ' +
        'inside the company, and the word `conference` for a conference.',
    }),
    name: t.exposeString('name', {
      nullable: true,
      description: 'Caller name or extension name. It may arrive a moment after the call.',
    }),
    deviceId: t.exposeID('deviceId', { nullable: true, description: 'The device, where one is known.' }),
    extensionId: t.exposeID('extensionId', {
      nullable: true,
      description: 'The extension, for an end inside the company.',
    }),
  }),
});

const PartyAttributes = builder.objectRef<PartyAttributesModel>('PartyAttributes').implement({
  description: 'What is special about a party.',
  fields: (t) => ({
    queueCall: t.exposeBoolean('queueCall', {
      nullable: true,
      description:
        'The party is an agent who is offered a call of a queue. Use `ignoreCallInQueue` rather than ' +
        '`rejectCallParty` to pass it on.',
    }),
    emergencyCallback: t.exposeBoolean('emergencyCallback', {
      nullable: true,
      description: 'An emergency service is calling back.',
    }),
  }),
});

const PartyOwner = builder.objectRef<PartyOwnerModel>('PartyOwner').implement({
  description:
    "RingCentral's older way to say whose party it is. Prefer `accountId` and `extensionId` of the party.",
  fields: (t) => ({
    accountId: t.exposeID('accountId', { nullable: true, description: 'The account.' }),
    extensionId: t.exposeID('extensionId', { nullable: true, description: 'The extension.' }),
    brandId: t.exposeID('brandId', { nullable: true, description: 'The brand of the account.' }),
  }),
});

const ParkInfo = builder.objectRef<{ readonly id: string }>('ParkInfo').implement({
  description: paragraphs('The place where a call is parked.', keyedBy('id')),
  fields: (t) => ({
    id: t.exposeID('id', {
      description: 'The park slot, like `*801`. It stays the same for whichever call is parked there.',
    }),
  }),
});

const MetadataValue = builder.objectRef<PartyMetadataModel['values'][number]>('MetadataValue').implement({
  description:
    'One named value that was attached to a call. It is part of its party and has no id of its own.',
  fields: (t) => ({
    name: t.exposeString('name', {
      description:
        'Its name, which RingCentral calls an id. Other parties may have other values of the same name.',
    }),
    value: t.exposeString('value', { description: 'Its text.' }),
  }),
});

const PartyMetadata = builder.objectRef<PartyMetadataModel>('PartyMetadata').implement({
  description:
    'A category of values that was attached to a call, for example by another RingCentral product.',
  fields: (t) => ({
    values: t.expose('values', {
      type: [MetadataValue],
      description: 'The values of this category.',
      extensions: { usualLength: 5 },
    }),
  }),
});

/** Also the answer to the commands on recordings. */
export const CallRecording = builder.objectRef<CallRecordingModel>('CallRecording').implement({
  description: paragraphs(
    'A recording of a party. RingCentral knows no stop: a recording is active or paused until the call ends.',
    keyedBy('id'),
  ),
  fields: (t) => ({
    id: t.exposeID('id', { description: 'What `pauseCallRecording` and `resumeCallRecording` want.' }),
    active: t.exposeBoolean('active', { description: 'True while it records, false while it is paused.' }),
    mode: t.expose('mode', { type: RecordingMode, nullable: true, description: 'Who decided to record.' }),
    view: t.expose('view', { type: RecordingView, nullable: true, description: 'What is recorded.' }),
  }),
});

CallParty.implement({
  description: paragraphs(
    'One participant of a call: a person, a queue, a menu, or the far end of the line. The caller ' +
      'usually is the party whose id ends in `-1`, the first callee `-2`; later parties follow as the ' +
      'call is redirected. Parties that left stay in the list, `DISCONNECTED` or `GONE`, as long as the ' +
      'call lives.',
    'A user may own several parties of one call, for example after switching devices: take the one that ' +
      'is not `DISCONNECTED`, else the last.',
    keyedBy('sessionId', 'id'),
  ),
  interfaces: [CallParticipant],
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Unique inside its session.' }),
    sessionId: t.exposeID('sessionId', { description: 'The session it is in. Costs nothing.' }),
    status: t.expose('status', { type: PartyStatus, description: 'What it is doing now, and why.' }),
    direction: t.expose('direction', {
      type: Direction,
      nullable: true,
      description: 'Whether this leg goes to the party or comes from it.',
    }),
    from: t.expose('from', { type: CallEndpoint, nullable: true, description: 'The end that calls.' }),
    to: t.expose('to', { type: CallEndpoint, nullable: true, description: 'The end that is called.' }),
    muted: t.exposeBoolean('muted', {
      nullable: true,
      description:
        'Muted by a command of this API. The mute button of a RingCentral app or desk phone is another ' +
        'layer that does not show here; a party is heard only when neither layer mutes it.',
    }),
    standAlone: t.exposeBoolean('standAlone', {
      nullable: true,
      description:
        'True when the party is cut off from the others in the session. It does not tell about hold: ' +
        'look at `status.code`.',
    }),
    accountId: t.exposeID('accountId', {
      nullable: true,
      description: 'The account of the party; null for somebody outside RingCentral.',
    }),
    extensionId: t.exposeID('extensionId', {
      nullable: true,
      description: 'The extension of the party; null for somebody outside RingCentral.',
    }),
    attributes: t.expose('attributes', {
      type: PartyAttributes,
      nullable: true,
      description: 'What is special about it, like an agent who is offered a call of a queue.',
    }),
    park: t.expose('park', {
      type: ParkInfo,
      nullable: true,
      description:
        'Where it is parked; null when it is not. RingCentral tells it here, in `status.parkData`, or in both.',
    }),
    conferenceRole: t.expose('conferenceRole', {
      type: ConferenceRole,
      nullable: true,
      description: 'Only in a conference.',
    }),
    ringOutRole: t.expose('ringOutRole', {
      type: RingRole,
      nullable: true,
      description: 'Only in a RingOut call.',
    }),
    ringMeRole: t.expose('ringMeRole', {
      type: RingRole,
      nullable: true,
      description: 'Only in a RingMe call.',
    }),
    recordings: t.expose('recordings', {
      type: [CallRecording],
      extensions: { usualLength: 2 },
      description: 'The recordings of this party, active and paused.',
    }),
    metadata: t.expose('metadata', {
      type: [PartyMetadata],
      description: 'Values attached to the call.',
      extensions: { usualLength: 2 },
    }),
    peer: t.field({
      type: CallParty,
      nullable: true,
      description:
        'The party of another session that `status.peerId` points to: where a `GONE` party went, or the ' +
        'call that a member of a conference came from. Null when there is none, or RingCentral no ' +
        'longer shows it. Costs one Light request per other session.',
      extensions: { ...READS, readsElsewhere: true },
      resolve: ({ status: { peerId } }, _, context, info) =>
        peerId === null ? null : loadParty(context, peerId, info),
    }),
    owner: t.expose('owner', {
      type: PartyOwner,
      nullable: true,
      deprecationReason: 'Use `accountId` and `extensionId` of the party.',
      description: "RingCentral's older way to say whose party it is.",
    }),
    observedAt: t.expose('observedAt', {
      type: 'DateTime',
      description:
        'When this state was true. Strictly increasing per party: of two states of a party keep the one ' +
        'with the later `observedAt`, wherever they came from.',
    }),
  }),
});
