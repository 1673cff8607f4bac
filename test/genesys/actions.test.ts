import { describe, expect, test } from 'vitest';
import { PARTICIPANT_ACTIONS, type ParticipantAction } from '../../schema/genesys/actions.ts';
import { allowedActions, availableActions, outlookOf, reasonAgainst } from '../../src/genesys/actions.ts';
import { toConversation } from '../../src/genesys/translate.ts';
import { startStill, talking } from '../simulator/genesys-support.ts';
import { at, conversation, EXAMPLES, ME, type WireConversation } from './commands-of-all-kinds.ts';
import { COMMAND_NAMES, scene } from './stage.ts';

function allowed(wire: WireConversation, participantId = 'p-me', userId: string | null = ME) {
  const seen = toConversation(wire, 1);
  const participant = seen.participants.find(({ id }) => id === participantId);
  if (participant === undefined) throw new TypeError(`There is no ${participantId}.`);
  return { seen, participant, actions: allowedActions(seen, participant, userId) };
}

const colleague = { id: 'p-colleague', purpose: 'agent', state: 'connected', user: { id: 'u-2' } };

describe('The actions of', () => {
  const cells: readonly [
    what: string,
    actions: readonly ParticipantAction[],
    wire: WireConversation,
    participantId?: string,
  ][] = [
    [
      'the own participant that rings',
      [
        ...(['ANSWER', 'DISCONNECT', 'TRANSFER', 'FLAG', 'SET_ATTRIBUTES'] as const),
        ...(['SET_UUI_DATA', 'DISCONNECT_CONVERSATION'] as const),
      ],
      conversation({ state: 'alerting', connectedTime: null }),
    ],
    [
      'the own participant that talks',
      [
        ...(['DISCONNECT', 'HOLD', 'MUTE', 'TRANSFER', 'START_RECORDING', 'PAUSE_RECORDING'] as const),
        ...(['RESUME_RECORDING', 'SEND_DIGITS', 'WRAP_UP', 'SKIP_WRAP_UP', 'SET_AFTER_CALL_WORK'] as const),
        ...(['FLAG', 'SET_ATTRIBUTES', 'SET_UUI_DATA', 'MERGE', 'ADD_PARTICIPANTS'] as const),
        'DISCONNECT_CONVERSATION',
      ],
      conversation(),
    ],
    [
      'the customer who talks',
      [
        ...(['DISCONNECT', 'HOLD', 'MUTE', 'TRANSFER', 'START_CONSULT', 'START_RECORDING'] as const),
        ...(['STOP_RECORDING', 'PAUSE_RECORDING', 'RESUME_RECORDING', 'UNCONFINE', 'SEND_DIGITS'] as const),
        ...(['FLAG', 'SET_ATTRIBUTES', 'SET_UUI_DATA', 'MERGE', 'ADD_PARTICIPANTS'] as const),
        'DISCONNECT_CONVERSATION',
      ],
      conversation(),
      'p-customer',
    ],
    [
      'one who has left, and owes a wrap-up',
      ['WRAP_UP', 'SKIP_WRAP_UP', 'FLAG', 'SET_ATTRIBUTES', 'DISCONNECT_CONVERSATION'],
      conversation({ state: 'disconnected' }),
    ],
    [
      'one whose wrap-up is done, in a call that is over',
      ['WRAP_UP', 'UNFLAG', 'SET_ATTRIBUTES'],
      {
        id: 'c-1',
        participants: [
          {
            ...{ id: 'p-me', purpose: 'agent', state: 'terminated', user: { id: ME }, wrapup: { code: 'w' } },
            ...{ connectedTime: '2026-03-04T15:20:00Z', endAcwTime: '2026-03-04T15:40:00Z' },
            flaggedReason: 'general',
          },
        ],
      },
    ],
  ];
  for (const [what, actions, wire, participantId] of cells) {
    test(`${what} are those.`, () => {
      expect([...allowed(wire, participantId).actions].sort()).toEqual([...actions].sort());
    });
  }

  test('another agent can be a supervisor’s, and not those of somebody who talks to them.', () => {
    const theirs = conversation({ user: { id: 'u-2' } });
    const supervisor = ['MONITOR', 'COACH', 'BARGE'];
    expect(allowed(theirs).actions).toEqual(expect.arrayContaining(supervisor));
    const both = conversation({}, {}, [colleague]);
    expect(allowed(both, 'p-colleague').actions).not.toEqual(expect.arrayContaining(['MONITOR']));
    // Who listens already may say something, too.
    const listening = conversation({ user: { id: 'u-2' } }, {}, [
      { id: 'p-sup', state: 'connected', user: { id: ME }, monitoredParticipantId: 'p-me' },
    ]);
    expect(allowed(listening).actions).toEqual(expect.arrayContaining(['COACH', 'BARGE']));
  });

  test('a customer about whom somebody is asked are those of a consultation.', () => {
    const consult = conversation({}, {}, [{ ...colleague, consultParticipantId: 'p-customer' }]);
    const { actions } = allowed(consult, 'p-customer');
    expect(actions).toEqual(expect.arrayContaining(['SPEAK_TO', 'COMPLETE_CONSULT', 'CANCEL_CONSULT']));
    expect(actions).not.toContain('START_CONSULT');
  });

  test('somebody of whom nothing is known are all worth trying but what their state would have to show.', () => {
    const { actions } = allowed({ id: 'c-1', participants: [{ id: 'p-x' }] }, 'p-x', null);
    expect(actions).toEqual(
      expect.arrayContaining(['ANSWER', 'HOLD', 'UNHOLD', 'MUTE', 'UNMUTE', 'TRANSFER']),
    );
  });

  test('a recording that is paused can go on, and not be paused again.', () => {
    const paused = conversation({ recording: true }, { recordingState: 'paused', securePause: true });
    expect(allowed(paused).actions).toEqual(expect.arrayContaining(['RESUME_RECORDING', 'STOP_RECORDING']));
    expect(allowed(paused).actions).not.toContain('PAUSE_RECORDING');
  });
});

test('Every action has its reason where it is not allowed, and none where it is.', () => {
  const { seen, participant, actions } = allowed(conversation({ held: true }));
  const all = availableActions(seen, participant, ME);
  expect(all.map(({ action }) => action)).toEqual(PARTICIPANT_ACTIONS);
  expect(all.filter((one) => one.allowed).map(({ action }) => action)).toEqual(actions);
  expect(all.every((one) => one.allowed === (one.reason === null))).toBe(true);
  expect(all.find(({ action }) => action === 'HOLD')?.reason).toBe('The participant is on hold already.');
});

test('The outlook of a participant is another where any reason is, and the same where none is.', () => {
  const outlook = (wire: WireConversation) => {
    const { seen, participant } = allowed(wire);
    return outlookOf(seen, participant, ME);
  };
  expect(outlook(conversation())).toBe(outlook(conversation({ name: 'Other' })));
  expect(outlook(conversation())).not.toBe(outlook(conversation({ held: true })));
});

test('A command is reasoned about as its action; what begins a conversation is never in its way.', () => {
  const { seen, participant } = allowed(conversation({ state: 'disconnected' }));
  const hold = { name: 'holdCallMediaParticipant', ...at } as const;
  expect(reasonAgainst(hold, seen, participant, ME)).toBe('This participant has left the call.');
  expect(reasonAgainst(EXAMPLES.placeCall.command, seen, participant, ME)).toBeNull();
});

test.each(COMMAND_NAMES)('%s is allowed where Genesys carries it out.', async (name) => {
  await using simulator = await startStill();
  const { command, userId } = await scene(simulator, name);
  if (!('participantId' in command)) return;
  const body = simulator.genesys.conversations().find(({ id }) => id === command.conversationId);
  const seen = toConversation(body, 1);
  const participant = seen.participants.find(({ id }) => id === command.participantId);
  expect(participant && reasonAgainst(command, seen, participant, userId)).toBeNull();
});

test('What Genesys refuses for the state of a ringing call has a reason.', async () => {
  await using simulator = await startStill();
  const call = talking(simulator, 'alerting');
  const seen = toConversation(simulator.genesys.conversations()[0], 1);
  const participant = seen.participants.find(({ id }) => id === call.ids.agent);
  const hold = { name: 'holdCallMediaParticipant', ...at } as const;
  expect(participant && reasonAgainst(hold, seen, participant, ME)).toMatch(/^Only possible once/);
});
