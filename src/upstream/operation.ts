/** One operation of a phone system's REST API, as far as sending it is concerned. */
import type * as z from 'zod/mini';

export interface Operation {
  /** The name that the published document of the system gives it. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path template; each `{name}` is filled with exactly one encoded segment. */
  readonly path: string;
  /** What the request body must look like; null where none is sent. */
  readonly body: z.ZodMiniType | null;
  /** What goes out where no body is given, as the system's own SDKs have it; nothing unless it stands here. */
  readonly blank?: string;
  /** The statuses documented for success. */
  readonly success: readonly number[];
  /** The rate group that pays for it. */
  readonly group: string;
  /** The scope that the app needs for it, or null. */
  readonly permission: string | null;
  /** The type of answer that is asked for, where it is not plain JSON. */
  readonly accept?: string;
}
