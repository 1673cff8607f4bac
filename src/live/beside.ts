/**
 * What stands beside the calls of a desk: it hears by the same listening, leads and follows with the same duty, and is
 * nothing to those who watch their own calls. A desk that nobody put anything beside does without.
 */
import type { StreamNoticeKind } from '../../schema/telling.ts';
import type { CursorSigner } from './replay.ts';
import type { Kind } from './shape.ts';
import type { BesideSharing, SharedBeside } from './shared/desk-sharing.ts';
import type { CallSource } from './source.ts';
import type { LiveLimits } from './watched-call.ts';

/** What has changed about listening, as far as it matters here. */
export type BesideTurn =
  | { readonly kind: 'lost' | 'denied' }
  | { readonly kind: 'listening'; readonly mayHaveMissed: boolean; readonly afterLoss: boolean };

/** What is put beside a desk. */
export interface Beside extends SharedBeside {
  /** True while somebody looks at it here or at another gateway, or looked a moment ago. */
  isWanted(): boolean;
  /** Something about listening has changed. */
  turned(turn: BesideTurn): void;
  notify(kind: StreamNoticeKind, message: string, at: number): void;
  stop(): void;
}

/** The desk that it stands beside. */
export interface BesideDesk<K extends Kind> {
  readonly viewerId: string;
  readonly source: () => CallSource<K>;
  /** How it is one of several; missing: this is the only gateway. */
  readonly sharing?: BesideSharing | undefined;
  /** It is wanted now, or not any more. */
  tellActivity(): void;
  /** Milliseconds that are left to wait for the first word of what is listened for; null: nobody waits. */
  beginning(): number | null;
  /** True while nothing tells by itself, and nothing will soon. */
  isDeaf(): boolean;
}

/** What is the same for all that is put beside desks. */
export interface BesideParts {
  readonly cursors: CursorSigner;
  readonly limits: LiveLimits;
}

/** Puts it there, for each desk its own. */
export type PutBeside<K extends Kind> = (desk: BesideDesk<K>) => Beside;
