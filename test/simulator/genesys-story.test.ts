/** The story of the simulated Genesys Cloud, and the conversations of the examples. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { createCentre } from '../../src/simulator/genesys/centre.ts';
import { change } from '../../src/simulator/genesys/conversation.ts';
import { startConversation } from '../../src/simulator/genesys/placing.ts';
import { followConversations } from '../../src/simulator/genesys/routing.ts';
import { createGenesysStory } from '../../src/simulator/genesys/story.ts';
import { createSimulator, GENESYS_DEMO, GENESYS_STAGED, type Simulator } from '../../src/simulator/server.ts';
import { DEFAULT_SETTINGS } from '../../src/simulator/settings.ts';
import { ADA, type AnyBody, clientOf, statesOf } from './genesys-support.ts';
import { eventually } from './support.ts';

const conversation = (simulator: Simulator, id: string) =>
  simulator.genesys.conversations().find((one) => one.id === id) as AnyBody | undefined;
const LIVE = ['alerting', 'contacting', 'dialing', 'connected'];

test('A caller who comes first finds the default agent in live conversations, one of them with ids that never change', async () => {
  await using simulator = await createSimulator();
  const { body } = await clientOf(simulator)('GET', '/conversations/calls');
  const live = body.entities.filter(({ participants }) =>
    participants.some(({ user, state }) => user?.id === ADA && LIVE.includes(state)),
  );
  expect(live.length).toBeGreaterThan(1);
  expect(live.map(({ id }) => id)).toContain(GENESYS_DEMO.conversationId);
});

test('The conversation that never ends goes round: answered, muted, held, recorded, flagged, and again', async () => {
  await using simulator = await createSimulator({ settings: { storyPace: 5, genesysEventDelay: 0 } });
  const seen = new Set<string>();
  await eventually(() => {
    const own = conversation(simulator, GENESYS_DEMO.conversationId)?.participants.find(
      ({ id }) => id === GENESYS_DEMO.ownId,
    );
    for (const name of ['held', 'muted', 'recording', 'flaggedReason']) if (own?.[name]) seen.add(name);
    return [...seen].sort();
  }).toEqual(['flaggedReason', 'held', 'muted', 'recording']);
});

test('Others come, are handed on, wrapped up, listened to, sent to voicemail, and end', async () => {
  await using simulator = await createSimulator({
    settings: {
      storyPace: 20,
      genesysAlertingTimeout: 40,
      genesysWrapupTimeout: 100,
      genesysStationAnswers: 5,
      genesysCalleeAnswers: 5,
    },
  });
  const seen = new Set<string>();
  await eventually(() => {
    for (const { participants } of simulator.genesys.conversations() as unknown as AnyBody[]) {
      for (const one of participants) {
        if (one.disconnectType === 'transfer' && one.user !== undefined) seen.add('handed on');
        if (one.wrapup !== undefined) seen.add('wrapped up');
        if (one.monitoredParticipantId !== undefined) seen.add('listened to');
        if (one.purpose === 'voicemail') seen.add('voicemail');
      }
      if (participants.every(({ state }) => state === 'terminated')) seen.add('ended');
    }
    return [...seen].sort();
  }).toEqual(['ended', 'handed on', 'listened to', 'voicemail', 'wrapped up']);
});

test.each(Object.entries(GENESYS_STAGED))(
  'The conversation of the examples named %s is not there before somebody asks for it, and then is as its command needs it',
  async (name, { conversationId, ownId }) => {
    await using simulator = await createSimulator({ settings: { storyPace: 1_000_000 } });
    expect(conversation(simulator, conversationId)).toBeUndefined();
    const { status, body } = await clientOf(simulator)('GET', `/conversations/calls/${conversationId}`);
    expect(status).toBe(200);
    const own = body.participants.find(({ id }) => id === ownId);
    const expected: Record<string, string> = {
      ringing: 'alerting',
      personal: 'alerting',
      afterCall: 'disconnected',
      parked: 'parked',
    };
    expect(own?.state).toBe(expected[name] ?? 'connected');
  },
);

test('What an example did to a call that goes on is undone a while after, and a call that it ended begins anew', async () => {
  await using simulator = await createSimulator({ settings: { storyPace: 10, genesysCommandDelay: 0 } });
  const ask = clientOf(simulator);
  const { conversationId, ownId } = GENESYS_STAGED.talking;
  const path = `/conversations/calls/${conversationId}`;
  expect((await ask('PATCH', `${path}/participants/${ownId}`, { held: true })).status).toBe(202);
  await eventually(() => statesOf(conversation(simulator, conversationId) as AnyBody).at(-1)).toBe(
    'agent connected',
  );

  const ending = `/conversations/calls/${GENESYS_STAGED.ending.conversationId}`;
  for (const _again of [1, 2]) {
    expect((await ask('PATCH', ending, { state: 'disconnected' })).status).toBe(202);
    expect(statesOf((await ask('GET', ending)).body)[0]).toMatch(/terminated/);
  }
});

test('A call that a user has placed, and that nobody comes back to, ends after a while by itself', () => {
  vi.useFakeTimers();
  const centre = createCentre(() => DEFAULT_SETTINGS, Date.now);
  followConversations(centre);
  const story = createGenesysStory(centre, () => DEFAULT_SETTINGS);
  onTestFinished(() => {
    story.stop();
    centre.stop();
    vi.useRealTimers();
  });
  story.follow();
  const turns = (count: number) => vi.advanceTimersByTime(count * DEFAULT_SETTINGS.storyPace);
  const { id } = startConversation(centre, { kind: 'outbound', from: 'ben', to: '+12025550199' });
  turns(15);
  expect(statesOf(centre.conversation(id) as unknown as AnyBody)).toEqual([
    'user connected',
    'external connected',
  ]);
  centre.change(id, (call, at) => change(call, call.participants[0]?.id ?? '', { muted: true }, at));
  turns(15);
  expect(centre.find(id)?.endedAt).toBeNull();
  turns(2);
  expect(centre.find(id)?.endedAt).not.toBeNull();
});
