/** Notifications for the live room: one listener for each viewer, told in the words of `live/source.ts`. */
import type { ActiveCall, CallParty } from '../../../schema/model.ts';
import type { AccountListener, Interest, Reach } from '../../account/source.ts';
import type { Ear, Listening, PartyNews } from '../../live/source.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { Budget } from '../../upstream/budget.ts';
import type { Caller } from '../../upstream/caller.ts';
import { isSegment } from '../../upstream/checks.ts';
import { parseObject } from '../../upstream/failures.ts';
import type { Upstream } from '../../upstream/http.ts';
import type { LeftOut } from '../../upstream/values.ts';
import { asText, listOf } from '../../upstream/values.ts';
import type { RingCentralKind } from '../call-kind.ts';
import { hasLeft, presenceStatusOf } from '../call-list.ts';
import type { WireNotification } from '../wire.ts';
import type { Inheritance, Listener, ListenerTimes } from './ear.ts';
import { addressOf, type Filter, OWN_CALLS, readAddress } from './filters.ts';
import { createListener } from './listener.ts';
import { isAboutCalls, readSessionNews, type SessionNews } from './notifications.ts';
import { isAboutPresence, readPresenceNews } from './presence-news.ts';

export interface PushParts {
  readonly upstream: Upstream;
  readonly budget: Budget;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly leftOut: LeftOut;
  /** Other numbers are for tests. */
  readonly times?: Partial<ListenerTimes> | undefined;
  readonly random?: (() => number) | undefined;
}

/** A viewer who listens. */
export interface ListeningViewer {
  readonly viewerId: string;
  /** Whoever asks for all connections of the viewer, by the same token as long as that works: sockets belong to a sign-in. */
  readonly caller: Caller;
  /** Their extension, where it is known already. */
  extensionId(): string | null;
  /** Who may want to hear of more than their own calls. */
  readonly account?: AccountListener | undefined;
}

export interface Push {
  /** Begins to listen for a viewer. */
  listen(
    viewer: ListeningViewer,
    ear: Ear<RingCentralKind>,
    inherited?: string | null,
  ): Listening<RingCentralKind>;
  /** The viewer has shown another token. */
  newToken(viewerId: string): void;
  /** The sign-in by which a viewer listens may be about to end: it is let go of in good order. */
  move(viewerId: string): Promise<void>;
}

/** Makes it; one for all viewers. */
export function createPush(parts: PushParts): Push {
  const { metrics, leftOut } = parts;
  const listeners = new Map<string, Listener>();
  /** Subscriptions whose sockets are open. */
  const living = new Set<string>();

  return {
    listen({ viewerId, caller, extensionId, account }, ear, inherited = null) {
      /** The subscriber, as the notifications name them. */
      let ownerId: string | null = null;
      let reach: Reach | null = null;
      const heard = readInheritance(inherited);
      /** Others' parties may be told of; before that all are the viewer's own, also while it is not known who that is. */
      let looksBeyond = heard !== null && heard.beyond.length > 0;
      const isOwn = (id: string | null) => id !== null && id === (extensionId() ?? ownerId);
      const isTold = (id: string | null) =>
        reach?.calls === 'everybody' || (id !== null && reach?.calls.has(id) === true);
      const listener = createListener({
        ...parts,
        living,
        caller,
        filters: [OWN_CALLS],
        inherited: heard,
        ear: {
          entered: ear.entered,
          kept: (inheritance) => ear.kept?.(written(inheritance)),
          heard(notification: WireNotification, receivedAt: number) {
            if (isAboutCalls(notification)) hearCalls(notification, receivedAt);
            else if (isAboutPresence(notification)) hearPresence(notification, receivedAt);
          },
          reached(now, mayHaveMissed) {
            reach = now;
            beyond?.reached(now, mayHaveMissed);
          },
        },
      });
      const beyond = account?.begin((interest) => {
        looksBeyond ||= interest !== null;
        return listener.widen(withoutOwn(interest, extensionId()));
      });
      listeners.set(viewerId, listener);
      return {
        tellsOf: ({ extensionId: id }) => isOwn(id) || isTold(id),
        stop() {
          listener.stop();
          forget();
        },
        handOver() {
          forget();
          return written(listener.handOver());
        },
      };

      function forget(): void {
        if (listeners.get(viewerId) === listener) listeners.delete(viewerId);
        beyond?.ended();
      }

      function hearCalls(notification: WireNotification, receivedAt: number): void {
        ownerId = asText(notification.ownerId) ?? ownerId;
        const news = readSessionNews(notification.body, receivedAt, leftOut);
        if (news.length === 0) metrics.pushEvents.inc({ system: 'ringcentral', result: 'unreadable' });
        for (const one of news) {
          noteDelay(one);
          const isOfOthers = looksBeyond && !isOwn(one.extensionId);
          const { sessionId, partyId, sequence, eventTime, session, party } = one;
          const told: PartyNews<RingCentralKind> = {
            about: 'party',
            ...{ callId: sessionId, partyId, sequence, eventTime, receivedAt, facts: session, party },
            entry: (now) => entryOf(one, now),
            isOfOthers,
          };
          ear.heard(told);
          beyond?.heard(told);
        }
      }

      function hearPresence({ body }: WireNotification, receivedAt: number): void {
        const news = readPresenceNews(body, receivedAt, leftOut);
        if (news === null) metrics.pushEvents.inc({ system: 'ringcentral', result: 'unreadable' });
        else beyond?.heardPresence(news);
      }
    },
    newToken: (viewerId) => listeners.get(viewerId)?.newToken(),
    move: async (viewerId) => listeners.get(viewerId)?.move(),
  };

  function noteDelay({ eventTime, receivedAt }: SessionNews): void {
    if (eventTime !== null) metrics.pushArrivalSeconds.observe(Math.max(0, (receivedAt - eventTime) / 1_000));
  }
}

/** The own calls are listened for anyway, and a list that names them twice is told of twice. */
function withoutOwn(interest: Interest | null, extensionId: string | null): Interest | null {
  return interest && { ...interest, calls: interest.calls.filter((id) => id !== extensionId) };
}

function written(inheritance: Inheritance | null): string | null {
  if (inheritance === null) return null;
  return JSON.stringify({ ...inheritance, beyond: inheritance.beyond.map(addressOf) });
}

function readInheritance(text: string | null): Inheritance | null {
  if (text === null) return null;
  const { wsc, subscriptionId, beyond } = parseObject(text) as Partial<Record<keyof Inheritance, unknown>>;
  if (typeof wsc !== 'string' || typeof subscriptionId !== 'string' || !isSegment(subscriptionId))
    return null;
  const filters = listOf(beyond).map(readAddress);
  return { wsc, subscriptionId, beyond: filters.filter((filter): filter is Filter => filter !== null) };
}

/** How presence would list the party that a notification is about, where it is the viewer's own. */
function entryOf(
  { eventTime, receivedAt, legacySessionId }: SessionNews,
  party: CallParty,
): ActiveCall | null {
  const status = presenceStatusOf(party);
  if (status === null || hasLeft(party)) return null;
  return {
    presenceId: null,
    sessionId: party.sessionId,
    partyId: party.id,
    legacySessionId,
    direction: party.direction,
    from: party.from?.phoneNumber ?? null,
    fromName: party.from?.name ?? null,
    to: party.to?.phoneNumber ?? null,
    toName: party.to?.name ?? null,
    ...status,
    startTime: eventTime,
    queueCall: party.attributes?.queueCall ?? null,
    onBehalfOf: null,
    terminationType: null,
    observedAt: receivedAt,
  };
}
