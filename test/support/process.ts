/** The gateway as a process of its own, as operators run it: `npm test` has built it before. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { FAST_PATH } from './fast-path.ts';
import { until } from './gateway.ts';
import { LIVE_SOURCE } from './live-source.ts';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));

/** One line of its log. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  /** In the first line: where the embedded simulator is, if there is one. */
  readonly simulator?: string;
}

export interface GatewayProcess extends AsyncDisposable {
  /** Like `http://127.0.0.1:4000/graphql`. */
  readonly url: string;
  /** What it has logged so far. */
  readonly lines: readonly LogLine[];
  /** Its exit code, once it has ended; null when a signal ended it. */
  readonly exit: Promise<number | null>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts it with these settings and no others; `await using` ends it, also when the test fails. */
export async function startGateway(environment: Readonly<Record<string, string>>): Promise<GatewayProcess> {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH, PORT: '0', FAST_PATH, LIVE_SOURCE, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  const lines: LogLine[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(JSON.parse(line)));
  // A warning may come before it.
  const urlSaid = () => lines.flatMap(({ msg }) => /: (http:\S+)/.exec(msg)?.[1] ?? [])[0];
  await until(() => urlSaid() ?? child.exitCode !== null);
  const url = urlSaid();
  if (url === undefined) throw new Error('The gateway did not start. Is dist/ built?');
  return {
    url,
    lines,
    exit,
    kill: (signal) => void child.kill(signal),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exit;
    },
  };
}
