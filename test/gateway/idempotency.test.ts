import { describe, expect, test } from 'vitest';
import {
  COMMANDS,
  type Input,
  inbound,
  move,
  own,
  PEOPLE,
  partyOf,
  STILL,
  type Token,
} from '../support/command-cases.ts';
import { mutationOf, type Payload } from '../support/commands.ts';
import { type House, openHouse, until } from '../support/gateway.ts';

const open = (environment: Readonly<Record<string, string>> = {}) =>
  openHouse({ environment, simulator: { settings: STILL } });

/** Calls somebody from the user's own phone. */
async function callOut(house: House, idempotencyKey: string, phoneNumber: string, token: Token = 'sim-101') {
  const input = { deviceId: PEOPLE[token].deviceId, to: { phoneNumber }, idempotencyKey };
  const { data, errors } = await house.ask<{ payload: Payload }>(mutationOf('makeCallOut'), { input }, token);
  expect(errors).toBeUndefined();
  return data.payload;
}

const CALLEE = '+12025550171';
const ANOTHER = '+12025550172';

describe('An idempotency key', () => {
  test('lets one of ten concurrent calls ring, and answers the other nine with it', async () => {
    await using house = await open();
    const payloads = await Promise.all(Array.from({ length: 10 }, () => callOut(house, 'one click', CALLEE)));

    const [session] = house.simulator.calls();
    expect(house.simulator.calls()).toHaveLength(1);
    expect(payloads.map(({ outcome, session: told }) => [outcome, told?.id])).toEqual(
      Array(10).fill(['APPLIED', session?.id]),
    );
    expect(payloads.map(({ replayed }) => replayed).sort()).toEqual([false, ...Array(9).fill(true)]);
    const sent = house.simulator.requests().filter(({ method }) => method === 'POST');
    expect(sent.map(({ operationId }) => operationId)).toEqual(['createCallOutCallSession']);
  });

  test('is refused for another callee, which names the key', async () => {
    await using house = await open();
    await callOut(house, 'k', CALLEE);
    expect(await callOut(house, 'k', ANOTHER)).toEqual({
      outcome: 'NOT_APPLIED',
      replayed: false,
      error: {
        __typename: 'InvalidCommand',
        message:
          'The idempotency key "k" was used for another command or another input in the last ten minutes; use a new key for a new command.',
        errorCode: null,
        parameterName: 'idempotencyKey',
      },
      session: null,
    });
    expect(house.simulator.calls()).toHaveLength(1);
  });

  test('is refused for another command', async () => {
    await using house = await open();
    const address = own(inbound(house.simulator));
    const give = async (name: 'holdCallParty' | 'unholdCallParty') => {
      const input = { ...address, idempotencyKey: 'k' };
      const { data } = await house.ask<{ payload: Payload }>(mutationOf(name), { input });
      return data.payload;
    };
    expect((await give('holdCallParty')).outcome).toBe('APPLIED');
    expect(await give('unholdCallParty')).toMatchObject({
      outcome: 'NOT_APPLIED',
      error: { parameterName: 'idempotencyKey' },
    });
    expect(partyOf(house.simulator, address)?.status?.code).toBe('Hold');
  });

  test('is the own of each viewer', async () => {
    await using house = await open();
    expect((await callOut(house, 'k', CALLEE, 'sim-101')).replayed).toBe(false);
    expect((await callOut(house, 'k', CALLEE, 'sim-102')).replayed).toBe(false);
    expect(house.simulator.calls()).toHaveLength(2);
  });

  test('answers the first payload later too, though the call has changed since', async () => {
    await using house = await open();
    const input = { ...own(inbound(house.simulator)), idempotencyKey: 'k' };
    const hold = () =>
      house.ask(
        `mutation ($input: HoldCallPartyInput!) {
          holdCallParty(input: $input) { outcome replayed party { id status { code } observedAt } }
        }`,
        { input },
      );
    const first = (await hold()).data.holdCallParty;
    expect(first).toMatchObject({ outcome: 'APPLIED', replayed: false, party: { status: { code: 'HOLD' } } });
    move(house.simulator, input, { code: 'Answered' });
    expect((await hold()).data.holdCallParty).toEqual({ ...first, replayed: true });
    expect(partyOf(house.simulator, input)?.status?.code).toBe('Answered');
  });

  test('answers a refusal and a doubt again as well', async () => {
    await using house = await open();
    house.simulator.orderFaults([
      { match: 'createCallOutCallSession', times: 1, do: 'resetAfterApply' },
      { match: 'createCallOutCallSession', times: 1, do: 'status', status: 403 },
    ]);
    const doubt = await callOut(house, 'doubt', CALLEE);
    const refusal = await callOut(house, 'refusal', CALLEE);
    expect([doubt.outcome, refusal.outcome]).toEqual(['UNKNOWN', 'NOT_APPLIED']);
    expect(await callOut(house, 'doubt', CALLEE)).toEqual({ ...doubt, replayed: true });
    expect(await callOut(house, 'refusal', CALLEE)).toEqual({ ...refusal, replayed: true });
    expect(house.simulator.calls()).toHaveLength(1);
  });

  test('is free again when the rate budget refused the command before it left', async () => {
    // Less patience than the window is long: a full budget refuses at once, and does not make the command wait.
    await using house = await openHouse({
      environment: { UPSTREAM_TIMEOUT: '2' },
      simulator: { settings: { ...STILL, heavyLimit: 1, rateWindow: 5 } },
    });
    expect((await callOut(house, 'first', CALLEE)).outcome).toBe('APPLIED');
    expect(await callOut(house, 'k', ANOTHER)).toMatchObject({
      outcome: 'NOT_APPLIED',
      replayed: false,
      error: { __typename: 'RateLimited' },
    });
    const sent = () => house.simulator.requests().filter(({ method }) => method === 'POST').length;
    expect(sent()).toBe(1);

    const payload = await until(async () => {
      const again = await callOut(house, 'k', ANOTHER);
      return again.outcome === 'APPLIED' ? again : null;
    });
    expect(payload.replayed).toBe(false);
    expect(sent()).toBe(2);
  });

  test('is free again when the gateway itself refused the input', async () => {
    await using house = await open();
    const drop = async (sessionId: string) => {
      const input = { sessionId, idempotencyKey: 'k' };
      return house.ask(mutationOf('dropCallSession'), { input });
    };
    const refused = await drop('..');
    expect(refused.errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
    const { sessionId } = own(inbound(house.simulator));
    expect((await drop(sessionId)).data.payload.outcome).toBe('APPLIED');
  });
});

describe('A client that leaves', () => {
  /** Long enough that no request of these tests ends by itself. */
  const PATIENT = { UPSTREAM_TIMEOUT: '120' };

  /** A client that sends and does not listen. */
  interface Leaver {
    send(query: string, variables: Input): void;
    leave(): void;
  }

  const CLIENTS: readonly [way: string, client: (house: House) => Leaver][] = [
    ['HTTP', overHttp],
    ['a socket', overSocket],
  ];

  function overHttp({ gateway }: House): Leaver {
    const controller = new AbortController();
    return {
      send(query, variables) {
        fetch(gateway.url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: 'Bearer sim-101' },
          body: JSON.stringify({ query, variables }),
          signal: controller.signal,
        }).catch(() => {});
      },
      leave: () => controller.abort(),
    };
  }

  function overSocket(house: House): Leaver {
    const client = house.socket('sim-101', { retryAttempts: 0 });
    return {
      send(query, variables) {
        client.subscribe({ query, variables }, { next() {}, error() {}, complete() {} });
      },
      leave: () => client.terminate(),
    };
  }

  /** The request of an operation, once the simulator has it. */
  const arrival = ({ simulator }: House, operationId: string) =>
    until(() => simulator.requests().find((entry) => entry.operationId === operationId));

  test.each(CLIENTS)('over %s calls its reads off, and not the command that was sent', async (_, client) => {
    await using house = await open(PATIENT);
    await house.ask('{ viewer { name } }');
    const { simulator } = house;
    const { input, isApplied } = COMMANDS.holdCallParty.ready(simulator);
    simulator.orderFaults([
      { match: 'holdCallParty', times: 1, do: 'applyThenDelay', delay: 600_000 },
      { match: 'readCallSessionStatus', times: null, do: 'hang' },
    ]);
    const { send, leave } = client(house);
    send(mutationOf('holdCallParty'), { input });
    const command = await arrival(house, 'holdCallParty');
    send('query ($id: ID!) { callSession(id: $id) { id } }', { id: inbound(simulator).id });
    const read = await arrival(house, 'readCallSessionStatus');
    expect([command.ended, read.ended]).toEqual([null, null]);

    leave();
    await until(() => read.ended !== null);
    expect(read.status).toBeNull();
    expect(isApplied()).toBe(true);
    expect(command.ended).toBeNull();
    // Lets the simulator answer at last: somebody still listens.
    simulator.switchboard.reset();
    await until(() => command.ended !== null);
    expect(command.status).toBe(200);
  });

  test('finds by its key what became of the command when it comes back', async () => {
    await using house = await open(PATIENT);
    await house.ask('{ viewer { name } }');
    const { simulator } = house;
    simulator.orderFaults([
      { match: 'createCallOutCallSession', times: 1, do: 'applyThenDelay', delay: 600_000 },
    ]);
    const { send, leave } = overSocket(house);
    const to = { phoneNumber: CALLEE };
    send(mutationOf('makeCallOut'), {
      input: { deviceId: PEOPLE['sim-101'].deviceId, to, idempotencyKey: 'k' },
    });
    await arrival(house, 'createCallOutCallSession');
    const [session] = simulator.calls();
    leave();

    const again = callOut(house, 'k', CALLEE);
    simulator.switchboard.reset();
    expect(await again).toMatchObject({ outcome: 'APPLIED', replayed: true, session: { id: session?.id } });
    expect(simulator.calls()).toEqual([]);
  });
});
