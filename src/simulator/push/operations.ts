/** The operations on subscriptions to notifications, over HTTP and over the socket. */
import { NO_CONTENT, type Operation, ok } from '../operation.ts';

const SUBSCRIPTIONS = '/restapi/v1.0/subscription';

export const SUBSCRIPTION_OPERATIONS: readonly Operation[] = [
  {
    operationId: 'createSubscription',
    method: 'POST',
    path: SUBSCRIPTIONS,
    group: 'medium',
    handle: ({ subscriptions, socket, signedIn, body }) => ok(subscriptions.create(socket, signedIn, body)),
  },
  {
    operationId: 'listSubscriptions',
    method: 'GET',
    path: SUBSCRIPTIONS,
    group: 'light',
    handle: ({ subscriptions, signedIn, origin }) =>
      ok({ uri: `${origin}${SUBSCRIPTIONS}`, records: subscriptions.list(signedIn, origin) }),
  },
  {
    operationId: 'updateSubscription',
    method: 'PUT',
    path: `${SUBSCRIPTIONS}/{subscriptionId}`,
    group: 'medium',
    handle: ({ subscriptions, socket, params, body }) =>
      ok(subscriptions.update(socket, params.subscriptionId ?? '', body)),
  },
  {
    operationId: 'deleteSubscription',
    method: 'DELETE',
    path: `${SUBSCRIPTIONS}/{subscriptionId}`,
    group: 'medium',
    handle: ({ subscriptions, signedIn, params }) => {
      subscriptions.remove(signedIn, params.subscriptionId ?? '');
      return NO_CONTENT;
    },
  },
];
