/** Whatever happens to gateways and their store, each client is told each change once, in order, and ends in the truth. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CallEvent } from '../../schema/provider.ts';
import { type Gateway, openTown, passing, type Town } from './shared-town.ts';
import { pass, type Tap } from './support.ts';

/** Somebody who watches the call, and comes back wherever they are sent. */
interface Client {
  gateway: number;
  tap: Tap<CallEvent>;
  /** What they show, by the party. */
  readonly shown: Map<string, string>;
  cursor: string | null;
}

type Step =
  | { readonly kind: 'move'; readonly party: number; readonly code: number; readonly muted: boolean }
  | { readonly kind: 'cut' | 'mend' | 'kill' | 'drain'; readonly gateway: number }
  | { readonly kind: 'switch'; readonly client: number; readonly gateway: number }
  | { readonly kind: 'empty' }
  | { readonly kind: 'wait'; readonly time: number };

const index = fc.nat({ max: 1 });
const STEPS: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('move' as const),
      party: index,
      code: index,
      muted: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('cut' as const, 'mend' as const, 'kill' as const, 'drain' as const),
      gateway: index,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('switch' as const), client: index, gateway: index }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'empty' as const }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      time: fc.constantFrom(0, 1, 3, 20, 200, 1_500, 4_000, 9_000),
    }),
  },
);

/** Lives that once ended in something else. */
const LIVES: readonly Step[][] = [
  // Who has the desk writes the whole state before the other listens again, and then has a read that is held.
  [
    { kind: 'drain', gateway: 0 },
    { kind: 'empty' },
    { kind: 'wait', time: 20 },
    { kind: 'cut', gateway: 1 },
    { kind: 'move', party: 0, code: 0, muted: true },
    { kind: 'wait', time: 4_000 },
    { kind: 'cut', gateway: 0 },
  ],
];

const CODES = ['ANSWERED', 'HOLD'] as const;
const shownOf = ({ status, muted }: { status: { code: string }; muted: boolean | null }) =>
  `${status.code} ${muted}`;

test('Each client is told each change once, in order, and ends in the truth.', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(STEPS, { minLength: 3, maxLength: 25 }), async (steps) => {
      const town = openTown();
      const gateways = [town.open(), town.open()];
      const clients = [0, 1].map((gateway) => come(gateways, gateway, null, new Map()));
      await pass(2_000);
      for (const step of steps) {
        await take(step, town, gateways, clients);
        for (const client of clients) look(client);
      }
      for (const { commons } of gateways) if (commons.state().name === 'apart') commons.mend();
      await pass(25_000);
      for (const client of clients) look(client);
      const truth = new Map(town.phone.now()?.parties.map((one) => [one.id, shownOf(one)]));
      for (const { shown, tap } of clients) {
        expect(tap.ending).toBeUndefined();
        expect(shown).toEqual(truth);
      }
      const before = town.phone.requests.length;
      for (let time = 0; time < 35_000; time += 500) {
        await pass(500);
        expect(town.phone.inFlight()).toBeLessThanOrEqual(1);
      }
      expect(town.phone.requests.length).toBeGreaterThan(before);
      await Promise.all(gateways.map(({ hub }) => passing(hub.stop())));
    }),
    { numRuns: Number(process.env.RUNS ?? 60), examples: LIVES.map((steps) => [steps]) },
  );
});

async function take(
  step: Step,
  { phone, store, open }: Town,
  gateways: Gateway[],
  clients: Client[],
): Promise<void> {
  switch (step.kind) {
    case 'move':
      phone.move(`p-${step.party + 1}`, CODES[step.code] ?? 'HOLD', { muted: step.muted });
      break;
    case 'wait':
      await pass(step.time);
      break;
    case 'empty':
      store.empty();
      break;
    case 'switch': {
      const client = clients[step.client];
      if (client === undefined) break;
      look(client);
      client.tap.leave();
      Object.assign(client, come(gateways, step.gateway, client.cursor, client.shown));
      break;
    }
    case 'cut':
    case 'mend': {
      const commons = gateways[step.gateway]?.commons;
      const isApart = commons?.state().name === 'apart';
      if (step.kind === 'cut' && !isApart) commons?.cut();
      if (step.kind === 'mend' && isApart) commons?.mend();
      break;
    }
    case 'kill':
    case 'drain': {
      const gateway = gateways[step.gateway];
      if (gateway === undefined) break;
      if (step.kind === 'drain') gateway.hub.drain();
      for (const client of clients) look(client);
      gateways[step.gateway] = open();
      if (step.kind === 'kill') gateway.commons.kill();
      const stopping = gateway.hub.stop();
      if (step.kind === 'drain') await passing(stopping);
      for (const client of clients) {
        if (client.gateway !== step.gateway) continue;
        Object.assign(client, come(gateways, step.gateway, client.cursor, client.shown));
      }
    }
  }
}

function come(gateways: Gateway[], gateway: number, cursor: string | null, shown: Client['shown']): Client {
  const one = gateways[gateway];
  if (one === undefined) throw new Error('There is no such gateway.');
  return { gateway, tap: one.events(cursor), shown, cursor };
}

/** Reads what was told; nothing may be told that is shown already, or that begins elsewhere. */
function look(client: Client): void {
  for (const event of client.tap.news()) {
    client.cursor = event.cursor;
    if (event.type === 'CallSnapshot') {
      client.shown.clear();
      for (const one of event.session.parties) client.shown.set(one.id, shownOf(one));
    } else if (event.type === 'CallPartyChange') {
      const before = client.shown.get(event.party.id);
      expect(event.previousStatus?.code).toBe(before?.split(' ')[0]);
      expect(shownOf(event.party)).not.toBe(before);
      client.shown.set(event.party.id, shownOf(event.party));
    }
  }
}
