/** The account as it happens: everything in it, or what a row of colleagues does. */
import { builder, bullets, CallParty, CallSession, paragraphs } from '../builder.ts';
import { PartyStatus } from '../call-party.ts';
import { checkIds } from '../checks.ts';
import { BadUserInput } from '../failures.ts';
import { cursorOf, SnapshotReason, StreamNoticeKind } from '../stream-words.ts';
import { Presence } from './nouns.ts';
import type {
  AccountCallBegan as AccountCallBeganModel,
  AccountCallEnded as AccountCallEndedModel,
  AccountCallPartyChange as AccountCallPartyChangeModel,
  AccountPresenceChange as AccountPresenceChangeModel,
  AccountSnapshot as AccountSnapshotModel,
  AccountStreamNotice as AccountStreamNoticeModel,
} from './provider.ts';

const AccountSnapshot = builder.objectRef<AccountSnapshotModel>('AccountSnapshot').implement({
  description: 'Everything that goes on in the account. Replace what you have: later events build on it.',
  fields: (t) => ({
    cursor: cursorOf(t, 'accountCallEvents'),
    reason: t.expose('reason', { type: SnapshotReason, description: 'Why there is a snapshot.' }),
    calls: t.expose('calls', {
      type: [CallSession],
      description:
        'The calls that are known whole. Others that go on follow as `AccountCallBegan` as soon as they are read, ' +
        'which takes its time inside the rate budget.',
    }),
    presences: t.expose('presences', {
      type: [Presence],
      description: 'What everybody does whom the user may see.',
    }),
    observedAt: t.expose('observedAt', { type: 'DateTime', description: 'When it was put together.' }),
  }),
});

const AccountCallBegan = builder.objectRef<AccountCallBeganModel>('AccountCallBegan').implement({
  description: 'A call that is new here: it has just begun, or was found.',
  fields: (t) => ({
    cursor: cursorOf(t, 'accountCallEvents'),
    session: t.expose('session', { type: CallSession, description: 'The call.' }),
  }),
});

const AccountCallPartyChange = builder
  .objectRef<AccountCallPartyChangeModel>('AccountCallPartyChange')
  .implement({
    description: 'One party of a call changed, or joined. Nothing is sent of the others.',
    fields: (t) => ({
      cursor: cursorOf(t, 'accountCallEvents'),
      sessionId: t.exposeID('sessionId', { description: 'The call.' }),
      party: t.expose('party', { type: CallParty, description: 'The party as it is after the change.' }),
      previousStatus: t.expose('previousStatus', {
        type: PartyStatus,
        nullable: true,
        description:
          'Its status before; null when it joined. The same as now when something beside its status changed.',
      }),
      skipped: t.exposeInt('skipped', {
        description:
          'How many earlier changes of this party were left out because the client read too slowly. The ' +
          'state is true all the same.',
      }),
      session: t.expose('session', {
        type: CallSession,
        description: 'The whole call as it was after the change. Costs nothing but its bytes.',
      }),
    }),
  });

const AccountCallEnded = builder.objectRef<AccountCallEndedModel>('AccountCallEnded').implement({
  description: 'A call is over. Nothing follows of it.',
  fields: (t) => ({
    cursor: cursorOf(t, 'accountCallEvents'),
    sessionId: t.exposeID('sessionId', { description: 'The call.' }),
    session: t.expose('session', { type: CallSession, description: 'As it was seen last.' }),
  }),
});

const AccountPresenceChange = builder
  .objectRef<AccountPresenceChangeModel>('AccountPresenceChange')
  .implement({
    description: 'Somebody does something else now.',
    fields: (t) => ({
      cursor: cursorOf(t, 'accountCallEvents'),
      presence: t.expose('presence', { type: Presence, description: 'What they do.' }),
    }),
  });

const AccountStreamNotice = builder.objectRef<AccountStreamNoticeModel>('AccountStreamNotice').implement({
  description: 'Something to show or do, beside what happens in the account.',
  fields: (t) => ({
    cursor: cursorOf(t, 'accountCallEvents'),
    kind: t.expose('kind', {
      type: StreamNoticeKind,
      description:
        'What it is about: `UPSTREAM_DEGRADED`, `RECOVERED`, `TOKEN_EXPIRING` or `DRAINING`. The others are of ' +
        'single calls.',
    }),
    message: t.exposeString('message', { description: 'The same in words for a person.' }),
    at: t.expose('at', {
      type: 'DateTime',
      nullable: true,
      description:
        'Of `TOKEN_EXPIRING` and `DRAINING`: by when to act. Of `UPSTREAM_DEGRADED`: when RingCentral is tried ' +
        'again, where that is known.',
    }),
  }),
});

const AccountCallEvent = builder.unionType('AccountCallEvent', {
  description: 'An event of the account. Ask for `__typename` and handle each; every one has a `cursor`.',
  types: [
    AccountSnapshot,
    AccountCallBegan,
    AccountCallPartyChange,
    AccountCallEnded,
    AccountPresenceChange,
    AccountStreamNotice,
  ],
  resolveType: ({ type }) => type,
});

builder.subscriptionFields((t) => ({
  accountCallEvents: t.field({
    type: AccountCallEvent,
    description: paragraphs(
      "Everything that happens in the user's account, as far as RingCentral shows it to them, in order, each thing " +
        'once: an `AccountSnapshot` first, then only what changes. For wallboards and supervisors; whoever looks at ' +
        'their own calls uses `activeCalls` and `callEvents`, which ask less of RingCentral.',
      bullets(
        'To resume after a broken connection, subscribe again with `after: <the last cursor>` within 60 seconds: ' +
          'what was missed follows, exactly once.',
        'A cursor that cannot be resumed from is answered with a fresh snapshot and its reason; so is a client that ' +
          'reads far too slowly (`CURSOR_EXPIRED`).',
        'However many subscribe, the account is watched once per user.',
      ),
      'Costs at its start one Heavy request per thousand extensions, and one Light request for each call that goes ' +
        'on. How it goes on after that, `Account.liveSource` tells.',
    ),
    args: {
      after: t.arg.id({
        description: 'The cursor of the last event that was handled; leave it out to start.',
      }),
    },
    // Any cursor goes: the provider answers one that it does not know with a snapshot.
    subscribe: (_, { after }, { provider }) => provider.account.callEvents(after ?? null),
    resolve: (event, _, context) => {
      context.forEvent(...sessionsOf(event));
      return event;
    },
  }),
  presenceUpdated: t.field({
    type: Presence,
    description: paragraphs(
      'What a row of colleagues does: each of them once as it is now, and again whenever it changes. It does not ' +
        'resume; a new subscription starts with the present states again.',
      'Who cannot be seen by the user is left out in silence. Keep the state with the later `observedAt`. Costs one ' +
        'Light request for each thirty extensions at its start, and nothing while the account is watched anyway.',
    ),
    args: {
      extensionIds: t.arg.idList({
        required: true,
        description: 'Their ids, 1 to 100.',
      }),
    },
    subscribe: (_, { extensionIds }, { provider }) =>
      provider.account.presenceUpdates(checkRow(extensionIds)),
    resolve: (presence, _, context) => {
      context.forEvent();
      return presence;
    },
  }),
}));

function sessionsOf(event: typeof AccountCallEvent.$inferType) {
  if ('session' in event) return [event.session];
  return 'calls' in event ? event.calls : [];
}

/** @throws {BadUserInput} also for none: such a stream would never tell anything. */
function checkRow(extensionIds: readonly string[]): readonly string[] {
  if (extensionIds.length > 0) return checkIds(extensionIds, 'extensionIds');
  throw new BadUserInput('extensionIds: read no ids, allowed are 1 to 100.', 'extensionIds');
}
