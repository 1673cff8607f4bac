/** New legs: who is called, by what number, and what they owe after the call. */
import type { Centre } from './centre.ts';
import { type GenesysContact, type GenesysQueue, IVR, QUEUES } from './organisation.ts';
import type { NewLeg } from './participant.ts';
import type { GenesysPerson } from './people.ts';

/** The address of a number, as it stands in calls: `tel:+12025550147`. */
export function telOf(number: string): string {
  return /^(tel|sip):/.test(number) ? number : `tel:${number.replace(/[ ().-]/g, '')}`;
}

/** The address of a user's phone. */
export function sipOf({ id }: GenesysPerson): string {
  return `sip:${id.replaceAll('-', '')}+sim.orgspan.com;tgrp=sim@localhost`;
}

/** The leg of a user who is called, or whose own phone is called because they call somebody. */
export function userLeg(
  centre: Centre,
  person: GenesysPerson,
  leg: Partial<NewLeg> & Pick<NewLeg, 'state' | 'direction'>,
): NewLeg {
  const { genesysAlertingTimeout } = centre.settings();
  const address = sipOf(person);
  return {
    ...{ ...centre.ids(), purpose: 'user', name: person.name, address, userId: person.id },
    ...(leg.state === 'alerting' && { alertingTimeoutMs: genesysAlertingTimeout ?? DEFAULT_TIMEOUT }),
    ...leg,
  };
}

const DEFAULT_TIMEOUT = 8_000; // 8 seconds

/** What makes the leg of a user that of an agent of a queue. */
export function ofQueue(centre: Centre, queue: GenesysQueue): Partial<NewLeg> {
  const { wrapupPrompt } = queue;
  return {
    ...{ purpose: 'agent', queueId: queue.id, wrapupPrompt, wrapupRequired: wrapupPrompt !== 'optional' },
    ...(wrapupPrompt === 'timeout' && { wrapupTimeoutMs: centre.settings().genesysWrapupTimeout }),
  };
}

/** A queue, in which somebody waits. */
export function queueLeg(centre: Centre, queue: GenesysQueue, wantedUserId: string | null = null): NewLeg {
  return {
    ...{ ...centre.ids(), purpose: 'acd', state: 'connected', direction: 'inbound', name: queue.name },
    ...{ address: telOf(queue.phone), queueId: queue.id, wantedUserId },
    extras: {
      conversationRoutingData: { queue: { id: queue.id }, priority: 0, skills: [], scoredAgents: [] },
    },
  };
}

/** The recorded voice, and where it will lead to. */
export function ivrLeg(centre: Centre, queue: GenesysQueue, wantedUserId: string | null): NewLeg {
  return {
    ...{ ...centre.ids(), purpose: 'ivr', state: 'connected', direction: 'inbound', name: IVR.name },
    ...{ address: telOf(IVR.phone), wantedQueueId: queue.id, wantedUserId },
  };
}

/** Somebody outside, who calls or is called. */
export function outsideLeg(
  centre: Centre,
  number: string,
  leg: Partial<NewLeg> & Pick<NewLeg, 'purpose' | 'state' | 'direction'>,
): NewLeg {
  const address = telOf(number);
  return { ...centre.ids(), name: 'Washington, DC', address, ...leg };
}

/** A contact of the organisation, at one of their phones. */
export function contactLeg(centre: Centre, contact: GenesysContact, number: string): NewLeg {
  return outsideLeg(centre, number, {
    ...{ purpose: 'external', state: 'dialing', direction: 'outbound', name: contact.name },
    externalContactId: contact.id,
  });
}

/** The voicemail of a user. */
export function voicemailLeg(centre: Centre, person: GenesysPerson): NewLeg {
  return {
    ...{ ...centre.ids(), purpose: 'voicemail', state: 'connected', direction: 'inbound' },
    ...{ name: `${person.name} Voicemail`, address: sipOf(person), userId: null },
  };
}

export function queueOf(id: string | null): GenesysQueue | undefined {
  return QUEUES.find((queue) => queue.id === id);
}
