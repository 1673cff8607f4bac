/** Somebody or something with an extension number, and what it is doing. */
import { ActiveCall, TelephonyStatus } from '../active-call.ts';
import { addEnum, keyedBy, paragraphs } from '../builder.ts';
import { connectionOf } from './connection.ts';
import {
  DND_STATUSES,
  EXTENSION_STATUSES,
  EXTENSION_TYPES,
  PRESENCE_STATUSES,
  USER_STATUSES,
} from './model.ts';
import { Extension, Presence } from './nouns.ts';

/** Also what a list is narrowed to. */
export const ExtensionType = addEnum('ExtensionType', EXTENSION_TYPES, {
  description: 'What has the extension number.',
  values: {
    USER: 'A person with a phone.',
    FAX_USER: 'A person who gets faxes only.',
    VIRTUAL_USER: 'A person without a phone of their own.',
    DIGITAL_USER: 'A person with a phone in an app.',
    DEPARTMENT: 'A call queue: RingCentral calls it a department, as it did once.',
    ANNOUNCEMENT: 'A recording that callers hear.',
    VOICEMAIL: 'A mailbox that takes messages only.',
    SHARED_LINES_GROUP: 'A line that rings several phones.',
    PAGING_ONLY: 'A group of loudspeakers.',
    IVR_MENU: 'A menu: press 1 for sales.',
    APPLICATION_EXTENSION: 'A program that takes calls.',
    PARK_LOCATION: 'A place where parked calls wait: `parkOrbit` of a transfer takes its id.',
    BOT: 'A program that chats.',
    ROOM: 'A meeting room.',
    ROOM_CONNECTOR: 'What connects rooms of other makers.',
    LIMITED: 'A phone in a hallway or a lobby, with little that it may do.',
    SITE: 'A site of the company.',
    PROXY_ADMIN: 'An administrator without a phone.',
    DELEGATED_LINES_GROUP: 'A line that is answered for somebody else.',
    GROUP_CALL_PICKUP: 'A group whose members pick up calls for each other.',
    FLEXIBLE_USER: 'A person who signs in at any phone.',
    TIE_LINE: 'A line to another phone system.',
    UNKNOWN: 'A type that RingCentral has not published: `rawType` has its text.',
  },
});

/** Also what a list is narrowed to, and of a queue. */
export const ExtensionStatus = addEnum('ExtensionStatus', EXTENSION_STATUSES, {
  description: 'Whether an extension is in use.',
  values: {
    ENABLED: 'In use.',
    DISABLED: 'Switched off by an administrator.',
    FROZEN: 'Suspended with the account.',
    NOT_ACTIVATED: 'Set up, and not in use yet.',
    UNASSIGNED: 'Kept for somebody, without a number so far.',
    UNKNOWN: 'A status that RingCentral has not published: `rawStatus` has its text.',
  },
});

const PresenceStatus = addEnum('PresenceStatus', PRESENCE_STATUSES, {
  description:
    "What RingCentral makes of a user's own status, their calls and their do-not-disturb, in one word.",
  values: {
    OFFLINE: 'Not there. Queues, park locations and the like always are.',
    BUSY: 'On the phone, or not to be disturbed.',
    AVAILABLE: 'Free.',
    UNKNOWN: 'A status that RingCentral has not published: `rawPresenceStatus` has its text.',
  },
});

/** Also what a user is set to. */
export const UserStatus = addEnum('UserStatus', USER_STATUSES, {
  description: 'What a user says of themselves.',
  values: {
    OFFLINE: 'Invisible.',
    BUSY: 'Busy, whatever their phone does.',
    AVAILABLE: 'There.',
    UNKNOWN: 'A status that RingCentral has not published: `rawUserStatus` has its text. It cannot be set.',
  },
});

/** Also what a user is set to. */
export const DndStatus = addEnum('DndStatus', DND_STATUSES, {
  description: 'Which calls may ring a user: do not disturb, in degrees.',
  values: {
    TAKE_ALL_CALLS: 'All.',
    DO_NOT_ACCEPT_DEPARTMENT_CALLS: 'Their own, and none of queues.',
    TAKE_DEPARTMENT_CALLS_ONLY: 'Those of queues only. Some older accounts have it.',
    DO_NOT_ACCEPT_ANY_CALLS: 'None.',
    UNKNOWN: 'A status that RingCentral has not published: `rawDndStatus` has its text. It cannot be set.',
  },
});

/**
 * Presences of one operation are read together, thirty in a request: each weighs its share.
 */
const IN_BULK = { reads: 1 / 30 } as const;

const whatPresenceCosts =
  'What is asked for together in one operation is read together: one Light request for up to 30 extensions ' +
  "(`readUserPresenceStatus`, `GET /restapi/v1.0/account/~/extension/{extensionId,…}/presence`). Of more than 300 RingCentral's " +
  'list of everybody is read instead, where that costs less (`readAccountPresence`, Heavy, 1,000 in a request). Costs ' +
  'nothing while a subscription of the user watches the account.';

Presence.implement({
  description: paragraphs(
    'What an extension is doing: on the phone, free, not to be disturbed. Queues, park locations, menus and the like are ' +
      'always `OFFLINE` here; who waits in a queue is in `CallQueue.waitingCalls`.',
    keyedBy('extensionId'),
  ),
  fields: (t) => ({
    extensionId: t.exposeID('extensionId', { description: 'Whose it is.' }),
    presenceStatus: t.expose('presenceStatus', {
      type: PresenceStatus,
      nullable: true,
      description: 'All in one word: `AVAILABLE` is who is free.',
    }),
    rawPresenceStatus: t.exposeString('rawPresenceStatus', {
      nullable: true,
      description: 'The same as RingCentral wrote it.',
    }),
    telephonyStatus: t.expose('telephonyStatus', {
      type: TelephonyStatus,
      nullable: true,
      description:
        'What their phone is doing, whichever call it is; null for an extension that has no phone.',
    }),
    rawTelephonyStatus: t.exposeString('rawTelephonyStatus', {
      nullable: true,
      description: 'The same as RingCentral wrote it.',
    }),
    userStatus: t.expose('userStatus', {
      type: UserStatus,
      nullable: true,
      description: 'What they say of themselves. `setPresence` changes it.',
    }),
    rawUserStatus: t.exposeString('rawUserStatus', {
      nullable: true,
      description: 'The same as RingCentral wrote it.',
    }),
    dndStatus: t.expose('dndStatus', {
      type: DndStatus,
      nullable: true,
      description: 'Which calls may ring them. `setPresence` changes it.',
    }),
    rawDndStatus: t.exposeString('rawDndStatus', {
      nullable: true,
      description: 'The same as RingCentral wrote it.',
    }),
    message: t.exposeString('message', {
      nullable: true,
      description: 'What they wrote beside their status, like "back at two".',
    }),
    activeCalls: t.expose('activeCalls', {
      type: [ActiveCall],
      extensions: { usualLength: 2 },
      description:
        'Their own parties in calls, ringing ones included. Where RingCentral tells changes by itself it tells the seven ' +
        'latest only; `totalActiveCalls` is greater then.',
    }),
    totalActiveCalls: t.exposeInt('totalActiveCalls', {
      nullable: true,
      description: 'How many calls they have, where RingCentral counted them.',
    }),
    observedAt: t.expose('observedAt', {
      type: 'DateTime',
      description:
        'When this was true. Strictly increasing per extension: of two states keep the one with the later `observedAt`.',
    }),
    extension: t.field({
      type: Extension,
      nullable: true,
      description: 'Whose it is, by name. Costs what `Account.extensions` costs, once.',
      resolve: ({ extensionId }, _, { account }) => account.extension.load(extensionId),
    }),
  }),
});

Extension.implement({
  description: paragraphs(
    'Somebody or something of the company with an extension number: a person, a queue, a menu, a place to park calls.',
    keyedBy('id'),
  ),
  fields: (t) => ({
    id: t.exposeID('id', {
      description: "RingCentral's internal id: what commands take as `extensionId`, and parties have.",
    }),
    extensionNumber: t.exposeString('extensionNumber', {
      nullable: true,
      description: 'What colleagues dial, like `101`.',
    }),
    name: t.exposeString('name', { nullable: true, description: 'Name of the person or thing.' }),
    type: t.expose('type', { type: ExtensionType, nullable: true, description: 'What it is.' }),
    rawType: t.exposeString('rawType', { nullable: true, description: 'The type as RingCentral wrote it.' }),
    status: t.expose('status', {
      type: ExtensionStatus,
      nullable: true,
      description: 'Whether it is in use.',
    }),
    rawStatus: t.exposeString('rawStatus', {
      nullable: true,
      description: 'The status as RingCentral wrote it.',
    }),
    presence: t.field({
      type: Presence,
      nullable: true,
      description: paragraphs(
        'What it is doing; null where it is not shown to the user, or RingCentral knows no such extension.',
        whatPresenceCosts,
      ),
      extensions: IN_BULK,
      resolve: ({ id }, _, { account }) => account.presence.load(id),
    }),
    activeCalls: t.field({
      type: [ActiveCall],
      nullable: true,
      description: paragraphs(
        'The calls it is in now, ringing ones included; null where its presence is not shown to the user. Costs nothing ' +
          'beside `presence`.',
        whatPresenceCosts,
      ),
      extensions: { ...IN_BULK, usualLength: 2 },
      resolve: async ({ id }, _, { account }) => (await account.presence.load(id))?.activeCalls ?? null,
    }),
  }),
});

/** A page of extensions. */
export const ExtensionConnection = connectionOf('Extension', Extension, 'extensions');
