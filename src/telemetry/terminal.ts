/** The log for a person at a terminal: one short line for each operation. */
import type { DestinationStream } from 'pino';
import { standardOutput } from './outlet.ts';

/** Lines for a person at a terminal. pino-pretty is loaded only there: a server that writes JSON starts without it. */
export async function createTerminal(write = standardOutput().write): Promise<DestinationStream> {
  const { prettyFactory } = await import('pino-pretty');
  const prettify = prettyFactory({
    colorize: true,
    translateTime: 'SYS:HH:MM:ss',
    singleLine: true,
    ignore: OPERATION_FACTS.join(','),
    messageFormat: (line, messageKey) => describe(line) ?? String(line[messageKey] ?? ''),
  });
  return { write: (line) => write(prettify(line)) };
}

/** What {@link describe} says in words. */
const OPERATION_FACTS = ['type', 'operationName', 'field', 'result', 'outcome', 'reason', 'ms', 'viewer'];

/**
 * An operation in a line; null for what is none.
 *
 * ```ts
 * describe({ msg: 'operation', type: 'mutation', operationName: 'Park', field: 'parkCallParty', ms: 81, outcome: 'UNKNOWN' })
 * // 'mutation Park (parkCallParty) UNKNOWN, 81 ms'
 * ```
 */
function describe(line: Readonly<Record<string, unknown>>): string | null {
  if (line.msg !== 'operation') return null;
  const { type, operationName, field, result, outcome = result, reason, ms } = line;
  const name = operationName === undefined ? field : `${operationName} (${field})`;
  return `${type} ${name} ${[outcome, reason].filter((word) => word !== undefined).join(' ')}, ${ms} ms`;
}
