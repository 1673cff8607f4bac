/** When a participant of Genesys Cloud counts as changed: an event names what a read only points to. */
import { describe, expect, test } from 'vitest';
import type { ConversationRoutingData, EntityRef } from '../../schema/genesys/model.ts';
import { GENESYS_CALLS } from '../../src/genesys/call-shape.ts';
import { toConversation } from '../../src/genesys/translate.ts';
import { anEntity, aParticipant } from '../schema/fake-conversations.ts';

/** A call that waits in Support for somebody who speaks English, with these names. */
function waiting(names: string | null, changed: Partial<ConversationRoutingData> = {}) {
  const ref = (kind: EntityRef['kind'], id: string) => anEntity(kind, id, names && `${names} ${id}`);
  return aParticipant('c-1', 'acd', {
    conversationRoutingData: {
      ...{ queue: ref('QUEUE', 'q-1'), language: ref('LANGUAGE', 'l-1'), skills: [ref('SKILL', 's-1')] },
      ...{ scoredAgents: [{ agent: ref('USER', 'u-1'), score: 90 }], priority: 1, label: null },
      ...changed,
    },
  });
}

test('Whoever is named in one place and not in another is the same.', () => {
  expect(GENESYS_CALLS.sameState(waiting('Name of'), waiting(null))).toBe(true);
  expect(GENESYS_CALLS.sameState(waiting(null), waiting('Name of'))).toBe(true);
});

test.each<Partial<ConversationRoutingData>>([
  { queue: anEntity('QUEUE', 'q-2') },
  { queue: null },
  { language: anEntity('LANGUAGE', 'l-2') },
  { skills: [] },
  { scoredAgents: [{ agent: anEntity('USER', 'u-2'), score: 90 }] },
  { scoredAgents: [{ agent: anEntity('USER', 'u-1'), score: 80 }] },
  { priority: 2 },
  { label: 'heavy' },
])('Whose call finds its agent otherwise (%j) has changed.', (changed) => {
  expect(GENESYS_CALLS.sameState(waiting(null), waiting(null, changed))).toBe(false);
});

test('A name of the queue that an event told stays known after a read.', () => {
  const read = GENESYS_CALLS.completed(waiting('Name of'), waiting(null));
  expect(read.conversationRoutingData?.queue?.name).toBe('Name of q-1');
});

describe('Why somebody left', () => {
  const left = (disconnectType: string) => {
    const participant = { id: 'p-1', purpose: 'agent', state: 'terminated', disconnectType };
    return toConversation({ id: 'c-1', participants: [participant] }, 1).participants[0] as never;
  };

  // Else each event of anybody told of them anew, and each read took it back.
  test.each([
    ['endpoint.dnd', 'endpoint.donotdisturb'],
    ['transfer.dnd', 'transfer.donotdisturb'],
    ['Client', 'client'],
  ])('is the same in an event (%s) and in a read (%s).', (told, read) => {
    expect(GENESYS_CALLS.sameState(left(told), left(read))).toBe(true);
    expect(GENESYS_CALLS.sameState(left(read), left(told))).toBe(true);
  });

  test.each([
    ['endpoint.dnd', 'endpoint'],
    ['something.new', 'something.newer'],
    ['something.new', 'client'],
  ])('is another: %s, %s.', (one, other) => {
    expect(GENESYS_CALLS.sameState(left(one), left(other))).toBe(false);
    expect(GENESYS_CALLS.sameState(left(other), left(one))).toBe(false);
  });
});

test('What a recorder does is the same however it is spelt, and another where nobody knows the words.', () => {
  const recorded = (snippetState: string) => {
    const participant = { id: 'p-1', state: 'connected', recordersState: { snippetState } };
    return toConversation({ id: 'c-1', participants: [participant] }, 1).participants[0] as never;
  };
  expect(GENESYS_CALLS.sameState(recorded('ACTIVE'), recorded('active'))).toBe(true);
  expect(GENESYS_CALLS.sameState(recorded('ACTIVE'), recorded('PAUSED'))).toBe(false);
  expect(GENESYS_CALLS.sameState(recorded('STARTING'), recorded('STOPPING'))).toBe(false);
});
