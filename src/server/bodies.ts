/**
 * The bodies of requests: how much of them is held in memory at once.
 *
 * A body costs nobody's place while it comes, only its bytes, and these are counted as they come. An owner (a viewer, or
 * the address that strangers come from) holds no more bytes than are still free, as with places; strangers have a room of
 * their own. Whoever needs more gives up the largest of the own bodies that still wait:
 *
 * ```text
 *   opened ── bytes ──▶ coming ── whole ──▶ waiting to be let in ── settle() ──▶ at work ── close() ──▶ given back
 *                         │                          │
 *                         └── room is needed ────────┴──▶ OVERLOADED: the largest of the owner first, then the oldest
 * ```
 */
import { Overloaded } from '../../schema/failures.ts';

/** What a request costs that has no body yet, and what a small one is counted as. */
const LEAST = 4_096; // bytes

const VIEWERS_ROOM = 64 * 1_048_576; // 64 MiB
const STRANGERS_ROOM = 16 * 1_048_576; // 16 MiB

/** One of the largest bodies must fit in, beside what others hold. */
const LEAST_ROOM = 4; // bodies

/** A body that is held, or is to come. */
export interface HeldBody {
  /** So many bytes of it have come. */
  hold(bytes: number): void;
  /** It waits no more: its work begins, and it stays. */
  settle(): void;
  /** Gives its bytes back. */
  close(): void;
}

export interface BodyRoom {
  /** Bytes that are held, each body counted as the least at least. */
  readonly held: number;
  /** Makes room for a body of this owner; `giveUp` is called when its room is needed while it waits. */
  open(owner: string, giveUp: (error: Overloaded) => void): HeldBody;
}

/** The rooms of one gateway. */
export interface BodyRooms {
  readonly viewers: BodyRoom;
  readonly strangers: BodyRoom;
}

/** Makes the rooms for bodies of up to `maxBodyBytes`. */
export function createBodyRooms(maxBodyBytes: number): BodyRooms {
  const least = LEAST_ROOM * maxBodyBytes;
  return {
    viewers: createBodyRoom(Math.max(VIEWERS_ROOM, least)),
    strangers: createBodyRoom(Math.max(STRANGERS_ROOM, least)),
  };
}

/** Makes a room of so many bytes. */
export function createBodyRoom(size: number): BodyRoom {
  const owners = new Map<string, Owner>();
  let held = 0;

  return {
    get held() {
      return held;
    },
    open(name, giveUp) {
      const owner = owners.get(name) ?? { held: 0, bodies: 0, waiting: new Set<Body>() };
      owners.set(name, owner);
      const body: Body = { bytes: 0, giveUp };
      owner.bodies += 1;
      owner.waiting.add(body);
      count(owner, body, LEAST);
      let isOpen = true;
      return {
        hold(bytes) {
          if (owner.waiting.has(body) && bytes > body.bytes) count(owner, body, bytes);
        },
        settle: () => void owner.waiting.delete(body),
        close() {
          if (!isOpen) return;
          isOpen = false;
          release(owner, body);
          owner.bodies -= 1;
          if (owner.bodies === 0) owners.delete(name);
        },
      };
    },
  };

  function count(owner: Owner, body: Body, bytes: number): void {
    owner.held += bytes - body.bytes;
    held += bytes - body.bytes;
    body.bytes = bytes;
    while (owner.held > size - held) {
      const largest = largestOf(owner.waiting);
      if (largest === null) return;
      release(owner, largest);
      largest.giveUp(
        new Overloaded('More requests than can be held are on their way from you; try again in a moment.'),
      );
    }
  }

  function release(owner: Owner, body: Body): void {
    owner.waiting.delete(body);
    owner.held -= body.bytes;
    held -= body.bytes;
    body.bytes = 0;
  }
}

interface Body {
  bytes: number;
  readonly giveUp: (error: Overloaded) => void;
}

interface Owner {
  held: number;
  bodies: number;
  /** Oldest first. */
  readonly waiting: Set<Body>;
}

function largestOf(bodies: ReadonlySet<Body>): Body | null {
  let largest: Body | null = null;
  for (const body of bodies) if (largest === null || body.bytes > largest.bytes) largest = body;
  return largest;
}
