/**
 * What the gateway says of a command, and what really happened: every command × every way its answer can fail, of each phone
 * system.
 *
 * Each trouble hits the request of one command in the simulator, before or after the simulator has carried it out.
 * Then four things must hold: the outcome of the table; one request and no second; `APPLIED` only where the
 * simulator's calls show it, `NOT_APPLIED` only where they do not; and a payload that shows the calls as they are.
 */
import { describe, expect, test } from 'vitest';
import type { CommandOutcome } from '../../schema/provider.ts';
import {
  type CommandAnswer,
  type CommandHouse,
  type CommandScene,
  type CommandSystem,
  GENESYS_COMMANDS,
  RINGCENTRAL_COMMANDS,
  TROUBLES,
  type TroubleName,
} from '../support/outcomes.ts';

describe(RINGCENTRAL_COMMANDS.name, () => suite(RINGCENTRAL_COMMANDS));
describe(GENESYS_COMMANDS.name, () => suite(GENESYS_COMMANDS));

/** What became of a command in trouble. */
interface Cell {
  readonly outcome: CommandOutcome;
  /** Requests that were no reads. */
  readonly commands: readonly string[];
  /** Missing where nothing would show it. */
  readonly isApplied: boolean | undefined;
  /** What the payload said otherwise than the simulator. */
  readonly untruths: readonly string[];
}

/** Prepares the calls for commands, orders the trouble for each, and gives all of them at once. */
async function cellsOf<Name extends string>(
  { simulator, ready }: CommandHouse<Name>,
  trouble: TroubleName,
  names: readonly Name[],
): Promise<[Name, { readonly told: Cell; readonly scene: CommandScene }][]> {
  const scenes: CommandScene[] = [];
  for (const name of names) scenes.push(await ready(name));
  simulator.orderFaults(scenes.map(({ match }) => ({ match, times: 1, ...TROUBLES[trouble].fault })));
  const before = simulator.requests().length;
  const answers = await Promise.all(scenes.map((scene) => scene.give()));
  expect(simulator.faults()).toEqual([]);

  const sent = simulator
    .requests()
    .slice(before)
    .filter(({ method }) => method !== 'GET');
  return names.map((name, index) => {
    const scene = scenes[index] as CommandScene;
    const own = sent.filter(scene.isOwn);
    const { outcome, untruths } = answers[index] as CommandAnswer;
    const told = {
      ...{ outcome, untruths },
      commands: own.map(({ operationId }) => operationId ?? 'none'),
      isApplied: scene.isApplied?.(),
    };
    return [name, { told, scene }];
  });
}

function suite<Name extends string>(system: CommandSystem<Name>): void {
  /** Holds what is said of these commands, and what is done, against the table. */
  async function expectTrue(
    house: CommandHouse<Name>,
    trouble: TroubleName,
    names: readonly Name[] = system.names,
  ): Promise<void> {
    const told: Record<string, Cell> = {};
    const expected: Record<string, Cell> = {};
    for (const [name, cell] of await cellsOf(house, trouble, names)) {
      const { operation, isApplied } = cell.scene;
      told[name] = cell.told;
      expected[name] = {
        ...{ outcome: system.cells[name][trouble], commands: [operation], untruths: [] },
        isApplied: isApplied && TROUBLES[trouble].applies,
      };
    }
    expect(told).toEqual(expected);
  }

  describe('With every command at once', () => {
    const quick: TroubleName[] = [
      '409',
      '404',
      '403',
      '400',
      '500 before',
      'reset before',
      'HTML before',
      'HTML with 200 before',
      '500 after',
      'reset after',
      'HTML after',
      'truncated JSON',
      '204 without a body',
      '202 without a body',
      '200 without a body',
      '200 with a body of another shape',
    ];

    test.each(quick)('%s: one request each, and what is said is true', async (trouble) => {
      // One for each trouble: the calls of others would only be looked through in vain.
      await using house = await system.open();
      await expectTrue(house, trouble);
    });

    // These wait for the gateway's patience to end, so it is short; and yet long enough for a busy machine to connect.
    test.each(['timeout before', 'timeout after'] as const)(
      'and little patience, %s: one request each, and what is said is true',
      async (trouble) => {
        await using hasty = await system.open({ UPSTREAM_TIMEOUT: '3' });
        await expectTrue(hasty, trouble);
      },
    );

    test('429: one request each, and what is said is true', async () => {
      // After a 429 the gateway is silent for a while, so each command needs a gateway of its own.
      for (const name of system.names) {
        await using fresh = await system.open();
        await expectTrue(fresh, '429', [name]);
      }
    });

    test('every trouble of the table is tried', () => {
      const tried = [...quick, 'timeout before', 'timeout after', '429'];
      expect(tried.sort()).toEqual(Object.keys(TROUBLES).sort());
    });
  });

  test('A command is never sent when nobody can be reached', async () => {
    await using house = await system.open();
    const { give, isApplied } = await house.ready(system.hold);
    const before = house.simulator.requests().length;
    await house.simulator.stop();
    const { outcome, error } = await give();
    expect([outcome, error]).toEqual(['NOT_APPLIED', 'UpstreamUnavailable']);
    expect(house.simulator.requests().length).toBe(before);
    expect(isApplied?.()).toBe(false);
  });
}
