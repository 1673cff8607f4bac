/** Notifications for the live room: one listener for each viewer, told in the words of `live/source.ts`. */
import type { ActiveCall, CallParty } from '../../../schema/model.ts';
import type { Ear, Listening } from '../../live/source.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { Budget } from '../../upstream/budget.ts';
import type { Caller } from '../../upstream/caller.ts';
import type { Upstream } from '../../upstream/http.ts';
import type { LeftOut } from '../../upstream/values.ts';
import { asText } from '../../upstream/values.ts';
import type { RingCentralKind } from '../call-kind.ts';
import { hasLeft, presenceStatusOf } from '../call-list.ts';
import type { WireNotification } from '../wire.ts';
import { createListener, type Inheritance, type Listener, type ListenerTimes } from './listener.ts';
import { isAboutCalls, readSessionNews, type SessionNews } from './notifications.ts';

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

/** What tells of the viewer's own parties. Permission CallControl. */
const OWN_CALLS = '/restapi/v1.0/account/~/extension/~/telephony/sessions';

/** Makes it; one for all viewers. */
export function createPush(parts: PushParts): Push {
  const { metrics, leftOut } = parts;
  const listeners = new Map<string, Listener>();
  /** Subscriptions whose sockets are open. */
  const living = new Set<string>();

  return {
    listen({ viewerId, caller, extensionId }, ear, inherited = null) {
      /** The subscriber, as the notifications name them. */
      let ownerId: string | null = null;
      const listener = createListener({
        ...parts,
        living,
        caller,
        filters: [OWN_CALLS],
        inherited: readInheritance(inherited),
        ear: {
          entered: ear.entered,
          kept: (inheritance) => ear.kept?.(written(inheritance)),
          heard(notification: WireNotification, receivedAt: number) {
            if (!isAboutCalls(notification)) return;
            ownerId = asText(notification.ownerId) ?? ownerId;
            const news = readSessionNews(notification.body, receivedAt, leftOut);
            if (news.length === 0) metrics.pushEvents.inc({ result: 'unreadable' });
            for (const one of news) {
              noteDelay(one);
              const { sessionId, partyId, sequence, eventTime, session, party } = one;
              ear.heard({
                about: 'party',
                ...{ callId: sessionId, partyId, sequence, eventTime, receivedAt, facts: session, party },
                entry: (now) => entryOf(one, now),
              });
            }
          },
        },
      });
      listeners.set(viewerId, listener);
      return {
        tellsOf: (party) => party.extensionId !== null && party.extensionId === (extensionId() ?? ownerId),
        stop() {
          listener.stop();
          if (listeners.get(viewerId) === listener) listeners.delete(viewerId);
        },
        handOver() {
          if (listeners.get(viewerId) === listener) listeners.delete(viewerId);
          return written(listener.handOver());
        },
      };
    },
    newToken: (viewerId) => listeners.get(viewerId)?.newToken(),
    move: async (viewerId) => listeners.get(viewerId)?.move(),
  };

  function noteDelay({ eventTime, receivedAt }: SessionNews): void {
    if (eventTime !== null) metrics.pushArrivalSeconds.observe(Math.max(0, (receivedAt - eventTime) / 1_000));
  }
}

function written(inheritance: Inheritance | null): string | null {
  return inheritance === null ? null : JSON.stringify(inheritance);
}

function readInheritance(text: string | null): Inheritance | null {
  if (text === null) return null;
  const { wsc, subscriptionId } = JSON.parse(text) as Partial<Record<keyof Inheritance, unknown>>;
  return typeof wsc === 'string' && typeof subscriptionId === 'string' ? { wsc, subscriptionId } : null;
}

/** How presence would list the party that a notification is about: all of them are the viewer's own. */
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
