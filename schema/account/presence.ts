/** What extensions are doing. */
import { ActiveCall, TelephonyStatus } from '../active-call.ts';
import { addEnum, builder, keyedBy, paragraphs } from '../builder.ts';
import {
  ACCOUNT_LIVE_SOURCES,
  DND_STATUSES,
  PRESENCE_STATUSES,
  type Presence as PresenceModel,
  USER_STATUSES,
} from './model.ts';

export const AccountLiveSource = addEnum('AccountLiveSource', ACCOUNT_LIVE_SOURCES, {
  description: 'How changes of the account come to be known.',
  values: {
    ACCOUNT_PUSH:
      'RingCentral tells everything by itself: a change is here in a tenth of a second and costs no request.',
    EXTENSIONS_PUSH:
      'RingCentral does not tell this user of the whole account, but of single extensions: their own parties are here ' +
      'in a tenth of a second, the others of their calls after a look, inside the rate budget.',
    PRESENCE_POLL:
      'RingCentral is asked what everybody does, thirty in a request, round and round inside the rate budget: six ' +
      'seconds late with thirty extensions, three minutes with a thousand.',
  },
});

const PresenceStatus = addEnum('PresenceStatus', PRESENCE_STATUSES, {
  description: "What RingCentral makes of a user's own status, their calls and their do-not-disturb.",
  values: {
    AVAILABLE: 'Can be called.',
    BUSY: 'On the phone, or busy by their own word.',
    OFFLINE: 'Not there.',
    UNKNOWN: 'A status that RingCentral has not published: `rawPresenceStatus` has its text.',
  },
});

export const UserStatus = addEnum('UserStatus', USER_STATUSES, {
  description: 'What a user says of themselves.',
  values: {
    AVAILABLE: 'Available.',
    BUSY: 'Busy.',
    OFFLINE: 'Not there; also said of whoever wants to be invisible.',
    UNKNOWN: 'A status that RingCentral has not published: `rawUserStatus` has its text.',
  },
});

export const DndStatus = addEnum('DndStatus', DND_STATUSES, {
  description: 'Which calls ring a user: their do-not-disturb.',
  values: {
    TAKE_ALL_CALLS: 'All calls.',
    DO_NOT_ACCEPT_DEPARTMENT_CALLS: 'None of call queues.',
    TAKE_DEPARTMENT_CALLS_ONLY: 'Only those of call queues.',
    DO_NOT_ACCEPT_ANY_CALLS: 'None.',
    UNKNOWN: 'A status that RingCentral has not published: `rawDndStatus` has its text.',
  },
});

/** What an extension is doing. */
export const Presence = builder.objectRef<PresenceModel>('Presence').implement({
  description: paragraphs(
    'What an extension is doing, as far as RingCentral shows it to this user.',
    'Known limits: queues, menus, announcements, park locations and other special extensions are always `OFFLINE` and ' +
      'have no calls here. Who hides their presence is not shown at all.',
    keyedBy('extensionId'),
  ),
  fields: (t) => ({
    extensionId: t.exposeID('extensionId', { description: 'Whose presence it is.' }),
    presenceStatus: t.expose('presenceStatus', {
      type: PresenceStatus,
      nullable: true,
      description: 'All in one word.',
    }),
    rawPresenceStatus: t.exposeString('rawPresenceStatus', {
      nullable: true,
      description: 'The same as RingCentral wrote it.',
    }),
    telephonyStatus: t.expose('telephonyStatus', {
      type: TelephonyStatus,
      nullable: true,
      description: 'The calls of the extension in one word.',
    }),
    rawTelephonyStatus: t.exposeString('rawTelephonyStatus', {
      nullable: true,
      description: 'The same as RingCentral wrote it.',
    }),
    userStatus: t.expose('userStatus', {
      type: UserStatus,
      nullable: true,
      description: 'What the user says of themselves.',
    }),
    rawUserStatus: t.exposeString('rawUserStatus', {
      nullable: true,
      description: 'The same as RingCentral wrote it.',
    }),
    dndStatus: t.expose('dndStatus', {
      type: DndStatus,
      nullable: true,
      description: 'Which calls ring them.',
    }),
    rawDndStatus: t.exposeString('rawDndStatus', {
      nullable: true,
      description: 'The same as RingCentral wrote it.',
    }),
    message: t.exposeString('message', { nullable: true, description: 'What the user wrote.' }),
    activeCalls: t.expose('activeCalls', {
      type: [ActiveCall],
      description: "The extension's own parties, the seven latest at most. Theirs, not the viewer's.",
    }),
    totalActiveCalls: t.exposeInt('totalActiveCalls', {
      nullable: true,
      description: 'How many there are: more than `activeCalls` has where RingCentral cut the list.',
    }),
    observedAt: t.expose('observedAt', {
      type: 'DateTime',
      description: 'When this was true. Strictly increasing per extension: of two states keep the later.',
    }),
  }),
});
