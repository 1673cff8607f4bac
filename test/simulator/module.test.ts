/** The package as a stranger's test imports it: packed, typed, and run by Node alone. Needs `npm run build`. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));

const CONFIG = {
  compilerOptions: {
    ...{
      target: 'ES2022',
      module: 'NodeNext',
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
    },
    ...{
      lib: ['ES2023', 'ESNext.Disposable'],
      types: ['node'],
      typeRoots: [join(root, 'node_modules/@types')],
    },
  },
  files: ['test.mts'],
};

/** A project with this one file, in a folder of its own that goes with the test. */
async function openProject(source: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stranger-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'node_modules'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(CONFIG));
  await writeFile(join(folder, 'test.mts'), source);
  return folder;
}

/** What the file prints, after its types were checked. */
async function play(folder: string): Promise<string> {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [tsc, '--project', folder]).catch((error: { stdout: string }) => {
    throw new Error(error.stdout);
  });
  const { stdout } = await run(process.execPath, [join(folder, 'test.mjs')], { cwd: folder });
  return stdout;
}

/** As `npm install` does with the packed package, with the one package that the simulator depends on. */
async function installPacked(folder: string): Promise<void> {
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
  });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  const installed = join(folder, 'node_modules/ringcentral-graphql-gateway');
  await mkdir(installed);
  await run('tar', ['-xzf', join(folder, filename), '-C', installed, '--strip-components=1']);
  await symlink(join(root, 'node_modules/ws'), join(folder, 'node_modules/ws'));
}

test('The packed simulator needs no other package but ws: calls, faults, journal and reset are functions with types', async () => {
  const folder = await openProject(`
    import { createSimulator, type FaultOrder, type SettingChanges } from 'ringcentral-graphql-gateway/simulator';

    const settings: SettingChanges = { lightLimit: 3 };
    await using simulator = await createSimulator({ story: false, settings });
    const call = simulator.startCall({ kind: 'inbound', from: '+12025550147', to: '101', state: 'Answered' });
    const path = \`/restapi/v1.0/account/~/telephony/sessions/\${call.id}/parties/\${call.parties?.[1]?.id}\`;
    const hold = async () => {
      const headers = { authorization: \`Bearer \${simulator.tokens[0]}\` };
      return (await fetch(simulator.url + path + '/hold', { method: 'POST', headers })).status;
    };
    const trouble: FaultOrder = { match: 'hold', do: 'status', status: 503 };
    simulator.orderFaults([trouble]);
    const answers = [await hold(), await hold(), await hold(), await hold()];
    const journal = simulator.requests().map(({ operationId, fault }) => [operationId, fault ?? null]);
    simulator.reset();
    // @ts-expect-error There is no such kind of call.
    const wrong = () => simulator.startCall({ kind: 'telepathic' });
    let refusal = '';
    try { wrong(); } catch (error) { refusal = String(error); }
    console.log(JSON.stringify({ answers, journal, calls: simulator.calls(), refusal }));
  `);
  await installPacked(folder);
  expect(JSON.parse(await play(folder))).toEqual({
    answers: [503, 200, 409, 429],
    journal: [
      ['holdCallParty', 'status'],
      ['holdCallParty', null],
      ['holdCallParty', null],
      ['holdCallParty', null],
    ],
    calls: [],
    refusal: expect.stringContaining('"telepathic", but must be one of inbound'),
  });
});

test('What README shows of the module runs as it stands there', async () => {
  const readme = await readFile(new URL('../../src/simulator/README.md', import.meta.url), 'utf8');
  const folder = await openProject(/^```ts\n(.*?)^```$/ms.exec(readme)?.[1] ?? '');
  await installPacked(folder);
  expect(await play(folder)).toBe('');
});

test('The gateway itself can be started from a test, in front of a simulator', async () => {
  const folder = await openProject(`
    import { createGateway, readConfig } from 'ringcentral-graphql-gateway';
    import { createSimulator } from 'ringcentral-graphql-gateway/simulator';

    await using simulator = await createSimulator({ story: false });
    const settings = { PORT: '0', RINGCENTRAL_SERVER_URL: simulator.url, LOG_LEVEL: 'warn', GRAPHIQL: 'on' };
    await using gateway = await createGateway(readConfig(settings));
    const { id } = simulator.startCall({ kind: 'inbound', to: '101' });
    const ask = async () => {
      const response = await fetch(gateway.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer sim-101' },
        body: JSON.stringify({ query: 'query Call($id: ID!) { callSession(id: $id) { id } }', variables: { id } }),
      });
      return (await response.json()) as { data: { callSession: { id: string } } };
    };
    const page = await (await fetch(gateway.url, { headers: { accept: 'text/html' } })).text();
    const answers = [await ask(), await ask(), await ask()].map(({ data }) => data.callSession.id === id);
    console.log(JSON.stringify({ answers, examples: page.includes('WatchACall') }));
  `);
  // Installed by path, which npm does by a link: it brings its dependencies.
  await symlink(root, join(folder, 'node_modules/ringcentral-graphql-gateway'));
  const config = { ...CONFIG, compilerOptions: { ...CONFIG.compilerOptions, skipLibCheck: true } };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  expect(JSON.parse(await play(folder))).toEqual({ answers: [true, true, true], examples: true });
});
