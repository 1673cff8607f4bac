/** Notifications of the simulated Genesys Cloud: channels, topics, sockets, and whatever goes wrong with them. */
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import WebSocket from 'ws';
import { createCentre } from '../../src/simulator/genesys/centre.ts';
import {
  type Channel,
  createChannels,
  MOST_CHANNELS,
} from '../../src/simulator/genesys/notifications/channels.ts';
import { type GenesysPerson, PEOPLE, personNamed } from '../../src/simulator/genesys/people.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { DEFAULT_SETTINGS } from '../../src/simulator/settings.ts';
import { problemsOf, requestProblemsOf } from './genesys-published.ts';
import {
  ADA,
  type AnyBody,
  BEN,
  clientOf,
  type GenesysClient,
  startStill,
  statesOf,
  talking,
} from './genesys-support.ts';
import { eventually } from './support.ts';

const SUPPORT = '7b1f0c52-6d3a-4e98-8a41-c0de00000201';
const OWN = `v2.users.${ADA}.conversations.calls`;

interface Message {
  readonly topicName: string;
  readonly version?: string;
  // biome-ignore lint/suspicious/noExplicitAny: of whatever topic.
  readonly eventBody: any;
  readonly metadata?: { readonly CorrelationId: string };
  readonly [field: string]: unknown;
}

interface Listener {
  readonly id: string;
  readonly messages: Message[];
  readonly socket: WebSocket;
  /** How the socket ended; null while it is open. */
  ended(): number | null;
  events(): Message[];
}

async function listen(ask: GenesysClient, topics: readonly string[] = [OWN]): Promise<Listener> {
  const { body } = await ask('POST', '/notifications/channels');
  await ask(
    'PUT',
    `/notifications/channels/${body.id}/subscriptions`,
    topics.map((id) => ({ id })),
  );
  return connect(body.id, body.connectUri);
}

async function connect(id: string, connectUri: string): Promise<Listener> {
  const socket = new WebSocket(connectUri);
  const messages: Message[] = [];
  let ended: number | null = null;
  socket.on('message', (data) => messages.push(JSON.parse(String(data))));
  socket.once('close', (code) => {
    ended = code;
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  const events = () => messages.filter(({ topicName }) => topicName?.includes('.conversations'));
  return { id, messages, socket, ended: () => ended, events };
}

const hold = (simulator: Simulator, call: ReturnType<typeof talking>, held = true) =>
  simulator.genesys.move(call.id, call.ids.agent ?? '', { held });
const statesIn = ({ eventBody }: Message) => statesOf(eventBody);

describe('An event', () => {
  test('is the whole conversation in the shape of events, which differs from that of reads', async () => {
    await using simulator = await startStill({ journalBodies: true });
    const listener = await listen(clientOf(simulator));
    const call = talking(simulator);
    simulator.genesys.move(call.id, call.ids.agent ?? '', {
      ...{
        disconnectType: 'transfer.donotdisturb',
        errorInfo: { code: 'a.b', message: 'no' },
        team: { id: '7ea30000-0000-4000-8000-000000000501' },
      },
      ...{ faxStatus: { direction: 'send', bytesTransmitted: 9, baudRate: 9600 } },
      wrapupPrompt: 'timeout',
      conversationRoutingData: { queue: { id: SUPPORT }, label: 'gold', priority: 2 },
      disposition: { name: 'x', amdTimeout: { timeoutMs: 5, timerStartTime: '2026-01-01T00:00:00.000Z' } },
    });
    await eventually(() => listener.events().length).toBe(2);
    const [, event] = listener.events();
    expect(event).toMatchObject({
      topicName: OWN,
      version: '2',
      metadata: { CorrelationId: expect.any(String) },
    });
    expect(problemsOf('ConversationCallEventTopicCallConversation', event?.eventBody)).toEqual([]);
    const agent = event?.eventBody.participants.at(-1);
    expect(agent).toMatchObject({
      user: { id: ADA, name: 'Ada Lind' },
      queue: { id: SUPPORT, name: 'Support' },
      team: { name: 'Day shift' },
      disconnectType: 'transfer.dnd',
      errorInfo: { code: 'a.b', status: 500 },
      faxStatus: { direction: 'send', bytesTransmitted: 9, dataRate: 9600 },
      conversationRoutingData: { queue: { id: SUPPORT, name: 'Support' }, priority: 2 },
      disposition: {
        name: 'x',
        amdTimeout: { timeoutMs: 5, timerStartTime: Date.parse('2026-01-01T00:00:00.000Z') },
      },
    });
    expect(agent.conversationRoutingData).not.toHaveProperty('label');
    for (const name of ['startAlertingTime', 'uuiData']) expect(agent).not.toHaveProperty(name);
    const read = (await clientOf(simulator)('GET', call.path)).body;
    expect(problemsOf('CallConversation', read)).toEqual([]);
    expect(read.participants.at(-1)).toMatchObject({
      user: { id: ADA, selfUri: `/api/v2/users/${ADA}` },
      disconnectType: 'transfer.donotdisturb',
      faxStatus: { baudRate: 9600 },
      conversationRoutingData: { label: 'gold' },
      startAlertingTime: expect.any(String),
    });
    expect(
      simulator
        .requests()
        .filter(({ operationId }) => operationId !== 'connectChannel')
        .flatMap(requestProblemsOf),
    ).toEqual([]);
  });

  test('goes to whoever takes part, to a combined topic and to all media, and to a supervisor of the queue', async () => {
    await using simulator = await startStill();
    const own = await listen(clientOf(simulator), [
      `v2.users.${ADA}?conversations.calls&presence&conversations`,
    ]);
    const ben = await listen(clientOf(simulator, 'gsim-ben'), [`v2.users.${BEN}.conversations.calls`]);
    const cleo = await listen(clientOf(simulator, 'gsim-cleo'), [
      `v2.routing.queues.${SUPPORT}.conversations.calls`,
    ]);
    const call = talking(simulator);
    await eventually(() => cleo.events().length).toBe(1);
    await eventually(() => own.events().length).toBe(2);
    expect(own.events().map(({ topicName }) => topicName)).toEqual([OWN, `v2.users.${ADA}.conversations`]);
    expect(own.events()[1]?.eventBody.participants.at(-1).calls[0].state).toBe('connected');
    expect([ben.events(), cleo.events()[0]?.eventBody.id]).toEqual([[], call.id]);
  });

  test('comes late, twice, out of order or never, as it is ordered, and the same seed orders the same', async () => {
    const shares = {
      genesysEventDisorder: 0.3,
      genesysEventDoubles: 0.3,
      genesysEventLosses: 0.2,
      genesysEventLateness: 20,
    };
    const runs: unknown[] = [];
    for (const _run of [1, 2]) {
      await using simulator = await startStill({ ...shares, genesysEventDelay: 1 });
      await listen(clientOf(simulator));
      const call = talking(simulator);
      for (let turn = 0; turn < 50; turn += 1) hold(simulator, call, turn % 2 === 0);
      runs.push(simulator.genesys.channels().events);
    }
    expect(runs[0]).toEqual(runs[1]);
    expect(runs[0]).toMatchObject({ posted: 51 });
    const { lost, late, doubled } = runs[0] as { lost: number; late: number; doubled: number };
    expect(Math.min(lost, late, doubled)).toBeGreaterThan(3);
  });
});

describe('A channel', () => {
  test('is listed, read, and told what it hears of: more, something else, nothing', async () => {
    await using simulator = await startStill();
    const ask = clientOf(simulator);
    const { body } = await ask('POST', '/notifications/channels');
    expect(body).toEqual({
      id: body.id,
      connectUri: `${simulator.url.replace('http', 'ws')}/channels/${body.id}`,
      expires: expect.any(String),
    });
    expect((await ask('GET', '/notifications/channels')).body.entities).toEqual([body]);
    const path = `/notifications/channels/${body.id}`;
    const topics = async () =>
      (await ask('GET', `${path}/subscriptions`)).body.entities.map(({ id, state }) => [id, state]);
    const all = `v2.users.${ADA}.conversations`;
    await ask('POST', `${path}/subscriptions`, [{ id: OWN }]);
    await ask('POST', `${path}/subscriptions`, [{ id: all }]);
    expect(await topics()).toEqual([
      [OWN, 'Permitted'],
      [all, 'Permitted'],
    ]);
    await ask('PUT', `${path}/subscriptions`, [{ id: all }]);
    expect(await topics()).toEqual([[all, 'Permitted']]);
    await ask('DELETE', `${path}/subscriptions`);
    expect(await topics()).toEqual([]);
    expect((await ask('HEAD', path)).status).toBe(200);
    expect((await clientOf(simulator, 'gsim-ben')('HEAD', path)).status).toBe(404);
  });

  test('refuses a batch for one topic that is not permitted, or takes the rest of it where errors are ignored', async () => {
    await using simulator = await startStill();
    const ask = clientOf(simulator, 'gsim-ben');
    const { body } = await ask('POST', '/notifications/channels');
    const path = `/notifications/channels/${body.id}/subscriptions`;
    const own = `v2.users.${BEN}.conversations.calls`;
    const refused = await ask('POST', path, [{ id: own }, { id: OWN }]);
    expect([refused.status, refused.body.code]).toEqual([403, 'missing.permissions']);
    const invalid = await ask('POST', path, [{ id: own }, { id: 'v2.conversations.x' }]);
    expect([invalid.status, invalid.body.code]).toEqual([400, 'notification.invalid.topic']);
    const long = await ask('POST', path, [{ id: `v2.users.${'a'.repeat(200)}.presence` }]);
    expect(long.body.code).toBe('notification.invalid.topic');
    expect((await ask('GET', path)).body.entities).toEqual([]);
    const { body: kept } = await ask('POST', `${path}?ignoreErrors=true`, [{ id: own }, { id: OWN }]);
    expect(kept.entities).toMatchObject([
      { id: own, state: 'Permitted' },
      {
        id: OWN,
        state: 'Rejected',
        rejectionReason: expect.any(String),
        missingPermissions: ['analytics:conversationObservation:view'],
      },
    ]);
    expect(simulator.genesys.channels().channels[0]?.topics).toEqual([own]);
  });

  test('has so many topics at most', async () => {
    await using simulator = await startStill({ genesysTopicLimit: 2 });
    const ask = clientOf(simulator);
    const { body } = await ask('POST', '/notifications/channels');
    const topics = ['conversations', 'conversations.calls', 'presence'].map((name) => ({
      id: `v2.users.${ADA}.${name}`,
    }));
    const answer = await ask('POST', `/notifications/channels/${body.id}/subscriptions`, topics);
    expect([answer.status, answer.body.code]).toEqual([
      400,
      'notification.subscription.too.many.subscriptions',
    ]);
  });

  test('that is one too many ends the unconnected one that was used least recently, and then the connected ones', async () => {
    await using simulator = await startStill({ genesysChannelLimit: 2 });
    const ask = clientOf(simulator);
    const connected = await listen(ask);
    const { body: unconnected } = await ask('POST', '/notifications/channels');
    const third = await listen(ask);
    expect((await ask('HEAD', `/notifications/channels/${unconnected.id}`)).status).toBe(404);
    expect(connected.ended()).toBeNull();
    await listen(ask);
    await eventually(() => connected.ended()).toBe(1001);
    expect(connected.messages.at(-1)).toMatchObject({ result: '404' });
    expect(third.ended()).toBeNull();
    await expect(
      connect(connected.id, `${simulator.url.replace('http', 'ws')}/channels/${connected.id}`),
    ).rejects.toThrow('401');
    await listen(clientOf(simulator, 'gsim-ben'), []);
    expect(third.ended()).toBeNull();
  });

  test('ends when its time is over, unless its topics change before', async () => {
    let now = Date.now();
    const { createSimulator } = await import('../../src/simulator/server.ts');
    await using simulator = await createSimulator({ story: false, now: () => now });
    const ask = clientOf(simulator);
    const listener = await listen(ask);
    now += 86_000_000;
    await ask('PUT', `/notifications/channels/${listener.id}/subscriptions`, [{ id: OWN }]);
    now += 86_000_000;
    expect((await ask('HEAD', `/notifications/channels/${listener.id}`)).status).toBe(200);
    now += 1_000_000;
    expect((await ask('HEAD', `/notifications/channels/${listener.id}`)).status).toBe(404);
    await eventually(() => listener.messages.at(-1)?.result).toBe('404');
  });

  test('of ten thousand others ends the one that was used least recently', () => {
    const channels = createChannels(createCentre(() => DEFAULT_SETTINGS, Date.now));
    const create = (number: number) => {
      const person = personNamed(String(10_000 + (number % 10_000)));
      return channels.create({ person: person as GenesysPerson, app: `app-${number}`, token: 'any' });
    };
    const [first, second] = Array.from({ length: MOST_CHANNELS }, (_, number) => create(number));
    channels.subscribe(first as Channel, new Map());
    create(MOST_CHANNELS);
    expect(channels.all()).toHaveLength(MOST_CHANNELS);
    expect([first, second].map((one) => channels.find(one?.id ?? '') !== undefined)).toEqual([true, false]);
    channels.reset(1);
  });

  test('has one timer, however often its topics change, and none when it has ended', () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const channels = createChannels(createCentre(() => DEFAULT_SETTINGS, Date.now));
    const person = PEOPLE[0] as GenesysPerson;
    const channel = channels.create({ person, app: 'any', token: 'any' });
    for (let time = 1; time <= 100; time += 1) channels.subscribe(channel, new Map());
    expect(vi.getTimerCount()).toBe(1);
    channels.end(channel, 'gone');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('has one socket: a second one ends the first', async () => {
    await using simulator = await startStill();
    const first = await listen(clientOf(simulator));
    const second = await connect(first.id, first.socket.url);
    await eventually(() => first.ended()).toBe(1000);
    talking(simulator);
    await eventually(() => second.events().map(statesIn).at(-1)?.at(-1)).toBe('agent connected');
  });

  test('ends with the token that it was made with, and is told so', async () => {
    await using simulator = await startStill();
    const listener = await listen(clientOf(simulator));
    simulator.genesys.revoke('gsim-ada');
    await eventually(() => listener.ended()).toBe(1001);
    const [revoked] = listener.messages;
    expect(revoked).toMatchObject({ topicName: 'v2.system.token_revoked' });
    expect(problemsOf('SystemMessageSystemMessage', revoked?.eventBody)).toEqual([]);
    const answer = await clientOf(simulator)('GET', '/users/me');
    expect([answer.status, answer.body.code]).toEqual([401, 'bad.credentials']);
  });

  test('is refused where notifications are', async () => {
    await using simulator = await startStill({ genesysNotifications: 'refused' });
    const answer = await clientOf(simulator)('POST', '/notifications/channels');
    expect([answer.status, answer.body.code]).toEqual([403, 'not.authorized']);
  });
});

describe('A socket', () => {
  test('has heartbeats, answers a ping, and subscribes by itself', async () => {
    await using simulator = await startStill({ genesysHeartbeat: 5 });
    const listener = await listen(clientOf(simulator), []);
    const heartbeat = { topicName: 'channel.metadata', eventBody: { message: 'WebSocket Heartbeat' } };
    await eventually(() => listener.messages).toContainEqual(heartbeat);
    listener.socket.send(JSON.stringify({ message: 'ping' }));
    await eventually(() => listener.messages).toContainEqual({
      topicName: 'channel.metadata',
      eventBody: { message: 'pong' },
    });
    listener.socket.send(JSON.stringify({ message: 'subscribe', topics: [OWN], correlationId: 'one' }));
    await eventually(() => listener.messages).toContainEqual({
      result: '200',
      status: 'subscribed',
      correlationId: 'one',
    });
    listener.socket.send(JSON.stringify({ message: 'subscribe', topics: ['none'] }));
    await eventually(() => listener.messages).toContainEqual({
      result: '400',
      status: 'failure',
      message: 'Invalid topic',
    });
    listener.socket.send('{');
    await eventually(() => listener.messages).toContainEqual({
      result: '400',
      status: 'error',
      message: 'Unknown message',
    });
    talking(simulator);
    await eventually(() => listener.events().length).toBe(1);
  });

  test('is cut, half-open, told that it will be closed, or evicted, as it is ordered', async () => {
    await using simulator = await startStill({ genesysClosingTime: 1 });
    const ask = clientOf(simulator);
    const cut = await listen(ask);
    expect(simulator.genesys.troubleChannels({ do: 'cut', user: 'ada' })).toEqual({ channels: 1 });
    await eventually(() => cut.ended()).toBe(1006);
    const again = await connect(cut.id, cut.socket.url);
    simulator.genesys.troubleChannels({ do: 'freeze' });
    const call = talking(simulator);
    simulator.genesys.troubleChannels({ do: 'thaw' });
    hold(simulator, call);
    await eventually(() => again.events().map((event) => statesIn(event).at(-1))).toEqual([
      'agent connected held',
    ]);
    simulator.genesys.troubleChannels({ do: 'closing' });
    await eventually(() => again.ended()).toBe(1001);
    expect(again.messages.at(-1)).toMatchObject({ topicName: 'v2.system.socket_closing' });
    const last = await connect(cut.id, cut.socket.url);
    simulator.genesys.troubleChannels({ do: 'evict' });
    await eventually(() => last.ended()).toBe(1001);
    expect(last.messages.at(-1)).toMatchObject({ result: '404' });
    expect(simulator.genesys.channels().channels).toEqual([]);
  });

  test('is ended by a reset, and its channel with it', async () => {
    await using simulator = await startStill();
    const listener = await listen(clientOf(simulator));
    simulator.reset();
    await eventually(() => listener.ended()).toBe(1006);
    expect((await clientOf(simulator)('HEAD', `/notifications/channels/${listener.id}`)).status).toBe(404);
    expect(simulator.genesys.conversations() as AnyBody[]).toEqual([]);
  });
});
