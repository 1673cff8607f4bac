/**
 * Channels: what somebody wants to hear of, and how long. Each has a time to live that every change of its topics renews,
 * and one socket at most.
 *
 * ```text
 *   created ──a socket connects──► heard ──it leaves──► created
 *      │                             │
 *      └──its time is over, one too many, its token ended──► gone: its socket is told 404, and nobody finds it again
 * ```
 */
import { randomUUID } from 'node:crypto';
import { createDeliveries, type PushCounts } from '../../deliveries.ts';
import { conversationBody } from '../bodies.ts';
import type { Centre } from '../centre.ts';
import type { Conversation } from '../conversation.ts';
import { callEventBody } from '../event-bodies.ts';
import type { GenesysPerson } from '../people.ts';
import type { Interest } from './topics.ts';

/** Who has it: a user, with an app, by a token. */
export interface ChannelOwner {
  readonly person: GenesysPerson;
  readonly app: string;
  readonly token: string;
}

/** How a channel speaks to whoever has connected. */
export interface Line {
  send(message: object): void;
  /** The channel is no more, or another socket has taken it over. */
  end(reason: ChannelEnd): void;
}
export type ChannelEnd = 'gone' | 'replaced' | 'tokenRevoked' | 'reset';

export interface Channel {
  readonly id: string;
  readonly owner: ChannelOwner;
  expires: number;
  /** Its time is not over by itself any more. */
  stopClock: () => void;
  /** By the topic as it was asked for. */
  topics: ReadonlyMap<string, readonly Interest[]>;
  line: Line | null;
}

export interface Channels {
  /** A new one; the one that was used least recently goes where there are too many, unconnected ones first. */
  create(owner: ChannelOwner): Channel;
  /** One that lives; undefined when there is none of this id. */
  find(id: string): Channel | undefined;
  of(owner: Pick<ChannelOwner, 'person' | 'app'>): readonly Channel[];
  /** Everybody's. */
  all(): readonly Channel[];
  /** Sets what it wants to hear of, and lets it live longer. */
  subscribe(channel: Channel, topics: Channel['topics']): void;
  end(channel: Channel, reason: ChannelEnd): void;
  /** A token works no more, and with it no channel of it. */
  endToken(token: string): void;
  counts(): PushCounts;
  reset(seed: number): void;
}

/** Of everybody together; one more ends the one that was used least recently. */
export const MOST_CHANNELS = 10_000;

export function createChannels(centre: Centre): Channels {
  /** The one that was used least recently first. */
  const channels = new Map<string, Channel>();
  const deliveries = createDeliveries(
    () => {
      const settings = centre.settings();
      return {
        pushDelay: settings.genesysEventDelay,
        pushDisorder: settings.genesysEventDisorder,
        pushLateness: settings.genesysEventLateness,
        pushDoubles: settings.genesysEventDoubles,
        pushLosses: settings.genesysEventLosses,
      };
    },
    (delay, work) => centre.later(delay, work),
  );
  centre.onChange((_before, after) => tell(after));

  /** Each event is the whole conversation, as it is at this moment. */
  function tell(conversation: Conversation): void {
    const shapes: Partial<Record<Interest['shape'], object>> = {};
    for (const channel of channels.values()) {
      for (const { topicName, shape } of interestsIn(channel, conversation)) {
        shapes[shape] ??= shape === 'call' ? callEventBody(conversation) : conversationBody(conversation);
        const metadata = { CorrelationId: randomUUID() };
        const event = { topicName, version: '2', eventBody: shapes[shape], metadata };
        deliveries.post(() => channel.line?.send(event));
      }
    }
  }

  function use(channel: Channel): void {
    channels.delete(channel.id);
    channels.set(channel.id, channel);
  }

  function find(id: string): Channel | undefined {
    const channel = channels.get(id);
    if (channel === undefined || channel.expires > centre.now()) return channel;
    end(channel, 'gone');
    return undefined;
  }

  function end(channel: Channel, reason: ChannelEnd): void {
    if (!channels.delete(channel.id)) return;
    channel.stopClock();
    const { line } = channel;
    channel.line = null;
    line?.end(reason);
  }

  function lengthen(channel: Channel): void {
    const life = centre.settings().genesysChannelTtl * 1_000;
    channel.expires = centre.now() + life;
    channel.stopClock();
    channel.stopClock = centre.later(Math.max(life, 1), () => find(channel.id));
  }

  return {
    create(owner) {
      const twins = [...channels.values()].filter(({ owner: other }) => isSame(other, owner));
      const unused = twins.filter(({ line }) => line === null);
      const spare = twins.length - centre.settings().genesysChannelLimit + 1;
      for (const old of [...unused, ...twins.filter(({ line }) => line !== null)].slice(
        0,
        Math.max(spare, 0),
      )) {
        end(old, 'gone');
      }
      for (const old of channels.values()) if (channels.size >= MOST_CHANNELS) end(old, 'gone');
      const channel: Channel = {
        ...{ id: `streaming-${randomUUID()}`, owner, expires: 0, topics: new Map(), line: null },
        stopClock: () => {},
      };
      use(channel);
      lengthen(channel);
      return channel;
    },
    find,
    of: (owner) =>
      [...channels.values()].filter((one) => find(one.id) !== undefined && isSame(one.owner, owner)),
    all: () => [...channels.values()],
    subscribe(channel, topics) {
      channel.topics = topics;
      use(channel);
      lengthen(channel);
    },
    end,
    endToken(token) {
      for (const channel of [...channels.values()]) {
        if (channel.owner.token === token) end(channel, 'tokenRevoked');
      }
    },
    counts: deliveries.counts,
    reset(seed) {
      for (const channel of [...channels.values()]) end(channel, 'reset');
      deliveries.reset(seed);
    },
  };
}

function isSame(
  one: Pick<ChannelOwner, 'person' | 'app'>,
  other: Pick<ChannelOwner, 'person' | 'app'>,
): boolean {
  return one.person.id === other.person.id && one.app === other.app;
}

/** Whatever a channel hears of a conversation, each topic once. */
function interestsIn({ topics }: Channel, { participants }: Conversation): readonly Interest[] {
  const all = [...topics.values()]
    .flat()
    .filter(
      ({ shape, userId, queueId }) =>
        shape !== 'silent' &&
        participants.some((one) => (userId === null ? one.queueId === queueId : one.userId === userId)),
    );
  return [...new Map(all.map((one) => [one.topicName, one])).values()];
}
