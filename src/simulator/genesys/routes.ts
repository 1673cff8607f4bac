/** Which of all the operations of Genesys Cloud that the simulator knows a request is for. */
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

const ROUTES = GENESYS_OPERATIONS.map((operation) => ({
  operation,
  pattern: operation.path.slice(1).split('/'),
})).sort((a, b) => placeholders(a.pattern) - placeholders(b.pattern));

/** Finds the operation for a method and the decoded parts of a path; null when there is none. */
export function findGenesysOperation(
  method: string,
  segments: readonly string[],
): { readonly operation: GenesysOperation; readonly params: Readonly<Record<string, string>> } | null {
  for (const { operation, pattern } of ROUTES) {
    if (operation.method !== method || pattern.length !== segments.length) continue;
    const params: Record<string, string> = {};
    const fits = pattern.every((part, index) => {
      const segment = segments[index] ?? '';
      if (!part.startsWith('{')) return part === segment;
      params[part.slice(1, -1)] = segment;
      return true;
    });
    if (fits) return { operation, params };
  }
  return null;
}

function placeholders(pattern: readonly string[]): number {
  return pattern.filter((part) => part.startsWith('{')).length;
}
