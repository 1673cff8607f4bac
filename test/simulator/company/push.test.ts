/** What the simulated company tells by itself: of the whole account, of single extensions, of queues. */
import { describe, expect, test } from 'vitest';
import type { WireNotification, WireSessionEvent } from '../../../src/ringcentral/wire.ts';
import type { SettingChanges, Simulator } from '../../../src/simulator/server.ts';
import { ALL_CALLS, connectPush, OWN_CALLS, type PushClient, told } from '../push-client.ts';
import { clientOf, eventually, inbound, startQuiet } from '../support.ts';

const A = '/restapi/v1.0/account/~';
const NUMBERED = '/restapi/v1.0/account/701000004';
const ALL_PRESENCE = `${A}/presence`;
const DETAILED = '?detailedTelephonyState=true';
const HELP_DESK = '701050004';
const SALES = '701051004';
const IRIS = '701001004';
const TOMAS = '701002004';
const HUGO = '701011004';
const calls = (id: string) => `${A}/extension/${id}/telephony/sessions`;
const presence = (id: string, query = '') => `${A}/extension/${id}/presence${query}`;

const start = (settings: SettingChanges = {}) =>
  startQuiet({ settings: { pushDelay: 0, mediumLimit: 0, ...settings } });
const refused = (asked: Promise<unknown>) =>
  asked.then(
    () => null,
    (error: Error) => JSON.parse(error.message) as { errorCode: string },
  );

/** What came by a part of the address it came by. */
function heard(client: PushClient, part: string): WireNotification[] {
  return client.frames
    .filter(([{ type }]) => type === 'ServerNotification')
    .map(([, body]) => body as WireNotification)
    .filter(({ event = '' }) => event.includes(part));
}
const bodies = (client: PushClient, part: string) =>
  heard(client, part).map(({ body }) => body as Record<string, unknown>);

describe('the calls of the account', () => {
  test('are told without a gap, each party by the extension it is of, the queue too, and phones outside by none', async () => {
    await using simulator = await start();
    using nadia = await connectPush(simulator, { token: 'sim-103' });
    await nadia.subscribe(ALL_CALLS);
    const sessions = [
      simulator.startCall({ kind: 'queue', to: '201' }),
      simulator.startCall({ kind: 'queue', to: '201', from: '+12025550151' }),
      inbound(simulator, 'Proceeding', '102'),
    ];
    await clientOf(simulator, 'sim-105')(
      'POST',
      `/telephony/sessions/${sessions[0]?.id}/parties/${sessions[0]?.parties[2]?.id}/answer`,
      { deviceId: '801100105' },
    );
    await eventually(() => told(nadia.events()).some((line) => line.endsWith('3 Answered'))).toBe(true);
    for (const { id } of sessions) simulator.switchboard.change(id, (call) => ({ ...call }));
    for (const { id } of sessions) {
      const own = nadia.events().filter(({ telephonySessionId }) => telephonySessionId === id);
      expect(own.map(({ sequence }) => sequence)).toEqual(own.map((_, index) => index + 2));
      expect(own.length).toBeGreaterThanOrEqual(2);
    }
    // The second caller waited on the leg of the queue, and nobody else was told of it.
    const waiting = nadia
      .events()
      .find(
        ({ telephonySessionId, parties: [party] = [] }) =>
          telephonySessionId === sessions[1]?.id && party?.extensionId === SALES,
      );
    expect(waiting).toMatchObject({
      parties: [{ status: { code: 'Setup' }, to: { extensionId: SALES, name: 'Sales' } }],
    });
    expect(heard(nadia, `/extension/${SALES}/`).length).toBeGreaterThan(0);
    const outside = heard(nadia, '/telephony/sessions').filter(
      ({ event }) => event === `${NUMBERED}/telephony/sessions`,
    );
    expect(outside.map(({ body }) => (body as WireSessionEvent).parties?.[0]?.extensionId)).toEqual([
      ...outside.map(() => undefined),
    ]);
    expect(outside.length).toBeGreaterThanOrEqual(3);
    const agent = nadia.events().find(({ parties: [party] = [] }) => party?.id?.endsWith('-3'));
    expect(agent).toMatchObject({
      parties: [
        {
          queueCall: true,
          from: { name: 'Sales - +12025550147' },
          uiCallInfo: {
            primary: { type: 'QueueName', value: 'Sales' },
            additional: { type: 'CallerIdNumber', value: '+12025550147' },
          },
        },
      ],
    });
  });

  test.for([
    ['supervisors', 'sim-101', ['SUB-406']],
    ['supervisors', 'sim-103', undefined],
    ['supervisors', 'sim-104', undefined],
    ['everybody', 'sim-101', undefined],
    ['disabled', 'sim-104', ['SUB-406']],
  ] as const)('are for %s: to %s it is answered %j', async ([accountFilter, token, reasons]) => {
    await using simulator = await start({ accountFilter });
    using client = await connectPush(simulator, { token });
    const { disabledFilters, eventFilters } = await client.subscribe(ALL_CALLS, OWN_CALLS);
    expect(disabledFilters?.map(({ reason }) => reason)).toEqual(reasons);
    expect(eventFilters?.includes(`${NUMBERED}/telephony/sessions`)).toBe(reasons === undefined);
    inbound(simulator, 'Proceeding', '105');
    const own = inbound(simulator, 'Proceeding', token.split('-')[1] ?? '');
    await eventually(() =>
      client.events().some(({ telephonySessionId }) => telephonySessionId === own.id),
    ).toBe(true);
    expect(new Set(client.events().map(({ telephonySessionId }) => telephonySessionId)).size).toBe(
      reasons === undefined ? 2 : 1,
    );
  });

  test('can be refused altogether, in both ways that are known', async () => {
    await using simulator = await start({ accountFilter: 'refused' });
    using nadia = await connectPush(simulator, { token: 'sim-103' });
    const ask = () =>
      nadia.request('POST', '/restapi/v1.0/subscription', {
        eventFilters: [ALL_CALLS],
        deliveryMode: { transportType: 'WebSocket' },
      });
    expect(await ask()).toMatchObject([
      { status: 400 },
      { errorCode: 'SUB-508', parameterValue: `${NUMBERED}/telephony/sessions` },
    ]);
    simulator.configure({ accountFilter: 'forbidden' });
    expect(await ask()).toMatchObject([{ status: 403 }, { errorCode: 'SUB-406' }]);
    // Those of single extensions are another thing.
    expect((await nadia.subscribe(calls(IRIS), calls(SALES))).disabledFilters).toBeUndefined();
  });
});

describe('filters of other extensions', () => {
  test('bring the parties of each, of a queue its own leg, and another list takes the place of the first', async () => {
    await using simulator = await start({ accountFilter: 'refused' });
    using nadia = await connectPush(simulator, { token: 'sim-103' });
    const { id } = await nadia.subscribe(calls(TOMAS), calls(HELP_DESK));
    inbound(simulator, 'Proceeding', '102');
    simulator.startCall({ kind: 'inbound', to: '101', state: 'Answered' });
    const waiting = simulator.startCall({ kind: 'queue', to: '200' });
    const owners = () => new Set(nadia.events().map(({ parties: [party] = [] }) => party?.extensionId));
    await eventually(() => [...owners()].sort()).toEqual([TOMAS, HELP_DESK]);
    expect(nadia.events().find(({ telephonySessionId }) => telephonySessionId === waiting.id)).toMatchObject({
      parties: [{ extensionId: HELP_DESK, status: { code: 'Setup' } }],
    });

    const [meta, updated] = await nadia.request('PUT', `/restapi/v1.0/subscription/${id}`, {
      eventFilters: [calls(IRIS)],
      deliveryMode: { transportType: 'WebSocket' },
    });
    expect(meta.status).toBe(200);
    expect(updated).toMatchObject({ id, eventFilters: [`${NUMBERED}/extension/${IRIS}/telephony/sessions`] });
    const before = nadia.frames.length;
    inbound(simulator, 'Proceeding', '102');
    inbound(simulator, 'Proceeding', '101');
    await eventually(() => nadia.events().at(-1)?.parties?.[0]?.extensionId).toBe(IRIS);
    expect(nadia.frames.slice(before)).toHaveLength(1);
  });

  test.for([
    ['supervisors', 'sim-101', ['SUB-405', 'SUB-531']],
    ['supervisors', 'sim-104', undefined],
    ['everybody', 'sim-101', undefined],
    ['everybody', 'sim-112', ['SUB-531']],
    ['disabled', 'sim-103', ['SUB-405', 'SUB-531']],
  ] as const)('are for %s: to %s it is answered %j', async ([otherFilters, token, reasons]) => {
    await using simulator = await start({ otherFilters });
    using client = await connectPush(simulator, { token });
    const { disabledFilters } = await client.subscribe(OWN_CALLS, calls(TOMAS), presence(TOMAS));
    expect(disabledFilters?.map(({ reason }) => reason)).toEqual(reasons);
  });

  test('can be refused altogether, and own ones never are', async () => {
    await using simulator = await start({ otherFilters: 'refused' });
    using nadia = await connectPush(simulator, { token: 'sim-103' });
    expect(await refused(nadia.subscribe(calls(TOMAS)))).toMatchObject({ errorCode: 'SUB-508' });
    simulator.configure({ otherFilters: 'forbidden' });
    expect(await refused(nadia.subscribe(calls(TOMAS)))).toMatchObject({ errorCode: 'SUB-405' });
    await nadia.subscribe(OWN_CALLS, ALL_CALLS);
  });

  test('A thousand of them fit into one subscription', async () => {
    await using simulator = await start({ crowd: 1_000 });
    using nadia = await connectPush(simulator, { token: 'sim-103' });
    const all = Array.from({ length: 1_000 }, (_, index) => `7019${10_000 + index}`);
    expect((await nadia.subscribe(...all.map(calls))).eventFilters).toHaveLength(1_000);
    inbound(simulator, 'Proceeding', '10999');
    await eventually(() => nadia.events().at(-1)?.parties?.[0]?.extensionId).toBe('701910999');
  });
});

describe('presence', () => {
  test('is told for the account, with calls only where they are asked for, and for a queue never', async () => {
    await using simulator = await start();
    using brief = await connectPush(simulator, { token: 'sim-103' });
    using full = await connectPush(simulator, { token: 'sim-104' });
    await brief.subscribe(ALL_PRESENCE);
    await full.subscribe(`${ALL_PRESENCE}${DETAILED}`);
    const call = simulator.startCall({ kind: 'queue' });
    await eventually(() => bodies(full, '/presence').length).toBe(2);
    expect(bodies(full, '/presence')).toMatchObject([
      {
        extensionId: IRIS,
        telephonyStatus: 'Ringing',
        totalActiveCalls: 1,
        activeCalls: [{ telephonySessionId: call.id }],
      },
      { extensionId: TOMAS, telephonyStatus: 'Ringing' },
    ]);
    await eventually(() => bodies(brief, '/presence').length).toBe(2);
    expect(bodies(brief, '/presence')[0]).toEqual({
      extensionId: IRIS,
      presenceStatus: 'Available',
      telephonyStatus: 'Ringing',
      userStatus: 'Available',
      meetingStatus: 'Disconnected',
      dndStatus: 'TakeAllCalls',
      allowSeeMyPresence: true,
      ringOnMonitoredCall: false,
      pickUpCallsOnHold: false,
      sequence: expect.any(Number) as number,
    });
    expect(heard(brief, '/presence').map(({ event }) => event)).toEqual([
      `${NUMBERED}/extension/${IRIS}/presence`,
      `${NUMBERED}/extension/${TOMAS}/presence`,
    ]);
  });

  test('tells of what somebody sets, too, and no more than once for the same', async () => {
    await using simulator = await start();
    using nadia = await connectPush(simulator, { token: 'sim-103' });
    await nadia.subscribe(presence(IRIS, DETAILED));
    const iris = clientOf(simulator);
    for (let times = 0; times < 2; times += 1) {
      await iris('PUT', '/extension/~/presence', { dndStatus: 'DoNotAcceptAnyCalls', message: 'Lunch' });
    }
    await iris('PUT', '/extension/~/presence', { userStatus: 'Offline' });
    await eventually(() => bodies(nadia, '/presence').at(-1)).toMatchObject({ userStatus: 'Offline' });
    expect(bodies(nadia, '/presence')).toMatchObject([
      {
        extensionId: Number(IRIS),
        presenceStatus: 'Busy',
        dndStatus: 'DoNotAcceptAnyCalls',
        message: 'Lunch',
      },
      { presenceStatus: 'Offline', userStatus: 'Offline' },
    ]);
    const [first, second] = bodies(nadia, '/presence').map(({ sequence }) => Number(sequence));
    expect(second).toBeGreaterThan(first ?? Number.NaN);
  });

  test('tells of an ended call once more, as over, and of the seven latest of more', async () => {
    await using simulator = await start();
    using iris = await connectPush(simulator);
    await iris.subscribe(presence('~', DETAILED));
    const made = Array.from({ length: 9 }, () => inbound(simulator));
    await eventually(() => bodies(iris, '/presence').at(-1)?.totalActiveCalls).toBe(9);
    const last = bodies(iris, '/presence').at(-1)?.activeCalls as { telephonySessionId: string }[];
    expect(last.map(({ telephonySessionId }) => telephonySessionId)).toEqual(
      made.slice(2).map(({ id }) => id),
    );
    // Whoever reads gets all of them.
    const read = await clientOf(simulator)('GET', `/extension/~/presence${DETAILED}`);
    expect(read.body).toMatchObject({ activeCalls: { length: 9 } });

    for (const { id } of made.slice(1)) await clientOf(simulator)('DELETE', `/telephony/sessions/${id}`);
    await clientOf(simulator)('DELETE', `/telephony/sessions/${made[0]?.id}`);
    await eventually(() => bodies(iris, '/presence').at(-1)).toMatchObject({
      telephonyStatus: 'NoCall',
      totalActiveCalls: 0,
      activeCalls: [{ telephonySessionId: made[0]?.id, telephonyStatus: 'NoCall', terminationType: 'final' }],
    });
  });

  test('of somebody who hides it is told to an admin alone, and stops when they begin to hide it', async () => {
    await using simulator = await start();
    using nadia = await connectPush(simulator, { token: 'sim-103' });
    using ada = await connectPush(simulator, { token: 'sim-104' });
    expect(
      (await nadia.subscribe(ALL_PRESENCE, presence(HUGO), presence(HELP_DESK))).disabledFilters,
    ).toMatchObject([{ reason: 'SUB-403' }, { reason: 'SUB-402' }]);
    await ada.subscribe(ALL_PRESENCE);
    inbound(simulator, 'Proceeding', '111');
    inbound(simulator, 'Proceeding', '101');
    await clientOf(simulator)('PUT', '/extension/~/presence', { allowSeeMyPresence: false });
    inbound(simulator, 'Proceeding', '102');
    const whose = (client: PushClient) => bodies(client, '/presence').map(({ extensionId }) => extensionId);
    await eventually(() => whose(ada)).toEqual([HUGO, IRIS, IRIS, TOMAS]);
    await eventually(() => whose(nadia)).toEqual([IRIS, TOMAS]);
  });

  test('of the park location tells of the call that waits there', async () => {
    await using simulator = await start();
    using nadia = await connectPush(simulator, { token: 'sim-103' });
    await nadia.subscribe(presence('701060004', DETAILED));
    const call = inbound(simulator);
    await clientOf(simulator)(
      'POST',
      `/telephony/sessions/${call.id}/parties/${call.parties[1]?.id}/transfer`,
      {
        parkOrbit: '701060004',
      },
    );
    await eventually(() => bodies(nadia, '/presence').at(-1)).toMatchObject({
      extensionId: 701_060_004,
      presenceStatus: 'Offline',
      telephonyStatus: 'ParkedCall',
      activeCalls: [{ telephonySessionId: call.id, telephonyStatus: 'ParkedCall', to: '300' }],
    });
  });
});

test('A queue tells who takes its calls, and who no more', async () => {
  await using simulator = await start();
  using iris = await connectPush(simulator);
  const queue = `${A}/call-queues/${HELP_DESK}/presence`;
  const { eventFilters } = await iris.subscribe(queue);
  expect(eventFilters).toEqual([`${NUMBERED}/call-queues/${HELP_DESK}/presence`]);
  const tomas = clientOf(simulator, 'sim-102');
  await tomas('PUT', '/extension/~/call-queue-presence', {
    records: [{ callQueue: { id: HELP_DESK }, acceptCalls: false }],
  });
  await tomas('PUT', '/extension/~/call-queue-presence', {
    records: [{ callQueue: { id: HELP_DESK }, acceptCalls: true }],
  });
  await tomas('PUT', '/extension/~/presence', { dndStatus: 'DoNotAcceptDepartmentCalls' });
  await tomas('PUT', '/extension/~/presence', { message: 'Gone fishing' });
  await clientOf(simulator, 'sim-105')('PUT', '/extension/~/presence', { dndStatus: 'DoNotAcceptAnyCalls' });
  await eventually(() => bodies(iris, '/call-queues/')).toEqual(
    [false, true, false].map((acceptCalls) => ({ extensionId: TOMAS, callQueueId: HELP_DESK, acceptCalls })),
  );
  using ines = await connectPush(simulator, { token: 'sim-112' });
  expect((await ines.subscribe(queue)).disabledFilters).toMatchObject([{ reason: 'SUB-406' }]);
  expect(await refused(iris.subscribe(`${A}/call-queues/${IRIS}/presence`))).toMatchObject({
    errorCode: 'SUB-508',
  });
});

test('Presence of many is read over the socket as over HTTP', async () => {
  await using simulator: Simulator = await start();
  using iris = await connectPush(simulator);
  iris.send([
    {
      type: 'ClientRequest',
      messageId: 'many',
      method: 'GET',
      path: `${A}/extension/${IRIS},${HUGO}/presence`,
      headers: { Accept: 'application/vnd.ringcentral.multipart+json' },
    },
  ]);
  await eventually(() => iris.frames.find(([{ messageId }]) => messageId === 'many')).toMatchObject([
    { status: 207 },
    [
      { resourceId: IRIS, status: 200 },
      { resourceId: HUGO, status: 403 },
    ],
  ]);
});

test('Telling costs nothing where nobody listens: no presence is worked out for subscribers of calls', async () => {
  await using simulator = await start({ crowd: 1_000 });
  const agents: PushClient[] = [];
  try {
    for (let index = 0; index < 20; index += 1) {
      const agent = await connectPush(simulator, { token: `sim-${10_000 + index}` });
      await agent.subscribe(OWN_CALLS);
      agents.push(agent);
    }
    using nadia = await connectPush(simulator, { token: 'sim-103' });
    await nadia.subscribe(ALL_CALLS);
    const made = Array.from({ length: 300 }, (_, index) =>
      inbound(simulator, 'Answered', String(10_000 + index)),
    );
    let asked = 0;
    const statusOf = simulator.switchboard.staff.statusOf;
    Object.assign(simulator.switchboard.staff, {
      statusOf: (id: string) => {
        asked += 1;
        return statusOf(id);
      },
    });
    const { posted } = simulator.push().notifications;
    for (const { id, parties } of made) simulator.moveParty(id, parties[1]?.id ?? '', { code: 'Hold' });
    // One for the account, and one for each of the agents themselves.
    expect(simulator.push().notifications.posted - posted).toBe(300 + 20);
    expect(asked).toBe(0);
    await eventually(
      () => nadia.events().filter(({ parties: [one] = [] }) => one?.status?.code === 'Hold').length,
    ).toBe(300);
    // Whoever wants to know has it worked out, once for all.
    await nadia.subscribe(ALL_PRESENCE);
    simulator.moveParty(made[0]?.id ?? '', made[0]?.parties[1]?.id ?? '', { code: 'Answered' });
    expect(asked).toBeGreaterThan(0);
  } finally {
    for (const agent of agents) agent.close();
  }
});
