/** Conversations that begin: somebody outside calls, a user calls somebody, or many meet. */
import type { Centre } from './centre.ts';
import { type Conversation, change, connect, join, leave, MOST_PARTICIPANTS } from './conversation.ts';
import { contactLeg, ivrLeg, ofQueue, outsideLeg, queueLeg, sipOf, telOf, userLeg } from './legs.ts';
import { conferenceIsFull } from './moving.ts';
import { contactOf, type GenesysQueue, IVR, QUEUES, queueNamed } from './organisation.ts';
import type { NewLeg } from './participant.ts';
import { type GenesysPerson, PEOPLE, personNamed } from './people.ts';
import { badRequest } from './refusals.ts';

export const CONVERSATION_KINDS = ['inbound', 'direct', 'outbound', 'internal', 'conference'] as const;
export type ConversationKind = (typeof CONVERSATION_KINDS)[number];

/** A conversation to start. */
export interface ConversationOrder {
  /**
   * `inbound`: a customer calls a queue, by way of the IVR. `direct`: somebody outside calls a user. `outbound`: a user calls
   * somebody outside. `internal`: a user calls a user. `conference`: a user with several outside.
   */
  readonly kind: ConversationKind;
  /** A number outside for `inbound` and `direct`, a user for the others. */
  readonly from?: string | undefined;
  /** A queue or an agent for `inbound`, a user for `direct` and `internal`, else a number outside. */
  readonly to?: string | undefined;
  /** The queue that the call is of, where `to` is an agent, and for `outbound`. */
  readonly queue?: string | undefined;
  /**
   * How far it is at once: `ivr`, `queue`, `alerting` or `connected`; without it everything takes its time. Only `inbound`
   * knows all of them.
   */
  readonly state?: 'ivr' | 'queue' | 'alerting' | 'connected' | undefined;
  /** Of the customer or whoever is outside. */
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  /** Chosen ids, for examples that point to them: of the conversation, of the user's participant, of the other end's. */
  readonly id?: string;
  readonly ownId?: string;
  readonly otherId?: string;
}

/**
 * Starts it.
 * @throws {GenesysRefusal} 400 for nobody's name.
 */
export function startConversation(centre: Centre, order: ConversationOrder): Conversation {
  return {
    inbound: () => inbound(centre, order),
    direct: () => direct(centre, order),
    outbound: () => outbound(centre, order),
    internal: () => internal(centre, order),
    conference: () => conference(centre, order),
  }[order.kind]();
}

function inbound(centre: Centre, order: ConversationOrder): Conversation {
  const { to = 'Support', from = '+12025550147', state = 'ivr', attributes = {} } = order;
  const asked = queueNamed(to);
  const agent = asked === undefined ? userAt('to', to) : null;
  const queue = asked ?? queueAt(order.queue ?? queueFor(agent));
  const customer = outsideLeg(centre, from, {
    ...{
      purpose: 'customer',
      state: 'connected',
      direction: 'inbound',
      attributes,
      ani: telOf(from),
      dnis: telOf(IVR.phone),
    },
    ...chosen(order.otherId),
  });
  return centre.open((empty, at) => {
    const called = join(join(empty, customer, at), ivrLeg(centre, queue, agent?.id ?? null), at);
    if (state === 'ivr') return called;
    const waiting = leave(
      join(called, queueLeg(centre, queue, agent?.id ?? null), at),
      lastOf(called),
      'transfer',
      at,
    );
    if (state === 'queue') return waiting;
    const person = agent ?? userAt('to', queue.members[0] ?? '');
    const leg = userLeg(centre, person, {
      ...{ state: 'alerting', direction: 'inbound', ani: telOf(from), dnis: telOf(queue.phone) },
      ...{ ...ofQueue(centre, queue), ...chosen(order.ownId) },
      extras: {
        conversationRoutingData: { queue: { id: queue.id }, priority: 0, skills: [], scoredAgents: [] },
      },
    });
    const alerting = join(waiting, leg, at);
    return state === 'alerting' ? alerting : connect(alerting, leg.id, at);
  }, order.id);
}

function direct(centre: Centre, order: ConversationOrder): Conversation {
  const { to = PEOPLE[0]?.id ?? '', from = '+12025550147', state = 'alerting', attributes = {} } = order;
  const person = userAt('to', to);
  const dnis = sipOf(person);
  const caller = outsideLeg(centre, from, {
    ...{ purpose: 'external', state: 'connected', direction: 'inbound', attributes, ani: telOf(from), dnis },
    ...chosen(order.otherId),
  });
  const leg = userLeg(centre, person, {
    ...{ state: 'alerting', direction: 'inbound', ani: telOf(from), dnis, ...chosen(order.ownId) },
  });
  return centre.open((empty, at) => {
    const ringing = join(join(empty, caller, at), leg, at);
    return state === 'connected' ? connect(ringing, leg.id, at) : ringing;
  }, order.id);
}

function outbound(centre: Centre, order: ConversationOrder): Conversation {
  const { from = PEOPLE[0]?.id ?? '', to = '+12025550148', attributes = {} } = order;
  const queue = order.queue === undefined ? null : queueAt(order.queue);
  const other = outsideLeg(centre, to, {
    ...{ purpose: 'external', state: 'contacting', direction: 'outbound', attributes },
    ...(queue !== null && { purpose: 'customer' }),
    ...chosen(order.otherId),
  });
  return call(centre, order, userAt('from', from), other, queue);
}

function internal(centre: Centre, order: ConversationOrder): Conversation {
  const { from = PEOPLE[1]?.id ?? '', to = PEOPLE[0]?.id ?? '' } = order;
  const person = userAt('to', to);
  const other = userLeg(centre, person, {
    ...{ state: 'contacting', direction: 'inbound', ...chosen(order.otherId) },
    alertingTimeoutMs: centre.settings().genesysAlertingTimeout,
  });
  return call(centre, order, userAt('from', from), other, null);
}

function conference(centre: Centre, order: ConversationOrder): Conversation {
  const { from = PEOPLE[0]?.id ?? '', to = '+12025550148' } = order;
  const [first = '', ...others] = to.split(',');
  const number = others.length === 0 ? ['+12025550149'] : others;
  if (number.length + 2 > MOST_PARTICIPANTS) throw conferenceIsFull();
  const begun = outbound(centre, { ...order, from, to: first, state: 'connected' });
  const legs = number.map((one) =>
    outsideLeg(centre, one, { purpose: 'external', state: 'connected', direction: 'outbound' }),
  );
  const meeting: Conversation = { ...begun, isConference: true };
  return centre.put(legs.reduce((now, leg) => join(now, leg, centre.now()), meeting));
}

/** A user calls another end: their own phone first. */
export function call(
  centre: Centre,
  { id, ownId, state }: Pick<ConversationOrder, 'id' | 'ownId' | 'state'>,
  person: GenesysPerson,
  other: NewLeg,
  queue: GenesysQueue | null,
): Conversation {
  const dnis = other.address ?? null;
  const own = userLeg(centre, person, {
    ...{ state: 'contacting', direction: 'outbound', ani: sipOf(person), dnis },
    ...(queue === null ? {} : ofQueue(centre, queue)),
    ...chosen(ownId),
  });
  return centre.open((empty, at) => {
    const begun = join(join(empty, own, at), { ...other, ani: sipOf(person), dnis }, at);
    if (state !== 'connected') return begun;
    const dialing = change(begun, own.id, { state: 'dialing' }, at);
    return connect(dialing, other.id, at);
  }, id);
}

/** The leg that begins at a contact, a queue, a user or a number. */
export function legTo(
  centre: Centre,
  to: { readonly user?: GenesysPerson; readonly queue?: GenesysQueue; readonly address?: string },
): NewLeg {
  if (to.user !== undefined) return userLeg(centre, to.user, { state: 'alerting', direction: 'inbound' });
  if (to.queue !== undefined) return queueLeg(centre, to.queue);
  return outsideLeg(centre, to.address ?? '', {
    purpose: 'external',
    state: 'dialing',
    direction: 'outbound',
  });
}

/** A contact's leg; undefined where there is no such contact, or no such phone of theirs. */
export function legToContact(centre: Centre, contactId: string, phoneType: string): NewLeg | undefined {
  const contact = contactOf(contactId);
  const number = contact?.phones[phoneType];
  return contact === undefined || number === undefined ? undefined : contactLeg(centre, contact, number);
}

function chosen(id: string | undefined): Partial<Pick<NewLeg, 'id' | 'communicationId'>> {
  return id === undefined ? {} : { id, communicationId: `c${id.slice(1)}` };
}

function lastOf({ participants }: Conversation): string {
  return participants.at(-1)?.id ?? '';
}

function userAt(field: string, name: string): GenesysPerson {
  const person = personNamed(name);
  if (person !== undefined) return person;
  const users = PEOPLE.map(({ handle }) => handle).join(', ');
  const queues = QUEUES.map((queue) => queue.name).join(', ');
  throw badRequest(
    `Field ${field} is ${JSON.stringify(name)}, which is nobody; there are ${users}, and the queues ${queues}`,
  );
}

function queueAt(name: string): GenesysQueue {
  const queue = queueNamed(name);
  if (queue !== undefined) return queue;
  throw badRequest(
    `Field queue is ${JSON.stringify(name)}, and there are ${QUEUES.map((one) => one.name).join(', ')}`,
  );
}

function queueFor(agent: GenesysPerson | null): string {
  return QUEUES.find(({ members }) => agent !== null && members.includes(agent.id))?.name ?? 'Support';
}
