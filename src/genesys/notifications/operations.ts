/** The operations of notification channels; those of calls stand in `../operations.ts`. */
import * as z from 'zod/mini';
import type { Operation } from '../operations.ts';

const CHANNELS = '/api/v2/notifications/channels';
const SUBSCRIPTIONS = `${CHANNELS}/{channelId}/subscriptions`;

const common = { success: [200], group: 'Platform', permission: null, permissions: [] } as const;

/** The table. */
export const OPERATIONS = {
  /** `POST /notifications/channels` · 20 of one user by one app; one more ends the one that was used least recently. */
  postNotificationsChannels: {
    ...common,
    id: 'postNotificationsChannels',
    method: 'POST',
    path: CHANNELS,
    body: null,
  },
  /** `PUT …/{channelId}/subscriptions` · all that it tells; each lets the channel live a day longer. */
  putNotificationsChannelSubscriptions: {
    ...common,
    id: 'putNotificationsChannelSubscriptions',
    method: 'PUT',
    path: SUBSCRIPTIONS,
    body: z.array(z.strictObject({ id: z.string().check(z.maxLength(199)) })).check(z.maxLength(1_000)),
  },
  /** `DELETE …/{channelId}/subscriptions` · it tells nothing any more. */
  deleteNotificationsChannelSubscriptions: {
    ...common,
    id: 'deleteNotificationsChannelSubscriptions',
    method: 'DELETE',
    path: SUBSCRIPTIONS,
    body: null,
    success: [200, 204],
  },
} as const satisfies Record<string, Operation>;
