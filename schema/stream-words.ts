/** The words that streams have in common: why they start with a snapshot, and what they notice beside it. */
import type { FieldRef } from '@pothos/core';
import { addEnum, type builder } from './builder.ts';
import { SNAPSHOT_REASONS, STREAM_NOTICES } from './telling.ts';

type Types = typeof builder.$inferSchemaTypes;
type Fields<Event> = PothosSchemaTypes.ObjectFieldBuilder<Types, Event>;

/** The field of every event from which `subscription` can be resumed. */
export function cursorOf(t: Fields<{ readonly cursor: string }>, subscription: string): FieldRef<Types> {
  return t.exposeID('cursor', {
    description: `Where in the stream this is: give it to \`${subscription}(after:)\` to resume.`,
  });
}

export const SnapshotReason = addEnum('SnapshotReason', SNAPSHOT_REASONS, {
  description: 'Why a stream starts, or starts again, with a snapshot.',
  values: {
    SUBSCRIBED: 'The stream is new.',
    CURSOR_UNKNOWN: 'What stands in `after` is no cursor, or one that was changed on its way.',
    CURSOR_FOREIGN:
      'The cursor belongs to another user, call or stream, or to another gateway process: also this one, before a restart.',
    CURSOR_EXPIRED:
      'The cursor is too old, or the client read far too slowly: what followed it is not kept any more.',
  },
});

export const StreamNoticeKind = addEnum('StreamNoticeKind', STREAM_NOTICES, {
  description: 'What a notice is about.',
  values: {
    UPSTREAM_DEGRADED:
      'The phone system cannot be read just now, or the rate budget is spent. Show the last state as possibly ' +
      'stale; the stream goes on by itself.',
    RECOVERED: 'The phone system can be read again; changes since then follow.',
    MOVED: 'A party went to another session: `movedTo` says where. To follow it, subscribe there.',
    CALL_ENDED: 'The call is over. The stream completes after this.',
    TOKEN_EXPIRING: "The user's token ends at `at`: reconnect with a fresh one before.",
    DRAINING:
      'This gateway is about to stop: the socket is closed by `at`. Reconnect, and resume with the cursor.',
  },
});
