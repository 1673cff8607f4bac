/** Whatever happens to gateways and their store, each client is told each change once, in order, and ends in the truth. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Kind } from '../../src/live/shape.ts';
import type { Ear } from '../../src/live/source.ts';
import { partyIn } from '../../src/live/transitions.ts';
import { type Gateway, openTownOf, passing, type Town } from './shared-town.ts';
import { type Phone, pass, type Tap } from './support.ts';
import { type Changes, GENESYS_IN_MEMORY, type InMemory, RINGCENTRAL_IN_MEMORY } from './systems.ts';

/** Somebody who watches the call, and comes back wherever they are sent. */
interface Client<K extends Kind> {
  gateway: number;
  tap: Tap<K['Event']>;
  /** What they show, by the party; its version comes last. */
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

/** What the way to the store takes, one after the other; and after how long changes are told by themselves (null: never). */
const WAYS = fc.array(fc.constantFrom<number[]>(1, 1, 3, 10, 30), { minLength: 1, maxLength: 10 });
const PUSH = fc.option(fc.constantFrom<number[]>(5, 20, 100));

/** Lives that once ended in something else. */
const LIVES: [steps: Step[], ways: number[], delay: number | null, isCounted: boolean][] = [
  // Who has the desk writes the whole state before the other listens again, and then has a read that is held.
  [
    [
      { kind: 'drain', gateway: 0 },
      { kind: 'empty' },
      { kind: 'wait', time: 20 },
      { kind: 'cut', gateway: 1 },
      { kind: 'move', party: 0, code: 0, muted: true },
      { kind: 'wait', time: 4_000 },
      { kind: 'cut', gateway: 0 },
    ],
    [1],
    null,
    false,
  ],
  // One is told by itself, with what no body tells, what the other reads.
  [
    [
      { kind: 'cut', gateway: 0 },
      { kind: 'move', party: 0, code: 0, muted: false },
      { kind: 'wait', time: 0 },
      { kind: 'switch', client: 0, gateway: 0 },
      { kind: 'wait', time: 0 },
    ],
    [10],
    5,
    false,
  ],
  // Two things wait for the log when somebody else was faster.
  [
    [
      { kind: 'empty' },
      { kind: 'move', party: 0, code: 0, muted: true },
      { kind: 'wait', time: 0 },
      { kind: 'move', party: 1, code: 0, muted: true },
    ],
    [10, 1],
    5,
    false,
  ],
  // One has read already what the other is told by itself a moment later.
  [
    [
      { kind: 'move', party: 1, code: 1, muted: false },
      { kind: 'wait', time: 200 },
      { kind: 'cut', gateway: 1 },
      { kind: 'move', party: 1, code: 0, muted: false },
      { kind: 'move', party: 1, code: 1, muted: false },
      { kind: 'wait', time: 0 },
    ],
    [3],
    100,
    false,
  ],
  // One has read already what the other is told a moment later, and had read long before.
  [
    [
      { kind: 'wait', time: 1_500 },
      { kind: 'cut', gateway: 1 },
      { kind: 'move', party: 0, code: 0, muted: false },
      { kind: 'wait', time: 0 },
    ],
    [3],
    100,
    true,
  ],
];

const CODES = ['ANSWERED', 'HOLD'] as const;

suite(RINGCENTRAL_IN_MEMORY);
suite(GENESYS_IN_MEMORY);

function suite<K extends Kind, More extends Changes>(system: InMemory<K, More>): void {
  test(`Each client of ${system.shape.name} is told each change once, in order, and ends in the truth.`, {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(STEPS, { minLength: 3, maxLength: 25 }),
        WAYS,
        PUSH,
        fc.boolean(),
        async (steps, ways, delay, isCounted) => {
          let way = 0;
          const town = openTownOf(system, () => ways[way++ % ways.length] ?? 1);
          if (isCounted) {
            const first = { version: 1 } as More;
            town.phone.set(['p-1', 'p-2'].map((id) => system.party(id, 'ANSWERED', first)));
          }
          if (delay !== null) push(system, town.phone, delay);
          const gateways = [town.open(), town.open()];
          const clients = [0, 1].map((gateway) => come(gateways, gateway, null, new Map()));
          await pass(2_000);
          for (const step of steps) {
            await take(step, town, gateways, clients);
            for (const client of clients) look(system, client);
          }
          for (const { commons } of gateways) if (commons.state().name === 'apart') commons.mend();
          await pass(25_000);
          for (const client of clients) look(system, client);
          const now = town.phone.now();
          const parties = now === null ? [] : system.shape.partiesOf(now);
          const truth = new Map(parties.map((one) => [one.id, shownOf(system, one)]));
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
        },
      ),
      { numRuns: Number(process.env.RUNS ?? 60), examples: LIVES },
    );
  });

  async function take(
    step: Step,
    { phone, store, open }: Town<K, More>,
    gateways: Gateway<K>[],
    clients: Client<K>[],
  ): Promise<void> {
    switch (step.kind) {
      case 'move': {
        const id = `p-${step.party + 1}`;
        const call = phone.now();
        const known = call === null ? undefined : partyIn(system.shape, call, id);
        const version = known === undefined ? null : versionOf(system, known);
        const counted = version === null ? {} : { version: version + 1 };
        phone.move(id, CODES[step.code] ?? 'HOLD', { muted: step.muted, ...counted } as More);
        break;
      }
      case 'wait':
        await pass(step.time);
        break;
      case 'empty':
        store.empty();
        break;
      case 'switch': {
        const client = clients[step.client];
        if (client === undefined) break;
        look(system, client);
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
        for (const client of clients) look(system, client);
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
}

/** Lets the phone system tell of all changes by itself to whoever listens then. */
function push<K extends Kind, More extends Changes>(
  system: InMemory<K, More>,
  phone: Phone<K, More>,
  delay: number,
): void {
  const ears = new Set<Ear<K>>();
  let sequence = 1;
  const move = phone.move;
  phone.move = (partyId, ...how) => {
    move(partyId, ...how);
    sequence += 1;
    const call = phone.now();
    if (call === null) return;
    const news = system.news({ call, partyId, sequence, at: Date.now() });
    for (const ear of ears) {
      setTimeout(() => ears.has(ear) && ear.heard({ ...news, receivedAt: Date.now() }), delay);
    }
  };
  phone.source.listen = (ear) => {
    setTimeout(() => {
      ears.add(ear);
      ear.entered('listening', { mayHaveMissed: true, reason: null });
    }, 100);
    return { tellsOf: () => true, stop: () => void ears.delete(ear) };
  };
}

function come<K extends Kind>(
  gateways: readonly Gateway<K>[],
  gateway: number,
  cursor: string | null,
  shown: Client<K>['shown'],
): Client<K> {
  const one = gateways[gateway];
  if (one === undefined) throw new Error('There is no such gateway.');
  return { gateway, tap: one.events(cursor), shown, cursor };
}

function shownOf<K extends Kind>(system: InMemory<K>, party: K['Party']): string {
  return `${system.codeOf(party)} ${system.isMuted(party)} ${system.heldSince(party)} ${versionOf(system, party)}`;
}

/** Which of its states it is; null where they are not counted, and two may be the same. */
function versionOf<K extends Kind>(system: InMemory<K>, party: K['Party']): number | null {
  return system.versionOf(party) || null;
}

/** Reads what was told; nothing may be told that is shown already, that is older, or that begins elsewhere. */
function look<K extends Kind>(system: InMemory<K>, client: Client<K>): void {
  for (const event of client.tap.news()) {
    client.cursor = event.cursor;
    const said = system.said(event);
    if (said.type === 'snapshot') {
      client.shown.clear();
      for (const one of system.shape.partiesOf(said.call)) client.shown.set(one.id, shownOf(system, one));
    } else if (said.type === 'change') {
      const before = client.shown.get(said.party.id);
      expect(said.before).toBe(before?.split(' ')[0]);
      expect(shownOf(system, said.party)).not.toBe(before);
      const version = versionOf(system, said.party);
      if (version !== null) expect(version).toBeGreaterThan(Number(before?.split(' ').at(-1)));
      client.shown.set(said.party.id, shownOf(system, said.party));
    }
  }
}
