/** What a test can order of the simulated Genesys Cloud, in its own process or over HTTP under `/simulator/genesys/`. */

import type { PushCounts } from '../deliveries.ts';
import { checked, oneOf, type Rule, required, someText } from '../rules.ts';
import { callConversationBody, type Json } from './bodies.ts';
import type { Centre } from './centre.ts';
import { type Conversation, change, find, leave } from './conversation.ts';
import type { GenesysLogin } from './login.ts';
import type { Channels } from './notifications/channels.ts';
import {
  CHANNEL_TROUBLES,
  type ChannelFacts,
  type ChannelSockets,
  type ChannelTrouble,
} from './notifications/sockets.ts';
import type { Participant } from './participant.ts';
import { CONVERSATION_KINDS, type ConversationOrder, startConversation } from './placing.ts';
import { GenesysRefusal, invalidValue, noParticipant } from './refusals.ts';

/** What becomes of a participant by itself: any field of a read, or their leaving. */
export type ParticipantMove = Readonly<Record<string, unknown>>;

/** What befalls channels, and whose; everybody's where no handle is given. */
export interface ChannelOrder {
  readonly do: ChannelTrouble;
  readonly user?: string;
}

export interface GenesysControls {
  /** Starts a conversation: `{ kind: 'inbound', to: 'Support' }`; answers it as a read shows it. */
  start(order: ConversationOrder): Json;
  /** Changes a participant, whatever its state; `{ leave: 'endpoint' }` lets them hang up. */
  move(conversationId: string, participantId: string, changes: ParticipantMove): Json;
  /** Every conversation that can still be read. */
  conversations(): readonly Json[];
  /** The channels of everybody, and what became of the events. */
  channels(): { readonly channels: readonly ChannelFacts[]; readonly events: PushCounts };
  /** Does something to channels and their sockets. */
  troubleChannels(order: ChannelOrder): { readonly channels: number };
  /** Makes a token useless, also one of those that are always there. */
  revoke(token: string): void;
}

interface Parts {
  readonly centre: Centre;
  readonly channels: Channels;
  readonly sockets: ChannelSockets;
  readonly login: GenesysLogin;
}

export function createGenesysControls({ centre, channels, sockets, login }: Parts): GenesysControls {
  return {
    start(order) {
      const read = checked('Field', order, ORDER) as unknown as ConversationOrder;
      return callConversationBody(startConversation(centre, read));
    },
    move(conversationId, participantId, changes) {
      const conversation = centre.conversation(conversationId);
      const one = find(conversation, participantId);
      if (one === undefined) throw noParticipant(participantId);
      return callConversationBody(centre.put(moved(conversation, one, changes, centre.now())));
    },
    conversations: () => centre.conversations().map(callConversationBody),
    channels: () => ({ channels: sockets.list(), events: channels.counts() }),
    troubleChannels(order) {
      const { do: kind, user } = checked('Field', order, CHANNEL_ORDER) as unknown as ChannelOrder;
      return { channels: sockets.trouble(kind, user) };
    },
    revoke: login.end,
  };
}

/** A request to these controls, its body already read. */
export interface GenesysControlRequest {
  readonly method: string;
  /** The decoded parts of the path after `/simulator/genesys/`. */
  readonly segments: readonly string[];
  readonly body: unknown;
}

/** Answers it; null for a path that is none of them. */
export function answerGenesysControl(
  controls: GenesysControls,
  { method, segments, body }: GenesysControlRequest,
): { readonly status: number; readonly body?: unknown } | null {
  const [, conversationId = '', , participantId = ''] = segments;
  const isParticipant =
    segments[0] === 'conversations' && segments[2] === 'participants' && segments.length === 4;
  switch (`${method} ${isParticipant ? 'participant' : segments.join('/')}`) {
    case 'GET conversations':
      return { status: 200, body: controls.conversations() };
    case 'POST conversations':
      return { status: 201, body: controls.start(body as ConversationOrder) };
    case 'POST participant':
      return { status: 200, body: controls.move(conversationId, participantId, body as ParticipantMove) };
    case 'GET channels':
      return { status: 200, body: controls.channels() };
    case 'POST channels':
      return { status: 200, body: controls.troubleChannels(body as ChannelOrder) };
    case 'POST revoke':
      controls.revoke(String(checked('Field', body, { token: required(someText) }).token));
      return { status: 204 };
    default:
      return null;
  }
}

export const GENESYS_CONTROLS = [
  'GET and POST /simulator/genesys/conversations',
  'POST /simulator/genesys/conversations/{conversationId}/participants/{participantId}',
  'GET and POST /simulator/genesys/channels',
  'POST /simulator/genesys/revoke',
];

const attributes: Rule = {
  allowed: 'an object of texts',
  accepts: (value) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((one) => typeof one === 'string'),
};

const ORDER: { readonly [Name in keyof Omit<Required<ConversationOrder>, 'ownId' | 'otherId'>]: Rule } = {
  kind: required(oneOf(...CONVERSATION_KINDS)),
  from: someText,
  to: someText,
  queue: someText,
  state: oneOf('ivr', 'queue', 'alerting', 'connected'),
  attributes,
  id: someText,
};

const CHANNEL_ORDER: Readonly<Record<keyof ChannelOrder, Rule>> = {
  do: required(oneOf(...CHANNEL_TROUBLES)),
  user: someText,
};

/** Fields that are kept as a read shows them; those of times are texts there. */
const OWN = new Set<string>([
  ...['name', 'address', 'ani', 'dnis', 'purpose', 'state', 'direction', 'disconnectType', 'held', 'muted'],
  ...[
    'confined',
    'recording',
    'securePause',
    'wrapupRequired',
    'wrapupPrompt',
    'wrapupSkipped',
    'wrapupTimeoutMs',
  ],
  ...[
    'alertingTimeoutMs',
    'peer',
    'mediaRoles',
    'attributes',
    'flaggedReason',
    'uuiData',
    'consultParticipantId',
  ],
  ...['monitoredParticipantId', 'coachedParticipantId', 'bargedParticipantId'],
]);
const TIMES = new Set<string>([
  ...[
    'startTime',
    'startAlertingTime',
    'connectedTime',
    'endTime',
    'startHoldTime',
    'startAcwTime',
    'endAcwTime',
  ],
  'bargedTime',
]);
/** References that are kept by their id. */
const REFERENCES: Readonly<Record<string, keyof Participant>> = {
  user: 'userId',
  queue: 'queueId',
  externalContact: 'externalContactId',
};

function moved(
  conversation: Conversation,
  one: Participant,
  changes: ParticipantMove,
  at: number,
): Conversation {
  if (typeof changes !== 'object' || changes === null || Array.isArray(changes))
    throw invalidValue('body', changes);
  const { leave: how, ...fields } = changes;
  if (how !== undefined) return leave(conversation, one.id, String(how), at);
  const own: Record<string, unknown> = {};
  const extras: Record<string, unknown> = { ...one.extras };
  for (const [name, value] of Object.entries(fields)) {
    if (name === 'id') throw new GenesysRefusal(400, 'bad.request', 'The id of a participant never changes');
    const reference = REFERENCES[name];
    if (OWN.has(name)) own[name] = value;
    else if (TIMES.has(name)) own[name] = value === null ? null : timeOf(name, value);
    else if (reference !== undefined) own[reference] = idOf(name, value);
    else extras[name] = value;
  }
  const entered =
    typeof own.state === 'string' && own.state !== one.state ? entering(own.state, one, at) : {};
  return change(conversation, one.id, { ...entered, ...own, extras } as Partial<Participant>, at);
}

/** The times that belong to a state, where nobody says them. */
function entering(state: string, one: Participant, at: number): Partial<Participant> {
  if (state === 'alerting') return { startAlertingTime: at };
  if (state === 'connected') return { connectedTime: one.connectedTime ?? at };
  return state === 'disconnected' || state === 'terminated' ? { endTime: one.endTime ?? at } : {};
}

function timeOf(name: string, value: unknown): number {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(at)) throw invalidValue(name, value);
  return at;
}

function idOf(name: string, value: unknown): string | null {
  if (value === null) return null;
  const id = typeof value === 'object' ? (value as { readonly id?: unknown }).id : value;
  if (typeof id !== 'string') throw invalidValue(name, value);
  return id;
}
