/** Which of all the operations of Genesys Cloud that the simulator knows a request is for. */
import { type Found, findRoute, routeTo } from '../replies.ts';
import { CHANGES } from './changing.ts';
import { CONFERENCING } from './conferencing.ts';
import { NOTIFICATIONS } from './notifications/operations.ts';
import type { GenesysOperation } from './operation.ts';
import { READS } from './reads.ts';
import { TRANSFERS } from './transferring.ts';

/** Whole words before placeholders: `/calls/history` is no conversation. */
export const GENESYS_OPERATIONS: readonly GenesysOperation[] = [
  ...READS,
  ...CHANGES,
  ...CONFERENCING,
  ...TRANSFERS,
  ...NOTIFICATIONS,
];

const ROUTES = GENESYS_OPERATIONS.map(routeTo).sort(
  (a, b) => placeholders(a.pattern) - placeholders(b.pattern),
);

/** Finds the operation for a method and the decoded parts of a path; null when there is none. */
export function findGenesysOperation(
  method: string,
  segments: readonly string[],
): Found<GenesysOperation> | null {
  return findRoute(ROUTES, method, segments);
}

function placeholders(pattern: readonly string[]): number {
  return pattern.filter((part) => part.startsWith('{')).length;
}
