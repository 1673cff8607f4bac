/** RingCentral's own packages see the calls of the whole simulated account, in their mode for accounts. */
import RingCentral from '@rc-ex/core';
import { SDK } from '@ringcentral/sdk';
import { Subscriptions } from '@ringcentral/subscriptions';
import { RingCentralCallControl } from 'ringcentral-call-control';
import { expect, test } from 'vitest';
import type { WireNotification, WireSessionEvent } from '../../../src/ringcentral/wire.ts';
import type { Simulator } from '../../../src/simulator/server.ts';
import { ALL_CALLS, told } from '../push-client.ts';
import { eventually, inbound, startQuiet } from '../support.ts';

const SALES = '701051004';
type Message = Parameters<RingCentralCallControl['onNotificationEvent']>[0];

async function signIn(simulator: Simulator, jwt: string) {
  const sdk = new SDK({ server: simulator.url, clientId: 'app', clientSecret: 'secret' });
  await sdk.platform().login({ jwt });
  const callControl = new RingCentralCallControl({ sdk, accountLevel: true });
  await callControl.initialize();
  return { sdk, callControl };
}

test('an admin has the calls of everybody, those that begin later too, and acts on them', async () => {
  await using simulator = await startQuiet({ settings: { pushDelay: 0, mediumLimit: 0 } });
  const before = [inbound(simulator, 'Answered', '101'), inbound(simulator, 'Answered', '102')];
  const { sdk, callControl } = await signIn(simulator, 'sim-jwt-104');
  expect(new Set(callControl.sessions.map(({ id }) => id))).toEqual(new Set(before.map(({ id }) => id)));

  const subscription = new Subscriptions({ sdk }).createSubscription();
  const heard: WireSessionEvent[] = [];
  subscription.on(subscription.events.notification, (event: WireNotification) => {
    heard.push(event.body as WireSessionEvent);
    callControl.onNotificationEvent(event as Message);
  });
  await subscription.setEventFilters([ALL_CALLS]).register();
  const later = [inbound(simulator, 'Proceeding', '105'), simulator.startCall({ kind: 'queue', to: '201' })];
  const waiting = simulator.startCall({ kind: 'queue', to: '201', from: '+12025550151' });
  const ids = [...before, ...later, waiting].map(({ id }) => id);
  await eventually(() => new Set(callControl.sessions.map(({ id }) => id))).toEqual(new Set(ids));
  for (const { id } of later) {
    const own = heard.filter(({ telephonySessionId }) => telephonySessionId === id);
    expect(own.map(({ sequence }) => sequence)).toEqual(own.map((_, index) => index + 2));
  }
  // Who waits in a queue is seen by its leg.
  const session = callControl.sessions.find(({ id }) => id === waiting.id);
  expect(
    session?.parties.find(({ extensionId }: { extensionId?: string }) => extensionId === SALES)?.status.code,
  ).toBe('Setup');

  const talking = callControl.sessions.find(({ id }) => id === before[1]?.id);
  await talking?.reload();
  const own = talking?.parties.find(
    ({ extensionId }: { extensionId?: string }) => extensionId === '701002004',
  );
  const held = await sdk
    .platform()
    .post(`/restapi/v1.0/account/~/telephony/sessions/${talking?.id}/parties/${own?.id}/hold`);
  expect(await held.json()).toMatchObject({ status: { code: 'Hold' } });
  await eventually(() => told(heard).at(-1)).toMatch(/2 Hold$/);
  await talking?.drop();
  await eventually(() => callControl.sessions.some(({ id }) => id === before[1]?.id)).toBe(false);
});

test('@rc-ex/core reads the account: extensions, queues, members, presence and who takes calls', async () => {
  await using simulator = await startQuiet({ settings: { mediumLimit: 0 } });
  const rc = new RingCentral({ server: simulator.url, clientId: 'app', clientSecret: 'secret' });
  await rc.authorize({ jwt: 'sim-jwt-104' });
  const account = rc.restapi().account();
  const extensions = await account.extension().list({ type: ['Department'], perPage: 1_000 });
  expect(extensions.records?.map(({ name }) => name)).toEqual(['Help Desk', 'Sales']);
  const { records: queues } = await account.callQueues().list();
  expect(queues?.map(({ id }) => id)).toContain(SALES);
  const { records: members } = await account.callQueues(SALES).members().get();
  expect(members?.map(({ extensionNumber }) => extensionNumber)).toEqual(['105', '106', '107', '113']);
  const changed = await account.extension('701005004').presence().put({ dndStatus: 'DoNotAcceptAnyCalls' });
  expect(changed.presenceStatus).toBe('Busy');
  const { records: accepting } = await account.callQueues(SALES).presence().get();
  expect(accepting?.filter(({ acceptQueueCalls }) => acceptQueueCalls === false)).toMatchObject([
    { member: { extensionNumber: '105' } },
  ]);
  const { records: groups } = await account.callMonitoringGroups().get();
  expect(groups).toMatchObject([{ name: 'The floor' }]);
});
