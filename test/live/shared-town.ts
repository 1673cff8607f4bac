/** Several gateways of one store before one phone system, in memory and under fake timers. */
import { onTestFinished } from 'vitest';
import type { CallEvent } from '../../schema/provider.ts';
import type { Desk } from '../../src/live/desk.ts';
import { createHub, type Hub, type HubOptions } from '../../src/live/hub.ts';
import type { Kind } from '../../src/live/shape.ts';
import type { RingCentralKind } from '../../src/ringcentral/call-kind.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { createSharedStore, type GatewayCommons, type SharedStore } from './shared-store.ts';
import { createPhoneOf, fakeTime, type Phone, pass, type Tap, tap } from './support.ts';
import {
  type Changes,
  type InMemory,
  RINGCENTRAL_IN_MEMORY,
  type RingCentralChanges,
  SESSION,
} from './systems.ts';

export interface Gateway<K extends Kind = RingCentralKind> {
  readonly hub: Hub<K>;
  readonly desk: Desk<K>;
  readonly commons: GatewayCommons;
  events(after?: string | null, sessionId?: string): Tap<K['Event']>;
}

export interface Town<K extends Kind = RingCentralKind, More extends Changes = RingCentralChanges> {
  readonly phone: Phone<K, More>;
  readonly store: SharedStore;
  open(source?: Phone<K, More>['source'], limits?: HubOptions['limits']): Gateway<K>;
}

/** Opens it before RingCentral, with a call of two parties; gateways come with `open`. */
export function openTown(): Town {
  return openTownOf(RINGCENTRAL_IN_MEMORY);
}

/** The same before any of the systems. `way`: milliseconds to the store, and back. */
export function openTownOf<K extends Kind, More extends Changes>(
  system: InMemory<K, More>,
  way?: () => number,
): Town<K, More> {
  fakeTime();
  const phone = createPhoneOf(system);
  const store = createSharedStore(way);
  phone.set([system.party('p-1', 'ANSWERED'), system.party('p-2', 'ANSWERED')]);
  return {
    phone,
    store,
    open(source = phone.source, limits = {}) {
      const commons = store.gateway();
      const hub = createHub(system.shape, {
        metrics: createMetrics(),
        log: createLog('silent'),
        longPollTimeout: 30_000,
        limits,
        shared: { commons, scope: () => 'town' },
      });
      onTestFinished(() => void hub.stop());
      const desk = hub.desk('viewer', source);
      return {
        ...{ hub, desk, commons },
        events: (after = null, sessionId = SESSION) => tap(desk.events(sessionId, after, () => true)),
      };
    },
  };
}

/** Opens it with two gateways, at which a viewer watches the call: at one, and a second later at the other too. */
export async function openWatchedTown(asOtherSees = (source: Phone['source']) => source) {
  const town = openTown();
  const [one, other] = [town.open(), town.open(asOtherSees(town.phone.source))];
  const first = one.events();
  await pass(1_000);
  const second = other.events();
  await pass(1_000);
  return { ...town, one, other, first, second };
}

/** Lets time pass until it is there. */
export async function passing<Value>(promise: Promise<Value>): Promise<Value> {
  let isThere = false;
  const waiting = promise.finally(() => {
    isThere = true;
  });
  while (!isThere) await pass(1);
  return waiting;
}

/** What was told, in short. */
export function summary(events: readonly CallEvent[]) {
  return events.map((event) => {
    if (event.type === 'CallSnapshot') return event.reason;
    return event.type === 'CallPartyChange' ? `${event.party.id} ${event.party.status.code}` : event.kind;
  });
}
