/** What notifications should have told and did not: found by a look, and counted for the phone system that kept silent. */
import { expect, onTestFinished, test } from 'vitest';
import { createHub } from '../../src/live/hub.ts';
import type { Kind } from '../../src/live/shape.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { createMetrics, type Metrics } from '../../src/telemetry/metrics.ts';
import { createPhoneOf, fakeTime, pass, tap } from './support.ts';
import { GENESYS_IN_MEMORY, type InMemory, RINGCENTRAL_IN_MEMORY, SESSION } from './systems.ts';

const MINUTE = 60_000;

/** Watches a call of a phone system that is listened to, and says nothing. */
function watchSilent<K extends Kind>(system: InMemory<K>, metrics: Metrics) {
  const phone = createPhoneOf(system);
  phone.set([system.party('p-1', 'ANSWERED', { isOwn: true }), system.party('p-2', 'ANSWERED')]);
  phone.source.listen = (ear) => {
    queueMicrotask(() => ear.entered('listening', { mayHaveMissed: true, reason: null }));
    return { tellsOf: system.isOwn, stop() {} };
  };
  const hub = createHub(system.shape, { metrics, log: createLog('silent'), longPollTimeout: 30_000 });
  onTestFinished(() => hub.stop());
  tap(hub.desk('viewer', phone.source).events(SESSION, null));
  return phone;
}

test('Changes that nobody told are counted for the phone system that did not', async () => {
  fakeTime();
  const metrics = createMetrics();
  const untold = async () => {
    const { values } = await metrics.untoldChanges.get();
    return Object.fromEntries(values.map(({ labels, value }) => [labels.system, value]));
  };
  const ringCentral = watchSilent(RINGCENTRAL_IN_MEMORY, metrics);
  const genesys = watchSilent(GENESYS_IN_MEMORY, metrics);
  await pass(MINUTE);
  // Both are there from the beginning, for whoever looks whether they stay 0.
  expect(await untold()).toEqual({ ringcentral: 0, genesys: 0 });
  genesys.move('p-1', 'HOLD');
  await pass(MINUTE);
  expect(await untold()).toEqual({ ringcentral: 0, genesys: 1 });
  // Of the others nobody is told.
  ringCentral.move('p-2', 'HOLD');
  await pass(MINUTE);
  expect(await untold()).toEqual({ ringcentral: 0, genesys: 1 });
  ringCentral.move('p-1', 'HOLD');
  await pass(MINUTE);
  ringCentral.move('p-1', 'ANSWERED');
  await pass(MINUTE);
  expect(await untold()).toEqual({ ringcentral: 2, genesys: 1 });
});
