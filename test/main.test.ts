/** The command as a stranger runs it: `node dist/src/main.js`, which `npm test` has built. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { createClient } from 'graphql-ws';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { DEMO_SESSION_ID } from '../src/simulator/story.ts';
import { openTestBrowser } from './support/browser-sessions.ts';
import { until } from './support/gateway.ts';

const LONGEST_RUN = 50_000; // 50 seconds

const MAIN = fileURLToPath(new URL('../dist/src/main.js', import.meta.url));
const SIMULATOR = fileURLToPath(new URL('../dist/src/simulator/main.js', import.meta.url));

type Environment = Readonly<Record<string, string>>;

/** One line of the log. */
interface Line {
  readonly level: string;
  readonly msg: string;
  readonly simulator?: string;
  readonly err?: { readonly message: string; readonly stack: string };
  readonly origin?: string;
}

interface Running extends AsyncDisposable {
  readonly lines: readonly Line[];
  /** What it wrote beside the log. */
  readonly errors: Promise<string>;
  /** Like `http://127.0.0.1:4000`. */
  readonly origin: string;
  readonly simulator: string;
  readonly exit: Promise<number | null>;
  kill(signal: NodeJS.Signals): void;
}

/** Runs the command with these settings and no others. */
function launch(environment: Environment, main = MAIN): ChildProcess {
  const { PATH = '' } = process.env;
  return spawn(process.execPath, [main], {
    env: { PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    // One that neither ends nor is ended does not outlive its test.
    timeout: LONGEST_RUN,
    killSignal: 'SIGKILL',
  });
}

/** Starts the command and waits for its first line; `await using` ends it, also when the test fails. */
async function start(environment: Environment = {}): Promise<Running> {
  const child = launch({ PORT: '0', ...environment });
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  const lines: Line[] = [];
  if (child.stdout === null || child.stderr === null) throw new Error('The command has no output.');
  const errors = text(child.stderr);
  createInterface(child.stdout).on('line', (line) => lines.push(JSON.parse(line)));
  const first = await until(() => lines[0] ?? (child.exitCode === null ? null : 'ended'));
  if (first === 'ended') throw new Error('The command ended before it said anything. Is dist/ built?');
  return {
    lines,
    errors,
    origin: new URL(/http:\S+/.exec(first.msg)?.[0] ?? '').origin,
    simulator: first.simulator ?? '',
    exit,
    kill: (signal) => void child.kill(signal),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exit;
    },
  };
}

/** Runs the command to its own end. */
async function runToEnd(environment: Environment, main = MAIN) {
  const child = launch(environment, main);
  try {
    const ended = once(child, 'exit');
    if (child.stdout === null || child.stderr === null) throw new Error('The command has no output.');
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { code, stdout, stderr };
  } finally {
    child.kill('SIGKILL');
  }
}

async function ask(origin: string, query: string) {
  const response = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return response.json();
}

/** A client with a stream open; `closed` are the codes with which its sockets were closed. */
async function openStream({ origin }: Pick<Running, 'origin'>) {
  const closed: number[] = [];
  const client = createClient({
    url: `${origin.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    on: { closed: (event) => void closed.push((event as { code: number }).code) },
  });
  const query = `subscription { callEvents(sessionId: "${DEMO_SESSION_ID}") { __typename } }`;
  await client.iterate({ query }).next();
  return { closed, client };
}

/** Has Node run this when the command is sent SIGUSR2. */
function onSignal(program: string): Environment {
  const module = encodeURIComponent(`process.on('SIGUSR2', () => { ${program} })`);
  return { NODE_OPTIONS: `--import=data:text/javascript,${module}` };
}

describe('The command', () => {
  test('says in one line where it is, and answers live calls without any setting', async () => {
    await using gateway = await start();
    expect(gateway.lines).toMatchObject([
      { level: 'info', msg: `GraphiQL: ${gateway.origin}/graphql (simulated calls)` },
    ]);
    const answer = await ask(
      gateway.origin,
      '{ viewer { activeCalls { session { id parties { id status { code } } } } } }',
    );
    expect(answer).toMatchObject({
      data: {
        viewer: {
          activeCalls: expect.arrayContaining([
            {
              session: {
                id: DEMO_SESSION_ID,
                parties: expect.arrayContaining([
                  { id: expect.any(String), status: { code: expect.any(String) } },
                ]),
              },
            },
          ]),
        },
      },
    });
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'ends well on %s, also with a subscription open, which it sends elsewhere',
    async (signal) => {
      await using gateway = await start();
      const { closed, client } = await openStream(gateway);
      gateway.kill(signal);
      expect(await gateway.exit).toBe(0);
      await until(() => closed.length > 0);
      expect(closed).toEqual([1012]);
      await client.dispose();
    },
  );

  test.each([
    ['unhandledRejection', "Promise.reject(new TypeError('a defect'))"],
    ['uncaughtException', "throw new TypeError('a defect')"],
  ])(
    'tells a defect in one line (%s), sends its clients elsewhere, and ends with 1',
    async (origin, defect) => {
      await using gateway = await start(onSignal(`setImmediate(() => { ${defect} }); ${defect}`));
      const { closed, client } = await openStream(gateway);
      gateway.kill('SIGUSR2');
      expect(await gateway.exit).toBe(1);
      await until(() => closed.length > 0);
      expect(closed).toEqual([1012]);
      expect(gateway.lines.filter(({ level }) => level === 'fatal')).toMatchObject([
        {
          msg: 'The gateway met a defect, and ends',
          origin,
          err: { message: 'a defect', stack: expect.stringContaining('SIGUSR2') },
        },
      ]);
      expect(await gateway.errors).toBe('');
      await client.dispose();
    },
  );

  test('ends at once on a second signal, whatever still runs', async () => {
    await using gateway = await start({ DRAIN_SECONDS: '600', UPSTREAM_TIMEOUT: '120' });
    await fetch(`${gateway.simulator}/simulator/faults`, {
      method: 'PUT',
      body: JSON.stringify([{ match: 'readCallSessionStatus', times: null, do: 'hang' }]),
    });
    const unanswered = ask(gateway.origin, `{ callSession(id: "${DEMO_SESSION_ID}") { id } }`).catch(
      () => 'cut',
    );
    await until(async () => {
      const journal = await fetch(`${gateway.simulator}/simulator/requests`);
      const requests = (await journal.json()) as { operationId: string }[];
      return requests.some(({ operationId }) => operationId === 'readCallSessionStatus');
    });
    gateway.kill('SIGTERM');
    await until(() => gateway.lines.find(({ msg }) => msg === 'Draining'));
    gateway.kill('SIGTERM');
    expect(await gateway.exit).toBe(1);
    expect(await unanswered).toBe('cut');
  });

  test('ends with one sentence and code 1 when its port is taken', async () => {
    await using gateway = await start();
    const { port } = new URL(gateway.origin);
    expect(await runToEnd({ PORT: port })).toEqual({
      code: 1,
      stdout: '',
      stderr:
        `PORT: read "${port}", at which another program listens (EADDRINUSE on 127.0.0.1); ` +
        'allowed is a free port, or 0 for any.\n',
    });
  });

  test.each([
    ['192.0.2.1', 'EADDRNOTAVAIL'],
    ['256.1.1.1', 'E[A-Z_]+'],
  ])('ends with one sentence and code 1 when it cannot listen at HOST=%s', async (host, code) => {
    expect(await runToEnd({ PORT: '0', HOST: host })).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        new RegExp(
          `^HOST: read "${host}", which is no address of this machine \\(${code}\\); ` +
            'allowed is one that is, like 127.0.0.1, or 0.0.0.0 for all of them.\\n$',
        ),
      ),
    });
  });

  test('ends with one sentence and code 1 when the simulator alone finds its port taken', async () => {
    await using gateway = await start();
    const { port } = new URL(gateway.origin);
    expect(await runToEnd({ SIMULATOR_PORT: port }, SIMULATOR)).toEqual({
      code: 1,
      stdout: '',
      stderr: `SIMULATOR_PORT is ${port}, at which another program listens (EADDRINUSE): take a free one, or 0 for any\n`,
    });
  });
});

describe('A wrong setting stops the start with its name, what was read and what is allowed', () => {
  const SERVICE = {
    RINGCENTRAL_CLIENT_ID: 'app',
    RINGCENTRAL_CLIENT_SECRET: 'not-to-be-shown',
    RINGCENTRAL_JWT: 'not-to-be-shown-either',
  };

  test.each<[string, Environment, string]>([
    ['a port', { PORT: 'abc' }, 'PORT: read "abc", allowed is a whole number from 0 to 65535.\n'],
    [
      'an address of RingCentral',
      { RINGCENTRAL_SERVER_URL: 'ftp://x' },
      'RINGCENTRAL_SERVER_URL: read "ftp://x", allowed is an https:// address, ' +
        'like https://platform.ringcentral.com (http:// only on this machine).\n',
    ],
    [
      'a JWT without a client',
      { RINGCENTRAL_JWT: SERVICE.RINGCENTRAL_JWT },
      'RINGCENTRAL_CLIENT_ID, RINGCENTRAL_CLIENT_SECRET: read nothing, while RINGCENTRAL_JWT is set. Allowed is all ' +
        'three (the gateway signs in itself), none (callers bring their own RingCentral token), ' +
        'or the first two with SIGN_IN=on (browsers sign in here).\n',
    ],
    [
      'a service identity without keys',
      SERVICE,
      'GATEWAY_KEYS: read nothing, required when the gateway signs in to RingCentral itself: a comma list of keys, ' +
        'each at least 16 characters long, that callers show as their bearer token.\n',
    ],
    [
      'a key that is easy to guess',
      { ...SERVICE, GATEWAY_KEYS: 'letmein' },
      'GATEWAY_KEYS: read a value that is not shown as number 1, allowed is a comma list of keys, each at least 16 ' +
        'characters long, of letters, digits and - . _ ~ + / (and = at the end), as in a bearer token.\n',
    ],
    [
      'a log level',
      { LOG_LEVEL: 'loud' },
      'LOG_LEVEL: read "loud", allowed is one of fatal, error, warn, info, debug, trace, silent.\n',
    ],
    [
      'production without RingCentral',
      { NODE_ENV: 'production' },
      'RINGCENTRAL_SERVER_URL: read nothing, required with NODE_ENV=production, like ' +
        'https://platform.ringcentral.com. SIMULATOR=on starts the simulator instead.\n',
    ],
    [
      'production spelt otherwise',
      { NODE_ENV: 'Production' },
      'NODE_ENV: read "Production", allowed is production, development or test.\n',
    ],
    [
      'a setting that is spelt otherwise',
      { CORS_ORIGIN: 'https://desk.example.com' },
      'CORS_ORIGIN: read a setting that is not known, allowed is CORS_ORIGINS, which it resembles.\n',
    ],
    [
      'a manifest that is not there',
      { PORT: '0', PERSISTED_OPERATIONS: '/nowhere/persisted.json' },
      'PERSISTED_OPERATIONS: read "/nowhere/persisted.json", which cannot be read (ENOENT); ' +
        'allowed is a file with one JSON object from hash to document.\n',
    ],
    [
      'two at once',
      { PORT: '99999', MAX_DEPTH: '-1' },
      'PORT: read "99999", allowed is a whole number from 0 to 65535.\n' +
        'MAX_DEPTH: read "-1", allowed is a whole number from 1 to 100.\n',
    ],
  ])('%s', async (_what, environment, stderr) => {
    expect(await runToEnd(environment)).toEqual({ code: 1, stdout: '', stderr });
  });
});

test('A start, as it is built, reads few files: each is half a millisecond.', async () => {
  const first = await staticallyLoaded(MAIN);
  expect(first.length).toBeLessThanOrEqual(3);
  const folder = new URL('../dist/src/parts/', import.meta.url);
  const parts = (await readdir(folder)).map((name) => fileURLToPath(new URL(name, folder)));
  const texts = await Promise.all(parts.map((part) => readFile(part, 'utf8')));
  const ofRingCentral = parts.filter((_, index) => /\bfunction createRingCentral\(/.test(texts[index] ?? ''));
  expect(ofRingCentral).toHaveLength(1);
  const all = new Set([...first, ...(await staticallyLoaded(ofRingCentral[0] ?? ''))]);
  expect(all.size).toBeLessThanOrEqual(10);
});

describe('Signing in, as it is built', () => {
  test('works in one file as it does in many', async () => {
    await using running = await start();
    const browser = openTestBrowser({ url: `${running.origin}/graphql` });
    await browser.signIn('102');
    expect((await browser.ask('{ viewer { name } }')).data).toEqual({ viewer: { name: 'Tomas Reed' } });
    expect((await browser.post('/auth/sign-out', {})).status).toBe(200);
  });

  test('is in parts that are loaded only where it is on', async () => {
    const loaded = await staticallyLoaded(MAIN);
    expect(loaded.length).toBeGreaterThan(0);
    const texts = await Promise.all(loaded.map((file) => readFile(file, 'utf8')));
    for (const mark of ['__Host-session', 'oauth4webapi', 'code_challenge_method=']) {
      expect(texts.filter((text) => text.includes(mark))).toEqual([]);
    }
    const parts = await readdir(new URL('./parts/', new URL(`file://${MAIN}`)));
    const all = await Promise.all(
      parts.map((name) => readFile(new URL(`./parts/${name}`, new URL(`file://${MAIN}`)), 'utf8')),
    );
    expect(all.filter((text) => text.includes('__Host-session')).length).toBeGreaterThan(0);
  });
});

/** A file of the build, and whatever it always imports of it. */
async function staticallyLoaded(first: string): Promise<string[]> {
  const found = new Set([first]);
  for (const file of found) {
    const text = await readFile(file, 'utf8');
    for (const [, path = ''] of text.matchAll(/(?:\bfrom|\bimport) ?["'](\.{1,2}\/[^"']+\.js)["']/g)) {
      found.add(fileURLToPath(new URL(path, `file://${file}`)));
    }
  }
  return [...found];
}
