/** Calls as they happen: the parties of one call, everything about one call, and the list of calls. */
import { ActiveCall } from './active-call.ts';
import { builder, bullets, CallParty, CallSession, paragraphs } from './builder.ts';
import { PartyAddress, PartyStatus } from './call-party.ts';
import { checkId } from './checks.ts';
import type {
  ActiveCallList as ActiveCallListModel,
  ActiveCallNotice as ActiveCallNoticeModel,
  CallPartyChange as CallPartyChangeModel,
  CallSnapshot as CallSnapshotModel,
  CallStreamNotice as CallStreamNoticeModel,
} from './provider.ts';
import { cursorOf, SnapshotReason, StreamNoticeKind } from './stream-words.ts';

const CallSnapshot = builder.objectRef<CallSnapshotModel>('CallSnapshot').implement({
  description: 'The whole call as it is now. Replace what you have: later events build on it.',
  fields: (t) => ({
    cursor: cursorOf(t, 'callEvents'),
    reason: t.expose('reason', { type: SnapshotReason, description: 'Why there is a snapshot.' }),
    session: t.expose('session', { type: CallSession, description: 'The call.' }),
  }),
});

const CallPartyChange = builder.objectRef<CallPartyChangeModel>('CallPartyChange').implement({
  description:
    'One party changed, or joined. It also comes for a party of which nothing changed but its ' +
    '`availableActions`, because another party or the call did: `previousStatus` is its present status then.',
  fields: (t) => ({
    cursor: cursorOf(t, 'callEvents'),
    party: t.expose('party', { type: CallParty, description: 'The party as it is after the change.' }),
    previousStatus: t.expose('previousStatus', {
      type: PartyStatus,
      nullable: true,
      description:
        'Its status before; null when it joined. The same as now when its status did not change: ring, hang ' +
        'up and the like by a difference of the two, not by the event.',
    }),
    skipped: t.exposeInt('skipped', {
      description:
        'How many earlier changes of this party were left out because the client read too slowly. The ' +
        'state is true all the same.',
    }),
  }),
});

const CallStreamNotice = builder.objectRef<CallStreamNoticeModel>('CallStreamNotice').implement({
  description: 'Something to show or do, beside the states of the parties.',
  fields: (t) => ({
    cursor: cursorOf(t, 'callEvents'),
    kind: t.expose('kind', { type: StreamNoticeKind, description: 'What it is about.' }),
    message: t.exposeString('message', { description: 'The same in words for a person.' }),
    sessionId: t.exposeID('sessionId', { description: 'The call of the stream.' }),
    partyId: t.exposeID('partyId', { nullable: true, description: 'Of `MOVED`: the party that left.' }),
    movedTo: t.expose('movedTo', {
      type: PartyAddress,
      nullable: true,
      description: 'Of `MOVED`: its new place.',
    }),
    at: t.expose('at', {
      type: 'DateTime',
      nullable: true,
      description:
        'Of `TOKEN_EXPIRING` and `DRAINING`: by when to act. Of `UPSTREAM_DEGRADED`: when RingCentral ' +
        'is tried again.',
    }),
  }),
});

const CallEvent = builder.unionType('CallEvent', {
  description: 'An event of a call. Ask for `__typename` and handle each; every one has a `cursor`.',
  types: [CallSnapshot, CallPartyChange, CallStreamNotice],
  resolveType: ({ type }) => type,
});

const ActiveCallList = builder.objectRef<ActiveCallListModel>('ActiveCallList').implement({
  description: 'The calls of the user, all of them. Replace the list you have.',
  fields: (t) => ({
    calls: t.expose('calls', { type: [ActiveCall], description: 'The calls; none is an empty list.' }),
    observedAt: t.expose('observedAt', {
      type: 'DateTime',
      description:
        'When this list was true, also an empty one. Later with each list that differs: of two keep the later. ' +
        'A list that stays as it is, is not sent again: it is true until `UPSTREAM_DEGRADED` says otherwise.',
    }),
  }),
});

/** Of every list of calls. */
export const ActiveCallNotice = builder.objectRef<ActiveCallNoticeModel>('ActiveCallNotice').implement({
  description:
    'Something to show or do, beside the list of calls or conversations. It has no cursor, because there is nothing to resume: ' +
    'a new subscription starts with the whole list.',
  fields: (t) => ({
    kind: t.expose('kind', {
      type: StreamNoticeKind,
      description:
        'What it is about: `UPSTREAM_DEGRADED`, `RECOVERED`, `TOKEN_EXPIRING` or `DRAINING`. The others are ' +
        'of single calls.',
    }),
    message: t.exposeString('message', { description: 'The same in words for a person.' }),
    at: t.expose('at', {
      type: 'DateTime',
      nullable: true,
      description:
        'Of `TOKEN_EXPIRING` and `DRAINING`: by when to act. Of `UPSTREAM_DEGRADED`: when the phone system is ' +
        'tried again; null when it has been asked, and its answer or room in the rate budget is waited for.',
    }),
  }),
});

const ActiveCallEvent = builder.unionType('ActiveCallEvent', {
  description: 'An event of the list of calls. Ask for `__typename` and handle each.',
  types: [ActiveCallList, ActiveCallNotice],
  resolveType: ({ type }) => type,
});

builder.subscriptionFields((t) => ({
  callPartyUpdated: t.field({
    type: CallParty,
    description: paragraphs(
      'The parties of a call as they are now, one by one, and then each that changes: for a screen that ' +
        'shows states. It does not resume; a new subscription starts with the current states again, so ' +
        'nothing is missed but what was in between.',
      'A party also comes again when only its `availableActions` changed, because another party did.',
      'Keep the state with the later `observedAt`. The stream completes when the call ends.',
    ),
    args: {
      sessionId: t.arg.id({ required: true, description: 'The call.' }),
      partyId: t.arg.id({ description: 'Only this party of it.' }),
    },
    subscribe: (_, { sessionId, partyId }, { provider }) =>
      provider.callPartyUpdates(
        checkId(sessionId, 'sessionId'),
        partyId == null ? null : checkId(partyId, 'partyId'),
      ),
    resolve: ({ party, session }, _, context) => {
      context.forEvent(session);
      return party;
    },
  }),
  callEvents: t.field({
    type: CallEvent,
    description: paragraphs(
      'What happens to a call, in order, each thing once: a `CallSnapshot` first, then `CallPartyChange` ' +
        'and `CallStreamNotice`. The stream completes when the call ends.',
      bullets(
        'To resume after a broken connection, subscribe again with `after: <the last cursor>` within 60 ' +
          'seconds: what was missed follows, exactly once.',
        'A cursor that cannot be resumed from is answered with a fresh snapshot and its reason.',
        'A state that lasted too short for RingCentral to tell of it, or for the client to read it, may be ' +
          'left out. What comes is always a part of what happened, and it ends in what is true.',
      ),
    ),
    args: {
      sessionId: t.arg.id({ required: true, description: 'The call.' }),
      after: t.arg.id({
        description: 'The cursor of the last event that was handled; leave it out to start.',
      }),
    },
    // Any cursor goes: the provider answers one that it does not know with a snapshot.
    subscribe: (_, { sessionId, after }, { provider }) =>
      provider.callEvents(checkId(sessionId, 'sessionId'), after ?? null),
    resolve: (event, _, context) => {
      context.forEvent(...('session' in event ? [event.session] : []));
      return event;
    },
  }),
  activeCalls: t.field({
    type: [ActiveCall],
    description:
      'The calls of the user in RingCentral: now, and again whenever the list or anything in it changes. A call that ' +
      'begins appears by itself. `activeCallEvents` also tells when the list may be old.',
    subscribe: (_, __, { provider }) => provider.activeCallUpdates(),
    resolve: (calls, _, context) => {
      context.forEvent();
      return calls;
    },
  }),
  activeCallEvents: t.field({
    type: ActiveCallEvent,
    description: paragraphs(
      'The calls of the user as `activeCalls` gives them, each list with the time when it was true; and ' +
        'between the lists an `ActiveCallNotice` that tells when the list may be old. For a screen that must ' +
        'not be silent about a call that rings and is not shown: an empty list may be old, too.',
      'The stream starts with the list, or, while RingCentral cannot be read, with the notice that says so.',
    ),
    subscribe: (_, __, { provider }) => provider.activeCallEvents(),
    resolve: (event, _, context) => {
      context.forEvent();
      return event;
    },
  }),
}));
