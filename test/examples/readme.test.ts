/** What README shows is true: its operations fit the schema, and what it tells to type does what it says. */
import { readFileSync } from 'node:fs';
import { transform } from 'esbuild';
import { parse, validate } from 'graphql';
import { GraphQLClient } from 'graphql-request';
import { expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { readConfig } from '../../src/config.ts';
import { createGateway } from '../../src/gateway.ts';
import { createSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/server.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { FAST_PATH } from '../support/fast-path.ts';
import { openHouse } from '../support/gateway.ts';
import { LIVE_SOURCE } from '../support/live-source.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** A chapter of README, with what stands below it. */
function chapter(title: string): string {
  return readme.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
}

const [, HOLD = ''] = blocks('graphql');

/** The blocks of code in one language. */
function blocks(language: string, text = readme): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, code]) => code ?? '',
  );
}

test('Every operation of README fits the schema', () => {
  const operations = blocks('graphql');
  expect(operations).toHaveLength(6);
  for (const operation of operations) expect(validate(schema, parse(operation))).toEqual([]);
});

test('README goes as a newcomer asks', () => {
  expect(readme.match(/^## .*$/gm)).toEqual([
    '## Start',
    '## Ask',
    '## Act',
    '## Watch',
    '## The whole company',
    '## Genesys Cloud',
    '## Sign in',
    '## Run it',
    '## Test your app',
    '## Numbers',
    '## Development',
  ]);
});

test('The first question of README, without a token, is answered as it says', async () => {
  const [, question = ''] = /-d '(\{.*\})'/.exec(chapter('Start')) ?? [];
  const [, answer = ''] = /`(\{"data".*\})`/.exec(chapter('Start')) ?? [];
  const config = readConfig({ PORT: '0', DRAIN_SECONDS: '0', FAST_PATH, LIVE_SOURCE });
  await using gateway = await createGateway(config, { log: createLog('silent') });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(gateway.url, { method: 'POST', headers, body: question });
  expect(await response.text()).toBe(answer);
});

test('The first wallboard of README shows who waits in each queue, and beside it are calls of the other system', async () => {
  const [, wallboard, others] = [...chapter('Start').matchAll(/-d '(\{.*\})'/g)].map(([, body]) => body);
  const config = readConfig({ PORT: '0', DRAIN_SECONDS: '0', FAST_PATH, LIVE_SOURCE });
  await using gateway = await createGateway(config, { log: createLog('silent') });
  const ask = async (body: string | undefined) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(gateway.url, { method: 'POST', headers, body: body ?? '' });
    return response.json();
  };
  const waiting = { from: expect.stringMatching(/^\+1202/) };
  const nodes = ['Help Desk', 'Sales'].map((name) => {
    return { name, longestWait: expect.any(String), waitingCalls: [waiting] };
  });
  expect(await ask(wallboard)).toEqual({ data: { viewer: { account: { callQueues: { nodes } } } } });
  const ada = { name: 'Ada Lind', activity: expect.any(String) };
  const conversations = expect.arrayContaining([{ participants: expect.arrayContaining([ada]) }]);
  expect(await ask(others)).toEqual({ data: { viewer: { conversations } } });
});

test('What README asks of the company and of both systems is answered and told in the story', async () => {
  const [queues = '', company = '', both = ''] = [
    ...blocks('graphql', chapter('The whole company')),
    ...blocks('graphql', chapter('Genesys Cloud')),
  ];
  await using house = await openHouse({ simulator: { story: true, settings: { storyPace: 2 ** 31 - 1 } } });
  const { errors } = await house.ask(queues as never);
  expect(errors).toBeUndefined();
  for await (const event of house.socket().iterate({ query: company })) {
    expect(event).toMatchObject({
      data: { accountCallEvents: { __typename: 'AccountSnapshot', reason: 'SUBSCRIBED' } },
    });
    break;
  }
  await using gateway = await createGateway(
    readConfig({ PORT: '0', DRAIN_SECONDS: '0', FAST_PATH, LIVE_SOURCE }),
    { log: createLog('silent') },
  );
  const answer = await new GraphQLClient(gateway.url).request<{
    viewer: { activeCalls: unknown[]; conversations: unknown[] };
  }>(both);
  const of = (system: string) => expect.objectContaining({ system, participants: expect.any(Array) });
  expect(answer.viewer.activeCalls).toContainEqual(expect.objectContaining({ session: of('RINGCENTRAL') }));
  expect(answer.viewer.conversations).toContainEqual(of('GENESYS'));
});

test('The simulator takes what README tells to order', async () => {
  await using house = await openHouse();
  const commands = chapter('Test your app').matchAll(
    /^curl(?: -X (\w+))? \$simulator\/(\S+)(?: -d '(.*)')?$/gm,
  );
  const statuses: string[] = [];
  for (const [, method = 'GET', path, body = null] of commands) {
    const { status } = await fetch(`${house.simulator.url}/simulator/${path}`, { method, body });
    statuses.push(`${method} ${path} ${status}`);
  }
  expect(statuses).toEqual([
    'POST reset 204',
    'POST calls 201',
    'POST calls 201',
    'POST genesys/conversations 201',
    'PUT faults 200',
    'PUT settings 200',
    'GET requests 200',
  ]);
});

test('The test that README shows passes', async () => {
  const [shown = ''] = blocks('ts', chapter('Test your app'));
  const body = shown.replace(/^import .*\n/gm, '');
  const { code } = await transform(`async function shown() {${body}}`, { loader: 'ts', target: 'node20' });
  const app = async (url: string, token: string) => {
    const { calls, requests } = simulators.at(-1) ?? { calls: () => [], requests: () => [] };
    const [{ id: sessionId, parties } = { id: '', parties: [] }] = calls();
    const answer = await new GraphQLClient(url, { headers: { authorization: `Bearer ${token}` } }).request(
      HOLD,
      {
        input: { sessionId, partyId: parties?.[1]?.id },
      },
    );
    expect(answer).toMatchObject({
      holdCallParty: { outcome: 'APPLIED', party: { status: { code: 'HOLD' } } },
    });
    expect(requests()).toContainEqual(
      expect.objectContaining({ operationId: 'holdCallParty', status: null }),
    );
  };
  const simulators: Simulator[] = [];
  const simulatorFor = async (options: SimulatorOptions) => {
    const simulator = await createSimulator(options);
    simulators.push(simulator);
    return simulator;
  };
  const names = ['createSimulator', 'createGateway', 'readConfig', 'startApp'];
  expect(shown.match(/^import .* from 'ringcentral-graphql-gateway(\/simulator)?';$/gm)).toHaveLength(2);
  await new Function(...names, `${code}; return shown();`)(simulatorFor, createGateway, readConfig, app);
  expect(simulators).toHaveLength(1);
});
