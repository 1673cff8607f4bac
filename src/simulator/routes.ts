/** Which of all the operations that the simulator knows a request is for. */
import { ACCOUNT_ID } from './account.ts';
import { CALL_OPERATIONS } from './call-operations.ts';
import { PEOPLE_OPERATIONS } from './company/people-operations.ts';
import { PRESENCE_OPERATIONS } from './company/presence-operations.ts';
import { QUEUE_OPERATIONS } from './company/queue-operations.ts';
import { DIRECTORY_OPERATIONS } from './directory.ts';
import type { Answer, Asked, Operation } from './operation.ts';
import { SUBSCRIPTION_OPERATIONS } from './push/operations.ts';
import { notFound } from './refusals.ts';
import { type Found, findRoute, routeTo } from './replies.ts';

/** The operations of Call Control, and what finding and hearing of calls, and seeing the company, needs. */
export const OPERATIONS: readonly Operation[] = [
  ...CALL_OPERATIONS,
  ...DIRECTORY_OPERATIONS,
  ...PEOPLE_OPERATIONS,
  ...PRESENCE_OPERATIONS,
  ...QUEUE_OPERATIONS,
  ...SUBSCRIPTION_OPERATIONS,
];

const ROUTES = OPERATIONS.map(routeTo);

/** Finds the operation for a method and the decoded parts of a path; null when there is none. */
export function findOperation(method: string, segments: readonly string[]): Found<Operation> | null {
  return findRoute(ROUTES, method, segments);
}

/** Does an operation; there is one account, and `~` is it. */
export function perform(operation: Operation, asked: Asked): Answer | Promise<Answer> {
  const accountId = asked.params.accountId ?? '~';
  if (accountId !== '~' && accountId !== ACCOUNT_ID) throw notFound('accountId');
  return operation.handle(asked);
}
