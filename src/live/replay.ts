/**
 * The recent events of a call, and the cursors that say how far a client has read.
 *
 * A cursor is opaque to clients and worthless to everybody else: it is signed with a secret of this gateway, or of all that
 * share what they know, and it carries a mark of the viewer and the call it was made for. It ends with a sum that needs no
 * secret, so that one of another gateway is told from one that got changed on its way:
 *
 * ```text
 *   secret . viewer and call . run . sequence . signature . sum
 *
 *   no such shape, or another sum ──▶ CURSOR_UNKNOWN
 *   another secret ──▶ CURSOR_FOREIGN
 *   another signature (nobody but us makes ours) ──▶ CURSOR_UNKNOWN
 *   another viewer or call ──▶ CURSOR_FOREIGN
 * ```
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SnapshotReason } from '../../schema/provider.ts';
import type { Secret } from '../commons/secret.ts';

/** What is said of a cursor that cannot be resumed from. */
export type CursorRefusal = Exclude<SnapshotReason, 'SUBSCRIBED'>;

/** Signs cursors; one for the whole process. */
export interface CursorSigner {
  /** The cursors of one viewer and call. */
  scope(viewerId: string, callId: string): CursorScope;
}

/** Writes and reads the cursors of one viewer and call. */
export interface CursorScope {
  /** A cursor after the event number `sequence` of the run of events named `run`. */
  write(run: string, sequence: number): string;
  read(cursor: string): { readonly run: string; readonly sequence: number } | CursorRefusal;
}

/**
 * Makes it; its cursors die with its secret. `secret` answers the same object until there is another one. `system` is the phone
 * system whose calls they are: what is signed for one is foreign to another.
 */
export function createCursorSigner(
  secret: () => Pick<Secret, 'key'> = secretOfOurOwn(),
  system = '',
): CursorSigner {
  let signing = signingBy(secret());
  const now = () => {
    const current = secret();
    if (current !== signing.secret) signing = signingBy(current);
    return signing;
  };
  return {
    scope: (viewerId, callId) => new SignedScope(now, JSON.stringify([system, viewerId, callId])),
  };
}

function secretOfOurOwn(): () => Pick<Secret, 'key'> {
  const secret = { key: randomBytes(32) };
  return () => secret;
}

/** How cursors are signed, for as long as there is no other secret. */
interface Signing {
  readonly secret: Pick<Secret, 'key'>;
  /** Names the secret. */
  readonly mark: string;
  digest(text: string): string;
}

function signingBy(secret: Pick<Secret, 'key'>): Signing {
  const digest = (text: string) =>
    createHmac('sha256', secret.key).update(text).digest('base64url').slice(0, 22);
  return { secret, digest, mark: digest('process').slice(0, 8) };
}

/** A class, because every watched call has one. */
class SignedScope implements CursorScope {
  readonly #signing: () => Signing;
  readonly #name: string;
  #signedBy: Signing;
  #mark: string;

  constructor(signing: () => Signing, name: string) {
    this.#signing = signing;
    this.#name = name;
    this.#signedBy = signing();
    this.#mark = this.#signedBy.digest(name).slice(0, 12);
  }

  write(run: string, sequence: number): string {
    const { mark, digest } = this.#now();
    const text = `${mark}.${this.#mark}.${run}.${sequence.toString(36)}`;
    const signed = `${text}.${digest(text)}`;
    return `${signed}.${sumOf(signed)}`;
  }

  read(cursor: string): { readonly run: string; readonly sequence: number } | CursorRefusal {
    const parts = CURSOR.exec(cursor)?.groups;
    if (parts === undefined) return 'CURSOR_UNKNOWN';
    const { signed = '', text = '', secret, scope, run = '', sequence = '', signature = '', sum } = parts;
    if (sum !== sumOf(signed)) return 'CURSOR_UNKNOWN';
    const { mark, digest } = this.#now();
    if (secret !== mark) return 'CURSOR_FOREIGN';
    if (!timingSafeEqual(Buffer.from(digest(text)), Buffer.from(signature))) return 'CURSOR_UNKNOWN';
    if (scope !== this.#mark) return 'CURSOR_FOREIGN';
    return { run, sequence: Number.parseInt(sequence, 36) };
  }

  #now(): Signing {
    const now = this.#signing();
    if (now !== this.#signedBy) {
      this.#signedBy = now;
      this.#mark = now.digest(this.#name).slice(0, 12);
    }
    return now;
  }
}

const CURSOR =
  /^(?<signed>(?<text>(?<secret>[\w-]{8})\.(?<scope>[\w-]{12})\.(?<run>[\w-]{1,16})\.(?<sequence>[0-9a-z]{1,11}))\.(?<signature>[\w-]{22}))\.(?<sum>[\w-]{6})$/;

function sumOf(signed: string): string {
  return createHash('sha256').update(signed).digest('base64url').slice(0, 6);
}

/** How long and how many events are kept, whichever is less. */
export interface ReplayLimits {
  /** Milliseconds. */
  readonly lifetime: number;
  readonly most: number;
}

/** Where an event stands: the run of events, and how many things are before it there. */
export interface Place {
  readonly run: string;
  readonly sequence: number;
}

/** One run of events, as far as it is remembered. */
export interface Replay<Event> {
  /** The cursor after the last event. */
  readonly cursor: string;
  /** A cursor for whoever has no state of the call yet: there is no resuming from it. */
  readonly nowhere: string;
  /**
   * Keeps the event that `make` builds with its cursor. `place`: where it stands, where others tell it too; without one it
   * stands behind the last.
   */
  add(now: number, make: (cursor: string) => Event, place?: Place | null): Event;
  /** The same for an event that maybe nobody reads: it is built, and its cursor signed, when somebody does. */
  keep(now: number, make: (cursor: string) => Event, place?: Place | null): Kept<Event>;
  /** The events after a cursor, oldest first, or why there are none to be had. */
  after(cursor: string, now: number): readonly Event[] | CursorRefusal;
}

/** An event that is kept. */
export interface Kept<Event> {
  /** The same for everybody who asks. */
  event(): Event;
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
  #kept: LateEvent<Event>[] = [];
  #sequence = 0;

  constructor(scope: CursorScope, limits: ReplayLimits) {
    this.#scope = scope;
    this.#limits = limits;
  }

  get cursor(): string {
    return this.cursorAt(this.#sequence);
  }

  cursorAt(sequence: number): string {
    return this.#scope.write(this.#run, sequence);
  }

  get nowhere(): string {
    return this.#scope.write('nowhere', 0);
  }

  add(now: number, make: (cursor: string) => Event): Event {
    return this.keep(now, make).event();
  }

  keep(now: number, make: (cursor: string) => Event): Kept<Event> {
    const { lifetime, most } = this.#limits;
    this.#sequence += 1;
    const kept = new LateEvent(this, this.#sequence, now, make);
    this.#kept.push(kept);
    // Cut in bulk, so that a busy call does not copy its memory at every event.
    if (this.#kept.length > 2 * most || (this.#kept[0]?.at ?? now) < now - 2 * lifetime) {
      this.#kept = this.#recent(now);
    }
    return kept;
  }

  after(text: string, now: number): readonly Event[] | CursorRefusal {
    const read = this.#scope.read(text);
    if (typeof read === 'string') return read;
    const missed = this.#sequence - read.sequence;
    if (read.run !== this.#run || missed < 0) return 'CURSOR_EXPIRED';
    const available = this.#recent(now);
    if (missed > available.length) return 'CURSOR_EXPIRED';
    return available.slice(available.length - missed).map((kept) => kept.event());
  }

  #recent(now: number) {
    const { lifetime, most } = this.#limits;
    return this.#kept.slice(-most).filter(({ at }) => at >= now - lifetime);
  }
}

/** An event that is built when somebody reads it. */
class LateEvent<Event> implements Kept<Event> {
  readonly at: number;
  readonly #run: Run<Event>;
  readonly #sequence: number;
  #make: ((cursor: string) => Event) | null;
  #event: Event | undefined;

  constructor(run: Run<Event>, sequence: number, at: number, make: (cursor: string) => Event) {
    this.at = at;
    this.#run = run;
    this.#sequence = sequence;
    this.#make = make;
  }

  event(): Event {
    if (this.#make !== null) this.#event = this.#make(this.#run.cursorAt(this.#sequence));
    this.#make = null;
    return this.#event as Event;
  }
}
