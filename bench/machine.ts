/** The machine: which core does what, and the processes that are measured. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { microseconds } from './clock.ts';

/** The server under test on one core, everything else on another, where the machine allows it. */
export const canPin = cpus().length >= 2 && spawnSync('taskset', ['-V']).status === 0;
const SERVER_CORE = '0';
const LOAD_CORE = '1';

/** Moves this process, with all its threads, to the core of the load. */
export function pinLoad(): void {
  if (canPin) spawnSync('taskset', ['-a', '-c', '-p', LOAD_CORE, String(process.pid)]);
}

/** What a reader must know to compare. */
export function describeMachine(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const pinning = canPin
    ? `server under test on core ${SERVER_CORE}; load generator and upstream on core ${LOAD_CORE}`
    : 'NOT PINNED: one core only, or no `taskset`, so server, load and upstream share what there is';
  return `${cpu?.model ?? 'unknown CPU'}, ${cpus().length} cores, ${memory} GiB, Linux ${release()}, Node ${process.version}; ${pinning}`;
}

export interface ServerOptions {
  readonly name: string;
  /** What `node` is given: a file, and flags before it. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly core?: 'server' | 'load';
  readonly directory?: string;
  /** Writes its log into a pipe that nobody reads. */
  readonly stalledLog?: boolean;
}

/** A process that serves on a port of this machine. */
export interface Server {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  /** Microseconds from the spawn to the first accepted connection. */
  readonly acceptedAfter: number;
  /** Bytes. */
  resident(): number;
  /** Milliseconds of processor time so far, all threads together, to 10 ms. */
  processorTime(): number;
  /** Resident bytes once its garbage is collected and the number has come to rest; needs `collectGarbage`. */
  residentAtRest(): Promise<number>;
  /** Sends SIGTERM; answers after how many milliseconds it had ended, null when it had to be killed. */
  stop(): Promise<number | null>;
}

/** Flags for a server whose `residentAtRest` will be asked. */
export const collectGarbage = [
  '--expose-gc',
  '--import',
  new URL('./collect-garbage.mjs', import.meta.url).href,
] as const;

/** Flags that let `node` run the TypeScript of this folder. */
export const typescript = ['--import', import.meta.resolve('tsx')] as const;

/** The path of a file of this folder, or of the project with `../`. */
export function file(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

const START_TIME = 60_000; // one minute, for the slowest peer
const STOP_TIME = 5_000; // 5 seconds, then it is killed

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Has a process end with this one, also when that is interrupted. */
export function endingWithUs<Child extends ChildProcess>(child: Child): Child {
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Starts a server on a free port, given to it as `PORT`, and waits until it accepts connections. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { name, args, env = {}, core = 'server', directory = file('..') } = options;
  const port = await freePort();
  const pin = canPin ? ['taskset', '-c', core === 'server' ? SERVER_CORE : LOAD_CORE] : [];
  const [command = process.execPath, ...rest] = [...pin, process.execPath, ...args];
  const stalled = options.stalledLog === true ? unreadPipe() : null;
  const started = microseconds();
  const child = endingWithUs(
    spawn(command, rest, {
      cwd: directory,
      env: { ...inherited(), NODE_ENV: 'production', ...env, PORT: String(port) },
      stdio: ['ignore', stalled ?? 'pipe', 'pipe'],
    }),
  );
  if (stalled !== null) closeSync(stalled);
  let said = '';
  const listen = (text: Buffer) => {
    said = (said + text.toString()).slice(-2_000);
  };
  child.stdout?.on('data', listen);
  child.stderr?.on('data', listen);
  child.once('exit', (code, signal) => {
    if (code !== 0 && signal !== 'SIGKILL' && signal !== 'SIGTERM')
      process.stdout.write(`  ${name} ended with ${code ?? signal}:\n${said}\n`);
  });

  const { pid } = child;
  if (pid === undefined) throw new Error(`${name} could not be started`);
  while (!(await accepts(port))) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`${name} ended with ${child.exitCode ?? child.signalCode}:\n${said}`);
    }
    if (microseconds() - started > START_TIME * 1_000) {
      await end(child);
      throw new Error(`${name} did not listen within ${START_TIME} ms:\n${said}`);
    }
    await sleep(2);
  }
  const acceptedAfter = microseconds() - started;

  return {
    name,
    port,
    pid,
    acceptedAfter,
    resident: () => residentBytes(pid),
    processorTime: () => processorMilliseconds(pid),
    residentAtRest: () => residentAtRest(child, pid),
    stop: () => end(child),
  };
}

async function end(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return null;
  const asked = microseconds();
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  let killed = false;
  const impatience = setTimeout(() => {
    killed = child.kill('SIGKILL');
  }, STOP_TIME);
  await ended;
  clearTimeout(impatience);
  return killed ? null : (microseconds() - asked) / 1_000;
}

/** A descriptor to write to: a pipe that is full after 64 KiB, because whoever holds its other end never reads. */
function unreadPipe(): number {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const path = join(folder, 'log');
  spawnSync('mkfifo', [path]);
  const both = openSync(path, constants.O_RDWR);
  unread.push(both); // Held until this process ends: a pipe that nobody holds is an error to its writer, and no stall.
  const writing = openSync(path, constants.O_WRONLY);
  rmSync(folder, { recursive: true });
  return writing;
}

const unread: number[] = [];

const MOST_LOOKS = 40; // 250 ms each: 10 seconds

/** Collects until three looks in a row differ by less than half a percent. */
async function residentAtRest(child: ChildProcess, pid: number): Promise<number> {
  let last: number[] = [];
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    child.kill('SIGUSR2');
    await sleep(250);
    last = [...last, residentBytes(pid)].slice(-3);
    if (last.length === 3 && Math.max(...last) - Math.min(...last) < Math.min(...last) / 200) break;
  }
  return last.at(-1) ?? Number.NaN;
}

function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1_024;
}

/** See proc(5): fields 14 and 15 are ticks of a hundredth of a second; field 2 may hold spaces, so count after it. */
function processorMilliseconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** A server under test takes its settings from the benchmark; only these come from outside. */
function inherited(): Record<string, string> {
  const names = ['PATH', 'HOME', 'FAST_PATH'];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

async function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true)).once('error', () => settle(false));
  });
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
