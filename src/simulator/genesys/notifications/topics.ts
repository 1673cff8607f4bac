/** What a topic is about, and who may hear of it. Pure. */
import { queueNamed } from '../organisation.ts';
import { type GenesysPerson, MAY_OBSERVE, personNamed } from '../people.ts';

/** One thing to hear of. */
export interface Interest {
  /** As events name it: `v2.users.{id}.conversations.calls`. */
  readonly topicName: string;
  readonly userId: string | null;
  readonly queueId: string | null;
  /** In which shape; `silent`: there are topics of this name, and nothing is played of them. */
  readonly shape: 'call' | 'conversation' | 'silent';
}

/** Names are shorter than this. */
const LONGEST_TOPIC = 200;

const SILENT: ReadonlySet<string> = new Set([
  'presence',
  'routingStatus',
  'station',
  'outofoffice',
  'activity',
]);

/** What a topic is about: several things where it is a combined one (`v2.users.{id}?conversations.calls&presence`); null: none. */
export function interestsOf(topic: string): readonly Interest[] | null {
  if (topic.length >= LONGEST_TOPIC) return null;
  const [, prefix = '', subject = '', separator = '', rest = ''] =
    /^(v2\.users\.|v2\.routing\.queues\.)([\w-]+)([.?])(.+)$/.exec(topic) ?? [];
  const names = separator === '?' ? rest.split('&') : [rest];
  const interests = names.map((name) => interestIn(prefix, subject, name));
  return prefix !== '' && interests.every((one) => one !== null) ? interests : null;
}

function interestIn(prefix: string, subject: string, name: string): Interest | null {
  const topicName = `${prefix}${subject}.${name}`;
  if (prefix === 'v2.users.') {
    const shape = SHAPES[name] ?? (SILENT.has(name) ? 'silent' : undefined);
    return shape === undefined ? null : { topicName, userId: subject, queueId: null, shape };
  }
  const shape = SHAPES[name];
  return shape === undefined ? null : { topicName, userId: null, queueId: subject, shape };
}

const SHAPES: Readonly<Record<string, Interest['shape']>> = {
  'conversations.calls': 'call',
  conversations: 'conversation',
};

/** The permissions that somebody lacks for a topic; empty: they may hear of it. */
export function missingFor(interests: readonly Interest[], person: GenesysPerson): readonly string[] {
  const isOwn = interests.every(({ userId }) => userId === person.id);
  return isOwn || person.permissions.includes(MAY_OBSERVE) ? [] : [MAY_OBSERVE];
}

/** Whether there is anybody or anything of this id. */
export function isSomebody({ userId, queueId }: Interest): boolean {
  return userId === null ? queueNamed(queueId ?? '')?.id === queueId : personNamed(userId)?.id === userId;
}

/** What there is to subscribe to, as it is listed. */
export const AVAILABLE_TOPICS = [
  'v2.users.{id}.conversations.calls',
  'v2.users.{id}.conversations',
  'v2.routing.queues.{id}.conversations.calls',
  'v2.routing.queues.{id}.conversations',
  ...[...SILENT].map((name) => `v2.users.{id}.${name}`),
];
