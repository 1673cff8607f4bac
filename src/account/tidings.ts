/**
 * What gateways tell each other of an account: tidings in a log, each of them one event, and now and then the whole of it in
 * a cell, for whoever joins.
 *
 * Both are sealed: they tell of calls, and only gateways that serve their viewer can open them.
 */
import type { AccountLiveSource } from '../../schema/account/model.ts';
import { findParty, type PartyStatus } from '../../schema/model.ts';
import type { Entry, Position } from '../commons/commons.ts';
import { type SealingKey, seal, unseal } from '../commons/seal.ts';
import type { Place } from '../live/replay.ts';
import { placeOf } from '../live/shared/standing.ts';
import { readState, type WrittenState, writtenState } from '../live/shared/tidings.ts';
import type { AccountMemory } from './account-memory.ts';
import type { Change, KnownState, Whole } from './change.ts';
import type { CompanyKind } from './kind.ts';
import type { KnownPresence } from './presence-memory.ts';

/** One thing that became true. `at` is when what showed it arrived, epoch milliseconds. */
export type Tiding =
  /** Something about a call; `change` says what, of the state. An ended call has the one it had last. */
  | { readonly kind: 'call'; readonly at: number; readonly known: KnownState; readonly change: CallChange }
  | { readonly kind: 'presence'; readonly at: number; readonly known: KnownPresence }
  /** It may be old; the next try, if that is known. */
  | { readonly kind: 'trouble'; readonly at: number; readonly next: number | null }
  | { readonly kind: 'recovery'; readonly at: number }
  /** Nobody looks at everything any more: calls are not told of from here on. */
  | { readonly kind: 'narrowed'; readonly at: number }
  /** Nobody may look at it (any more). */
  | {
      readonly kind: 'refused';
      readonly at: number;
      readonly message: string;
      readonly permissionName: string | null;
    }
  /** Nothing new: the log is kept. */
  | { readonly kind: 'alive'; readonly at: number };

export type CallChange =
  | { readonly kind: 'began' | 'ended' }
  | { readonly kind: 'party'; readonly partyId: string; readonly previousStatus: PartyStatus | null };

/** The whole of an account, as it was at a place in the log. */
export interface Picture {
  readonly position: Position;
  /** Another where whoever leads began anew: what came before in the log does not lead to it. */
  readonly beginning?: string | undefined;
  readonly whole: Whole;
  /** How changes come to be known by whoever leads. */
  readonly source: AccountLiveSource | null;
  /** Everything was asked for once. */
  readonly isSurveyed: boolean;
  /** Whoever watches is shown what everybody does. */
  readonly seesEverybody: boolean;
}

/** How an account is watched. */
export type Watching = Pick<Picture, 'source' | 'isSurveyed' | 'seesEverybody'>;

export const NOT_WATCHING: Watching = { source: null, isSurveyed: false, seesEverybody: false };

/** Writes tidings and pictures, and reads them. */
export interface AccountCodec {
  write(tiding: Tiding): string;
  /** Null where it cannot be read, as when a newer version of the gateway wrote it. */
  read(text: string): Tiding | null;
  writePicture(picture: Picture): string;
  readPicture(text: string): Picture | null;
}

/** What is written; whoever reads another form leaves it alone. */
const VERSION = 1;

type Written<Known> = Omit<Known, 'state'> & { readonly state: WrittenState<CompanyKind> };

/** Makes it. `ahead`: by how many milliseconds the shared clock is ahead of ours. */
export function createAccountCodec(key: SealingKey, ahead: () => number): AccountCodec {
  const written = <Known extends KnownState>(known: Known): Written<Known> => ({
    ...known,
    state: writtenState(known.state, ahead()),
  });
  const read = <Known extends { readonly state: WrittenState<CompanyKind> }>(known: Known) => ({
    ...known,
    state: readState(known.state, -ahead()),
  });
  return {
    write(tiding) {
      const body = tiding.kind === 'call' ? { ...tiding, known: written(tiding.known) } : tiding;
      return seal(JSON.stringify({ version: VERSION, ...body }), key);
    },
    read(text) {
      const opened = unseal(text, key);
      if (opened === null) return null;
      const { version, ...tiding } = JSON.parse(opened);
      if (version !== VERSION) return null;
      return tiding.kind === 'call' ? { ...tiding, known: read(tiding.known) } : tiding;
    },
    writePicture({ whole, ...rest }) {
      const body = { ...rest, whole: { ...whole, calls: whole.calls.map(written) } };
      return seal(JSON.stringify({ version: VERSION, ...body }), key);
    },
    readPicture(text) {
      const opened = unseal(text, key);
      if (opened === null) return null;
      const { version, whole, ...rest } = JSON.parse(opened);
      if (version !== VERSION) return null;
      // A gateway that says nothing of it may be shown little.
      return { seesEverybody: false, ...rest, whole: { ...whole, calls: whole.calls.map(read) } };
    },
  };
}

/** A tiding as it stands in the log. */
export interface Past {
  readonly tiding: Tiding;
  readonly place: Place;
}

/** Reads what stands in the log up to `end`, but for what cannot be read. */
export function readEntries(
  entries: readonly Entry<string>[],
  { epoch }: Position,
  codec: Pick<AccountCodec, 'read'>,
): readonly Past[] {
  return entries.flatMap(({ offset, event }) => {
    const tiding = codec.read(event);
    return tiding === null ? [] : { tiding, place: placeOf(epoch, offset) };
  });
}

/** What is told of a change. */
export function tidingOf(change: Change, at: number): Tiding {
  if (change.kind === 'presence') return { kind: 'presence', at, known: change.known };
  const { known } = change;
  if (change.kind !== 'party') return { kind: 'call', at, known, change: { kind: change.kind } };
  const { party, previousStatus } = change;
  return { kind: 'call', at, known, change: { kind: 'party', partyId: party.id, previousStatus } };
}

/** The change that a tiding tells; null: it tells of none. */
export function changeIn(tiding: Tiding): Change | null {
  if (tiding.kind === 'presence')
    return { kind: 'presence', presence: tiding.known.presence, known: tiding.known };
  if (tiding.kind !== 'call') return null;
  const { change, known } = tiding;
  const { call: session } = known.state.held;
  if (change.kind !== 'party') return { kind: change.kind, session, known };
  const party = findParty(session, change.partyId);
  return party === undefined
    ? null
    : { kind: 'party', session, party, previousStatus: change.previousStatus, known };
}

/** Holds what a tiding tells. */
export function holdTiding(tiding: Tiding, memory: AccountMemory): void {
  if (tiding.kind === 'narrowed') memory.clearCalls();
  if (tiding.kind === 'presence') memory.restorePresence(tiding.known);
  if (tiding.kind === 'call') {
    const { id } = tiding.known.state.held.call;
    memory.restore(id, tiding.change.kind === 'ended' ? null : tiding.known);
  }
}

/** How an account is after these tidings, and of the calls that they end what those were like at last. */
export function wholeAfter(
  whole: Whole,
  tidings: readonly Tiding[],
): { readonly whole: Whole; readonly endings: ReadonlyMap<string, KnownState> } {
  const calls = new Map(whole.calls.map((call) => [call.id, call]));
  const presences = new Map(whole.presences.map((known) => [known.presence.extensionId, known]));
  const graves = new Set(whole.graves);
  const endings = new Map<string, KnownState>();
  for (const tiding of tidings) {
    if (tiding.kind === 'narrowed') calls.clear();
    if (tiding.kind === 'presence') presences.set(tiding.known.presence.extensionId, tiding.known);
    if (tiding.kind !== 'call') continue;
    const { known, change } = tiding;
    const { id } = known.state.held.call;
    calls.delete(id);
    if (change.kind !== 'ended') calls.set(id, { id, ...known });
    else {
      graves.add(id);
      endings.set(id, known);
    }
  }
  return {
    whole: { calls: [...calls.values()], presences: [...presences.values()], graves: [...graves] },
    endings,
  };
}
