/** Processes are killed and drained, and Redis hangs: each client is told each change once, in order, and ends in the truth. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { until } from '../support/gateway.ts';
import { hasNoRedis } from '../support/redis.ts';
import { openTown, type Town } from '../support/town.ts';

const CALL_EVENTS = /* GraphQL */ `
  subscription Events($sessionId: ID!, $after: ID) {
    callEvents(sessionId: $sessionId, after: $after) {
      __typename
      ... on CallSnapshot { cursor reason session { parties { id muted status { code } } } }
      ... on CallPartyChange { cursor skipped previousStatus { code } party { id muted status { code } } }
      ... on CallStreamNotice { cursor kind }
    }
  }
`;

// biome-ignore lint/suspicious/noExplicitAny: the events are whatever the operation selects.
type Event = any;

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
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), to: index }) },
  ),
  { minLength: 6, maxLength: 9 },
);

const RUNS = Number(process.env.RUNS ?? 2);
const TIME_LIMIT = RUNS * 90_000; // a kill takes up to ten seconds

test.skipIf(hasNoRedis)(
  'Whatever happens to gateways, no change is lost or told twice',
  { timeout: TIME_LIMIT },
  async () => {
    await fc.assert(
      fc.asyncProperty(STEPS, async (steps) => {
        await using town = await openTown();
        const { simulator, gateways, redis } = town;
        const session = simulator.startCall({ kind: 'inbound', to: '101', state: 'Answered' });
        const own = session.parties[1]?.id ?? '';
        const clients = [0, 1].map((place) => startClient(town, session.id, place));
        const isShown = () => {
          const code = simulator.calls().find(({ id }) => id === session.id)?.parties?.[1]?.status?.code;
          return clients.every(({ shown }) => shown.get(own)?.startsWith(String(code).toUpperCase()));
        };
        await until(isShown);
        for (const { kind, to } of steps) {
          const gateway = gateways[to];
          if (kind === 'move') simulator.moveParty(session.id, own, { code: to === 0 ? 'Answered' : 'Hold' });
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
        simulator.moveParty(session.id, own, { code: 'Hold' });
        await until(isShown);
        for (const client of clients) {
          client.stop();
          expect(client.faults).toEqual([]);
        }
      }),
      { numRuns: RUNS },
    );
  },
);

/** Watches the call at one of the places, and at the other while nobody is there. */
function startClient({ client, gateways }: Town, sessionId: string, place: number) {
  const shown = new Map<string, string>();
  const faults: string[] = [];
  let cursor: string | null = null;
  let isStopped = false;
  let leave = () => {};
  let tries = place;
  const come = () => {
    if (isStopped) return;
    const gateway = gateways[tries % gateways.length];
    tries += 1;
    if (gateway === undefined) return;
    leave = client(gateway).subscribe<{ callEvents: Event }>(
      { query: CALL_EVENTS, variables: { sessionId, after: cursor } },
      {
        next: ({ data }) => take(data?.callEvents),
        error: () => setTimeout(come, 20),
        complete: () => setTimeout(come, 20),
      },
    );
  };
  come();
  return {
    shown,
    faults,
    stop() {
      isStopped = true;
      leave();
    },
  };

  function take(event: Event): void {
    cursor = event.cursor;
    if (event.__typename === 'CallSnapshot') {
      for (const one of event.session.parties) shown.set(one.id, stateOf(one));
    } else if (event.__typename === 'CallPartyChange') {
      const { party, previousStatus } = event;
      const before = shown.get(party.id);
      if (before === stateOf(party)) faults.push(`${stateOf(party)} was told twice.`);
      if (previousStatus?.code !== before?.split(' ')[0]) {
        faults.push(`${stateOf(party)} comes after ${previousStatus?.code}, and not after ${before}.`);
      }
      shown.set(party.id, stateOf(party));
    }
  }
}

function stateOf({ status, muted }: { status: { code: string }; muted: boolean | null }): string {
  return `${status.code} ${muted}`;
}
