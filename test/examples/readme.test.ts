/** What README shows is true: its operations fit the schema, and what it tells to type does what it says. */
import { readFileSync } from 'node:fs';
import { transform } from 'esbuild';
import { parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { readConfig } from '../../src/config.ts';
import { createGateway } from '../../src/gateway.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { FAST_PATH } from '../support/fast-path.ts';
import { openHouse } from '../support/gateway.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** A chapter of README, with what stands below it. */
function chapter(title: string): string {
  return readme.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
}

/** The blocks of code in one language. */
function blocks(language: string, text = readme): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, code]) => code ?? '',
  );
}

test('Every operation of README fits the schema', () => {
  const operations = blocks('graphql');
  expect(operations).toHaveLength(3);
  for (const operation of operations) expect(validate(schema, parse(operation))).toEqual([]);
});

test('README goes as a newcomer asks', () => {
  expect(readme.match(/^## .*$/gm)).toEqual([
    '## Start',
    '## Ask',
    '## Act',
    '## Watch',
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
  const config = readConfig({ PORT: '0', DRAIN_SECONDS: '0', FAST_PATH });
  await using gateway = await createGateway(config, { log: createLog('silent') });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(gateway.url, { method: 'POST', headers, body: question });
  expect(await response.text()).toBe(answer);
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
  expect(statuses).toEqual(['POST reset 204', 'POST calls 201', 'PUT faults 200', 'GET requests 200']);
});

test('The test that README shows passes', async () => {
  await using house = await openHouse();
  const [shown = ''] = blocks('ts', chapter('Test your app'));
  const text = shown
    .replace("import { expect, test } from 'vitest';\n", '')
    .replace('http://127.0.0.1:4010', house.simulator.url)
    .replace('http://127.0.0.1:4000/graphql', house.gateway.url);
  expect(text).not.toMatch(/import|127\.0\.0\.1:40[01]0/);
  const { code } = await transform(text, { loader: 'ts' });
  const ran: Promise<void>[] = [];
  new Function('expect', 'test', code)(expect, (_name: string, body: () => Promise<void>) =>
    ran.push(body()),
  );
  expect(ran).toHaveLength(1);
  await Promise.all(ran);
  expect(house.simulator.requests()).toContainEqual(
    expect.objectContaining({ path: expect.stringMatching(/\/hold$/) }),
  );
});
