/** The command line of the benchmark. */
import { parseArgs } from 'node:util';

export const USAGE = `npm run bench                                a short round without peers, within five minutes: all works in a hurry
npm run bench -- --full [--openapi <path>]   everything and everybody, within forty
npm run bench -- --only cold-read,fan-out    only these works
npm run bench -- --soak 10m                  a long mixed load instead
npm run bench -- --against <directory>       the gateway built in another checkout and ours, in turns, instead
npm run bench -- --siege                     attackers of six kinds instead, a minute each; 10s for a try, --only for some

--openapi <path>   RingCentral's published document, for Hive Gateway`;

export interface Options {
  readonly full: boolean;
  /** Null: all works. */
  readonly only: readonly string[] | null;
  readonly openapi: string | null;
  /** Milliseconds of the long load; null: the works. */
  readonly soak: number | null;
  /** The directory of another checkout, built; null: the works. */
  readonly against: string | null;
  /** Milliseconds of each siege; null: the works. */
  readonly siege: number | null;
}

const SIEGE = '60s';

/**
 * Reads the arguments after the program.
 * @throws {Error} that says what is allowed.
 */
export function readOptions(
  args: readonly string[],
  works: readonly string[],
  attacks: readonly string[],
  compared: readonly string[],
): Options {
  const { values } = parseArgs({
    args: args.flatMap((arg, index) => (isBare(arg, args[index + 1]) ? [arg, SIEGE] : [arg])),
    options: {
      full: { type: 'boolean', default: false },
      only: { type: 'string' },
      openapi: { type: 'string' },
      soak: { type: 'string' },
      against: { type: 'string' },
      siege: { type: 'string' },
    },
  });
  const only = values.only?.split(',') ?? null;
  const all = values.against !== undefined ? compared : values.siege !== undefined ? attacks : works;
  const unknown = only?.find((work) => !all.includes(work));
  if (unknown !== undefined) {
    throw new Error(`--only: read "${unknown}", allowed is a comma list of ${all.join(', ')}.`);
  }
  return {
    full: values.full,
    only,
    openapi: values.openapi ?? null,
    soak: values.soak === undefined ? null : minutes(values.soak),
    against: values.against ?? null,
    siege: values.siege === undefined ? null : seconds(values.siege),
  };
}

/** `--siege` may stand without its time. */
function isBare(arg: string, next: string | undefined): boolean {
  return arg === '--siege' && (next === undefined || next.startsWith('-'));
}

function minutes(text: string): number {
  const value = /^(\d+(?:\.\d+)?)m$/.exec(text)?.[1];
  if (value === undefined) throw new Error(`--soak: read "${text}", allowed is minutes like 10m.`);
  return Number(value) * 60_000;
}

function seconds(text: string): number {
  const value = /^(\d{1,4})s$/.exec(text)?.[1];
  if (value === undefined) throw new Error(`--siege: read "${text}", allowed are seconds like 60s.`);
  return Number(value) * 1_000;
}
