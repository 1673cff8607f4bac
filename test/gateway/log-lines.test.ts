/** What an operator reads at `info`: one line an operation, two an outage. */
import { describe, expect, test } from 'vitest';
import { createLog } from '../../src/telemetry/log.ts';
import { createTerminal } from '../../src/telemetry/terminal.ts';
import { type House, openHouse, until } from '../support/gateway.ts';

interface Line {
  readonly level: string;
  readonly msg: string;
  readonly [fact: string]: unknown;
}

/** A gateway whose log is read back, each line as it is written. */
async function openLoggedHouse() {
  const lines: Line[] = [];
  const log = createLog('info', { write: (line: string) => void lines.push(JSON.parse(line)) });
  const house = await openHouse({
    environment: { UPSTREAM_TIMEOUT: '2' },
    gateway: { log, outages: { steady: 50 } },
  });
  return { house, lines };
}

async function startCall(house: House): Promise<{ sessionId: string; partyId: string }> {
  const { id, parties } = house.simulator.startCall({ kind: 'inbound', from: '+12025550147', to: '101' });
  const own = parties.find(({ extensionId }) => extensionId !== undefined) ?? parties[0];
  if (own === undefined) throw new Error('The call has no party.');
  return { sessionId: id, partyId: own.id };
}

const HOLD = 'mutation Pause($input: HoldCallPartyInput!) { holdCallParty(input: $input) { outcome } }';

describe('The line of an operation', () => {
  test('has its name, its kind, how long it took and what came of it', async () => {
    const { house, lines } = await openLoggedHouse();
    await using _ = house;
    await house.ask('query WhoAmI { viewer { name } }');
    await house.ask('{ viewer { name } }');
    await house.ask(`query ${'N'.repeat(5_000)} { viewer { name } }`);
    expect(lines).toMatchObject([
      {
        level: 'info',
        msg: 'operation',
        type: 'query',
        operationName: 'WhoAmI',
        field: 'viewer',
        result: 'ok',
        ms: expect.any(Number),
      },
      { msg: 'operation', field: 'viewer' },
      { operationName: 'N'.repeat(100) },
    ]);
    expect(lines[1]).not.toHaveProperty('operationName');
    expect(lines[0]).not.toHaveProperty('outcome');
  });

  test('says what became of a command, and warns where nobody knows', async () => {
    const { house, lines } = await openLoggedHouse();
    await using _ = house;
    const party = await startCall(house);
    const { simulator } = house;
    // It rings: that cannot be held.
    await house.ask(HOLD, { input: party });
    simulator.orderFaults([{ match: 'holdCallParty', times: 1, do: 'status', status: 503 }]);
    await house.ask(HOLD, { input: party });
    await house.ask(HOLD, { input: { sessionId: 's-unknown', partyId: 'p-1' } });
    const both = `mutation Both($a: HoldCallPartyInput!, $b: HoldCallPartyInput!) {
      a: holdCallParty(input: $a) { outcome } b: holdCallParty(input: $b) { outcome }
    }`;
    simulator.orderFaults([{ match: 'holdCallParty', times: 1, do: 'status', status: 503 }]);
    await house.ask(both, { a: party, b: party });

    const told = lines.filter(({ msg }) => msg === 'operation');
    const line = { type: 'mutation', operationName: 'Pause', field: 'holdCallParty', result: 'ok' };
    expect(told).toMatchObject([
      { ...line, level: 'info', outcome: 'NOT_APPLIED', reason: 'WRONG_CALL_STATE' },
      { ...line, level: 'warn', outcome: 'UNKNOWN', reason: 'UPSTREAM_UNAVAILABLE' },
      { ...line, level: 'info', outcome: 'NOT_APPLIED', reason: 'CALL_NOT_FOUND' },
      { ...line, level: 'warn', operationName: 'Both', outcome: 'UNKNOWN', reason: 'UPSTREAM_UNAVAILABLE' },
    ]);
  });

  test('is one on a terminal, with all of it', async () => {
    const written: string[] = [];
    const log = createLog('info', await createTerminal((line) => void written.push(line)));
    await using house = await openHouse({ gateway: { log } });
    const party = await startCall(house);
    await house.ask('query WhoAmI { viewer { name } }');
    await house.ask('{ viewer { name } }');
    await house.ask(HOLD, { input: party });
    log.info({ signal: 'SIGTERM' }, 'Draining');

    // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of a terminal.
    const plain = written.map((line) => line.replace(/\u001b\[\d+m/g, ''));
    const id = '\\{"requestId":"[\\w-]{36}"\\}';
    expect(plain).toEqual(
      [
        `query WhoAmI \\(viewer\\) ok, [\\d.]+ ms ${id}`,
        `query viewer ok, [\\d.]+ ms ${id}`,
        `mutation Pause \\(holdCallParty\\) NOT_APPLIED WRONG_CALL_STATE, [\\d.]+ ms ${id}`,
        'Draining \\{"signal":"SIGTERM"\\}',
      ].map((text) => expect.stringMatching(new RegExp(`^\\[\\d\\d:\\d\\d:\\d\\d\\] INFO: ${text}\\n$`))),
    );
  });
});

describe('An outage of RingCentral', () => {
  const READ = '{ viewer { activeCalls { from } } }';

  test('is one line when it begins and one when it ends, however many requests fail', async () => {
    const { house, lines } = await openLoggedHouse();
    await using _ = house;
    await house.ask(READ);
    house.simulator.orderFaults([{ match: '/', times: null, do: 'status', status: 503 }]);
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(Array.from({ length: 10 }, () => house.ask(READ)));
    }
    const failed = house.simulator.requests().filter(({ status }) => status === 503).length;
    house.simulator.orderFaults([]);
    await house.ask(READ);
    await until(() => lines.some(({ msg }) => msg.startsWith('RingCentral is back')));

    expect(lines.filter(({ msg }) => msg !== 'operation')).toEqual([
      {
        level: 'error',
        time: expect.any(String),
        operation: 'readUserPresenceStatus',
        status: '503',
        failures: 3,
        msg: 'RingCentral is out: its requests fail',
      },
      {
        level: 'info',
        time: expect.any(String),
        failures: failed,
        ms: expect.any(Number),
        msg: 'RingCentral is back: its requests are answered',
      },
    ]);
    expect(failed).toBeGreaterThan(5);
  });

  test('is told where nobody can be reached, too', async () => {
    const { house, lines } = await openLoggedHouse();
    await using _ = house;
    await house.ask(READ);
    await house.simulator.stop();
    for (let times = 0; times < 4; times += 1) await house.ask(READ);
    expect(lines.filter(({ msg }) => msg !== 'operation')).toMatchObject([
      { level: 'error', status: 'network', msg: 'RingCentral is out: its requests fail' },
    ]);
  });

  test('is not told for what fails once, or is refused', async () => {
    const { house, lines } = await openLoggedHouse();
    await using _ = house;
    house.simulator.orderFaults([{ match: '/', times: 2, do: 'status', status: 503 }]);
    await house.ask(READ);
    house.simulator.orderFaults([{ match: '/', times: null, do: 'status', status: 403 }]);
    for (let times = 0; times < 5; times += 1) await house.ask(READ);
    expect(lines.filter(({ msg }) => msg !== 'operation')).toEqual([]);
  });
});
