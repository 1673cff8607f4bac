/** The user on whose behalf a request runs: their calls, devices and numbers. */
import { ActiveCall } from './active-call.ts';
import { addEnum, builder, keyedBy, paragraphs, READS, spends } from './builder.ts';
import type { ViewerReads } from './context.ts';
import {
  DEVICE_STATUSES,
  DEVICE_TYPES,
  type Device as DeviceModel,
  FORWARDING_NUMBER_FEATURES,
  FORWARDING_NUMBER_TYPES,
  type ForwardingNumber as ForwardingNumberModel,
  LINE_POOLINGS,
} from './model.ts';
import { LIVE_SOURCES } from './provider.ts';
import { SignInSession } from './sign-in-session.ts';

const DeviceType = addEnum('DeviceType', DEVICE_TYPES, {
  description: 'What kind of phone a device is.',
  values: {
    BLA: 'A shared line (bridged line appearance).',
    SOFT_PHONE: 'A RingCentral app on a computer. Commands can use it.',
    OTHER_PHONE: 'A phone of another make.',
    HARD_PHONE: 'A desk phone. Commands can use it.',
    WEB_PHONE: 'A phone in a browser. Commands can use it.',
    PAGING: 'A loudspeaker for announcements.',
    ROOM: 'A meeting room.',
    WEB_RTC: 'A phone in a browser, by WebRTC.',
    UNKNOWN: 'A type that RingCentral has not published: `rawType` has its text.',
  },
});

const DeviceStatus = addEnum('DeviceStatus', DEVICE_STATUSES, {
  description: 'Whether a device can be reached.',
  values: {
    ONLINE: 'Reachable: it can ring.',
    OFFLINE: 'Not reachable: a command with it is refused.',
    UNKNOWN: 'A status that RingCentral has not published.',
  },
});

const LinePooling = addEnum('LinePooling', LINE_POOLINGS, {
  description: 'How a device shares a phone line.',
  values: {
    HOST: 'It has a line of its own that an app can share.',
    GUEST: 'It shares the line of another device.',
    NONE: 'It has no line, or one that cannot be shared.',
    UNKNOWN: 'A value that RingCentral has not published.',
  },
});

const ForwardingNumberType = addEnum('ForwardingNumberType', FORWARDING_NUMBER_TYPES, {
  description: 'What kind of phone a number reaches.',
  values: {
    HOME: 'A phone at home.',
    MOBILE: 'A mobile phone.',
    WORK: 'A phone at work.',
    PHONE_LINE: 'A line of a RingCentral device.',
    OUTAGE: 'Where calls go during an outage.',
    OTHER: 'Some other phone.',
    BUSINESS_MOBILE_PHONE: 'A mobile phone with a business line of RingCentral.',
    EXTENSION_APPS: "The user's RingCentral apps.",
    UNKNOWN: 'A type that RingCentral has not published: `rawType` has its text.',
  },
});

const ForwardingNumberFeature = addEnum('ForwardingNumberFeature', FORWARDING_NUMBER_FEATURES, {
  description: 'What a number of the user is for.',
  values: {
    CALL_FLIP: '`flipCallParty` can move a call to it.',
    CALL_FORWARDING: 'Incoming calls ring it.',
    UNKNOWN: 'A use that RingCentral has not published.',
  },
});

/** Of RingCentral's calls, and of conversations. */
export const LiveSource = addEnum('LiveSource', LIVE_SOURCES, {
  description: "How changes of the user's calls come to be known.",
  values: {
    PUSH:
      'The phone system tells them by itself, which costs no request. RingCentral tells of the parties of the user, in ' +
      'about a tenth of a second; other parties are read within a second after such a change, else every 30 seconds. ' +
      'Genesys Cloud tells of everybody in a conversation in which the user takes part, and each that is watched is read ' +
      'every 30 seconds besides; a conversation of others is asked for over and over, as by `PACED_POLL`.',
    LONG_POLL:
      'Only RingCentral. It is asked, and answers when something changes: within a second or two for a few calls. Each change ' +
      "costs two of the minute's requests.",
    PACED_POLL:
      'The phone system is asked over and over, inside the rate budget: changes of RingCentral calls are seen 1.5 seconds ' +
      'late with one call, 40 seconds late with twenty.',
  },
});

const Device = builder.objectRef<DeviceModel>('Device').implement({
  description: paragraphs(
    'A phone of the user that RingCentral knows. Commands that ring a device take those of type ' +
      '`SOFT_PHONE`, `HARD_PHONE` and `WEB_PHONE` that are `ONLINE`; mobile apps are not in the list.',
    keyedBy('id'),
  ),
  fields: (t) => ({
    id: t.exposeID('id', { description: 'What commands take as `deviceId`.' }),
    name: t.exposeString('name', { nullable: true, description: 'Name of the device.' }),
    type: t.expose('type', { type: DeviceType, nullable: true, description: 'What kind of phone it is.' }),
    rawType: t.exposeString('rawType', { nullable: true, description: 'The type as RingCentral wrote it.' }),
    status: t.expose('status', {
      type: DeviceStatus,
      nullable: true,
      description: 'Whether it can be reached.',
    }),
    model: t.exposeString('model', { nullable: true, description: 'Model of a desk phone.' }),
    serial: t.exposeString('serial', {
      nullable: true,
      description: 'Serial number, or endpoint of an app.',
    }),
    computerName: t.exposeString('computerName', {
      nullable: true,
      description: 'Computer that an app runs on.',
    }),
    linePooling: t.expose('linePooling', {
      type: LinePooling,
      nullable: true,
      description: 'How it shares a phone line.',
    }),
    phoneNumbers: t.exposeStringList('phoneNumbers', { description: 'The numbers of its lines.' }),
  }),
});

const ForwardingNumber = builder.objectRef<ForwardingNumberModel>('ForwardingNumber').implement({
  description: paragraphs('A number at which the user can be reached.', keyedBy('id')),
  fields: (t) => ({
    id: t.exposeID('id', {
      description: "RingCentral's id of the number. No command takes it: `callFlipId` is `flipNumber`.",
    }),
    phoneNumber: t.exposeString('phoneNumber', { nullable: true, description: 'In E.164 format.' }),
    label: t.exposeString('label', { nullable: true, description: 'What the user calls it.' }),
    type: t.expose('type', {
      type: ForwardingNumberType,
      nullable: true,
      description: 'What kind of phone it reaches.',
    }),
    rawType: t.exposeString('rawType', { nullable: true, description: 'The type as RingCentral wrote it.' }),
    features: t.expose('features', { type: [ForwardingNumberFeature], description: 'What it is for.' }),
    flipNumber: t.exposeString('flipNumber', {
      nullable: true,
      description: 'What `flipCallParty` takes as its `callFlipId`.',
    }),
  }),
});

/** The user, to whom each phone system adds what it knows. */
export const Viewer = builder.objectRef<ViewerReads>('Viewer').implement({
  description: paragraphs(
    "The user on whose behalf the request runs: whose token it carries, or the gateway's own user. Each " +
      'field costs only when it is asked for; who the user is, is read once and remembered.',
    'The user may be known to several phone systems. `conversations` and what begins with `genesys` is of Genesys ' +
      'Cloud, all else of RingCentral. What is of a system that the gateway has not, or that this user has not signed ' +
      'in to, is null with an error (`NOT_CONFIGURED`, `UNAUTHENTICATED`) whose `extensions.system` says which; the ' +
      'rest is there.',
    spends('readExtension', 'GET /restapi/v1.0/account/~/extension/~', 'Light'),
  ),
  fields: (t) => ({
    accountId: t.id({
      nullable: true,
      description: "RingCentral's id of the account that the user is of.",
      resolve: async ({ viewer }) => (await viewer()).accountId,
    }),
    extensionId: t.id({
      nullable: true,
      description:
        "The internal id of the user's extension. Parties with the same `extensionId` are the user's own.",
      resolve: async ({ viewer }) => (await viewer()).extensionId,
    }),
    extensionNumber: t.string({
      nullable: true,
      description: 'The extension number, like `101`.',
      resolve: async ({ viewer }) => (await viewer()).extensionNumber,
    }),
    name: t.string({
      nullable: true,
      description: 'The name of the user.',
      resolve: async ({ viewer }) => (await viewer()).name,
    }),
    activeCalls: t.field({
      type: [ActiveCall],
      nullable: { list: true, items: false },
      description: paragraphs(
        'The RingCentral calls that the user is in now, ringing ones included.',
        spends(
          'readUserPresenceStatus',
          'GET /restapi/v1.0/account/~/extension/~/presence?detailedTelephonyState=true',
          'Light',
        ),
      ),
      extensions: READS,
      resolve: ({ activeCalls }) => activeCalls(),
    }),
    devices: t.field({
      type: [Device],
      nullable: { list: true, items: false },
      description: paragraphs(
        'The phones of the user, those in browsers included where RingCentral lists them.',
        spends('listExtensionDevices', 'GET /restapi/v1.0/account/~/extension/~/device', 'Light'),
        spends('listWebAppDevices', 'GET /restapi/v1.0/account/~/extension/~/webapp-devices', 'Medium'),
      ),
      extensions: READS,
      resolve: ({ devices }) => devices(),
    }),
    liveSource: t.field({
      type: LiveSource,
      nullable: true,
      description:
        'How changes of RingCentral calls come to be known at this moment: it may change at any time. Null while nobody ' +
        'watches a call or the list of calls of this user. Costs nothing.',
      resolve: ({ liveSource }) => liveSource(),
    }),
    sessions: t.field({
      type: [SignInSession],
      description:
        'The browsers in which the user is signed in at this gateway, newest first. Empty where nobody has signed in, or ' +
        'nobody can. Costs nothing.',
      resolve: ({ signInSessions }) => signInSessions(),
    }),
    forwardingNumbers: t.field({
      type: [ForwardingNumber],
      nullable: { list: true, items: false },
      description: paragraphs(
        'The numbers at which the user can be reached, and to which a call can be flipped.',
        spends('listForwardingNumbers', 'GET /restapi/v1.0/account/~/extension/~/forwarding-number', 'Light'),
      ),
      extensions: READS,
      resolve: ({ forwardingNumbers }) => forwardingNumbers(),
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: Viewer,
    description: 'The user on whose behalf the request runs, with their calls: the place to start.',
    resolve: (_, __, { viewer }) => viewer,
  }),
);
