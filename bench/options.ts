/** The command line of the benchmark. */
import { parseArgs } from 'node:util';

export const USAGE = `npm run bench                                a short round without peers, within five minutes
npm run bench -- --full [--openapi <path>]   everything and everybody, within forty
npm run bench -- --only cold-read,fan-out    only these works
npm run bench -- --soak 10m                  a long mixed load instead

--openapi <path>   RingCentral's published document, for Hive Gateway`;

export interface Options {
  readonly full: boolean;
  /** Null: all works. */
  readonly only: readonly string[] | null;
  readonly openapi: string | null;
  /** Milliseconds of the long load; null: the works. */
  readonly soak: number | null;
}

/**
 * Reads the arguments after the program.
 * @throws {Error} that says what is allowed.
 */
export function readOptions(args: readonly string[], works: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      full: { type: 'boolean', default: false },
      only: { type: 'string' },
      openapi: { type: 'string' },
      soak: { type: 'string' },
    },
  });
  const only = values.only?.split(',') ?? null;
  const unknown = only?.find((work) => !works.includes(work));
  if (unknown !== undefined) {
    throw new Error(`--only: read "${unknown}", allowed is a comma list of ${works.join(', ')}.`);
  }
  return {
    full: values.full,
    only,
    openapi: values.openapi ?? null,
    soak: values.soak === undefined ? null : minutes(values.soak),
  };
}

function minutes(text: string): number {
  const value = /^(\d+(?:\.\d+)?)m$/.exec(text)?.[1];
  if (value === undefined) throw new Error(`--soak: read "${text}", allowed is minutes like 10m.`);
  return Number(value) * 60_000;
}
