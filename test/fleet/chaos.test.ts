/**
 * Processes are killed and drained, Redis hangs, tokens end and notifications get lost: each client is told each change once,
 * in order, and ends in the truth.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { until } from '../support/gateway.ts';
import { hasNoRedis } from '../support/redis.ts';
import { SYSTEMS, type SystemUnderTest, type Told } from '../support/systems.ts';
import { openTown, type Town } from '../support/town.ts';

const index = fc.nat({ max: 1 });
const STEPS = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('move' as const), to: index }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom('kill' as const, 'drain' as const, 'hang' as const),
        to: index,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constantFrom('lose' as const, 'signOut' as const), to: index }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), to: index }) },
  ),
  { minLength: 6, maxLength: 10 },
);

const RUNS = Number(process.env.RUNS ?? 2);
const TIME_LIMIT = RUNS * 180_000; // a kill takes up to ten seconds, and what got lost is found within thirty

/** News come late, twice, out of order and not at all, where a phone system is known for that. */
const TROUBLED = {
  ...{ genesysEventDisorder: 0.2, genesysEventLateness: 60, genesysEventDoubles: 0.2 },
  genesysEventLosses: 0.05,
};

describe.skipIf(hasNoRedis).each(SYSTEMS)('$name', (system) => {
  test('Whatever happens to gateways, tokens and notifications, no change is lost or told twice', {
    timeout: TIME_LIMIT,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(STEPS, async (steps) => {
        await using town = await openTown({ address: system.address, settings: TROUBLED });
        const { simulator, gateways, redis } = town;
        const call = system.call(simulator);
        const clients = [0, 1].map((place) => startClient(system, town, call.id, place));
        const isShown = () => {
          const truth = call.truth();
          return truth !== undefined && clients.every(({ shown }) => shown.get(call.own) === truth);
        };
        await until(isShown);
        for (const { kind, to } of steps) {
          const gateway = gateways[to];
          if (kind === 'move') call.hold(to === 1);
          if (kind === 'lose') system.lose(simulator, system.losses[to % system.losses.length] ?? '');
          if (kind === 'signOut') clients[to]?.signOut();
          if (kind === 'wait') await until(isShown);
          if (kind === 'hang') {
            redis.pause();
            await new Promise((resolve) => setTimeout(resolve, 600));
            redis.resume();
          }
          if ((kind === 'kill' || kind === 'drain') && gateway !== undefined) {
            const starting = town.start();
            gateway.kill(kind === 'kill' ? 'SIGKILL' : 'SIGTERM');
            gateways[to] = await starting;
            await gateway.exit;
          }
        }
        call.hold(true);
        await until(isShown);
        for (const client of clients) {
          client.stop();
          expect(client.faults).toEqual([]);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

/** Watches the call at one of the places, and at the other while nobody is there. */
function startClient(
  system: SystemUnderTest,
  { client, gateways, simulator }: Town,
  id: string,
  place: number,
) {
  const shown = new Map<string, string>();
  const faults: string[] = [];
  /** All that came, so that a fault can be understood. */
  const heard: string[] = [];
  let cursor: string | null = null;
  let isStopped = false;
  let leave = () => {};
  let tries = place;
  let token: string | null = null;
  const come = async () => {
    // Whoever is stopped meanwhile may find nobody to sign in at.
    const signedIn = token ?? (await system.signIn(simulator).catch(() => null));
    if (isStopped) return;
    if (signedIn === null) {
      faults.push('Nobody could sign in.');
      return;
    }
    token = signedIn;
    const gateway = gateways[tries % gateways.length];
    tries += 1;
    if (gateway === undefined) return;
    const comeAgain = () => setTimeout(() => void come(), 20);
    // biome-ignore lint/suspicious/noExplicitAny: the events are whatever the operation selects.
    leave = client(gateway, token).subscribe<{ event: any }>(
      { query: system.events, variables: { id, after: cursor } },
      {
        next({ data }) {
          cursor = data?.event.cursor;
          heard.push(JSON.stringify(data?.event));
          take(system.told(data?.event));
        },
        error: comeAgain,
        complete: comeAgain,
      },
    );
  };
  void come();
  return {
    shown,
    faults,
    /** The token ends, and another takes its place. */
    signOut() {
      if (token !== null) system.revoke(simulator, token);
      token = null;
    },
    stop() {
      isStopped = true;
      leave();
    },
  };

  function take(told: Told): void {
    if (told.kind === 'state') {
      for (const [party, state] of told.parties) shown.set(party, state);
    } else if (told.kind === 'change') {
      const { id: party, now, before } = told;
      const was = shown.get(party);
      if (was === now) faults.push(`${now} was told twice: ${heard.join()}`);
      if (before !== (was?.split(' ')[0] ?? null))
        faults.push(`${now} comes after ${before}, and not after ${was}.`);
      shown.set(party, now);
    }
  }
}
