/** RingCentral's own packages for notifications, as they come from the registry, take the simulator for RingCentral. */
import RingCentral from '@rc-ex/core';
import imported from '@rc-ex/ws';
import { SDK } from '@ringcentral/sdk';
import { Subscriptions } from '@ringcentral/subscriptions';
import { expect, test } from 'vitest';
import type { WireNotification, WireSessionEvent } from '../../src/ringcentral/wire.ts';
import { OWN_CALLS, told } from './push-client.ts';
import { eventually, inbound, startQuiet } from './support.ts';

/** Its types are those of a CommonJS module, its code is not. */
const WebSocketExtension = imported as unknown as typeof imported.default;

test('@rc-ex/ws subscribes, hears a call, and goes on hearing it after its socket was cut', async () => {
  await using simulator = await startQuiet({ settings: { pushDelay: 0 } });
  const app = new RingCentral({ server: simulator.url, clientId: 'app', clientSecret: 'secret' });
  await app.authorize({ jwt: 'sim-jwt-101' });
  const sockets = new WebSocketExtension();
  await app.installExtension(sockets);
  const heard: WireSessionEvent[] = [];
  await sockets.subscribe([OWN_CALLS], (event: WireNotification) =>
    heard.push(event.body as WireSessionEvent),
  );

  const call = inbound(simulator);
  await eventually(() => told(heard).at(-1)).toMatch(/2 Answered$/);
  expect(simulator.troublePush({ do: 'cut' })).toEqual({ sockets: 1 });
  simulator.moveParty(call.id, call.parties[1]?.id ?? '', { code: 'Hold' });
  await eventually(() => told(heard).at(-1)).toMatch(/2 Hold$/);
  await sockets.revoke();
});

test('@ringcentral/subscriptions subscribes by the SDK, and hears a call through a cut socket', async () => {
  await using simulator = await startQuiet({ settings: { pushDelay: 0 } });
  const sdk = new SDK({ server: simulator.url, clientId: 'app', clientSecret: 'secret' });
  await sdk.platform().login({ jwt: 'sim-jwt-101' });
  const subscriptions = new Subscriptions({ sdk });
  const subscription = subscriptions.createSubscription();
  const heard: WireSessionEvent[] = [];
  subscription.on(subscription.events.notification, (event: WireNotification) =>
    heard.push(event.body as WireSessionEvent),
  );
  await subscription.setEventFilters([OWN_CALLS]).register();

  const call = inbound(simulator);
  await eventually(() => told(heard).at(-1)).toMatch(/2 Answered$/);
  simulator.troublePush({ do: 'cut' });
  simulator.moveParty(call.id, call.parties[1]?.id ?? '', { code: 'Hold' });
  await eventually(() => told(heard).at(-1)).toMatch(/2 Hold$/);
});
