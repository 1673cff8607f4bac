/**
 * A conversation as an event shows it: nearly what a read shows, and yet not the same. References have a name and no
 * address, wrap-ups no name, some reasons are spelt otherwise, some fields are missing, some are there only here.
 */
import {
  iso,
  isPaused,
  type Json,
  plainFacts,
  recordingStateOf,
  stateOf,
  times,
  withoutNothing,
} from './bodies.ts';
import { type Conversation, MOST_PARTICIPANTS } from './conversation.ts';
import {
  CONTACT_ORGANISATIONS,
  CONTACTS,
  DIVISION,
  GROUPS,
  type Named,
  QUEUES,
  SCRIPTS,
  TEAMS,
} from './organisation.ts';
import type { Participant, Wrapup } from './participant.ts';
import { personNamed } from './people.ts';

/** `v2.users.{id}.conversations.calls`. */
export function callEventBody(conversation: Conversation): Json {
  return {
    id: conversation.id,
    participants: conversation.participants.map((one) => eventParticipant(one)),
    otherMediaUris: [],
    accessAttributes: [],
    divisions: [
      {
        division: { id: DIVISION.id, selfUri: `/api/v2/authorization/divisions/${DIVISION.id}` },
        entities: [],
      },
    ],
    recordingState: recordingStateOf(conversation),
    securePause: isPaused(conversation),
    ...(conversation.isConference && { maxParticipants: MOST_PARTICIPANTS }),
  };
}

function eventParticipant(one: Participant): Json {
  const { conversationRoutingData, errorInfo, faxStatus, disposition, ...extras } = one.extras;
  return withoutNothing({
    ...plainFacts(one),
    ...times(one),
    initialState: one.direction === 'inbound' && one.userId !== null ? 'alerting' : 'contacting',
    user: named(one.userId, personNamed(one.userId ?? '')?.name),
    queue: named(one.queueId, nameIn(QUEUES, one.queueId)),
    externalContact: named(one.externalContactId, nameIn(CONTACTS, one.externalContactId)),
    wrapup: one.wrapup === null ? undefined : eventWrapup(one.wrapup),
    disconnectType: one.disconnectType?.replace('donotdisturb', 'dnd'),
    ...stateOf(one),
    peer: one.peer,
    bargedTime: iso(one.bargedTime),
    bargedParticipantId: one.bargedParticipantId,
    screenRecordingState: 'requested',
    ...(one.purpose === 'agent' && {
      queueMediaSettings: { alertingTimeoutSeconds: 8, enableAutoAnswer: false },
    }),
    conversationRoutingData: routingOf(conversationRoutingData),
    errorInfo: errorOf(errorInfo),
    faxStatus: faxOf(faxStatus),
    disposition: dispositionOf(disposition),
    ...Object.fromEntries(Object.entries(extras).map(([name, value]) => [name, namedExtra(name, value)])),
  });
}

function eventWrapup({ code, notes, tags, durationSeconds, endTime }: Wrapup): Json {
  return withoutNothing({ code, notes, tags, durationSeconds, endTime: iso(endTime) });
}

function named(id: string | null, name: string | undefined): Json | undefined {
  return id === null ? undefined : withoutNothing({ id, name });
}

function nameIn(list: readonly Named[], id: string | null): string | undefined {
  return list.find((one) => one.id === id)?.name;
}

const LISTS: Readonly<Record<string, readonly Named[]>> = {
  team: TEAMS,
  script: SCRIPTS,
  group: GROUPS,
  externalOrganization: CONTACT_ORGANISATIONS,
};

function namedExtra(name: string, value: unknown): unknown {
  const list = LISTS[name];
  const id = (value as { readonly id?: unknown } | null)?.id;
  return list === undefined || typeof id !== 'string' ? value : named(id, nameIn(list, id));
}

/** Without its label; references by name. */
function routingOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { label: _label, queue, ...rest } = value as Json;
  const id = (queue as { readonly id?: string } | undefined)?.id ?? null;
  return withoutNothing({ ...rest, queue: named(id, nameIn(QUEUES, id)) });
}

/** A whole error instead of a message and a code. */
function errorOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return { status: 500, messageParams: {}, details: [], errors: [], ...value };
}

function faxOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { baudRate, ...rest } = value as Json;
  return withoutNothing({ ...rest, dataRate: baudRate });
}

/** Without its parameters and what was heard; its times in epoch milliseconds. */
function dispositionOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { name, analyzer, amdTimeout, silentCallTimeout } = value as Json;
  const timeouts = {
    amdTimeout: inMilliseconds(amdTimeout),
    silentCallTimeout: inMilliseconds(silentCallTimeout),
  };
  return withoutNothing({ name, analyzer, ...timeouts });
}

function inMilliseconds(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const { timerStartTime, timerEndTime, ...rest } = value as Json;
  const at = (time: unknown) => (typeof time === 'string' ? Date.parse(time) : undefined);
  return withoutNothing({ ...rest, timerStartTime: at(timerStartTime), timerEndTime: at(timerEndTime) });
}
