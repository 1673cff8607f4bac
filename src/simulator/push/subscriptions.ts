/**
 * Subscriptions, and the sessions of sockets that they belong to: who hears what, and what waits for a socket that
 * was lost.
 *
 * ```text
 *   open ──socket lost──► lost ──connect with its wsc, in time──► open      what waited is sent
 *    │                     │
 *    │                     └──recoveryTimeout──► orphaned                   silent, but counted until it expires
 *    └──DELETE, end of the OAuth session──► gone
 * ```
 */
import { randomUUID } from 'node:crypto';
import type { WireFrame, WireNotification, WireSubscription } from '../../ringcentral/wire.ts';
import { extensionById } from '../account.ts';
import type { Call, Party } from '../call.ts';
import type { Extension } from '../company/extension.ts';
import { queuesOf } from '../company/groups.ts';
import { EXTENSIONS } from '../company/people.ts';
import {
  isInParkLocation,
  type OwnCall,
  type PresenceEventBody,
  presenceEventBody,
  telephonyStatusOf,
  withoutCalls,
} from '../company/presence.ts';
import { presenceRefusal } from '../company/rights.ts';
import { type StaffChange, takesQueueCalls } from '../company/staff.ts';
import { createDeliveries, type Deliveries } from '../deliveries.ts';
import type { Body } from '../fields.ts';
import type { SignedIn } from '../oauth/sessions.ts';
import { invalid, Refusal } from '../refusals.ts';
import type { Switchboard } from '../switchboard.ts';
import { eventsBetween, FIRST_SEQUENCE, legacyIdOf, type PartyEvent } from './events.ts';
import {
  type DisabledFilter,
  eventOf,
  type Filter,
  type FilterIndex,
  type Granted,
  grantFilters,
  indexOf,
  isDetailed,
  type Topic,
} from './filters.ts';

/** The session of a socket: what outlives a socket that was lost. */
export interface SocketSession {
  readonly id: string;
  readonly owner: SignedIn;
  /** Takes frames; null while no socket is there. */
  send: ((frame: WireFrame) => void) | null;
  subscription: Subscription | null;
  /** What came while no socket was there, oldest first. */
  waiting: WireFrame[];
  /** When the socket was lost, epoch milliseconds. */
  lostAt: number | null;
}

export interface Subscription {
  readonly id: string;
  readonly owner: SignedIn;
  readonly createdAt: number;
  filters: readonly Filter[];
  disabled: readonly DisabledFilter[];
  /** The filters by what they are for. */
  index: FilterIndex;
}

/** Everything that is subscribed to. */
export interface Subscriptions {
  /** @throws {Refusal} 403 SUB-528, SUB-505, 400 SUB-508, or 400 for what only a socket can have. */
  create(session: SocketSession | null, owner: SignedIn, body: Body): WireSubscription;
  /** @throws {Refusal} 404 for one that is not this socket's. */
  update(session: SocketSession | null, id: string, body: Body): WireSubscription;
  /** @throws {Refusal} 404 */
  remove(owner: SignedIn, id: string): void;
  /** As the list over HTTP has them: with whole addresses. */
  list(owner: SignedIn, origin: string): readonly WireSubscription[];
  /** The session of a new socket. */
  open(owner: SignedIn): SocketSession;
  find(sessionId: string): SocketSession | undefined;
  /** Its socket is gone: from now on its notifications wait. */
  lose(session: SocketSession): void;
  /** The OAuth session has ended, and with it all that belonged to it. */
  end(oauthSessionId: string): void;
  deliveries: Pick<Deliveries, 'counts'>;
  reset(): void;
}

/** The one that there is. */
const PARK_LOCATION = EXTENSIONS.find(({ type }) => type === 'ParkLocation')?.id ?? '';
const LIFETIME = 86_400_000; // 24 hours
/** More sockets than any test opens. */
const MOST_SESSIONS = 10_000;
const FEW_SEQUENCES = 5_000;

/** @param onChange Hands in a listener for every change of a call. */
export function createSubscriptions(
  board: Switchboard,
  onChange: (listener: (before: Call | null, after: Call) => void) => void,
): Subscriptions {
  const sessions = new Map<string, SocketSession>();
  /** Those that RingCentral counts, also when their socket is gone for good. */
  const subscriptions = new Map<string, Subscription>();
  /** The next sequence of each call. */
  const sequences = new Map<string, number>();
  let mostSequences = FEW_SEQUENCES;
  let presenceSequence = 300;
  let notified = 0;
  const deliveries = createDeliveries(
    () => board.settings,
    (delay, work) => board.later(delay, work),
  );
  onChange(tell);
  board.staff.onChange((change) => {
    if (change.queueId === null) tellPresence(change.extensionId, []);
    tellQueues(change);
  });

  return {
    create(session, owner, body) {
      const { push, subscriptionLimit } = board.settings;
      if (session === null || transportOf(body) !== 'WebSocket') throw onlyOverSockets();
      if (push === 'forbidden') throw permissionMissing();
      forgetOld();
      // The second one on a socket takes the place of the first without a word.
      const counted = ofOwner(owner).filter((one) => one !== session.subscription);
      if (counted.length >= subscriptionLimit) {
        throw new Refusal(403, 'SUB-505', 'Subscriptions limit exceeded');
      }
      const granted = grant(body, owner);
      if (session.subscription !== null) subscriptions.delete(session.subscription.id);
      const subscription: Subscription = { id: randomUUID(), owner, createdAt: board.now(), ...granted };
      subscriptions.set(subscription.id, subscription);
      session.subscription = subscription;
      return bodyOf(subscription);
    },
    update(session, id, body) {
      const subscription = session?.subscription;
      if (subscription == null || subscription.id !== id || !subscriptions.has(id)) throw unknown();
      Object.assign(subscription, grant(body, subscription.owner));
      return bodyOf(subscription);
    },
    remove(owner, id) {
      const subscription = subscriptions.get(id);
      if (subscription === undefined || subscription.owner.extension !== owner.extension) throw unknown();
      drop(subscription);
    },
    list(owner, origin) {
      forgetOld();
      return ofOwner(owner)
        .map(bodyOf)
        .map((body) => ({ ...body, uri: `${origin}${body.uri}` }));
    },
    open(owner) {
      const session: SocketSession = {
        id: randomUUID(),
        owner,
        send: null,
        subscription: null,
        waiting: [],
        lostAt: null,
      };
      sessions.set(session.id, session);
      for (const id of sessions.keys()) if (sessions.size > MOST_SESSIONS) sessions.delete(id);
      return session;
    },
    find: (sessionId) => sessions.get(sessionId),
    lose(session) {
      session.send = null;
      session.lostAt = board.now();
    },
    end(oauthSessionId) {
      for (const session of [...sessions.values()]) {
        if (session.owner.id === oauthSessionId) sessions.delete(session.id);
      }
      for (const subscription of [...subscriptions.values()]) {
        if (subscription.owner.id === oauthSessionId) drop(subscription);
      }
    },
    deliveries,
    reset() {
      sessions.clear();
      subscriptions.clear();
      sequences.clear();
      deliveries.reset(board.settings.pushSeed);
    },
  };

  function tell(before: Call | null, after: Call): void {
    const at = board.now();
    const sequence = sequences.get(after.id) ?? FIRST_SEQUENCE;
    const events = eventsBetween(before, after, {
      sequence,
      at,
      legacyId: (sessionId) => legacyIdOf(board.find(sessionId)),
    });
    sequences.set(after.id, sequence + events.length);
    if (sequences.size > mostSequences) forgetSequences();
    for (const event of events) tellEvent(event);
    tellPresences(events, before, after);
  }

  /** Of calls that are forgotten. Looked for again when there are twice as many as then were left. */
  function forgetSequences(): void {
    for (const id of sequences.keys()) if (board.find(id) === undefined) sequences.delete(id);
    mostSequences = Math.max(FEW_SEQUENCES, sequences.size * 2);
  }

  function grant(body: Body, owner: SignedIn): Granted & { readonly index: FilterIndex } {
    const shows = ({ id }: Extension) => board.staff.statusOf(id).allowSeeMyPresence;
    const granted = grantFilters(filtersOf(body), owner.extension, board.settings, shows);
    return { ...granted, index: indexOf(granted.filters) };
  }

  function tellEvent({ extensionId, body }: PartyEvent): void {
    notify('calls', extensionId, () => body);
  }

  /** Everybody whose part in a call has changed does something else now. */
  function tellPresences(events: readonly PartyEvent[], before: Call | null, after: Call): void {
    const owners = new Set(events.flatMap(({ extensionId }) => extensionId ?? []));
    for (const extensionId of owners) tellPresence(extensionId, endedOf(extensionId, before, after));
    const waits = (call: Call | null) => call?.parties.some(isInParkLocation) === true;
    if (waits(before) || waits(after)) tellPresence(PARK_LOCATION, []);
  }

  function tellPresence(extensionId: string, ended: readonly OwnCall[]): void {
    const extension = extensionById(extensionId);
    if (extension === undefined || extension.type === 'Department') return;
    presenceSequence += 1;
    const sequence = presenceSequence;
    let body: PresenceEventBody | undefined;
    notify('presence', extensionId, (filter, viewer) => {
      const { allowSeeMyPresence } = board.staff.statusOf(extensionId);
      if (presenceRefusal(viewer, extension, allowSeeMyPresence) !== null) return null;
      // Nobody may want to know.
      body ??= presenceEventBody(extension, board, { sequence, ended });
      const told = isDetailed(filter) ? body : withoutCalls(body);
      return filter.extensionId === null ? { ...told, extensionId } : told;
    });
  }

  /** Somebody takes the calls of a queue, or no more: of one of their queues, or of all of them. */
  function tellQueues({ extensionId, queueId, before }: StaffChange): void {
    const { staff } = board;
    const extension = extensionById(extensionId);
    const takesSome = takesQueueCalls(staff.statusOf(extensionId));
    if (extension === undefined || (queueId === null && takesQueueCalls(before) === takesSome)) return;
    for (const { extension: queue } of queuesOf(extension)) {
      if (queueId !== null && queueId !== queue.id) continue;
      const acceptCalls = takesSome && staff.isLoggedIn(queue.id, extensionId);
      notify('queue', queue.id, () => ({ extensionId, callQueueId: queue.id, acceptCalls }));
    }
  }

  /** Posts something to every socket that has a filter for it, once each; null is nothing for this one. */
  function notify(
    topic: Topic,
    extensionId: string | null,
    bodyFor: (filter: Filter, viewer: Extension) => object | null,
  ): void {
    for (const session of sessions.values()) {
      const { subscription } = session;
      if (subscription === null || !subscriptions.has(subscription.id)) continue;
      const filter = subscription.index.find(topic, extensionId);
      if (filter === undefined) continue;
      const body = bodyFor(filter, subscription.owner.extension);
      if (body !== null) post(session, subscription, eventOf(filter, extensionId), body);
    }
  }

  function post(session: SocketSession, subscription: Subscription, event: string, body: object): void {
    notified += 1;
    const uuid = `72${String(notified).padStart(17, '0')}`;
    deliveries.post(() => {
      if (!subscriptions.has(subscription.id) || !sessions.has(session.id)) return;
      const notification: WireNotification = {
        uuid,
        event,
        timestamp: new Date(board.now()).toISOString(),
        subscriptionId: subscription.id,
        ownerId: subscription.owner.extension.id,
        body,
      };
      deliver(session, [
        { type: 'ServerNotification', messageId: uuid, status: 200, headers: { RCRequestId: randomUUID() } },
        notification,
      ]);
    });
  }

  function deliver(session: SocketSession, frame: WireFrame): void {
    if (session.send !== null) {
      session.send(frame);
      return;
    }
    session.waiting.push(frame);
    // Once there are too many, the newest are what is left.
    if (session.waiting.length > board.settings.recoveryBuffer) session.waiting.shift();
  }

  function drop(subscription: Subscription): void {
    subscriptions.delete(subscription.id);
    for (const session of sessions.values()) {
      if (session.subscription === subscription) session.subscription = null;
    }
  }

  function ofOwner({ extension, clientId }: SignedIn): Subscription[] {
    return [...subscriptions.values()].filter(
      ({ owner }) => owner.extension === extension && owner.clientId === clientId,
    );
  }

  function forgetOld(): void {
    for (const one of [...subscriptions.values()]) if (board.now() - one.createdAt >= LIFETIME) drop(one);
  }

  function bodyOf({ id, createdAt, filters, disabled }: Subscription): WireSubscription {
    const expiresAt = createdAt + LIFETIME;
    return {
      uri: `/restapi/v1.0/subscription/${id}`,
      id,
      creationTime: new Date(createdAt).toISOString(),
      status: 'Active',
      eventFilters: filters.map(({ text }) => text),
      ...(disabled.length === 0 ? {} : { disabledFilters: disabled.map((one) => ({ ...one })) }),
      expirationTime: new Date(expiresAt).toISOString(),
      expiresIn: Math.max(0, Math.floor((expiresAt - board.now() - 1) / 1_000)),
      deliveryMode: { transportType: 'WebSocket', encryption: false },
    };
  }
}

/** The own parties of somebody that were in the call before, and are no more. */
function endedOf(extensionId: string, before: Call | null, after: Call): OwnCall[] {
  const were = new Map(before?.parties.map((party) => [party.id, party]));
  const isOver = (party: Party) => telephonyStatusOf(party) === 'NoCall';
  return after.parties
    .filter((party) => party.extensionId === extensionId && isOver(party))
    .filter(({ id }) => were.has(id) && !isOver(were.get(id) as Party))
    .map((party) => [after, party] as const);
}

function filtersOf({ eventFilters }: Body): readonly unknown[] {
  if (!Array.isArray(eventFilters)) throw invalid('eventFilters', eventFilters);
  return eventFilters;
}

function transportOf({ deliveryMode }: Body): unknown {
  return typeof deliveryMode === 'object' && deliveryMode !== null
    ? (deliveryMode as Body).transportType
    : undefined;
}

function onlyOverSockets(): Refusal {
  return new Refusal(400, 'CMN-101', 'Parameter [deliveryMode.transportType] value is invalid.', {
    parameterName: 'deliveryMode.transportType',
  });
}

function permissionMissing(): Refusal {
  const message =
    'Subscription creation is not allowed, required application permission is missing: [SubscriptionWebSocket]';
  return new Refusal(403, 'SUB-528', message, { permissionName: 'SubscriptionWebSocket' });
}

function unknown(): Refusal {
  return new Refusal(404, 'CMN-102', 'Resource for parameter [subscriptionId] is not found', {
    parameterName: 'subscriptionId',
  });
}
