/** A conversation that is watched has the same answer as long as it does not change, for the same user and nobody else. */
import { parse } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { createFastPath } from '../../src/server/fast-path.ts';
import { until } from '../support/gateway.ts';
import { callUser, openGenesysHouse, subscribed } from '../support/genesys-house.ts';

const READ = `query ($id: ID!) { callConversation(id: $id) {
  id participants { id held availableActions { action allowed } } } }`;

test('The answer about one conversation is kept under it, as that about one call is.', () => {
  const fastPath = createFastPath({ schema, documentOf: ({ query }) => parse(query ?? '') });
  fastPath.learn('', 'application/json');
  const callIn = (query: string) =>
    fastPath.read(JSON.stringify({ query, variables: { id: 'one' } }), '')?.call;
  expect(callIn(READ)).toEqual({ field: 'callConversation', id: 'one' });
  expect(callIn('query ($id: ID!) { callSession(id: $id) { id } }')).toEqual({
    ...{ field: 'callSession', id: 'one' },
  });
  // Names are asked for elsewhere, and may come later than the conversation.
  expect(
    callIn('query ($id: ID!) { callConversation(id: $id) { participants { user { name } } } }'),
  ).toBeNull();
});

test('Whoever asks is told the state of now, and what they may do themselves.', async () => {
  await using house = await openGenesysHouse();
  const { id, participantId } = callUser(house);
  const query = `subscription { callMediaParticipantUpdated(conversationId: "${id}", participantId: "${participantId}") { held } }`;
  const { heard } = subscribed(house.socket(), query);
  await until(() => heard().length > 0);
  const own = async (genesys: string) => {
    const { data, errors } = await house.ask(READ, { ringCentral: 'sim-101', genesys }, { id });
    expect(errors).toBe(undefined);
    return data.callConversation.participants.find((one: { id: string }) => one.id === participantId);
  };
  const before = await own('gsim-ada');
  expect(before.held).toBe(false);
  expect(await own('gsim-ada')).toEqual(before);
  house.simulator.genesys.move(id, participantId, { held: true });
  await until(() => heard().at(-1)?.callMediaParticipantUpdated.held === true);
  expect((await own('gsim-ada')).held).toBe(true);
  // The same person at RingCentral, and somebody else here.
  const reads = () =>
    house.simulator.requests().filter(({ operationId }) => operationId === 'getConversationsCall').length;
  const asked = reads();
  expect((await own('gsim-dana')).held).toBe(true);
  expect(reads()).toBe(asked + 1);
  house.simulator.genesys.revoke('gsim-dana');
  await until(async () => {
    const { errors } = await house.ask(READ, { ringCentral: 'sim-101', genesys: 'gsim-dana' }, { id });
    return errors?.[0]?.extensions.code === 'UNAUTHENTICATED';
  });
  expect((await own('gsim-ada')).held).toBe(true);
});
