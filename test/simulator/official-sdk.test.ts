/** RingCentral's own packages, as they come from the registry, take the simulator for RingCentral. */
import { SDK } from '@ringcentral/sdk';
import { RingCentralCallControl } from 'ringcentral-call-control';
import { expect, test } from 'vitest';
import type { Simulator } from '../../src/simulator/server.ts';
import { startQuiet } from './support.ts';

async function signIn(simulator: Simulator, jwt: string) {
  const sdk = new SDK({ server: simulator.url, clientId: 'app', clientSecret: 'secret' });
  await sdk.platform().login({ jwt });
  const callControl = new RingCentralCallControl({ sdk });
  await callControl.initialize();
  return { sdk, callControl };
}

test('log in, load sessions, place a call, hold, mute, record, park, transfer and drop', async () => {
  await using simulator = await startQuiet();
  const waiting = simulator.startCall({ kind: 'inbound', from: '+12025550147', to: '101' });
  const { sdk, callControl } = await signIn(simulator, 'sim-jwt-101');

  expect(callControl.ready).toBe(true);
  expect(callControl.extensionId).toBe('701001004');
  expect(callControl.accountId).toBe('701000004');
  const [ringing] = callControl.sessions;
  expect(ringing).toMatchObject({ id: waiting.id, party: { status: { code: 'Proceeding' } } });
  const device = callControl.devices.find(({ type, status }) => type === 'SoftPhone' && status === 'Online');
  expect(device?.id).toBe('801100004');
  if (ringing === undefined || device === undefined) return;

  const placed = await callControl.createCall(device.id, { phoneNumber: '+12025550166' });
  expect(placed.party.status.code).toBe('Setup');
  await placed.reload();
  expect(placed.party.status.code).toBe('Answered');
  expect(placed.otherParties).toMatchObject([{ status: { code: 'Answered' } }]);

  expect((await placed.hold()).status.code).toBe('Hold');
  expect((await placed.unhold()).status.code).toBe('Answered');
  expect((await placed.mute()).muted).toBe(true);
  expect((await placed.unmute()).muted).toBe(false);

  const recording = await placed.createRecord();
  expect(recording.active).toBe(true);
  expect((await placed.pauseRecord(recording.id)).active).toBe(false);
  expect((await placed.resumeRecord(recording.id)).active).toBe(true);

  expect((await placed.transfer({ phoneNumber: '+12025550160' })).status).toEqual({
    code: 'Disconnected',
    reason: 'BlindTransfer',
  });
  await placed.reload();
  expect(placed.parties.map(({ status }: { status: { code: string } }) => status.code)).toEqual([
    'Disconnected',
    'Answered',
    'Answered',
  ]);

  await ringing.answer({ deviceId: device.id });
  await ringing.reload();
  expect(ringing.party.status.code).toBe('Answered');
  expect((await ringing.park()).status).toMatchObject({ code: 'Parked', parkData: '*801' });
  await ringing.drop();
  await ringing.reload();
  expect(ringing.party.status.code).toBe('Disconnected');
  // A second drop is 404, which this SDK takes for a call that is over.
  await ringing.drop();

  await sdk.platform().logout();
  expect(simulator.requests().filter(({ status }) => (status ?? 0) >= 400)).toMatchObject([
    { operationId: 'deleteCallSession', status: 404 },
  ]);
});

test('a supervisor listens, a host holds a conference, and an expired token is refreshed', async () => {
  await using simulator = await startQuiet();
  const call = simulator.startCall({ kind: 'inbound', to: '101', state: 'Answered' });

  const nadia = await signIn(simulator, 'sim-jwt-103');
  await nadia.callControl.loadSessions([{ telephonySessionId: call.id, sessionId: '1' }]);
  const [supervised] = nadia.callControl.sessions;
  const [device] = nadia.callControl.devices;
  const supervising = await supervised?.supervise({
    mode: 'Listen',
    deviceId: device?.id ?? '',
    extensionNumber: '101',
  });
  expect(supervising).toMatchObject({ extensionId: '701003004', status: { code: 'Setup' } });

  const iris = await signIn(simulator, 'sim-jwt-101');
  const own = iris.callControl.sessions.find(({ id }) => id === call.id);
  const conference = await iris.callControl.createConference();
  expect(conference.voiceCallToken).toMatch(/^conf_/);
  const guest = await conference.bringInParty({ sessionId: call.id, partyId: own?.party.id });
  expect(guest.conferenceRole).toBe('Participant');
  await conference.removeParty(guest.id);

  await iris.sdk.platform().refresh();
  expect((await iris.sdk.platform().get('/restapi/v1.0/account/~/extension/~')).status).toBe(200);
});

test.each([
  ['with a secret', { clientSecret: 'secret' }],
  ['without one', {}],
])('an app %s sends a browser to sign in, and takes its code', async (_, secret) => {
  await using simulator = await startQuiet();
  const redirectUri = 'http://127.0.0.1:4000/back';
  const sdk = new SDK({ server: simulator.url, clientId: 'app', redirectUri, ...secret });
  const platform = sdk.platform();
  const address = platform.loginUrl({ usePKCE: true, state: 'a-state', display: 'popup', prompt: 'login' });
  const answer = {
    method: 'POST',
    body: new URLSearchParams({ extension: '102' }),
    redirect: 'manual',
  } as const;
  const back = (await fetch(address, answer)).headers.get('location') ?? '';
  const { code = '', state } = platform.parseLoginRedirect(back.slice(back.indexOf('?'))) as Record<
    string,
    string
  >;
  expect(state).toBe('a-state');
  await platform.login({ code });
  const who = async () => (await platform.get('/restapi/v1.0/account/~/extension/~')).json();
  expect(await who()).toMatchObject({ extensionNumber: '102' });
  await platform.refresh();
  expect(await who()).toMatchObject({ extensionNumber: '102' });
  await platform.logout();
  expect(simulator.requests().at(-1)).toMatchObject({ operationId: 'revokeToken', status: 200 });
});
