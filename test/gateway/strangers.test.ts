/** Callers whose token nobody knows, in any number: what they may cost, and whom they may not keep out. */
import { once } from 'node:events';
import { Agent, createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createGateway } from '../../src/gateway.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { FAST_PATH } from '../support/fast-path.ts';
import { gauge, until } from '../support/gateway.ts';
import { startGateway } from '../support/process.ts';

const ME = '{ viewer { extensionNumber } }';
const PHONES = '{ viewer { devices { id } } }';

/** A RingCentral that knows any number of users, each by a token `good-…`; the simulator knows three. */
async function startRingCentral() {
  const asked: string[] = [];
  const held: ServerResponse[] = [];
  let answer: (response: ServerResponse, token: string) => void = tell;
  const server = createServer((incoming, response) => {
    const token = incoming.headers.authorization?.slice('Bearer '.length) ?? '';
    if (!incoming.url?.endsWith('/extension/~')) return json(response, 200, { records: [] });
    asked.push(token);
    answer(response, token);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** The tokens that it was asked about. */
    asked,
    /** Answers nobody any more, until it is told to. */
    hold() {
      answer = (response) => void held.push(response);
    },
    /** Asks whoever comes next for silence. */
    silence() {
      answer = (response) => {
        answer = tell;
        response.setHeader('retry-after', '60');
        json(response, 429, { errorCode: 'CMN-301', message: 'Request rate exceeded' });
      };
    },
    letGo() {
      answer = tell;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function tell(response: ServerResponse, token: string): void {
  if (token.startsWith('good-'))
    json(response, 200, { id: token, extensionNumber: '101', account: { id: 1 } });
  else json(response, 401, { errorCode: 'OAU-213', message: 'Token not found' });
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function openHouse() {
  const ringCentral = await startRingCentral();
  const gateway = await createGateway(
    readConfig({ PORT: '0', RINGCENTRAL_SERVER_URL: ringCentral.url, DRAIN_SECONDS: '1', FAST_PATH }),
    { log: createLog('silent') },
  );
  return {
    ringCentral,
    gateway,
    url: gateway.url,
    async [Symbol.asyncDispose]() {
      await gateway.stop();
      await ringCentral[Symbol.asyncDispose]();
    },
  };
}

const agent = new Agent({ keepAlive: true });
afterEach(() => agent.destroy());

/** Posts as an attacker does, and answers the status; 0: no answer came. */
function post(url: string, token: string, query: string): Promise<number> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const posting = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    });
    posting.once('error', () => resolve(0));
    posting.end(JSON.stringify({ query }));
  });
}

let made = 0;
const stranger = (length = 0) => `made-up-${made++}-`.padEnd(length, 'x');
const newcomer = () => `good-${made++}`;

describe('Strangers', () => {
  test('with six thousand random tokens cost few requests, little memory, and nobody else a thing.', async () => {
    await using ringCentral = await startRingCentral();
    await using gateway = await startGateway({
      RINGCENTRAL_SERVER_URL: ringCentral.url,
      NODE_OPTIONS: '--max-old-space-size=72',
    });
    expect(await post(gateway.url, 'good-known', PHONES)).toBe(200);
    const begun = Date.now();
    const answers = new Map<number, number>();
    let left = 6_000;
    const flood = Promise.all(
      Array.from({ length: 700 }, async () => {
        while (left > 0) {
          left -= 1;
          const status = await post(gateway.url, stranger(3_000), ME);
          answers.set(status, (answers.get(status) ?? 0) + 1);
        }
      }),
    );
    // In between, and before the last stranger is answered, a known caller is: always.
    let known = 0;
    const isOver = flood.then(() => true);
    while (
      !(await Promise.race([
        isOver,
        post(gateway.url, 'good-known', PHONES).then((status) => status !== 200),
      ]))
    ) {
      known += 1;
    }
    await flood;
    expect(known).toBeGreaterThan(10);
    expect([...answers.keys()].sort()).toEqual([401, 503]);
    // Fifty tries at once and five a second; twenty 401 are doubted at once, and twenty a minute.
    const seconds = (Date.now() - begun) / 1_000;
    expect(ringCentral.asked.length).toBeLessThan(1 + 50 + 20 + 6 * (seconds + 1));
    expect(await gauge({ gateway }, 'gateway_introductions')).toBe(0);
    expect(await gauge({ gateway }, 'gateway_request_body_bytes')).toBe(0);
    expect(await gauge({ gateway }, 'gateway_graphql_in_flight')).toBe(0);
    expect(await post(gateway.url, 'good-known', PHONES)).toBe(200);
  });

  test('are asked about twenty at once; the others stand in line, and known callers walk past.', async () => {
    await using house = await openHouse();
    const { url } = house;
    expect(await post(url, 'good-known', PHONES)).toBe(200);
    house.ringCentral.asked.length = 0;
    house.ringCentral.hold();
    const strangers = Array.from({ length: 100 }, () => post(url, stranger(), ME));
    await until(async () => (await gauge(house, 'gateway_introductions')) === 100);
    await until(() => house.ringCentral.asked.length === 20);
    expect(await post(url, 'good-known', PHONES)).toBe(200);
    expect(await gauge(house, 'gateway_graphql_in_flight')).toBe(0);
    expect(house.ringCentral.asked).toHaveLength(20);
    agent.destroy();
    await Promise.all(strangers);
    await until(async () => (await gauge(house, 'gateway_introductions')) === 0);
  });

  test('in a crowd are told so at once: a half of the line is for other addresses.', async () => {
    await using house = await openHouse();
    const { url } = house;
    house.ringCentral.hold();
    const answered: number[] = [];
    const strangers = Array.from({ length: 600 }, () =>
      post(url, stranger(), ME).then((status) => answered.push(status)),
    );
    await until(() => answered.length === 100);
    expect(await gauge(house, 'gateway_introductions')).toBe(500);
    expect(new Set(answered)).toEqual(new Set([503]));
    agent.destroy();
    await Promise.all(strangers);
    await until(async () => (await gauge(house, 'gateway_introductions')) === 0);
  });

  test('who are somebody cost no try: a hundred and fifty new good tokens are let in at once.', async () => {
    await using house = await openHouse();
    const tokens = Array.from({ length: 150 }, newcomer);
    house.ringCentral.asked.length = 0;
    const answers = await Promise.all(tokens.map((token) => post(house.url, token, ME)));
    expect(new Set(answers)).toEqual(new Set([200]));
    expect(house.ringCentral.asked).toHaveLength(150);
  });

  test('who are somebody come in while others are refused.', async () => {
    await using house = await openHouse();
    const { url } = house;
    const token = newcomer();
    const flood = Array.from({ length: 70 }, () => post(url, stranger(), ME));
    await until(() => house.ringCentral.asked.length >= 50);
    expect(await post(url, token, ME)).toBe(200);
    expect(new Set(await Promise.all(flood))).toEqual(new Set([401]));
  });

  test('who show one token together are one question, and it is called off when the last has left.', async () => {
    await using house = await openHouse();
    house.ringCentral.hold();
    const token = newcomer();
    const asked = Array.from({ length: 10 }, () => post(house.url, token, ME));
    await until(() => house.ringCentral.asked.length === 1);
    await until(async () => (await gauge(house, 'gateway_request_body_bytes')) === 10 * 4_096);
    expect(await gauge(house, 'gateway_introductions')).toBe(1);
    agent.destroy();
    await Promise.all(asked);
    await until(async () => (await gauge(house, 'gateway_introductions')) === 0);
    house.ringCentral.letGo();
    expect(await post(house.url, token, ME)).toBe(200);
    expect(house.ringCentral.asked).toHaveLength(2);
  });

  test('whom RingCentral asks for silence are not asked about before it is over; others are.', async () => {
    await using house = await openHouse();
    house.ringCentral.silence();
    const token = newcomer();
    expect(await post(house.url, token, ME)).toBe(429);
    expect(await post(house.url, token, ME)).toBe(429);
    expect(house.ringCentral.asked).toHaveLength(1);
    expect(await post(house.url, newcomer(), ME)).toBe(200);
  });
});
