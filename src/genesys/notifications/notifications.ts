/** Notifications for the live room: one listener for each viewer, told in the words of `live/source.ts`. */
import { activityOfParticipant } from '../../../schema/coarse.ts';
import type { CallConversation } from '../../../schema/genesys/model.ts';
import type { Ear, Listening } from '../../live/source.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { Caller } from '../../upstream/caller.ts';
import { parseObject } from '../../upstream/failures.ts';
import type { Upstream } from '../../upstream/http.ts';
import { asSocketUrl, type LeftOut } from '../../upstream/values.ts';
import type { GenesysKind } from '../call-kind.ts';
import { isAboutCalls, readConversationNews, topicOf } from './events.ts';
import { createListener, type Listener, type ListenerTimes } from './listener.ts';
import type { Channel } from './listening.ts';

export interface NotificationsParts {
  readonly upstream: Upstream;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly leftOut: LeftOut;
  /** Other numbers are for tests. */
  readonly times?: Partial<ListenerTimes> | undefined;
  readonly random?: (() => number) | undefined;
}

/** A viewer who listens. */
export interface ListeningUser {
  readonly viewerId: string;
  /** Whoever asks for all connections of the viewer, by the same token as long as that works: channels belong to one. */
  readonly caller: Caller;
  /** Who they are at Genesys Cloud. */
  userId(): Promise<string>;
}

export interface Notifications {
  /** Begins to listen for a viewer. */
  listen(user: ListeningUser, ear: Ear<GenesysKind>, inherited?: string | null): Listening<GenesysKind>;
  /** The viewer has shown another token. */
  newToken(viewerId: string): void;
  /** The sign-in by which a viewer listens may be about to end: it is let go of in good order. */
  move(viewerId: string): Promise<void>;
}

/** Makes it; one for all viewers. */
export function createNotifications(parts: NotificationsParts): Notifications {
  const { upstream, metrics, leftOut } = parts;
  const listeners = new Map<string, Listener>();

  return {
    listen({ viewerId, caller, userId }, ear, inherited = null) {
      let own: string | null = null;
      const listener = createListener({
        ...parts,
        caller,
        async topics() {
          own = await userId();
          return [topicOf(own)];
        },
        inherited: readInheritance(inherited, upstream.serverUrl),
        ear: {
          entered: ear.entered,
          kept: (channel) => ear.kept?.(written(channel)),
          heard(topic, body, receivedAt) {
            if (!isAboutCalls(topic)) return;
            const news = readConversationNews(body, receivedAt, leftOut);
            if (news === null) {
              metrics.pushEvents.inc({ system: 'genesys', result: 'unreadable' });
              return;
            }
            const user = userIn(topic) ?? own;
            ear.heard({
              about: 'call',
              callId: news.conversationId,
              receivedAt,
              call: news.conversation,
              entry: (conversation) => (isOfUser(conversation, user) ? conversation : null),
            });
          },
        },
      });
      listeners.set(viewerId, listener);
      if (inherited !== null) userId().then((id) => (own = id), ignore);
      return {
        tellsOf: ({ user }) => user !== null && user.id === own,
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
}

/** Whose calls a topic tells of. */
function userIn(topic: string): string | null {
  return /^v2\.users\.([^.?]+)\./.exec(topic)?.[1] ?? null;
}

/** True while a user takes part, or owes a wrap-up: so long the list shows the conversation. */
function isOfUser({ participants }: CallConversation, userId: string | null): boolean {
  return participants.some((one) => one.user?.id === userId && activityOfParticipant(one) !== 'LEFT');
}

function written(channel: Channel | null): string | null {
  return channel === null ? null : JSON.stringify(channel);
}

function readInheritance(text: string | null, apiUrl: string): Channel | null {
  if (text === null) return null;
  const { id, connectUri } = parseObject(text) as Partial<Record<keyof Channel, unknown>>;
  return typeof id === 'string' && typeof connectUri === 'string' && asSocketUrl(connectUri, apiUrl) !== null
    ? { id, connectUri }
    : null;
}

function ignore(): void {}
