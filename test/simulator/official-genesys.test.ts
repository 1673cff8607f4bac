/** Genesys Cloud's own package, as it comes from the registry, takes the simulator for Genesys Cloud. */
import { createHash, randomBytes } from 'node:crypto';
import platformClient, { type Models } from 'purecloud-platform-client-v2';
import { expect, test } from 'vitest';
import WebSocket from 'ws';
import { createSimulator, type Simulator } from '../../src/simulator/server.ts';
import { ADA, BEN } from './genesys-support.ts';
import { eventually } from './support.ts';

const REDIRECT = 'http://127.0.0.1:4000/auth/callback';
const SOLVED = 'c0de0000-0000-4000-8000-000000000301';

/** Points the package to the simulator, the way its own users point it to a gateway, and signs Ada in. */
async function signIn({ url }: Simulator): Promise<void> {
  const client = platformClient.ApiClient.instance;
  const { hostname, port } = new URL(url);
  client.config.setGateway({ host: hostname, protocol: 'http', port: Number(port) });
  const verifier = randomBytes(32).toString('base64url');
  const asked = new URLSearchParams({
    ...{ response_type: 'code', client_id: 'any', redirect_uri: REDIRECT, code_challenge_method: 'S256' },
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  });
  const picked = await fetch(`${url}/oauth/authorize?${asked}`, {
    ...{ method: 'POST', body: new URLSearchParams({ user: ADA }), redirect: 'manual' },
  });
  const code = new URL(picked.headers.get('location') ?? '').searchParams.get('code') ?? '';
  await client.authorizePKCEGrant('any', verifier, code, REDIRECT);
}

test('purecloud-platform-client-v2 signs in, hears events, places, holds, transfers and wraps up', async () => {
  await using simulator = await createSimulator({
    settings: {
      story: false,
      genesysAlertingTimeout: null,
      genesysWrapupTimeout: 600_000,
      genesysEventDelay: 1,
    },
  });
  await signIn(simulator);
  const users = new platformClient.UsersApi();
  const notifications = new platformClient.NotificationsApi();
  const conversations = new platformClient.ConversationsApi();
  const me = await users.getUsersMe({ expand: ['authorization', 'station'] });
  expect([me.name, me.authorization?.permissions?.includes('conversation:participant:wrapup')]).toEqual([
    'Ada Lind',
    true,
  ]);

  const channel = await notifications.postNotificationsChannels();
  const topic = `v2.users.${me.id}.conversations.calls`;
  await notifications.putNotificationsChannelSubscriptions(channel.id ?? '', [{ id: topic }]);
  const heard: Models.ConversationCallEventTopicCallConversation[] = [];
  const socket = new WebSocket(channel.connectUri ?? '');
  socket.on('message', (data) => {
    const { topicName, eventBody } = JSON.parse(String(data)) as { topicName: string; eventBody: never };
    if (topicName === topic) heard.push(eventBody);
  });
  await new Promise((resolve) => socket.once('open', resolve));
  const latest = () => heard.at(-1)?.participants ?? [];
  const own = () => latest().find((one) => one.user?.id === me.id);

  const placed = await conversations.postConversationsCalls({
    ...{ phoneNumber: '+12025550188', callFromQueueId: '7b1f0c52-6d3a-4e98-8a41-c0de00000202' },
  });
  await eventually(() => latest().map(({ state }) => state)).toEqual(['connected', 'connected']);
  const address = [placed.id ?? '', own()?.id ?? ''] as const;

  await conversations.patchConversationsCallParticipant(...address, { held: true });
  await eventually(() => [own()?.state, own()?.held]).toEqual(['connected', true]);
  await conversations.patchConversationsCallParticipant(...address, { held: false });
  await eventually(() => own()?.held).toBe(false);

  await conversations.postConversationParticipantReplaceAgent(...address, { userId: BEN });
  await eventually(() => [own()?.state, own()?.disconnectType]).toEqual(['disconnected', 'transfer']);
  expect(latest().map(({ user, state }) => [user?.id, state])).toContainEqual([BEN, 'alerting']);

  await conversations.patchConversationsCallParticipant(...address, {
    wrapup: { code: SOLVED, notes: 'handed on' },
  });
  await eventually(() => [own()?.state, own()?.wrapup?.notes]).toEqual(['terminated', 'handed on']);
  const read = await conversations.getConversationsCall(placed.id ?? '');
  expect(read.participants?.find(({ id }) => id === address[1])?.wrapup).toMatchObject({
    code: SOLVED,
    name: 'Solved',
  });
  const list = await conversations.getConversationsCalls();
  expect(list.entities).toEqual([]);
  socket.close();
});

test('purecloud-platform-client-v2 rejects with the error as Genesys Cloud words it', async () => {
  await using simulator = await createSimulator({ story: false });
  await signIn(simulator);
  const conversations = new platformClient.ConversationsApi();
  const error = await conversations.getConversationsCall('nobody').catch((reason: unknown) => reason);
  expect(error).toMatchObject({ status: 404, code: 'conversation.error.conversation.not.found' });
});
