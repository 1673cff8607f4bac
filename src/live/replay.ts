/**
 * The recent events of a call, and the cursors that say how far a client has read.
 *
 * A cursor is opaque to clients and worthless to everybody else: it is signed with a secret of this process, and it
 * carries a mark of the viewer and the call it was made for. It ends with a sum that needs no secret, so that one of
 * another gateway is told from one that got changed on its way:
 *
 * ```text
 *   process . viewer and call . run . sequence . signature . sum
 *
 *   no such shape, or another sum ──▶ CURSOR_UNKNOWN
 *   another process ──▶ CURSOR_FOREIGN
 *   another signature (nobody but us makes ours) ──▶ CURSOR_UNKNOWN
 *   another viewer or call ──▶ CURSOR_FOREIGN
 * ```
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SnapshotReason } from '../../schema/provider.ts';

/** What is said of a cursor that cannot be resumed from. */
export type CursorRefusal = Exclude<SnapshotReason, 'SUBSCRIBED'>;

/** Signs cursors; one for the whole process. */
export interface CursorSigner {
  /** The cursors of one viewer and call. */
  scope(viewerId: string, sessionId: string): CursorScope;
}

/** Writes and reads the cursors of one viewer and call. */
export interface CursorScope {
  /** A cursor after the event number `sequence` of the run of events named `run`. */
  write(run: string, sequence: number): string;
  read(cursor: string): { readonly run: string; readonly sequence: number } | CursorRefusal;
}

/** Makes it; its cursors die with its secret. */
export function createCursorSigner(secret: Buffer = randomBytes(32)): CursorSigner {
  const processMark = digest('process').slice(0, 8);

  return {
    scope(viewerId, sessionId) {
      const scopeMark = digest(JSON.stringify([viewerId, sessionId])).slice(0, 12);
      return new SignedScope(digest, processMark, scopeMark);
    },
  };

  function digest(text: string): string {
    return createHmac('sha256', secret).update(text).digest('base64url').slice(0, 22);
  }
}

/** A class, because every watched call has one. */
class SignedScope implements CursorScope {
  readonly #digest: (text: string) => string;
  readonly #process: string;
  readonly #scope: string;

  constructor(digest: (text: string) => string, process: string, scope: string) {
    this.#digest = digest;
    this.#process = process;
    this.#scope = scope;
  }

  write(run: string, sequence: number): string {
    const text = `${this.#process}.${this.#scope}.${run}.${sequence.toString(36)}`;
    const signed = `${text}.${this.#digest(text)}`;
    return `${signed}.${sumOf(signed)}`;
  }

  read(cursor: string): { readonly run: string; readonly sequence: number } | CursorRefusal {
    const parts = CURSOR.exec(cursor)?.groups;
    if (parts === undefined) return 'CURSOR_UNKNOWN';
    const { signed = '', text = '', process, scope, run = '', sequence = '', mark = '', sum } = parts;
    if (sum !== sumOf(signed)) return 'CURSOR_UNKNOWN';
    if (process !== this.#process) return 'CURSOR_FOREIGN';
    if (!timingSafeEqual(Buffer.from(this.#digest(text)), Buffer.from(mark))) return 'CURSOR_UNKNOWN';
    if (scope !== this.#scope) return 'CURSOR_FOREIGN';
    return { run, sequence: Number.parseInt(sequence, 36) };
  }
}

const CURSOR =
  /^(?<signed>(?<text>(?<process>[\w-]{8})\.(?<scope>[\w-]{12})\.(?<run>[\w-]{1,16})\.(?<sequence>[0-9a-z]{1,11}))\.(?<mark>[\w-]{22}))\.(?<sum>[\w-]{6})$/;

function sumOf(signed: string): string {
  return createHash('sha256').update(signed).digest('base64url').slice(0, 6);
}

/** How long and how many events are kept, whichever is less. */
export interface ReplayLimits {
  /** Milliseconds. */
  readonly lifetime: number;
  readonly most: number;
}

/** One run of events, as far as it is remembered. */
export interface Replay<Event> {
  /** The cursor after the last event. */
  readonly cursor: string;
  /** A cursor for whoever has no state of the call yet: there is no resuming from it. */
  readonly nowhere: string;
  /** Keeps the event that `make` builds with its cursor. */
  add(now: number, make: (cursor: string) => Event): Event;
  /** The events after a cursor, oldest first, or why there are none to be had. */
  after(cursor: string, now: number): readonly Event[] | CursorRefusal;
}

/**
 * Makes the memory of one run of events. A run ends when the call is forgotten; the cursors of an earlier one are
 * expired.
 */
export function createReplay<Event>(scope: CursorScope, limits: ReplayLimits): Replay<Event> {
  return new Run(scope, limits);
}

/** A class, because every watched call has one: an object with getters of its own would need four times the memory. */
class Run<Event> implements Replay<Event> {
  readonly #scope: CursorScope;
  readonly #limits: ReplayLimits;
  readonly #run = randomBytes(6).toString('base64url');
  #kept: { readonly event: Event; readonly at: number }[] = [];
  #sequence = 0;

  constructor(scope: CursorScope, limits: ReplayLimits) {
    this.#scope = scope;
    this.#limits = limits;
  }

  get cursor(): string {
    return this.#scope.write(this.#run, this.#sequence);
  }

  get nowhere(): string {
    return this.#scope.write('nowhere', 0);
  }

  add(now: number, make: (cursor: string) => Event): Event {
    const { lifetime, most } = this.#limits;
    this.#sequence += 1;
    const event = make(this.cursor);
    this.#kept.push({ event, at: now });
    // Cut in bulk, so that a busy call does not copy its memory at every event.
    if (this.#kept.length > 2 * most || (this.#kept[0]?.at ?? now) < now - 2 * lifetime) {
      this.#kept = this.#recent(now);
    }
    return event;
  }

  after(text: string, now: number): readonly Event[] | CursorRefusal {
    const read = this.#scope.read(text);
    if (typeof read === 'string') return read;
    const missed = this.#sequence - read.sequence;
    if (read.run !== this.#run || missed < 0) return 'CURSOR_EXPIRED';
    const available = this.#recent(now);
    if (missed > available.length) return 'CURSOR_EXPIRED';
    return available.slice(available.length - missed).map(({ event }) => event);
  }

  #recent(now: number) {
    const { lifetime, most } = this.#limits;
    return this.#kept.slice(-most).filter(({ at }) => at >= now - lifetime);
  }
}
