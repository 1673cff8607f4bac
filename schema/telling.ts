/** The words in which every provider tells: what became of a command, how a stream begins, what it says between events. */
import type { CallControlFailure } from './failures.ts';

/**
 * What became of a command.
 *
 * - `APPLIED`: the phone system accepted it, or its effect was seen.
 * - `NOT_APPLIED`: it was refused, or never got there.
 * - `UNKNOWN`: it may have been applied, and nothing seen decides it.
 */
export const COMMAND_OUTCOMES = ['APPLIED', 'NOT_APPLIED', 'UNKNOWN'] as const;
export type CommandOutcome = (typeof COMMAND_OUTCOMES)[number];

/** What the result of every command has; each kind adds the state that it is about. */
export interface CommandReport {
  readonly outcome: CommandOutcome;
  /** True when this is the stored answer of an earlier command with the same idempotency key. */
  readonly replayed: boolean;
  /** Why it is not `APPLIED`. */
  readonly error: CallControlFailure | null;
}

/** Why a stream starts (again) with a snapshot. */
export const SNAPSHOT_REASONS = ['SUBSCRIBED', 'CURSOR_UNKNOWN', 'CURSOR_FOREIGN', 'CURSOR_EXPIRED'] as const;
export type SnapshotReason = (typeof SNAPSHOT_REASONS)[number];

export const STREAM_NOTICES = [
  'UPSTREAM_DEGRADED',
  'RECOVERED',
  'MOVED',
  'CALL_ENDED',
  'TOKEN_EXPIRING',
  'DRAINING',
] as const;
export type StreamNoticeKind = (typeof STREAM_NOTICES)[number];
