/** Channels over HTTP: made, listed, and told what they want to hear of. */
import { type GenesysAnswer, type GenesysAsked, type GenesysOperation, ok } from '../operation.ts';
import { badRequest, GenesysRefusal, missingPermissions, notFound } from '../refusals.ts';
import type { Channel } from './channels.ts';
import { AVAILABLE_TOPICS, type Interest, interestsOf, isSomebody, missingFor } from './topics.ts';

const CHANNELS = '/api/v2/notifications/channels';
const SUBSCRIPTIONS = `${CHANNELS}/{channelId}/subscriptions`;

export const NOTIFICATIONS: readonly GenesysOperation[] = [
  {
    operationId: 'getNotificationsAvailabletopics',
    method: 'GET',
    path: '/api/v2/notifications/availabletopics',
    handle: () =>
      ok({
        entities: AVAILABLE_TOPICS.map((id) => ({
          ...{
            id,
            description: 'Played by the simulator',
            visibility: 'Public',
            enforced: true,
            transports: ['All'],
          },
          requiresCurrentUserOrPermission: true,
        })),
      }),
  },
  {
    operationId: 'postNotificationsChannels',
    method: 'POST',
    path: CHANNELS,
    handle(asked) {
      if (asked.centre.settings().genesysNotifications === 'refused') {
        throw new GenesysRefusal(
          403,
          'not.authorized',
          'You are not authorized to perform the requested action.',
        );
      }
      return ok(channelBody(asked, asked.channels.create(ownerOf(asked))));
    },
  },
  {
    operationId: 'getNotificationsChannels',
    method: 'GET',
    path: CHANNELS,
    handle(asked) {
      const mine = asked.channels.of(ownerOf(asked));
      const ofToken = asked.query.get('includechannels') !== 'oauthclient';
      const shown = mine.filter(({ owner }) => !ofToken || owner.token === asked.token);
      return ok({ entities: shown.map((channel) => channelBody(asked, channel)) });
    },
  },
  {
    operationId: 'headNotificationsChannel',
    method: 'HEAD',
    path: `${CHANNELS}/{channelId}`,
    handle(asked) {
      channelIn(asked);
      return { status: 200 };
    },
  },
  {
    operationId: 'getNotificationsChannelSubscriptions',
    method: 'GET',
    path: SUBSCRIPTIONS,
    handle: (asked) => ok(topicsBody([...channelIn(asked).topics.keys()].map(permitted), asked)),
  },
  {
    operationId: 'postNotificationsChannelSubscriptions',
    method: 'POST',
    path: SUBSCRIPTIONS,
    handle: (asked) => subscribe(asked, channelIn(asked).topics),
  },
  {
    operationId: 'putNotificationsChannelSubscriptions',
    method: 'PUT',
    path: SUBSCRIPTIONS,
    handle: (asked) => subscribe(asked, new Map()),
  },
  {
    operationId: 'deleteNotificationsChannelSubscriptions',
    method: 'DELETE',
    path: SUBSCRIPTIONS,
    handle(asked) {
      asked.channels.subscribe(channelIn(asked), new Map());
      return { status: 200 };
    },
  },
];

interface Verdict {
  readonly id: string;
  readonly state: 'Permitted' | 'Rejected';
  readonly rejectionReason?: string;
  readonly missingPermissions?: readonly string[];
}

/** What becomes of each topic that is asked for, and those that are permitted. */
export function judgeTopics(
  ids: readonly string[],
  { owner }: Pick<Channel, 'owner'>,
): readonly (Verdict & { readonly interests: readonly Interest[] })[] {
  return ids.map((id) => {
    const interests = interestsOf(id);
    if (interests === null) return { id, state: 'Rejected', rejectionReason: INVALID, interests: [] };
    const missing = missingFor(interests, owner.person);
    if (missing.length > 0) {
      const rejectionReason = `Missing the following permission(s): ${missing.join(', ')}`;
      return { id, state: 'Rejected', rejectionReason, missingPermissions: missing, interests: [] };
    }
    if (!interests.every(isSomebody))
      return { id, state: 'Rejected', rejectionReason: INVALID, interests: [] };
    return { id, state: 'Permitted', interests };
  });
}

const INVALID = 'Invalid topic';

function subscribe(asked: GenesysAsked, before: Channel['topics']): GenesysAnswer {
  const { list, query, channels, centre } = asked;
  const channel = channelIn(asked);
  const ids = (list ?? []).map((one) => (one as { readonly id?: unknown } | null)?.id);
  if (list === null || !ids.every((id): id is string => typeof id === 'string')) {
    throw badRequest('The body must be a list of topics, each with its id');
  }
  const verdicts = judgeTopics(ids, channel);
  const rejected = verdicts.find(({ state }) => state === 'Rejected');
  if (rejected !== undefined && query.get('ignoreErrors') !== 'true') {
    throw rejected.missingPermissions === undefined
      ? new GenesysRefusal(400, 'notification.invalid.topic', `Invalid topic: ${rejected.id.slice(0, 300)}`)
      : missingPermissions(rejected.missingPermissions);
  }
  const permittedOnes = verdicts.filter(({ state }) => state === 'Permitted');
  const topics = new Map([...before, ...permittedOnes.map(({ id, interests }) => [id, interests] as const)]);
  const { genesysTopicLimit } = centre.settings();
  if (topics.size > genesysTopicLimit) {
    const message = `A channel can have ${genesysTopicLimit} topics at most`;
    throw new GenesysRefusal(400, 'notification.subscription.too.many.subscriptions', message);
  }
  channels.subscribe(channel, topics);
  const kept = [...before.keys()].filter((id) => !ids.includes(id)).map(permitted);
  return ok(
    topicsBody([...kept, ...verdicts.map(({ interests: _interests, ...verdict }) => verdict)], asked),
  );
}

function permitted(id: string): Verdict {
  return { id, state: 'Permitted' };
}

function topicsBody(topics: readonly Verdict[], { params }: GenesysAsked) {
  const selfUri = `${CHANNELS}/${params.channelId}/subscriptions`;
  return { entities: topics.map((topic) => ({ ...topic, selfUri: `${selfUri}/${topic.id}` })) };
}

/**
 * The channel of the path, which must be of the same user.
 * @throws {GenesysRefusal} 404.
 */
function channelIn(asked: GenesysAsked): Channel {
  const channel = asked.channels.find(asked.params.channelId ?? '');
  if (channel === undefined || channel.owner.person.id !== asked.viewer.id) throw notFound();
  return channel;
}

function ownerOf({ viewer, app, token }: GenesysAsked): Channel['owner'] {
  return { person: viewer, app, token };
}

function channelBody({ origin }: GenesysAsked, { id, expires }: Channel) {
  const connectUri = `${origin.replace(/^http/, 'ws')}/channels/${id}`;
  return { id, connectUri, expires: new Date(expires).toISOString() };
}
