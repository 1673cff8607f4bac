/**
 * Where lines go out: what cannot be written now is kept for a while and then lost, but nobody ever waits for it.
 *
 * ```text
 *   flowing ── the reader is stalled, the disk is full ──► stuck: lines are kept, up to a bound, then lost and counted
 *      ▲                                                     │ tried again ten times a second
 *      └───────────── everything kept is out ◄───────────────┘ whoever asked is told how many were lost
 * ```
 *
 * pino's own writer waits in the middle of a call (a stalled pipe) or throws into it (a full disk), and the one that
 * writes beside the program holds its thread for ever, so that the process cannot even end.
 */
import { constants, openSync, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** What became of the lines while the outlet was stuck. */
export interface Loss {
  readonly lines: number;
  /** How long nothing could be written, in milliseconds. */
  readonly ms: number;
}

/** A place for lines that takes each of them at once. */
export interface Outlet {
  /** Writes a line, keeps it for later, or loses it; never waits and never throws. */
  write(line: string): void;
  /** Lines lost since the start. */
  readonly lost: number;
  /** Called when lines were lost and the next can be written again. */
  onRecovered: (loss: Loss) => void;
  /** Resolves when nothing is kept any more, after `patience` milliseconds at the latest. */
  flushed(patience: number): Promise<void>;
}

/** As much is kept while nothing can be written: about a thousand lines. */
const MOST_KEPT = 262_144; // 256 KiB

/** Between two tries while nothing can be written. */
const RETRY = 100; // milliseconds

/** The same for whoever waits for the end. */
const LAST_RETRY = 10; // milliseconds

/** Makes an outlet of a file descriptor, which must not block. */
export function createOutlet(fd: number): Outlet {
  let kept: Buffer[] = [];
  let size = 0;
  /** When writing stopped, by a clock that nobody sets; null: it flows. */
  let stuckSince: number | null = null;
  let lostNow = 0;

  const outlet: Outlet & { lost: number } = {
    lost: 0,
    onRecovered: ignore,
    write(line) {
      if (stuckSince !== null) return keep(Buffer.from(line));
      const rest = put(line);
      if (rest === null) return;
      stuckSince = performance.now();
      keep(rest);
      retryLater();
    },
    async flushed(patience) {
      const end = performance.now() + patience;
      for (retry(); stuckSince !== null && performance.now() < end; retry()) await delay(LAST_RETRY);
    },
  };
  return outlet;

  /** Writes what can be written now; answers the rest, null when there is none. */
  function put(line: string | Buffer): Buffer | null {
    const length = Buffer.byteLength(line);
    let written = 0;
    try {
      written = typeof line === 'string' ? writeSync(fd, line) : writeSync(fd, line);
    } catch {
      // Whatever it is, nothing more can be done about it here than to try again.
    }
    return written === length ? null : Buffer.from(line as string).subarray(written);
  }

  function keep(line: Buffer): void {
    if (size + line.length > MOST_KEPT) {
      lostNow += 1;
      outlet.lost += 1;
    } else {
      kept.push(line);
      size += line.length;
    }
  }

  function retryLater(): void {
    setTimeout(() => {
      retry();
      if (stuckSince !== null) retryLater();
    }, RETRY).unref();
  }

  function retry(): void {
    if (stuckSince === null) return;
    const rest = put(Buffer.concat(kept));
    kept = rest === null ? [] : [rest];
    size = rest?.length ?? 0;
    if (rest !== null) return;
    const loss = { lines: lostNow, ms: performance.now() - stuckSince };
    stuckSince = null;
    lostNow = 0;
    if (loss.lines > 0) outlet.onRecovered(loss);
  }
}

let standard: Outlet | undefined;

/** The standard output of the process. */
export function standardOutput(): Outlet {
  // Node keeps a pipe or a socket from blocking, and does so when it is first looked at. A file never blocks.
  const { isTTY, fd } = process.stdout;
  standard ??= createOutlet(isTTY ? patientTerminal(fd) : fd);
  return standard;
}

/** The terminal a second time, without blocking: somebody may have stopped it (Ctrl-S), or nobody reads it. */
function patientTerminal(fd: number): number {
  try {
    return openSync(`/dev/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return fd;
  }
}

function ignore(): void {}
