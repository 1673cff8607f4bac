/** Calls of the simulated Genesys Cloud, as a client of its API meets them. */
import { expect, test } from 'vitest';
import { createSimulator } from '../../src/simulator/server.ts';
import { ADA, clientOf, startStill, statesOf, talking } from './genesys-support.ts';
import { eventually } from './support.ts';

test('A customer comes by IVR and queue, an agent who does not answer is followed by the next, and then they talk', async () => {
  await using simulator = await createSimulator({
    settings: { story: false, genesysIvrLength: 5, genesysQueueWait: 5, genesysAlertingTimeout: 30 },
  });
  const seen: string[] = [];
  const { id } = simulator.genesys.start({ kind: 'inbound', to: 'Support' });
  const now = () => simulator.genesys.conversations().find((one) => one.id === id) as never;
  await eventually(() => statesOf(now())).toEqual([
    'customer connected',
    'ivr terminated',
    'acd terminated',
    'agent terminated',
    'acd connected',
    'agent alerting',
  ]);
  seen.push(...statesOf(now()));
  const agents = (
    now() as { participants: { purpose: string; id: string; user?: { id: string } }[] }
  ).participants.filter(({ purpose }) => purpose === 'agent');
  expect(agents[0]?.user?.id).toBe(ADA);
  simulator.configure({ genesysAlertingTimeout: null });
});

test('Ada reads her call, answers it, holds it, and hangs up; then she owes a wrap-up', async () => {
  await using simulator = await startStill();
  const ask = clientOf(simulator);
  const call = talking(simulator, 'alerting');
  expect(statesOf((await ask('GET', '/conversations/calls')).body.entities[0] as never)).toEqual([
    'customer connected',
    'ivr terminated',
    'acd connected',
    'agent alerting',
  ]);
  for (const [body, states] of [
    [{ state: 'connected' }, 'agent connected'],
    [{ held: true }, 'agent connected held'],
    [{ held: false, muted: true }, 'agent connected muted'],
    [{ state: 'disconnected' }, 'agent disconnected muted'],
    [{ wrapup: { code: 'c0de0000-0000-4000-8000-000000000301', notes: 'done' } }, 'agent terminated muted'],
  ] as const) {
    const answer = await ask('PATCH', call.at('agent'), body);
    expect([answer.status, answer.body]).toEqual([202, {}]);
    expect(statesOf((await ask('GET', call.path)).body).at(-1)).toBe(states);
  }
  expect((await ask('GET', '/conversations/calls')).body.entities).toEqual([]);
});

test('Ada places a call', async () => {
  await using simulator = await startStill({ genesysStationAnswers: 1, genesysCalleeAnswers: 1 });
  const ask = clientOf(simulator);
  const { status, body } = await ask('POST', '/conversations/calls', { phoneNumber: '+12025550188' });
  expect(status).toBe(200);
  await expect
    .poll(async () => statesOf((await ask('GET', `/conversations/calls/${body.id}`)).body))
    .toEqual(['user connected', 'external connected']);
});
