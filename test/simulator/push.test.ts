/** RingCentral's notifications, as the simulator plays them. */
import { expect, test } from 'vitest';
import type { WireFrame } from '../../src/ringcentral/wire.ts';
import { ALL_CALLS, connectPush, OWN_CALLS, socketToken, told } from './push-client.ts';
import { clientOf, DEVICES, eventually, inbound, partyPath, startQuiet } from './support.ts';

const AT_ONCE = { settings: { pushDelay: 0, mediumLimit: 0 } };

test('A socket opens with its details, and a subscription answers the filters with ids in place of ~', async () => {
  await using simulator = await startQuiet(AT_ONCE);
  using client = await connectPush(simulator);

  expect(client.details).toEqual({
    creationTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/),
    maxConnectionsPerSession: 50,
    recoveryBufferSize: 100,
    recoveryTimeout: 180,
    idleTimeout: 1_800,
    absoluteTimeout: 86_400,
    maxActiveRequests: 10,
  });
  const subscription = await client.subscribe(OWN_CALLS);
  expect(subscription).toMatchObject({
    status: 'Active',
    eventFilters: ['/restapi/v1.0/account/701000004/extension/701001004/telephony/sessions'],
    deliveryMode: { transportType: 'WebSocket', encryption: false },
  });
  expect(subscription.disabledFilters).toBeUndefined();
});

test('An extension hears of its own parties only, an account of all, each change once and in sequence', async () => {
  await using simulator = await startQuiet(AT_ONCE);
  using own = await connectPush(simulator);
  using all = await connectPush(simulator, { token: 'sim-103' });
  await own.subscribe(OWN_CALLS);
  await all.subscribe(ALL_CALLS);

  const call = inbound(simulator, 'Proceeding');
  const ask = clientOf(simulator);
  await ask('POST', `${partyPath(call, 2)}/answer`, { deviceId: DEVICES['101'] });
  await ask('POST', `${partyPath(call, 2)}/hold`);
  await ask('DELETE', partyPath(call, 2));

  await eventually(() => told(all.events()).at(-1)).toMatch(/Disconnected/);
  const sequences = all.events().map(({ sequence }) => sequence);
  expect(sequences).toEqual(sequences.map((_, index) => index + 2));
  await eventually(() => own.events().length).toBe(
    all.events().filter(({ parties }) => parties?.[0]?.extensionId).length,
  );
  expect(told(own.events()).every((line) => line.includes(' 2 '))).toBe(true);
  expect(own.events().at(-1)).toMatchObject({ parties: [{ status: { code: 'Disconnected' } }] });
});

test('What was missed while a socket was lost is sent to whoever comes back with its wsc, in time', async () => {
  await using simulator = await startQuiet(AT_ONCE);
  const first = await connectPush(simulator);
  await first.subscribe(OWN_CALLS);
  const wsc = first.wsc();
  expect(simulator.troublePush({ do: 'cut', viewer: '101' })).toEqual({ sockets: 1 });
  await first.closed;
  const call = inbound(simulator);
  simulator.moveParty(call.id, call.parties[1]?.id ?? '', { code: 'Hold' });

  using second = await connectPush(simulator, { wsc });
  expect(second.details.recoveryState).toBe('Successful');
  await eventually(() => told(second.events()).at(-1)).toMatch(/2 Hold$/);
});

test.for([
  ['refused by a setting', { pushRecovery: 'refuse' as const }, 'sim-101', 'WSG-1005'],
  ['too late', { recoveryTimeout: 0 }, 'sim-101', 'WSG-1005'],
] as const)('A recovery that is %s fails, and the socket can be used', async ([, settings, token, code]) => {
  let now = Date.now();
  await using simulator = await startQuiet({
    settings: { ...AT_ONCE.settings, ...settings },
    now: () => now,
  });
  const first = await connectPush(simulator);
  await first.subscribe(OWN_CALLS);
  simulator.troublePush({ do: 'cut' });
  await first.closed;
  now += 1_000;
  using second = await connectPush(simulator, { token, wsc: first.wsc() });
  expect(second.details).toMatchObject({ recoveryState: 'Failed', recoveryErrorCode: code });
  await second.subscribe(OWN_CALLS);
  inbound(simulator);
  await eventually(() => second.events().length).toBeGreaterThan(0);
});

test('A wsc without a subscription, of another sign-in, or of nobody brings nothing back', async () => {
  await using simulator = await startQuiet(AT_ONCE);
  using bare = await connectPush(simulator);
  using after = await connectPush(simulator, { wsc: bare.wsc() });
  expect(after.details).toMatchObject({ recoveryState: 'Failed', recoveryErrorCode: 'WSG-1005' });
  await after.subscribe(OWN_CALLS);
  using other = await connectPush(simulator, { token: 'sim-102', wsc: after.wsc() });
  expect(other.details).toMatchObject({ recoveryState: 'Failed', recoveryErrorCode: 'WSG-1003' });
  await expect(connectPush(simulator, { wsc: 'garbage' })).rejects.toThrow('closed with 1000');
});

test('The second socket with one token throws the first one off, unless the setting refuses it', async () => {
  await using simulator = await startQuiet(AT_ONCE);
  const url = await socketToken(simulator);
  const first = await connectPush(simulator, { url });
  using second = await connectPush(simulator, { url });
  expect(await first.closed).toMatchObject({ code: 1000 });
  simulator.configure({ secondConnect: 'refused' });
  await expect(connectPush(simulator, { url })).rejects.toThrow('closed with 4400');
  expect(second.frames).toHaveLength(1);
  await expect(connectPush(simulator, { url: `${url.split('?')[0]}` })).rejects.toThrow('closed with 4400');
});

test('A heartbeat is echoed with its id, unless the socket is half open', async () => {
  await using simulator = await startQuiet(AT_ONCE);
  using client = await connectPush(simulator);
  client.send([{ type: 'Heartbeat', messageId: 'beat-1' }]);
  await eventually(() => client.frames.at(-1)).toEqual([{ type: 'Heartbeat', messageId: 'beat-1' }]);
  simulator.troublePush({ do: 'freeze' });
  client.send([{ type: 'Heartbeat', messageId: 'beat-2' }]);
  await eventually(() => simulator.push().sockets[0]?.received).toBe(2);
  simulator.troublePush({ do: 'thaw' });
  client.send([{ type: 'Heartbeat', messageId: 'beat-3' }]);
  await eventually(() => client.frames.at(-1)).toEqual([{ type: 'Heartbeat', messageId: 'beat-3' }]);
  expect(client.frames.some(([{ messageId }]) => messageId === 'beat-2')).toBe(false);
});

test.for([
  ['idle', 'WSG-902'],
  ['expire', 'WSG-903'],
] as const)('Before a socket ends by time (%s), an Error frame says so', async ([kind, errorCode]) => {
  await using simulator = await startQuiet(AT_ONCE);
  using client = await connectPush(simulator);
  simulator.troublePush({ do: kind });
  await client.closed;
  expect(client.frames.at(-1)).toMatchObject([{ type: 'Error', status: 408 }, { errorCode }]);
});

test('A sign-in that ends takes its sockets and subscriptions along', async () => {
  await using simulator = await startQuiet(AT_ONCE);
  const client = await connectPush(simulator);
  await client.subscribe(OWN_CALLS);
  simulator.revoke('sim-101');
  await client.closed;
  expect(simulator.push().sockets).toEqual([]);
});

test('Permission, quota and filters are refused as RingCentral refuses them', async () => {
  await using simulator = await startQuiet({ settings: { ...AT_ONCE.settings, subscriptionLimit: 1 } });
  using first = await connectPush(simulator);
  using second = await connectPush(simulator);
  const { id } = await first.subscribe(OWN_CALLS);
  const refused = async (asked: Promise<unknown>) =>
    (JSON.parse(await asked.then(String, ({ message }: Error) => message)) as { errorCode: string })
      .errorCode;
  expect(await refused(second.subscribe(OWN_CALLS))).toBe('SUB-505');
  // The list tells what counts, and deleting makes room.
  const ask = clientOf(simulator);
  const listed = (await ask('GET', '/restapi/v1.0/subscription')).body as { records?: { id: string }[] };
  expect(listed.records).toMatchObject([{ id }]);
  expect((await ask('DELETE', `/restapi/v1.0/subscription/${id}`)).status).toBe(204);
  await second.subscribe(OWN_CALLS);
  expect(await refused(second.subscribe('/restapi/v1.0/nonsense'))).toBe('SUB-508');
  expect((await second.subscribe(OWN_CALLS, ALL_CALLS)).disabledFilters).toMatchObject([
    { reason: 'SUB-406' },
  ]);
  simulator.configure({ accountFilter: 'refused' });
  expect(await refused(second.subscribe(ALL_CALLS))).toBe('SUB-508');
  simulator.configure({ push: 'forbidden' });
  expect(await refused(second.subscribe(OWN_CALLS))).toBe('SUB-528');
  // Over HTTP there are only webhooks.
  const rest = await ask('POST', '/restapi/v1.0/subscription', {
    eventFilters: [OWN_CALLS],
    deliveryMode: { transportType: 'WebSocket' },
  });
  expect(rest.status).toBe(400);
});

test('Any operation can be asked over the socket, and spends the same budget', async () => {
  await using simulator = await startQuiet({ settings: { ...AT_ONCE.settings, lightLimit: 2 } });
  using client = await connectPush(simulator);
  const call = inbound(simulator);
  const path = `/restapi/v1.0/account/~/telephony/sessions/${call.id}`;
  const statuses = [];
  for (let asked = 0; asked < 3; asked += 1) statuses.push((await client.request('GET', path))[0].status);
  expect(statuses).toEqual([200, 200, 429]);
  expect(await client.request('DELETE', '/restapi/v1.0/subscription/none')).toMatchObject([
    { status: 404 },
    {},
  ]);
});

test('Tokens for sockets are of the group Auth, five a minute for each user', async () => {
  await using simulator = await startQuiet({ settings: { authLimit: 5 } });
  const ask = clientOf(simulator);
  const statuses = [];
  for (let asked = 0; asked < 6; asked += 1)
    statuses.push((await ask('POST', '/restapi/oauth/wstoken')).status);
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
});

test('Ordered troubles hit the same share again for the same seed: lost, late, doubled', async () => {
  const troubles = { pushDisorder: 0.3, pushDoubles: 0.3, pushLosses: 0.3, pushLateness: 40, pushDelay: 1 };
  await using simulator = await startQuiet({ settings: { ...AT_ONCE.settings, ...troubles } });
  const runs = [];
  for (let run = 0; run < 2; run += 1) {
    simulator.reset({ pushSeed: 7 });
    using client = await connectPush(simulator);
    await client.subscribe(OWN_CALLS);
    const call = inbound(simulator);
    for (let step = 0; step < 20; step += 1) {
      simulator.moveParty(call.id, call.parties[1]?.id ?? '', { code: step % 2 === 0 ? 'Hold' : 'Answered' });
    }
    const { posted, lost, doubled } = simulator.push().notifications;
    await eventually(() => client.events().length).toBe(posted - lost + doubled);
    runs.push({ counts: simulator.push().notifications, sequences: told(client.events()).sort() });
  }
  expect(runs[0]).toEqual(runs[1]);
  expect(runs[0]?.counts).toMatchObject({ lost: expect.any(Number) });
  expect(Math.min(...Object.values(runs[0]?.counts ?? { none: 0 }))).toBeGreaterThan(0);
});

test('Presence is told with the calls of the extension, when it was subscribed to', async () => {
  await using simulator = await startQuiet(AT_ONCE);
  using client = await connectPush(simulator);
  const { eventFilters } = await client.subscribe(
    '/restapi/v1.0/account/~/extension/~/presence?detailedTelephonyState=true',
  );
  inbound(simulator);
  await eventually(() => client.frames.at(-1)).toMatchObject([
    { type: 'ServerNotification' },
    {
      event: eventFilters?.[0],
      body: { extensionId: 701001004, telephonyStatus: 'CallConnected', totalActiveCalls: 1 },
    },
  ] satisfies WireFrame);
});

test('Web phones are listed, and one that is online takes a call', async () => {
  await using simulator = await startQuiet();
  const ask = clientOf(simulator);
  const { body } = await ask('GET', '/extension/~/webapp-devices');
  expect(body).toMatchObject({ records: [{ id: '801500004', type: 'WebPhone', status: 'Online' }, {}] });
  const call = inbound(simulator, 'Proceeding');
  expect((await ask('POST', `${partyPath(call, 2)}/answer`, { deviceId: '801500004' })).status).toBe(200);
  simulator.configure({ push: 'missing' });
  expect((await ask('POST', '/restapi/oauth/wstoken')).status).toBe(404);
});

test('A socket that is asked again and again gathers nothing', async () => {
  const warnings: string[] = [];
  const warn = ({ message }: Error) => void warnings.push(message);
  process.on('warning', warn);
  await using simulator = await startQuiet(AT_ONCE);
  using client = await connectPush(simulator);
  for (let times = 0; times < 30; times += 1) await client.request('GET', '/restapi/v1.0/subscription');
  process.off('warning', warn);
  expect(warnings).toEqual([]);
});
