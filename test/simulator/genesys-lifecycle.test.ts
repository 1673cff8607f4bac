/** The life of a conversation of Genesys Cloud: by itself, by commands, and by anything in any order. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Action, act } from '../../src/simulator/genesys/acting.ts';
import {
  type Conversation,
  connect,
  endAll,
  endsOf,
  join,
  leave,
  type Transfer,
} from '../../src/simulator/genesys/conversation.ts';
import { cancelConsult, consult, speakTo, transferBlind } from '../../src/simulator/genesys/moving.ts';
import {
  isConnected,
  isPresent,
  isSupervising,
  type NewLeg,
  owesWork,
} from '../../src/simulator/genesys/participant.ts';
import { GenesysRefusal } from '../../src/simulator/genesys/refusals.ts';
import { supervise } from '../../src/simulator/genesys/supervising.ts';
import { holdBackRecordings, tearDown } from '../../src/simulator/genesys/whole.ts';
import { createSimulator, type Simulator } from '../../src/simulator/server.ts';
import { ADA, type AnyBody, BEN, CLEO, clientOf, startStill, statesOf, talking } from './genesys-support.ts';
import { eventually } from './support.ts';

const read = (simulator: Simulator, id: string) =>
  simulator.genesys.conversations().find((one) => one.id === id) as AnyBody;
const SUPPORT = '7b1f0c52-6d3a-4e98-8a41-c0de00000201';

describe('A conversation', () => {
  test('goes from IVR to queue to one agent after the other, through the call, its after-call work and the end of that', async () => {
    await using simulator = await createSimulator({
      settings: {
        ...{ story: false, genesysIvrLength: 1, genesysQueueWait: 1, genesysAlertingTimeout: 20 },
        genesysWrapupTimeout: 10,
      },
    });
    const { id } = simulator.genesys.start({ kind: 'inbound', to: 'Support' });
    const agents = () =>
      read(simulator, String(id)).participants.filter(({ purpose }) => purpose === 'agent');
    // Ada, then Ben, then Cleo, and then from the beginning: nobody answers.
    await eventually(() =>
      agents()
        .map(({ user }) => user?.id)
        .slice(0, 4),
    ).toEqual([ADA, BEN, CLEO, ADA]);
    simulator.configure({ genesysAlertingTimeout: null });
    await eventually(() => agents().at(-1)?.alertingTimeoutMs).toBe(8_000);
    const agent = agents().at(-1);
    expect(
      agents()
        .slice(0, -1)
        .map(({ state, disconnectType }) => [state, disconnectType]),
    ).toEqual(
      agents()
        .slice(0, -1)
        .map(() => ['terminated', 'transfer.noanswer']),
    );
    const user = [ADA, BEN, CLEO].indexOf(agent?.user?.id ?? '');
    const ask = clientOf(simulator, ['gsim-ada', 'gsim-ben', 'gsim-cleo'][user]);
    await ask('PATCH', `/conversations/calls/${id}/participants/${agent?.id}`, { state: 'connected' });
    await eventually(() =>
      statesOf(read(simulator, String(id))).filter((one) => /connected/.test(one)),
    ).toEqual(['customer connected', 'agent connected']);
    const [customer] = read(simulator, String(id)).participants;
    simulator.genesys.move(String(id), customer?.id ?? '', { leave: 'endpoint' });
    await eventually(() => agents().at(-1)).toMatchObject({
      state: 'terminated',
      disconnectType: 'peer',
      startAcwTime: expect.any(String),
      endAcwTime: expect.any(String),
      wrapup: { name: 'ININ-WRAP-UP-TIMEOUT' },
    });
  });

  test('that is placed with more than there is room for is refused, and never begins', async () => {
    await using simulator = await startStill();
    const participants = Array.from({ length: 50 }, () => ({ address: '+12025550188' }));
    const { status, body } = await clientOf(simulator)('POST', '/conversations/calls', { participants });
    expect([status, body.code]).toEqual([400, 'conversation.error.cannot.create.conference']);
    expect(simulator.genesys.conversations()).toEqual([]);
  });

  test('whose caller nobody answers for very long ends, and does not grow for ever', async () => {
    await using simulator = await startStill({ genesysQueueWait: 1, genesysAlertingTimeout: 1 });
    const { id } = simulator.genesys.start({ kind: 'inbound', to: 'Support', state: 'queue' });
    const states = () => [...new Set(read(simulator, String(id)).participants.map(({ state }) => state))];
    await eventually(states).toEqual(['terminated']);
    expect(read(simulator, String(id)).participants.length).toBeGreaterThan(400);
  });

  test('that an agent declines alerts the next one', async () => {
    await using simulator = await startStill({ genesysQueueWait: 1 });
    const call = talking(simulator, 'alerting');
    await clientOf(simulator)('PATCH', call.at('agent'), { state: 'disconnected' });
    await eventually(() => statesOf(read(simulator, call.id)).slice(2)).toEqual([
      ...['acd connected', 'agent terminated', 'agent alerting'],
    ]);
    expect(read(simulator, call.id).participants.at(-1)?.user?.id).toBe(BEN);
  });

  test('that a user places rings at their own phone first, then at the other end, and then they talk', async () => {
    await using simulator = await startStill({ genesysStationAnswers: 1, genesysCalleeAnswers: 1 });
    const seen: string[] = [];
    const { body } = await clientOf(simulator)('POST', '/conversations/calls', {
      phoneNumber: '+12025550188',
    });
    await eventually(() => {
      const now = statesOf(read(simulator, body.id)).join(', ');
      if (seen.at(-1) !== now) seen.push(now);
      return now;
    }).toBe('user connected, external connected');
    const [own, other] = read(simulator, body.id).participants;
    expect([own?.direction, own?.peer === undefined, other?.peer === undefined]).toEqual([
      'outbound',
      false,
      false,
    ]);
  });

  test('for a user who does not answer goes to their voicemail, which ends', async () => {
    await using simulator = await startStill({ genesysAlertingTimeout: 5, genesysVoicemailLength: 5 });
    const { id } = simulator.genesys.start({ kind: 'direct', to: 'ada' });
    await eventually(() => statesOf(read(simulator, String(id)))).toEqual([
      'external terminated',
      'user terminated',
      'voicemail terminated',
    ]);
  });

  test('is handed on after asking when whoever asked leaves; nobody waits on hold then', async () => {
    await using simulator = await startStill();
    const ask = clientOf(simulator);
    const call = talking(simulator);
    const { body } = await ask('POST', `${call.at('customer')}/consult/agent`, { userId: BEN });
    const ben = {
      path: `${call.path}/participants/${body.destinationParticipantId}`,
      ask: clientOf(simulator, 'gsim-ben'),
    };
    await ben.ask('PATCH', ben.path, { state: 'connected' });
    await ask('PATCH', call.at('agent'), { state: 'disconnected' });
    const { body: now } = await ben.ask('GET', call.path);
    expect(statesOf(now)).toEqual([
      ...['customer connected', 'ivr terminated', 'acd terminated', 'agent disconnected', 'user connected'],
    ]);
    expect([now.participants[3]?.disconnectType, now.recentTransfers[0].state]).toEqual([
      'transfer.consult',
      'Complete',
    ]);
  });

  test('that is transferred attended stays until the other one answers', async () => {
    await using simulator = await startStill();
    const ask = clientOf(simulator);
    const call = talking(simulator);
    await ask('POST', `${call.at('agent')}/replace`, { userId: BEN, transferType: 'Attended' });
    const before = (await ask('GET', call.path)).body;
    expect([statesOf(before).slice(3), before.recentTransfers[0].state]).toEqual([
      ['agent connected', 'user alerting'],
      'Active',
    ]);
    const ben = before.participants.at(-1)?.id;
    await clientOf(simulator, 'gsim-ben')('PATCH', `${call.path}/participants/${ben}`, {
      state: 'connected',
    });
    const after = (await ask('GET', call.path)).body;
    expect([statesOf(after).slice(3), after.recentTransfers[0].state]).toEqual([
      ['agent disconnected', 'user connected'],
      'Complete',
    ]);
  });

  test('that a supervisor listens to ends for them with the agent', async () => {
    await using simulator = await startStill({ genesysStationAnswers: 1 });
    const cleo = clientOf(simulator, 'gsim-cleo');
    const call = talking(simulator);
    await cleo('POST', `${call.at('agent')}/monitor`);
    await eventually(() => statesOf(read(simulator, call.id)).at(-1)).toBe('user connected');
    await cleo('POST', `${call.at('agent')}/coach`);
    await eventually(() => statesOf(read(simulator, call.id)).slice(4)).toEqual([
      'user terminated',
      'user connected',
    ]);
    simulator.genesys.move(call.id, call.ids.customer ?? '', { leave: 'endpoint' });
    expect(statesOf(read(simulator, call.id)).slice(3)).toEqual([
      ...['agent disconnected', 'user terminated', 'user terminated'],
    ]);
  });

  test('goes on where three talk and one leaves, and can be read in the history when it is over', async () => {
    await using simulator = await startStill();
    const ask = clientOf(simulator);
    const { id, participants } = simulator.genesys.start({
      kind: 'conference',
      from: 'ada',
    }) as unknown as AnyBody;
    simulator.genesys.move(id, participants[1]?.id ?? '', { leave: 'endpoint' });
    expect(statesOf(read(simulator, id))).toEqual([
      'user connected',
      'external terminated',
      'external connected',
    ]);
    await ask('PATCH', `/conversations/calls/${id}`, { state: 'disconnected' });
    const { body } = await ask('GET', '/conversations/calls/history?pageSize=1');
    expect(body).toMatchObject({ total: 1, entities: [{ id, wasConference: true, missedCall: false }] });
  });
});

const PEOPLE = [ADA, BEN, CLEO];

/** Anything that can happen to a conversation, to any of its participants. */
type Step = (conversation: Conversation, at: number) => Conversation | GenesysRefusal;

const which = fc.nat({ max: 7 });
const idAt = ({ participants }: Conversation, index: number) =>
  participants[index % participants.length]?.id ?? '';
const wrapup = {
  code: 'c0de0000-0000-4000-8000-000000000301',
  notes: null,
  tags: [],
  durationSeconds: 1,
  endTime: 1,
};
const actions: fc.Arbitrary<Action> = fc.oneof(
  ...[{ name: 'answer' }, { name: 'skipWrapup' }, { name: 'disconnect', disconnectType: 'client' }].map(
    (one) => fc.constant(one as Action),
  ),
  fc.boolean().map((held): Action => ({ name: 'hold', held })),
  fc.boolean().map((muted): Action => ({ name: 'mute', muted })),
  fc.boolean().map((recording): Action => ({ name: 'record', recording })),
  fc.boolean().map((confined): Action => ({ name: 'confine', confined })),
  fc.boolean().map((required): Action => ({ name: 'requireWork', required })),
  fc.boolean().map((provisional): Action => ({ name: 'wrapUp', wrapup: { ...wrapup, provisional } })),
);
let count = 0;
function legOf(kind: number): NewLeg {
  count += 1;
  const ids = { id: `participant-${count}`, communicationId: `communication-${count}` };
  const user = { ...ids, userId: PEOPLE[kind % 3] ?? null, direction: 'inbound' } as const;
  return [
    { ...user, purpose: 'agent', state: 'alerting', queueId: SUPPORT, wrapupRequired: true },
    { ...user, purpose: 'user', state: 'alerting' },
    { ...ids, purpose: 'external', state: 'dialing', direction: 'outbound' } as const,
    { ...ids, purpose: 'acd', state: 'connected', direction: 'inbound', queueId: SUPPORT } as const,
  ][kind % 4] as NewLeg;
}
function transfer(type: Transfer['type'], state: Transfer['state']): Transfer {
  count += 1;
  const to = { initiatorUserId: ADA, userId: null, address: null };
  return { id: `transfer-${count}`, state, issuedAt: 1, type, ...to };
}
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(which, actions).map(
      ([index, action]): Step =>
        (now, at) =>
          act(now, idAt(now, index), action, at),
    ),
  },
  {
    weight: 2,
    arbitrary: which.map(
      (index): Step =>
        (now, at) =>
          connect(now, idAt(now, index), at),
    ),
  },
  which.map(
    (index): Step =>
      (now, at) =>
        leave(now, idAt(now, index), 'endpoint', at),
  ),
  which.map(
    (kind): Step =>
      (now, at) =>
        endsOf(now).length === 0 ? now : join(now, legOf(kind), at),
  ),
  fc.tuple(which, which, fc.constantFrom('Attended' as const, 'Unattended' as const)).map(
    ([index, kind, type]): Step =>
      (now, at) =>
        transferBlind(now, idAt(now, index), { leg: legOf(kind), transfer: transfer(type, 'Complete') }, at),
  ),
  fc.tuple(which, which, fc.constantFrom('DESTINATION' as const, 'BOTH' as const)).map(
    ([index, kind, to]): Step =>
      (now, at) =>
        consult(
          now,
          idAt(now, index),
          PEOPLE[kind % 3] ?? '',
          { leg: legOf(kind + 1), transfer: transfer('Attended', 'Active'), speakTo: to },
          at,
        ),
  ),
  which.map(
    (index): Step =>
      (now, at) =>
        speakTo(now, idAt(now, index), 'OBJECT', at),
  ),
  which.map(
    (index): Step =>
      (now, at) =>
        cancelConsult(now, idAt(now, index), at),
  ),
  fc.tuple(which, fc.constantFrom('monitor' as const, 'coach' as const, 'barge' as const)).map(
    ([index, kind]): Step =>
      (now, at) =>
        supervise(now, idAt(now, index), kind, { ...legOf(1), userId: CLEO, state: 'contacting' }, at),
  ),
  fc.boolean().map(
    (isPaused): Step =>
      (now) =>
        holdBackRecordings(now, isPaused),
  ),
  fc.constant<Step>((now, at) => endAll(now, 'system', at)),
  fc.constant<Step>(tearDown),
);

/** What no conversation ever is. */
function impossible(before: Conversation, after: Conversation): string[] {
  const problems: string[] = [];
  const say = (what: string, is: boolean) => {
    if (is) problems.push(what);
  };
  for (const was of before.participants) {
    const is = after.participants.find(({ id }) => id === was.id);
    say('somebody is taken out', is === undefined);
    say('somebody who left for good comes back', was.state === 'terminated' && is?.state !== 'terminated');
    say(
      'somebody in after-call work talks again',
      was.state === 'disconnected' && is !== undefined && isPresent(is),
    );
  }
  for (const one of after.participants) {
    say('somebody who left has no time for it', !isPresent(one) && one.endTime === null);
    say('somebody who is there has left', isPresent(one) && one.endTime !== null);
    say('somebody who left is held', !isPresent(one) && (one.held || one.recording || one.confined));
    say('held without since when', one.held !== (one.startHoldTime !== null));
    say('connected without since when', isConnected(one) && one.connectedTime === null);
    say('owes work without having talked', owesWork(one) && one.connectedTime === null);
    say('disconnected and owes nothing', one.state === 'disconnected' && !owesWork(one));
    say('a work that ends before it began', one.endAcwTime !== null && one.startAcwTime === null);
    say(
      'talks to somebody who is not there',
      isConnected(one) &&
        one.peer !== null &&
        !after.participants.some((other) => other.communicationId === one.peer && isConnected(other)),
    );
  }
  const ends = endsOf(after).length;
  say('one end alone', ends === 1);
  say(
    'a supervisor of nobody',
    ends === 0 && after.participants.some((one) => isPresent(one) && isSupervising(one)),
  );
  const isOver = !after.participants.some((one) => isPresent(one) || owesWork(one));
  say('over, and not ended', isOver !== (after.endedAt !== null));
  const { consult: asking } = after;
  const asked = [asking?.destinationId, asking?.objectId, asking?.initiatorId].map((id) =>
    after.participants.find((one) => one.id === id),
  );
  say(
    'a consultation without one of its three',
    asking !== null && asked.some((one) => one === undefined || !isPresent(one)),
  );
  const isThere = (id: string | undefined) =>
    after.participants.some((one) => one.id === id && isPresent(one));
  const waited = after.transfers.filter(
    ({ state, replacedId }) => state === 'Active' && replacedId !== undefined,
  );
  say(
    'a transfer that nobody waits for',
    waited.some((one) => !isThere(one.replacedId) || !isThere(one.destinationId)),
  );
  return problems;
}

test('No order of commands and events makes an impossible conversation', () => {
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 30 }), (all) => {
      const empty: Conversation = {
        ...{
          id: 'c',
          startedAt: 0,
          endedAt: null,
          participants: [],
          transfers: [],
          consult: null,
          isConference: false,
        },
      };
      const customer: NewLeg = {
        id: 'customer',
        communicationId: 'c-customer',
        purpose: 'customer',
        state: 'connected',
        direction: 'inbound',
      };
      let now = join(join(empty, customer, 1), { ...legOf(0), userId: ADA }, 1);
      for (const [index, step] of all.entries()) {
        const next = step(now, index + 2);
        if (next instanceof GenesysRefusal) continue;
        expect(impossible(now, next)).toEqual([]);
        now = next;
      }
    }),
    { numRuns: 2_000 },
  );
});
