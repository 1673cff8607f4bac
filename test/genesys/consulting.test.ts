import { describe, expect, test } from 'vitest';
import type { ConversationCommand } from '../../schema/genesys/provider.ts';
import { allowedActions } from '../../src/genesys/actions.ts';
import { consultedAbout } from '../../src/genesys/consulting.ts';
import { doubtAbout } from '../../src/genesys/outcomes.ts';
import { toConversation } from '../../src/genesys/translate.ts';

const ADA = 'u-ada';

interface Pointers {
  readonly customer?: string;
  readonly ada?: string;
  readonly ben?: string;
}

interface Changes {
  readonly customer?: object;
  readonly ada?: object;
  readonly ben?: object;
}

/** A customer, Ada who talks to them, and Ben whom she asks; each with what its `consultParticipantId` names. */
function asking(pointers: Pointers, changes: Changes = {}) {
  const one = (name: keyof Pointers, more: object) => ({
    ...{ id: `p-${name}`, state: 'connected', held: false, consultParticipantId: pointers[name] },
    ...more,
    ...changes[name],
  });
  const participants = [
    one('customer', { purpose: 'customer' }),
    one('ada', { purpose: 'agent', user: { id: ADA } }),
    one('ben', { purpose: 'agent', user: { id: 'u-ben' } }),
  ];
  return toConversation({ id: 'c-1', participants }, 1);
}

/** What Genesys Cloud was seen to tell, what it documents, and what lies between. */
const SHOWN: Readonly<Record<string, Pointers>> = {
  'on who asks and on who is asked, naming who is asked': { ada: 'p-ben', ben: 'p-ben' },
  'on everybody, naming who is asked': { customer: 'p-ben', ada: 'p-ben', ben: 'p-ben' },
  'on who asks alone, naming who is asked': { ada: 'p-ben' },
  'on who is asked, naming who is transferred': { ben: 'p-customer' },
  'on who is asked, naming somebody who has left': { ada: 'p-queue', ben: 'p-queue' },
};

const about = { conversationId: 'c-1', participantId: 'p-customer' };
const CONSULT_ACTIONS = ['SPEAK_TO', 'COMPLETE_CONSULT', 'CANCEL_CONSULT'];

describe.each(Object.entries(SHOWN))('A consultation that is shown %s', (_, pointers) => {
  const now = asking(pointers);
  const customer = now.participants[0];
  if (customer === undefined) throw new TypeError('There is no customer.');

  test('is about the customer, and it is Ben who is asked.', () => {
    expect(consultedAbout(now, 'p-customer', ADA).map(({ id }) => id)).toEqual(['p-ben']);
    const actions = allowedActions(now, customer, ADA);
    expect(actions).toEqual(expect.arrayContaining(CONSULT_ACTIONS));
    expect(actions).not.toContain('START_CONSULT');
  });

  test('is over for everybody who has left, and none then.', () => {
    expect(consultedAbout(asking(pointers, { ben: { state: 'terminated' } }), 'p-customer', ADA)).toEqual([]);
  });

  test('is not offered on the one who asks.', () => {
    const ada = now.participants[1];
    const actions = ada === undefined ? [] : allowedActions(now, ada, ADA);
    expect(actions.filter((action) => CONSULT_ACTIONS.includes(action))).toEqual([]);
  });

  test('is complete once Ada has left, and the two others have not.', () => {
    const command: ConversationCommand = { name: 'completeConsultTransfer', ...about };
    const doubt = (changes: Changes) =>
      doubtAbout(command, {
        ...{ conversation: asking({}, changes), before: now, userId: ADA, madeId: null },
      });
    const left = { state: 'disconnected' };
    expect(doubt({ ada: left })).toBeNull();
    expect(doubt({ ada: left, customer: left })).toMatch(/does not show/);
    // The customer is alone: whoever was asked hung up a moment before.
    expect(doubt({ ada: left, ben: left })).toMatch(/does not show/);
    expect(doubt({ ben: left })).toMatch(/does not show/);
  });

  test('is called off once Ben has left, and begun once he came.', () => {
    const cancel: ConversationCommand = { name: 'cancelConsultTransfer', ...about };
    const start: ConversationCommand = {
      ...{ name: 'startConsultTransfer', ...about },
      target: { userId: 'u-ben' },
    };
    const called = { ...now, participants: now.participants.slice(0, 2) };
    const without = asking({}, { ben: { state: 'terminated' } });
    expect(doubtAbout(cancel, { conversation: without, before: now, userId: ADA, madeId: null })).toBeNull();
    expect(doubtAbout(start, { conversation: now, before: called, userId: ADA, madeId: null })).toBeNull();
  });
});

test('A conversation without a consultation shows none, nor does one in which another one is only named by who left.', () => {
  expect(consultedAbout(asking({}), 'p-customer', ADA)).toEqual([]);
  expect(consultedAbout(asking({ ada: 'p-gone' }), 'p-customer', ADA)).toEqual([]);
  expect(
    consultedAbout(asking({ ben: 'p-ben' }, { ben: { state: 'disconnected' } }), 'p-customer', ADA),
  ).toEqual([]);
});

test('Of somebody of whom it is not known who they are, it is still Ben who is asked.', () => {
  const now = asking({ ada: 'p-ben', ben: 'p-ben' });
  expect(consultedAbout(now, 'p-customer', null).map(({ id }) => id)).toEqual(['p-ben']);
});
